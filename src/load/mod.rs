//! How much a registry carries, measured honestly.
//!
//! - Takes: a workload, a target, and a clock.
//! - Gives: figures per operation, each with the number of samples behind it.
//! - May use: every room above.
//!
//! The pure rooms, proven by arithmetic in simulated time: `schedule` (when each arrival is due), `histogram` (what was measured),
//! `threshold` (what a run must keep), `capacity` (how much is carried). `drive` is what really sends; `run` puts all together.

mod assemble;
pub mod capacity;
mod clean;
pub mod drive;
pub mod histogram;
mod line;
mod options;
mod rows;
mod run;
pub mod schedule;
mod slo;
#[cfg(test)]
mod simulated;
pub mod threshold;
mod words;

pub use options::Options;
pub use run::load;
pub use slo::{given, lint, own};
