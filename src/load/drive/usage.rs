//! How much of a processor the driver takes.

use std::time::Duration;

/// Processor time of this thread so far; zero where the system does not tell.
#[cfg(target_os = "linux")]
pub(super) fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let (seconds, nanos) = (u64::try_from(time.tv_sec).unwrap_or_default(), u32::try_from(time.tv_nsec).unwrap_or_default());
    Duration::new(seconds, nanos)
}

/// Processor time of this thread so far; zero where the system does not tell.
#[cfg(not(target_os = "linux"))]
pub(super) fn thread_time() -> Duration {
    Duration::ZERO
}
