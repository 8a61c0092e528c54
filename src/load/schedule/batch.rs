//! Arrivals that come in batches.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::curve::{Curve, nanos};
use super::pattern::{BatchSize, Batches};
use super::points::Points;
use crate::seed::Draws;
use crate::stats::{real, whole};

/// The arrivals of batches, in order. Batches may overlap, so members wait here until no batch that is still to start can be before them.
#[derive(Debug)]
pub(super) struct BatchCursor {
    curve: Curve,
    points: Points,
    batches: Batches,
    /// When the next batch starts, in nanoseconds.
    start: Option<u64>,
    waiting: BinaryHeap<Reverse<u64>>,
}

impl BatchCursor {
    pub(super) fn new(curve: Curve, points: Points, batches: Batches) -> Self {
        let mut cursor = Self { curve, points, batches, start: None, waiting: BinaryHeap::new() };
        cursor.start = cursor.next_start();
        cursor
    }

    /// The next arrival, in nanoseconds.
    pub(super) fn next(&mut self) -> Option<u64> {
        loop {
            match (self.waiting.peek(), self.start) {
                (Some(Reverse(first)), Some(start)) if *first > start => self.open(start),
                (Some(_), _) => return self.waiting.pop().map(|Reverse(first)| first),
                (None, Some(start)) => self.open(start),
                (None, None) => return None,
            }
        }
    }

    /// Draws the members of the batch that starts now, and when the next one does.
    fn open(&mut self, start: u64) {
        let (within, end) = (nanos(self.batches.within), nanos(self.curve.length()));
        let size = size(self.batches.size, self.points.draws());
        for _ in 0..size {
            let after = if within == 0 { 0 } else { whole(self.points.draws().unit() * real(within)) };
            self.waiting.extend(Some(start.saturating_add(after)).filter(|at| *at < end).map(Reverse));
        }
        self.start = self.next_start();
    }

    fn next_start(&mut self) -> Option<u64> {
        let point = self.points.next();
        self.curve.when(point * self.batches.size.mean()).map(nanos)
    }
}

/// How many members a batch has. A geometric size is the whole part of an exponential one.
fn size(size: BatchSize, draws: &mut Draws) -> u64 {
    match size {
        BatchSize::Fixed(size) => u64::from(size),
        BatchSize::Geometric { mean } if mean <= 1.0 => 1,
        BatchSize::Geometric { mean } => 1 + whole(draws.exponential() / -(1.0 - 1.0 / mean).ln()),
    }
}
