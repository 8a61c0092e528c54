//! What the registry keeps, in memory: one lock over names, links, tags and sessions, never held across an await, a hash or a parse.
//!
//! - Takes: `Operations`.
//! - Gives: content, counted to the byte against one quota; what a failed or abandoned operation took is given back.
//! - May use: the registry's values.

mod quota;
mod repository;
mod session;
mod state;
mod uploads;
mod whole;

pub(crate) use session::Writer;
pub(crate) use whole::Store;
