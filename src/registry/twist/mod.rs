//! What a registry may do otherwise: faults, which break clauses, and variants, which are lawful and break none.
//!
//! - Takes: the values of the registry's seams: a request's head, what it is held to, each operation, a whole reply.
//! - Gives: [`faults`] and [`variants`], entries to list, and a [`Change`] of each that a [`Config`](super::Config) takes.
//! - May use: the registry's values.
//!
//! One file for each area; an entry says what it does, and a closure or a small type does it. What lasts from one request to the next lies
//! in the twist itself, which is made anew for each registry, so that "works once, then not" repeats exactly.

mod auth;
mod token;
mod blob;
mod change;
mod codes;
mod condition;
mod delete;
mod entries;
mod hooks;
mod kept;
mod http;
mod lawful;
mod list;
mod manifest;
mod offer;
mod packages;
mod pull;
mod naming;
mod referrer;
mod tag;
mod moves;
mod session;
mod upload;
mod mounts;
mod chunk;
mod seams;
mod twisted;

pub use change::{Change, Fault, Ground, Variant};
pub use entries::{faults, variants};
pub(crate) use seams::Wire;
pub(crate) use twisted::Twists;
