//! A whole schedule.

use std::time::Duration;

use super::batch::BatchCursor;
use super::points::Points;
use super::{Cursor, Curve, Pattern, ScheduleError, Stage};
use crate::seed::Seed;
use crate::stats::{real, whole};

/// When each arrival of an open run is due. Equal arguments give equal schedules.
#[derive(Clone, Debug)]
pub struct Schedule {
    curve: Curve,
    pattern: Pattern,
    seed: Seed,
}

impl Schedule {
    /// The schedule of stages in a row, whose arrivals are spread by `pattern`.
    ///
    /// # Errors
    /// Stages or batches that can't be, or that nothing comes of.
    pub fn new(stages: &[Stage], pattern: Pattern, seed: &Seed) -> Result<Self, ScheduleError> {
        pattern.check()?;
        let curve = Curve::new(stages)?;
        if even_count(curve.total()) == 0 {
            return Err(ScheduleError::Nothing);
        }
        Ok(Self { curve, pattern, seed: seed.child("schedule") })
    }

    /// Rates over time.
    #[must_use]
    pub const fn curve(&self) -> &Curve {
        &self.curve
    }

    /// How arrivals are spread.
    #[must_use]
    pub const fn pattern(&self) -> Pattern {
        self.pattern
    }

    /// All arrivals, in order.
    #[must_use]
    pub fn arrivals(&self) -> Cursor {
        match self.pattern {
            Pattern::Constant => Cursor::even(self.curve.clone(), even_count(self.curve.total())),
            Pattern::Poisson => Cursor::poisson(self.curve.clone(), Points::new(&self.seed)),
            Pattern::Batches(batches) => Cursor::batches(BatchCursor::new(self.curve.clone(), Points::new(&self.seed), batches)),
        }
    }

    /// The arrivals of one of `of` threads (from 0): every `of`-th one. All shares together are all arrivals.
    #[must_use]
    pub fn share(&self, thread: usize, of: usize) -> Cursor {
        self.arrivals().share(thread as u64, of as u64)
    }

    /// When the arrival `index` (from 0) is due; `None` where there are not so many. Costs nothing for constant arrivals, and a walk
    /// through all before it for the others.
    #[must_use]
    pub fn nth(&self, index: u64) -> Option<Duration> {
        match self.pattern {
            Pattern::Constant if index >= even_count(self.curve.total()) => None,
            Pattern::Constant => self.curve.when(real(index)),
            _ => self.arrivals().nth(usize::try_from(index).ok()?).map(|arrival| arrival.at),
        }
    }

    /// How many arrivals are due before a moment. Costs as [`Self::nth`] does.
    #[must_use]
    pub fn count(&self, elapsed: Duration) -> u64 {
        match self.pattern {
            Pattern::Constant => even_count(self.curve.expected(elapsed)),
            _ => self.arrivals().take_while(|arrival| arrival.at < elapsed).count() as u64,
        }
    }
}

/// How many whole numbers from 0 on are below `expected`, which may be a rounding error too large.
fn even_count(expected: f64) -> u64 {
    whole((expected - 1e-9 * expected.max(1.0)).ceil())
}
