//! How long and how much.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::clock;
use crate::exchange::{Failure, Phase};

/// The limits of every exchange of a client.
#[derive(Clone, Copy, Debug)]
pub(in crate::client) struct Limits {
    pub(in crate::client) connect: Duration,
    pub(in crate::client) request: Duration,
    pub(in crate::client) body_limit: usize,
    pub(in crate::client) body_cap: u64,
    pub(in crate::client) deadline: Option<Instant>,
}

impl Limits {
    /// What `work` gives, within `limit` and before the deadline.
    pub(in crate::client) async fn within<F: Future>(&self, limit: Duration, phase: Phase, work: F) -> Result<F::Output, Failure> {
        let limit = self.left(limit);
        let late = Failure::TimedOut { phase, after: limit };
        // A time-out of zero would still poll once, and what is ready at once would slip through.
        if limit.is_zero() {
            return Err(late);
        }
        tokio::time::timeout(limit, work).await.map_err(|_| late)
    }

    /// `limit`, or what is left until the deadline.
    pub(in crate::client) fn left(&self, limit: Duration) -> Duration {
        self.deadline.map_or(limit, |deadline| limit.min(deadline.saturating_duration_since(clock::instant())))
    }
}
