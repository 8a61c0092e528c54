//! A survey of one target: greeting, probes, then each planned scenario once, many in parallel, with full evidence.
//!
//! Takes a suite, a client and options; gives a record. May use `engine`, `client`, `plan`, `record` and the rooms above.

mod assemble;
mod binding;
mod cleanup;
mod ending;
mod evidence;
mod fault;
mod given;
mod greet;
mod options;
mod probe;
mod probing;
mod recorder;
mod recording;
mod run;
mod survey;
#[cfg(test)]
mod tests;

pub(crate) use cleanup::{Cleaning, Kept, Kind, Pushed};
pub(crate) use evidence::{Found, evidence_of};
pub use given::MOST_BYTES;
pub use greet::Refusal;
pub(crate) use greet::{Greeting, greet};
pub use options::{Bodies, CheckError, Interrupt, Interrupter, Named, Options, Progress};
pub use run::check;
pub(crate) use survey::no_profile;
