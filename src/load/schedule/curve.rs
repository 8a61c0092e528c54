//! How many arrivals are expected by each moment, and when a number of them is reached.

use std::sync::Arc;
use std::time::Duration;

use super::{ScheduleError, Stage};
use crate::stats::{real, whole};

/// More arrivals per second than any one machine sends.
pub(super) const HIGHEST_RATE: f64 = 1e6;

const LONGEST: Duration = Duration::from_hours(24 * 30);

/// A stage, with where it begins in time (nanoseconds) and in expected arrivals. Each is computed from the stages before it, never from an
/// arrival, so that no error grows with the number of arrivals.
#[derive(Clone, Copy, Debug)]
struct Segment {
    begins_ns: u64,
    /// Seconds.
    length: f64,
    before: f64,
    from: f64,
    to: f64,
}

impl Segment {
    /// Expected arrivals in its first `seconds`.
    fn expected(&self, seconds: f64) -> f64 {
        seconds * (self.from + (self.to - self.from) * seconds / (2.0 * self.length))
    }

    /// Seconds until `arrivals` of its own are expected; the inverse of `expected`, in the form that loses no digits.
    fn reached(&self, arrivals: f64) -> f64 {
        if arrivals <= 0.0 {
            return 0.0;
        }
        let slope = (self.to - self.from) / self.length;
        let speed = (self.from * self.from + 2.0 * slope * arrivals).max(0.0).sqrt();
        let seconds = 2.0 * arrivals / (self.from + speed);
        if seconds.is_finite() { seconds.min(self.length) } else { self.length }
    }
}

/// The rate of a run over time. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Curve {
    segments: Arc<[Segment]>,
    length: Duration,
    total: f64,
}

impl Curve {
    /// The curve of stages in a row.
    ///
    /// # Errors
    /// No stage, one without length, a rate that can't be, more than 30 days.
    pub fn new(stages: &[Stage]) -> Result<Self, ScheduleError> {
        if stages.is_empty() {
            return Err(ScheduleError::NoStage);
        }
        let mut segments = Vec::with_capacity(stages.len());
        let (mut length, mut total) = (Duration::ZERO, 0.0);
        for (index, stage) in stages.iter().enumerate() {
            check(index + 1, stage)?;
            let begins_ns = nanos(length);
            let segment = Segment { begins_ns, length: stage.length.as_secs_f64(), before: total, from: stage.from, to: stage.to };
            total += segment.expected(segment.length);
            length = length.saturating_add(stage.length);
            segments.push(segment);
        }
        if length > LONGEST {
            return Err(ScheduleError::TooLong);
        }
        Ok(Self { segments: segments.into(), length, total })
    }

    /// How long all stages take.
    #[must_use]
    pub const fn length(&self) -> Duration {
        self.length
    }

    /// How many arrivals are expected in all.
    #[must_use]
    pub const fn total(&self) -> f64 {
        self.total
    }

    /// Arrivals per second at a moment; 0 from the end on.
    #[must_use]
    pub fn rate(&self, elapsed: Duration) -> f64 {
        if elapsed >= self.length {
            return 0.0;
        }
        let (segment, seconds) = self.at(elapsed);
        segment.from + (segment.to - segment.from) * seconds / segment.length
    }

    /// How many arrivals are expected before a moment.
    #[must_use]
    pub fn expected(&self, elapsed: Duration) -> f64 {
        if elapsed >= self.length {
            return self.total;
        }
        let (segment, seconds) = self.at(elapsed);
        segment.before + segment.expected(seconds)
    }

    /// The moment at which so many arrivals are expected: the inverse of [`Self::expected`]. `None` from [`Self::total`] on.
    #[must_use]
    pub fn when(&self, arrivals: f64) -> Option<Duration> {
        if !(0.0..self.total).contains(&arrivals) {
            return None;
        }
        let after = self.segments.partition_point(|segment| segment.before <= arrivals);
        let segment = self.segments[after.saturating_sub(1)];
        let within = whole((segment.reached(arrivals - segment.before) * 1e9).round());
        Some(Duration::from_nanos(segment.begins_ns + within))
    }

    fn at(&self, elapsed: Duration) -> (Segment, f64) {
        let now = nanos(elapsed);
        let after = self.segments.partition_point(|segment| segment.begins_ns <= now);
        let segment = self.segments[after.saturating_sub(1)];
        (segment, real(now - segment.begins_ns) / 1e9)
    }
}

fn check(number: usize, stage: &Stage) -> Result<(), ScheduleError> {
    if stage.length.is_zero() {
        return Err(ScheduleError::NoLength { stage: number });
    }
    match [stage.from, stage.to].into_iter().find(|rate| !(0.0..=HIGHEST_RATE).contains(rate)) {
        Some(rate) => Err(ScheduleError::Rate { stage: number, rate }),
        None => Ok(()),
    }
}

pub(super) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
