//! The search: a geometric ramp from the closed run's throughput, bisection, repeats of the winner.

use std::time::Duration;

use super::curve::bend;
use super::result::{Capacity, Limit};
use super::step::{Ask, Driver, Measure, Point, Seen, Terms};
use crate::stats::real;

/// Where the ramp begins, as a share of the closed run's throughput, and how it goes on: well below, just below, just above.
const RAMP: [f64; 3] = [0.5, 0.9, 1.1];
/// How the ramp goes on upwards and downwards where those do not do.
const UP: f64 = 1.5;
const DOWN: f64 = 0.5;
/// A registry that keeps its SLO at none of this many rates, each half of the one before, keeps it at none.
const MOST_DOWN: usize = 8;

/// A search for the highest rate that is carried. Ask for the next step, measure it, tell what it came to; repeat.
#[derive(Clone, Debug)]
pub struct Search {
    terms: Terms,
    closed: Option<f64>,
    points: Vec<Point>,
    took: Duration,
}

impl Search {
    /// A search that has not begun.
    #[must_use]
    pub const fn new(terms: Terms) -> Self {
        Self { terms, closed: None, points: Vec::new(), took: Duration::ZERO }
    }

    /// The next step; `None` once all is known, or the budget does not reach for more.
    #[must_use]
    pub fn next(&self) -> Option<Ask> {
        let Some(closed) = self.closed else { return Some(Ask::Closed { lasting: self.terms.closed }) };
        if closed <= 0.0 {
            return None;
        }
        let rate = self.next_rate(closed)?;
        let settle = self.terms.settle;
        let affordable = self.took + settle + self.window(rate) <= self.terms.budget;
        affordable.then(|| Ask::Open { rate, settle, window: self.window(rate) })
    }

    /// What the closed run came to.
    pub fn tell_closed(&mut self, per_second: f64, took: Duration) {
        self.closed = Some(per_second);
        self.took += took;
    }

    /// What an open step came to.
    pub fn tell(&mut self, rate: f64, seen: Seen) {
        self.points.push(Point { rate, seen });
        self.took += seen.took;
    }

    /// What was found.
    #[must_use]
    pub fn finish(mut self) -> Capacity {
        let (low, high) = (self.low(), self.high());
        let confirmed = low.is_some_and(|low| self.votes(low) > self.terms.repeats as usize);
        let limit = match (low, high) {
            (_, Some(high)) if self.driver_was_limited(high) => Limit::Driver,
            (None, _) => Limit::NeverKept,
            (_, Some(_)) => Limit::Registry,
            (_, None) => Limit::Budget,
        };
        self.points.sort_by(|a, b| a.rate.total_cmp(&b.rate));
        Capacity {
            rate: low,
            below: high,
            confirmed,
            limit,
            closed: self.closed.unwrap_or_default(),
            bends_at: bend(&self.points),
            curve: self.points,
            took: self.took,
        }
    }

    fn next_rate(&self, closed: f64) -> Option<f64> {
        match (self.low(), self.high()) {
            (None, None) => Some(closed * RAMP[0]),
            (None, Some(high)) if self.points.len() < MOST_DOWN => Some(high * DOWN),
            (Some(low), None) => {
                let next = RAMP.iter().map(|share| share * closed).find(|rate| *rate > low * (1.0 + self.terms.tolerance));
                Some(next.unwrap_or(low * UP))
            }
            (Some(low), Some(high)) if high > low * (1.0 + self.terms.tolerance) && !self.must_confirm(low) => {
                Some(self.between(low, high, closed))
            }
            (Some(low), Some(_)) if self.wants_repeat(low) => Some(low),
            (_, Some(high)) => self.is_doubtful(high).then_some(high),
        }
    }

    /// The middle of a bracket, or what the ramp has in it: the closed run's throughput is the best guess that there is.
    fn between(&self, low: f64, high: f64, closed: f64) -> f64 {
        let guess = RAMP[1] * closed;
        if guess > low * (1.0 + self.terms.tolerance) && guess * (1.0 + self.terms.tolerance) < high { guess } else { (low * high).sqrt() }
    }

    /// Whether the budget is just enough for the repeats.
    fn must_confirm(&self, low: f64) -> bool {
        let step = self.terms.settle + self.window(low);
        self.took + step * (self.terms.repeats + 1) > self.terms.budget
    }

    /// Whether the outcome of a rate is still open: a majority of all repeats decides.
    fn wants_repeat(&self, rate: f64) -> bool {
        self.tries(rate) <= self.terms.repeats as usize
    }

    /// Whether a rate that was not carried may have failed by chance: it has to fail twice, or in most of three tries.
    fn is_doubtful(&self, rate: f64) -> bool {
        let carried = self.carried(rate);
        self.terms.repeats > 0 && (self.tries(rate) < 2 || 2 * carried == self.tries(rate))
    }

    fn tries(&self, rate: f64) -> usize {
        self.points.iter().filter(|point| same(point.rate, rate)).count()
    }

    /// How often a rate was tried, where most tries carried it; else 0.
    fn votes(&self, rate: f64) -> usize {
        if self.carries(rate) { self.tries(rate) } else { 0 }
    }

    /// Whether more than half of the tries of a rate carried it.
    fn carries(&self, rate: f64) -> bool {
        2 * self.carried(rate) > self.tries(rate)
    }

    fn carried(&self, rate: f64) -> usize {
        self.points.iter().filter(|point| same(point.rate, rate) && point.seen.carried()).count()
    }

    /// The highest rate that is carried, below all that are not: a rate that is carried by luck above one that is not counts for nothing.
    fn low(&self) -> Option<f64> {
        let high = self.high().unwrap_or(f64::INFINITY);
        let rates = self.points.iter().map(|point| point.rate).filter(|rate| *rate < high && self.carries(*rate));
        rates.reduce(f64::max)
    }

    /// The lowest rate that is not carried.
    fn high(&self) -> Option<f64> {
        self.points.iter().map(|point| point.rate).filter(|rate| !self.carries(*rate)).reduce(f64::min)
    }

    fn driver_was_limited(&self, rate: f64) -> bool {
        self.points.iter().any(|point| same(point.rate, rate) && point.seen.driver == Driver::Limited)
    }

    /// How long a rate must be measured for enough samples.
    fn window(&self, rate: f64) -> Duration {
        // One more than enough, since the first arrival may be due just before the window.
        let enough = Duration::try_from_secs_f64(real(self.terms.samples + 1) / rate).unwrap_or(self.terms.budget);
        enough.max(self.terms.window)
    }
}

/// Rates are carried over as they are, never computed anew.
fn same(a: f64, b: f64) -> bool {
    a.total_cmp(&b).is_eq()
}

/// Runs a whole search.
///
/// # Errors
/// What the measuring fails with.
pub fn find<M: Measure>(terms: Terms, measure: &mut M) -> Result<Capacity, M::Error> {
    let mut search = Search::new(terms);
    while let Some(ask) = search.next() {
        match ask {
            Ask::Closed { lasting } => {
                let (per_second, took) = measure.closed(lasting)?;
                search.tell_closed(per_second, took);
            }
            Ask::Open { rate, settle, window } => {
                let seen = measure.open(rate, settle, window)?;
                search.tell(rate, seen);
            }
        }
    }
    Ok(search.finish())
}
