//! A survey of one target: greeting, probes, then each planned scenario once, many in parallel, with full evidence.
//!
//! Takes a suite, a client and options; gives a record. May use `engine`, `client`, `plan`, `record` and the rooms above.

mod assemble;
mod cleanup;
mod evidence;
mod greet;
mod options;
mod probe;
mod recorder;
mod run;
#[cfg(test)]
mod tests;

pub use greet::Refusal;
pub use options::{Bodies, CheckError, Options, Progress};
pub use run::{Interrupt, check};
