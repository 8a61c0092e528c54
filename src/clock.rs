//! The only door to time.
//!
//! Everything that asks what time it is asks a [`Clock`]. The system's clock is one; the reference registry's can also be moved
//! forward, so that the expiry of a token is judged without waiting for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// The system's clock plus an offset that can only grow. Clones share the offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicU64>,
}

impl Clock {
    /// A clock that runs with the system's.
    #[must_use]
    pub fn system() -> Self {
        Self::default()
    }

    /// The wall-clock time, with what [`Clock::advance`] added.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the door to time")]
    pub fn now(&self) -> SystemTime {
        SystemTime::now() + Duration::from_millis(self.ahead_ms.load(Ordering::SeqCst))
    }

    /// Moves this clock and all of its clones forward (milliseconds are kept, finer parts are dropped).
    pub fn advance(&self, by: Duration) {
        let ms = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Seconds since 1970, as JWTs and `expires_in` want them.
    #[must_use]
    pub fn unix_seconds(&self) -> u64 {
        self.now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs())
    }
}

/// A point on the monotonic clock, for durations. On a runtime whose time is paused it is that time.
#[must_use]
pub fn instant() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// `2026-11-23T18:16:00Z`: a time as records and token answers write it (RFC 3339, whole seconds, UTC).
#[must_use]
pub fn rfc3339(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).map_or_else(|_| "1970-01-01T00:00:00Z".into(), |t| t.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_moved_moves_its_clones() {
        let clock = Clock::system();
        let clone = clock.clone();
        let before = clone.unix_seconds();
        clock.advance(Duration::from_hours(1));
        assert!(clone.unix_seconds() >= before + 3600);
    }

    #[test]
    fn a_time_is_written_as_rfc_3339() {
        assert_eq!(rfc3339(SystemTime::UNIX_EPOCH + Duration::from_hours(24)), "1970-01-02T00:00:00Z");
    }
}
