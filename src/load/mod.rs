//! How much a registry carries, measured honestly.
//!
//! - Takes: a workload, a target, and a clock.
//! - Gives: figures per operation, each with the number of samples behind it.
//! - May use: every room above.
//!
//! The pure rooms, proven by arithmetic in simulated time: `schedule` (when each arrival is due), `histogram` (what was measured).

pub mod histogram;
pub mod schedule;
