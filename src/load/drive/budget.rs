//! How much a run may send, and how many journeys it may begin.

use std::sync::atomic::{AtomicU64, Ordering};

/// What is left, shared by all threads.
#[derive(Debug)]
pub(super) struct Budget {
    requests: AtomicU64,
    bytes: AtomicU64,
    journeys: AtomicU64,
    most_requests: u64,
    most_bytes: u64,
    most_journeys: u64,
}

impl Budget {
    pub(super) fn new(most_requests: u64, most_bytes: u64, most_journeys: u64) -> Self {
        let zero = || AtomicU64::new(0);
        Self { requests: zero(), bytes: zero(), journeys: zero(), most_requests, most_bytes, most_journeys }
    }

    /// Notes a request and the bytes of its bodies.
    pub(super) fn spend(&self, bytes: u64) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The number of the next journey, from 0; none where a budget is used up.
    pub(super) fn begin(&self) -> Option<u64> {
        if self.used_up().is_some() {
            return None;
        }
        let number = self.journeys.fetch_add(1, Ordering::Relaxed);
        (number < self.most_journeys).then_some(number)
    }

    /// Which budget is used up, in words.
    pub(super) fn used_up(&self) -> Option<String> {
        if self.requests.load(Ordering::Relaxed) >= self.most_requests {
            return Some(format!("--max-requests ({}) was used up", self.most_requests));
        }
        (self.bytes.load(Ordering::Relaxed) >= self.most_bytes).then(|| format!("--max-bytes ({}) was used up", self.most_bytes))
    }
}
