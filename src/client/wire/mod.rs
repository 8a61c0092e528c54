//! One exchange on one connection of ours, and the connections that are kept between exchanges.
//!
//! A connection is driven by the task that waits for its answer: no task is spawned for it, so a dropped exchange leaves nothing behind,
//! and an idle connection costs nothing. Connections belong to the runtime that opened them, and so does a client.

mod body;
mod connect;
mod connection;
pub(super) mod failure;
mod limits;
mod origin;
mod pool;
mod receive;
mod tap;
mod tls;

pub(super) use connect::{Opened, Stream, open};
pub(super) use connection::{Connection, Outcome};
pub(super) use limits::Limits;
pub use origin::Origin;
pub(super) use pool::Pool;
pub(super) use tap::{Shared, Tap};
pub(super) use tls::Tls;
