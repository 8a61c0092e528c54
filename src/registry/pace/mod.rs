//! A registry of known speed: the ruler that load engines are measured with.
//!
//! - Takes: rules of a small language ([`Rule`]), and the kind and moment of each request.
//! - Gives: when the request may be answered, or with which error.
//! - May use: `clock`, and the registry's values.
//!
//! Every class of operations that has a rule is a queue with its own servers: what comes takes the server that is free first, in the order of coming.
//! The queue is computed, not waited through: each request is told when its service ends, and waits until then once. A timer that
//! wakes late therefore makes one answer late, and takes nothing from the servers' throughput.

mod alarm;
mod class;
mod grammar;
mod pacer;
mod queue;

#[cfg(test)]
mod tests;

pub use class::Class;
pub use grammar::{HELP, PaceError, Rule};
pub(super) use pacer::Pacer;
