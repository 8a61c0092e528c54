//! The schedule against arithmetic.

mod patterns;
mod stages;

use std::time::Duration;

use super::{Pattern, Schedule, Stage};
use crate::seed::Seed;

pub(super) fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

pub(super) fn schedule(stages: &[Stage], pattern: Pattern, seed: u64) -> Schedule {
    Schedule::new(stages, pattern, &Seed::new(seed)).unwrap()
}
