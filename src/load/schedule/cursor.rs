//! The intended starts, one after the other.

use std::time::Duration;

use super::batch::BatchCursor;
use super::curve::Curve;
use super::points::Points;
use crate::stats::real;

/// One arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Which one of the run it is, from 0, in the order of time.
    pub index: u64,
    /// When it is due, from the start of the run.
    pub at: Duration,
}

/// The arrivals of a schedule in order. Each of several threads can have a cursor of its own share ([`super::Schedule::share`]).
#[derive(Debug)]
pub struct Cursor {
    source: Source,
    /// The index of the next arrival that `source` gives.
    next: u64,
    first: u64,
    step: u64,
}

#[derive(Debug)]
enum Source {
    Even { curve: Curve, count: u64 },
    Poisson { curve: Curve, points: Box<Points> },
    Batches(Box<BatchCursor>),
}

impl Cursor {
    pub(super) fn even(curve: Curve, count: u64) -> Self {
        Self::of(Source::Even { curve, count })
    }

    pub(super) fn poisson(curve: Curve, points: Points) -> Self {
        Self::of(Source::Poisson { curve, points: Box::new(points) })
    }

    pub(super) fn batches(batches: BatchCursor) -> Self {
        Self::of(Source::Batches(Box::new(batches)))
    }

    fn of(source: Source) -> Self {
        Self { source, next: 0, first: 0, step: 1 }
    }

    pub(super) fn share(mut self, first: u64, step: u64) -> Self {
        self.first = first;
        self.step = step.max(1);
        self
    }

    /// The next arrival, whosever share it is in.
    fn any(&mut self) -> Option<Arrival> {
        let index = self.next;
        let at = match &mut self.source {
            Source::Even { curve, count } => curve.when(real(Some(index).filter(|index| index < count)?))?,
            Source::Poisson { curve, points } => curve.when(points.next())?,
            Source::Batches(batches) => Duration::from_nanos(batches.next()?),
        };
        self.next += 1;
        Some(Arrival { index, at })
    }
}

impl Iterator for Cursor {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        if let Source::Even { .. } = self.source {
            let past = self.next.saturating_sub(self.first);
            self.next = self.first + past.next_multiple_of(self.step);
        }
        loop {
            let arrival = self.any()?;
            if arrival.index >= self.first && (arrival.index - self.first).is_multiple_of(self.step) {
                return Some(arrival);
            }
        }
    }
}
