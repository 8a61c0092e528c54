//! What a search asks for, and what it is told.

use std::time::Duration;

use crate::load::threshold::Kept;

/// What a search goes by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// The fewest samples of a step: what the SLO's thresholds want with the confidence that is asked for ([`crate::stats::samples_for`]).
    pub samples: u64,
    /// How long the closed run at the beginning takes.
    pub closed: Duration,
    /// How long each step settles before it is measured.
    pub settle: Duration,
    /// The least that is measured of each step.
    pub window: Duration,
    /// How near the highest rate that kept the SLO and the lowest that did not must come: 0.03 for 3%.
    pub tolerance: f64,
    /// How often the winner is measured again; the lowest rate that failed must fail twice.
    pub repeats: u32,
    /// How long the search may take in all.
    pub budget: Duration,
}

impl Terms {
    /// For an SLO that wants so many samples: within 3%, the winner measured three times, at most so long.
    #[must_use]
    pub const fn new(samples: u64, budget: Duration) -> Self {
        Self {
            samples,
            closed: Duration::from_secs(3),
            settle: Duration::from_secs(1),
            window: Duration::from_secs(2),
            tolerance: 0.03,
            repeats: 2,
            budget,
        }
    }
}

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ask {
    /// Workers that wait for their answers, as many as the workload has: how much goes through?
    Closed {
        /// For how long.
        lasting: Duration,
    },
    /// Constant arrivals. What the step before left behind is drained first.
    Open {
        /// Arrivals per second.
        rate: f64,
        /// Not measured, at the same rate.
        settle: Duration,
        /// Measured. A step may end early once it is plain that the SLO is not kept.
        window: Duration,
    },
}

/// How the driver did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// It sent what was due when it was due.
    Punctual,
    /// It was late, or had no CPU left: what was measured says nothing of the registry.
    Limited,
}

/// What an open step came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Arrivals per second that were due in the window.
    pub offered: f64,
    /// Successes per second in the window.
    pub achieved: f64,
    /// How many samples the figures are made of.
    pub samples: u64,
    /// Median of the response times.
    pub p50: Duration,
    /// Their 99th percentile.
    pub p99: Duration,
    /// Whether the SLO was kept, with confidence ([`crate::load::threshold::Threshold::kept_with`]).
    pub slo: Kept,
    /// How the driver did.
    pub driver: Driver,
    /// How long the step took, settling and draining included.
    pub took: Duration,
}

/// The least share of what is offered that must be achieved.
const LEAST_ACHIEVED: f64 = 0.99;

impl Seen {
    /// Whether the registry carries this rate: what is offered goes through, and the SLO is kept.
    #[must_use]
    pub fn carried(&self) -> bool {
        self.slo == Kept::Yes && self.achieved >= LEAST_ACHIEVED * self.offered && self.driver == Driver::Punctual
    }
}

/// One step of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The rate that was asked for, per second.
    pub rate: f64,
    /// What it came to.
    pub seen: Seen,
}

/// Who measures, in real or in simulated time.
pub trait Measure {
    /// Why nothing could be measured.
    type Error;

    /// Successes per second of workers that wait for their answers, and how long that took.
    ///
    /// # Errors
    /// The target could not be used.
    fn closed(&mut self, lasting: Duration) -> Result<(f64, Duration), Self::Error>;

    /// One step of constant arrivals.
    ///
    /// # Errors
    /// The target could not be used.
    fn open(&mut self, rate: f64, settle: Duration, window: Duration) -> Result<Seen, Self::Error>;
}
