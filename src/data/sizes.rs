//! Sizes and counts, drawn.

use super::{Counts, Tail};
use crate::seed::Dice;

/// How large layers are, in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sizes {
    /// Always so many.
    Fixed(u64),
    /// Log-normal, perhaps with a Pareto tail, never more than `most`.
    LogNormal {
        /// Half are no larger.
        median: u64,
        /// Deviation of the logarithm.
        sigma: f64,
        /// The tail.
        tail: Option<Tail>,
        /// The cap.
        most: u64,
    },
}

/// The smallest layer: its unique tail alone.
pub(super) const LEAST: u64 = 64;

impl Sizes {
    /// One size.
    pub fn draw(&self, dice: &mut Dice) -> u64 {
        match *self {
            Self::Fixed(size) => size.max(LEAST),
            Self::LogNormal { median, sigma, tail, most } => {
                let drawn = match tail.filter(|tail| dice.unit() < tail.share) {
                    Some(tail) => as_f64(tail.from) * (1.0 - dice.unit()).powf(-1.0 / tail.alpha),
                    None => as_f64(median) * (sigma * dice.normal()).exp(),
                };
                whole(drawn).clamp(LEAST, most.max(LEAST))
            }
        }
    }
}

impl Counts {
    /// One count.
    pub fn draw(&self, dice: &mut Dice) -> usize {
        match *self {
            Self::Fixed(n) => n,
            Self::LogNormal { median, sigma, least, most } => {
                let drawn = whole((median * (sigma * dice.normal()).exp()).round());
                usize::try_from(drawn).unwrap_or(usize::MAX).clamp(least.min(most), most)
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a size near 2^53 bytes may be off by one")]
fn as_f64(n: u64) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float beyond the range becomes its end")]
fn whole(x: f64) -> u64 {
    x as u64
}
