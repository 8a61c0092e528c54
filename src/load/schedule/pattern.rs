//! How arrivals are spread around the expected rate.

use std::time::Duration;

use super::ScheduleError;

/// The largest batch, or mean size of batches.
pub(super) const LARGEST_BATCH: f64 = 100_000.0;

/// How arrivals are spread. The mean rate is that of the stages in each case.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Pattern {
    /// Evenly; the first at once.
    #[default]
    Constant,
    /// Independently of each other, as the requests of many users who know nothing of each other.
    Poisson,
    /// Batches that are independent of each other, as rollouts make them.
    Batches(Batches),
}

/// Arrivals that come together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Batches {
    /// How many.
    pub size: BatchSize,
    /// Each member comes at a uniformly distributed moment of this time after the batch's start; zero for all at once. What would come
    /// after the last stage does not come.
    pub within: Duration,
}

/// How many arrivals a batch has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BatchSize {
    /// Always the same number.
    Fixed(u32),
    /// At least 1, geometrically distributed.
    Geometric {
        /// The mean.
        mean: f64,
    },
}

impl BatchSize {
    /// The mean size.
    #[must_use]
    pub fn mean(self) -> f64 {
        match self {
            Self::Fixed(size) => f64::from(size),
            Self::Geometric { mean } => mean,
        }
    }
}

impl Pattern {
    pub(super) fn check(&self) -> Result<(), ScheduleError> {
        let Self::Batches(batches) = self else { return Ok(()) };
        let size = batches.size.mean();
        if (1.0..=LARGEST_BATCH).contains(&size) { Ok(()) } else { Err(ScheduleError::Batch { size }) }
    }
}
