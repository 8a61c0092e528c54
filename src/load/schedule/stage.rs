//! Stretches of a run.

use std::time::Duration;

/// A stretch of a run whose rate is steady or changes evenly. Steps and spikes are stages in a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// How long it takes.
    pub length: Duration,
    /// Arrivals per second as it begins.
    pub from: f64,
    /// Arrivals per second as it ends.
    pub to: f64,
}

impl Stage {
    /// The same rate all the time.
    #[must_use]
    pub const fn hold(rate: f64, length: Duration) -> Self {
        Self { length, from: rate, to: rate }
    }

    /// A rate that changes evenly.
    #[must_use]
    pub const fn ramp(from: f64, to: f64, length: Duration) -> Self {
        Self { length, from, to }
    }

    /// The same stage with all rates multiplied.
    #[must_use]
    pub fn scaled(self, by: f64) -> Self {
        Self { from: self.from * by, to: self.to * by, ..self }
    }
}
