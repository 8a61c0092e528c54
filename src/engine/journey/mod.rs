//! Journeys under load: compiled once, run many times, each exchange judged, what is pulled verified.
//!
//! Takes journeys of a suite, a profile's bindings and a data set; gives a [`Program`] whose texts are slots and whose constant heads
//! are built once. [`Program::run`] runs one journey as one [`Caller`] and tells a [`Meter`] of every exchange: it decides what is kept.
//! Judged by the same expectations as in scenarios; nothing is kept of an exchange that shows what it should.

mod attempt;
mod caller;
mod check;
mod compile;
mod fill;
mod flow;
mod meter;
mod program;
mod run;
mod scope;
mod send;
#[cfg(test)]
mod tests;

pub use caller::{Caller, Manner};
pub use compile::{Bound, compile};
pub use meter::{Measured, Meter, Trouble};
pub use program::{CHALLENGE, Program, REDIRECT, Script, TOKEN};
pub use run::{Ended, Setup, Task};
