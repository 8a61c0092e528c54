//! A queue, computed: when each request's service ends. All times are nanoseconds from the start of the registry.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A time in which nothing is served.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stall {
    pub(super) length: u64,
    pub(super) at: u64,
    pub(super) every: Option<u64>,
}

impl Stall {
    /// The first stall that ends after `now`: from, to.
    fn next(self, now: u64) -> Option<(u64, u64)> {
        let over = now.saturating_sub(self.at.saturating_add(self.length) - 1);
        let skipped = match self.every {
            _ if now < self.at.saturating_add(self.length) => 0,
            Some(every) => over.div_ceil(every).saturating_mul(every),
            None => return None,
        };
        let from = self.at.saturating_add(skipped);
        Some((from, from.saturating_add(self.length)))
    }
}

/// When work of `length` that begins at `start` is done, if it rests in every stall.
pub(super) fn done(stalls: &[Stall], start: u64, length: u64) -> u64 {
    let (mut now, mut left) = (start, length);
    loop {
        let next = stalls.iter().filter_map(|stall| stall.next(now)).min();
        match next {
            Some((from, to)) if from <= now || from - now < left || (left == 0 && from == now) => {
                left -= from.saturating_sub(now).min(left);
                now = to;
            }
            _ => return now.saturating_add(left),
        }
    }
}

/// Servers with one queue.
#[derive(Debug)]
pub(super) struct Queue {
    time: u64,
    /// When each server is free.
    free: BinaryHeap<Reverse<u64>>,
}

impl Queue {
    pub(super) fn new(time: u64, servers: usize) -> Self {
        Self { time, free: (0..servers).map(|_| Reverse(0)).collect() }
    }

    /// When the service of what comes now ends.
    pub(super) fn take(&mut self, now: u64, stalls: &[Stall]) -> u64 {
        let Reverse(free) = self.free.pop().unwrap_or(Reverse(0));
        let end = done(stalls, free.max(now), self.time);
        self.free.push(Reverse(end));
        end
    }
}
