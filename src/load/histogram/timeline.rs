//! How a run went over time.

use std::time::Duration;

use super::{Durations, Precision};

/// The most closed intervals of a timeline.
pub const MOST_INTERVALS: usize = 600;

/// What ended in one stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// How many succeeded.
    pub successes: u64,
    /// How many failed.
    pub failures: u64,
    /// Bytes of bodies, both ways, of successes.
    pub bytes: u64,
    /// Response times of the successes, encoded; empty where there are none.
    encoded: Vec<u8>,
    width: Duration,
}

impl Interval {
    /// Response times of the successes (two digits); `None` where there are none.
    #[must_use]
    pub fn response(&self) -> Option<Durations> {
        // They are our own bytes.
        Durations::decode(&self.encoded).ok()
    }

    /// Response times as [`Durations::encode`] wrote them; empty where there are none.
    #[must_use]
    pub fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    fn add(&mut self, other: &Self) {
        self.successes += other.successes;
        self.failures += other.failures;
        self.bytes += other.bytes;
        if self.encoded.is_empty() {
            self.encoded.clone_from(&other.encoded);
        } else if let (Some(mut mine), Some(others)) = (self.response(), other.response()) {
            mine.merge(&others);
            self.encoded = mine.encode();
        }
    }
}

/// At most 600 intervals of equal width, which doubles when a run is longer than that. It takes what ends in the order of its ending; what
/// comes late counts to the current interval.
///
/// Old intervals are joined in pairs, one pair for each new interval, so that no moment of a run pays for all of them at once.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The width of new intervals; those from `joined` on may still be half as wide.
    width: Duration,
    closed: Vec<Interval>,
    joined: usize,
    current: Interval,
    response: Durations,
    /// Where the current interval ends.
    end: Duration,
}

impl Timeline {
    /// The width that timelines begin with: enough to see a stall of a second, and one minute before the first doubling.
    pub const FINEST: Duration = Duration::from_millis(100);

    /// An empty one whose intervals begin with that width.
    #[must_use]
    pub fn new(width: Duration) -> Self {
        let width = width.max(Duration::from_millis(1));
        let response = Durations::new(Precision::Coarse);
        Self { width, closed: Vec::new(), joined: 0, current: Interval { width, ..Interval::default() }, response, end: width }
    }

    pub(super) fn success(&mut self, at: Duration, response: Duration, bytes: u64) {
        self.advance(at);
        self.current.successes += 1;
        self.current.bytes += bytes;
        self.response.record(response);
    }

    pub(super) fn failure(&mut self, at: Duration) {
        self.advance(at);
        self.current.failures += 1;
    }

    /// Adds what another thread saw of the same run.
    pub fn merge(&mut self, other: &Self) {
        let (mut width, mut mine) = self.intervals();
        let (others_width, mut others) = other.intervals();
        while width < others_width {
            mine = halved(mine);
            width *= 2;
        }
        let mut theirs = others_width;
        while theirs < width {
            others = halved(others);
            theirs *= 2;
        }
        mine.resize(mine.len().max(others.len()), Interval { width, ..Interval::default() });
        for (interval, other) in mine.iter_mut().zip(&others) {
            interval.add(other);
        }
        while mine.len() > MOST_INTERVALS {
            mine = halved(mine);
            width *= 2;
        }
        *self = Self::of(width, mine);
    }

    /// The width of all intervals, and the intervals from the start on, the current one included.
    #[must_use]
    pub fn intervals(&self) -> (Duration, Vec<Interval>) {
        let mut whole = self.clone();
        whole.close();
        while whole.join_next() {}
        (whole.width, whole.closed)
    }

    fn of(width: Duration, mut intervals: Vec<Interval>) -> Self {
        let current = intervals.pop().unwrap_or_default();
        let mut timeline = Self::new(width);
        timeline.end = width * u32::try_from(intervals.len() + 1).unwrap_or(u32::MAX);
        timeline.closed = intervals;
        timeline.response = current.response().unwrap_or(timeline.response);
        timeline.current = Interval { encoded: Vec::new(), width, ..current };
        timeline
    }

    fn advance(&mut self, at: Duration) {
        while at >= self.end {
            self.close();
            self.current.width = self.width;
            self.end += self.width;
        }
    }

    /// Puts the current interval to the others, and keeps those few.
    fn close(&mut self) {
        let mut interval = std::mem::take(&mut self.current);
        if !self.response.is_empty() {
            interval.encoded = self.response.encode();
            self.response.clear();
        }
        self.closed.push(interval);
        if self.closed.len() > MOST_INTERVALS {
            self.join_next();
        }
        if self.closed.len() >= MOST_INTERVALS && !self.has_narrow() {
            self.width *= 2;
            self.joined = 0;
        }
    }

    fn has_narrow(&self) -> bool {
        self.closed.get(self.joined).is_some_and(|next| next.width < self.width)
    }

    /// Joins the next two intervals that are narrower than new ones; false where there are none.
    fn join_next(&mut self) -> bool {
        let (at, width) = (self.joined, self.width);
        let Some(first) = self.closed.get(at).filter(|first| first.width < width) else { return false };
        let mut joined = Interval { width, ..first.clone() };
        if self.closed.get(at + 1).is_some_and(|second| second.width < width) {
            joined.add(&self.closed.remove(at + 1));
        }
        self.closed[at] = joined;
        self.joined += 1;
        true
    }
}

/// The same in intervals of twice the width.
fn halved(intervals: Vec<Interval>) -> Vec<Interval> {
    let mut wider: Vec<Interval> = Vec::with_capacity(intervals.len().div_ceil(2));
    for (index, interval) in intervals.into_iter().enumerate() {
        match wider.last_mut() {
            Some(last) if index % 2 == 1 => last.add(&interval),
            _ => wider.push(Interval { width: interval.width * 2, ..interval }),
        }
    }
    wider
}
