//! Latency over rate.

use super::step::Point;

/// How much the 99th percentile must have grown over that at the lowest rate to be called a bend.
const GROWN: f64 = 2.0;

/// The rate, between two that were measured, at which the 99th percentile is twice that at the lowest rate. `None` where it never is.
#[must_use]
pub fn bend(points: &[Point]) -> Option<f64> {
    let mut curve: Vec<(f64, f64)> = points.iter().map(|point| (point.rate, point.seen.p99.as_secs_f64())).collect();
    curve.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let grown = curve.first()?.1 * GROWN;
    let after = curve.iter().position(|(_, p99)| *p99 >= grown && grown > 0.0)?;
    let (high, low) = (curve[after], curve[after.checked_sub(1)?]);
    Some(low.0 + (high.0 - low.0) * (grown - low.1) / (high.1 - low.1))
}
