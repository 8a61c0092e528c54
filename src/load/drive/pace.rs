//! Waiting for the moment when the next journey is due.

use std::fmt;
use std::time::Instant;

use crate::clock;

/// How the driver waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pacing {
    /// A reused timerfd of the kernel's.
    Timerfd,
    /// The runtime's timer, which counts milliseconds: lateness of up to one is its own.
    Runtime,
}

impl fmt::Display for Pacing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timerfd => "timerfd",
            Self::Runtime => "the runtime's timer (1 ms)",
        })
    }
}

/// Waits until moments.
pub(super) struct Pacer {
    #[cfg(target_os = "linux")]
    timer: Option<super::timer::Timer>,
}

impl Pacer {
    /// The best that the system has.
    #[cfg(target_os = "linux")]
    pub(super) fn new() -> Self {
        Self { timer: super::timer::Timer::new().ok() }
    }

    /// The best that the system has.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn new() -> Self {
        Self {}
    }

    #[cfg(target_os = "linux")]
    pub(super) fn kind(&self) -> Pacing {
        if self.timer.is_some() { Pacing::Timerfd } else { Pacing::Runtime }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn kind(&self) -> Pacing {
        Pacing::Runtime
    }

    /// Waits until then; at once where that has been.
    pub(super) async fn until(&self, due: Instant) {
        let left = due.saturating_duration_since(clock::instant());
        if left.is_zero() {
            return;
        }
        #[cfg(target_os = "linux")]
        if let Some(timer) = &self.timer
            && timer.wait(left).await.is_ok()
        {
            return;
        }
        tokio::time::sleep_until(due.into()).await;
    }
}
