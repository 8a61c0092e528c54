//! The figures of one operation or journey.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Durations, Precision, Timeline};

/// The most causes of failure that are told apart, so that a target that makes up new ones takes no memory.
pub const MOST_CAUSES: usize = 64;

/// What failures count as once there are too many causes.
pub const OTHER_CAUSES: &str = "other causes";

/// A part of an exchange, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// The TCP connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The token.
    Auth,
    /// From the request's first byte to the answer's.
    FirstByte,
    /// From the answer's first byte to its last.
    Body,
}

impl Phase {
    /// All, in order.
    pub const ALL: [Self; 5] = [Self::Connect, Self::Tls, Self::Auth, Self::FirstByte, Self::Body];

    /// As reports and thresholds name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::FirstByte => "first-byte",
            Self::Body => "body",
        }
    }
}

/// One success.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// End minus intended start. In a closed run, where nothing is intended, the same as `service`.
    pub response: Duration,
    /// End minus sent.
    pub service: Duration,
    /// How long each phase took, in the order of [`Phase::ALL`]; `None` for one that did not happen.
    pub phases: [Option<Duration>; 5],
    /// Bytes of request bodies.
    pub sent: u64,
    /// Bytes of answers' bodies.
    pub received: u64,
    /// Bytes of those whose digest was verified.
    pub verified: u64,
}

/// What one thread measured of one operation or journey. Failures are counted by cause and enter no histogram.
#[derive(Clone, Debug)]
pub struct Meter {
    response: Durations,
    service: Durations,
    phases: [Durations; 5],
    timeline: Timeline,
    failures: BTreeMap<String, u64>,
    sent: u64,
    received: u64,
    verified: u64,
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            response: Durations::new(Precision::Fine),
            service: Durations::new(Precision::Fine),
            phases: std::array::from_fn(|_| Durations::new(Precision::Coarse)),
            timeline: Timeline::new(Timeline::FINEST),
            failures: BTreeMap::new(),
            sent: 0,
            received: 0,
            verified: 0,
        }
    }

    /// A success that ended at a moment of the measured window.
    pub fn success(&mut self, at: Duration, sample: &Sample) {
        self.response.record(sample.response);
        self.service.record(sample.service);
        for (phase, took) in self.phases.iter_mut().zip(sample.phases) {
            if let Some(took) = took {
                phase.record(took);
            }
        }
        self.sent += sample.sent;
        self.received += sample.received;
        self.verified += sample.verified;
        self.timeline.success(at, sample.response, sample.sent + sample.received);
    }

    /// A failure that ended at a moment of the measured window.
    pub fn failure(&mut self, at: Duration, cause: &str) {
        self.count_failures(cause, 1);
        self.timeline.failure(at);
    }

    /// Adds what another thread measured of the same.
    pub fn merge(&mut self, other: &Self) {
        self.response.merge(&other.response);
        self.service.merge(&other.service);
        for (phase, others) in self.phases.iter_mut().zip(&other.phases) {
            phase.merge(others);
        }
        for (cause, count) in &other.failures {
            self.count_failures(cause, *count);
        }
        self.sent += other.sent;
        self.received += other.received;
        self.verified += other.verified;
        self.timeline.merge(&other.timeline);
    }

    fn count_failures(&mut self, cause: &str, count: u64) {
        if let Some(known) = self.failures.get_mut(cause) {
            *known += count;
            return;
        }
        let cause = if self.failures.len() < MOST_CAUSES - 1 { cause } else { OTHER_CAUSES };
        *self.failures.entry(cause.to_owned()).or_default() += count;
    }

    /// How many succeeded.
    #[must_use]
    pub fn successes(&self) -> u64 {
        self.response.count()
    }

    /// How many failed.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    /// Failures by cause.
    #[must_use]
    pub const fn failures(&self) -> &BTreeMap<String, u64> {
        &self.failures
    }

    /// Response times of successes, from the intended start.
    #[must_use]
    pub const fn response(&self) -> &Durations {
        &self.response
    }

    /// Service times of successes, from when they were sent.
    #[must_use]
    pub const fn service(&self) -> &Durations {
        &self.service
    }

    /// How long a phase took, where it happened.
    #[must_use]
    pub const fn phase(&self, phase: Phase) -> &Durations {
        &self.phases[phase as usize]
    }

    /// How it went over time.
    #[must_use]
    pub const fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Bytes of request bodies of successes.
    #[must_use]
    pub const fn sent(&self) -> u64 {
        self.sent
    }

    /// Bytes of answers' bodies of successes.
    #[must_use]
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// Bytes of those whose digest was verified.
    #[must_use]
    pub const fn verified(&self) -> u64 {
        self.verified
    }
}
