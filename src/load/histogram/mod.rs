//! What was measured, in memory that does not grow with the length of a run.
//!
//! Takes [`Sample`]s and failures, as they come, one [`Meter`] per thread and operation; gives counts, quantiles and a [`Timeline`], which
//! merge with those of other threads as if all had been recorded in one place. May use `stats`.

mod durations;
mod meter;
mod timeline;

#[cfg(test)]
mod tests;

pub use durations::{Durations, EncodedError, Precision};
pub use meter::{MOST_CAUSES, Meter, OTHER_CAUSES, Phase, Sample};
pub use timeline::{Interval, MOST_INTERVALS, Timeline};
