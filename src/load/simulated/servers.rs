//! Servers that take what has waited longest.

use std::cmp::Ordering;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// When a server is free, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Free(f64);

impl Eq for Free {}

impl PartialOrd for Free {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Free {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Some servers with one queue.
#[derive(Clone, Debug)]
pub(crate) struct Servers(BinaryHeap<Reverse<Free>>);

impl Servers {
    pub(crate) fn new(count: usize) -> Self {
        Self((0..count).map(|_| Reverse(Free(0.0))).collect())
    }

    /// When the service of what comes at `due` begins and ends; what comes is given in order.
    pub(crate) fn take(&mut self, due: f64, service: f64) -> (f64, f64) {
        let free = self.0.pop().map_or(0.0, |Reverse(Free(free))| free);
        let start = free.max(due);
        self.0.push(Reverse(Free(start + service)));
        (start, start + service)
    }

    /// Nothing begins before `until`.
    pub(crate) fn stall(&mut self, until: f64) {
        self.0 = self.0.drain().map(|Reverse(Free(free))| Reverse(Free(free.max(until)))).collect();
    }
}
