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

pub use cleanup::{Kind, Pushed, clean_up as remove};
pub use evidence::{Found, evidence_of};
pub use greet::{Greeting, Refusal, greet};
pub use options::{CheckError, Options, Progress};
pub use run::{Interrupt, check};
