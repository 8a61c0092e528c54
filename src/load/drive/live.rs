//! What is shown while a load runs.

use std::time::Duration;

use crate::load::histogram::{Durations, Precision};

/// A glance at a running load: what ended since the last one.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// `preparing`, `warming up`, `measuring`, `draining`, `cleaning up`.
    pub stage: &'static str,
    /// Since the run began, and how long it is meant to take.
    pub elapsed: Duration,
    /// Warm-up and window together.
    pub whole: Duration,
    /// Journeys per second that the schedule wants now; none in the closed model.
    pub offered: Option<f64>,
    /// Journeys per second that ended well.
    pub achieved: f64,
    /// Median response time of journeys.
    pub p50: Option<Duration>,
    /// The 99th percentile.
    pub p99: Option<Duration>,
    /// Failed journeys so far.
    pub errors: u64,
    /// Bytes per second of bodies, both ways.
    pub bytes: f64,
    /// Of how many things so many are done, while preparing or cleaning up.
    pub done: Option<(u64, u64)>,
}

/// Told as a load goes on, a few times per second.
pub trait Watch: Sync {
    /// A glance.
    fn glance(&self, live: &Live);
}

/// What ended since it was last asked.
pub(super) struct Recent {
    responses: Durations,
    failures: u64,
    pub(super) bytes: u64,
}

impl Default for Recent {
    fn default() -> Self {
        Self { responses: Durations::new(Precision::Coarse), failures: 0, bytes: 0 }
    }
}

impl Recent {
    pub(super) fn journey(&mut self, response: Duration, failed: bool) {
        if failed {
            self.failures += 1;
        } else {
            self.responses.record(response);
        }
    }

    /// Adds another thread's and empties it.
    pub(super) fn take(&mut self, other: &mut Self) {
        self.responses.merge(&other.responses);
        self.failures += other.failures;
        self.bytes += other.bytes;
        other.responses.clear();
        (other.failures, other.bytes) = (0, 0);
    }

    pub(super) fn shown(&self, over: Duration) -> Live {
        let seconds = over.as_secs_f64().max(0.001);
        Live {
            achieved: crate::stats::real(self.responses.count()) / seconds,
            p50: self.responses.quantile(0.5),
            p99: self.responses.quantile(0.99),
            errors: self.failures,
            bytes: crate::stats::real(self.bytes) / seconds,
            ..Live::default()
        }
    }
}
