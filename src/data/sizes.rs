//! Sizes and counts, drawn.

use super::{Counts, Tail};
use crate::seed::Draws;
use crate::stats::{real, whole};

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
    pub fn draw(&self, draws: &mut Draws) -> u64 {
        match *self {
            Self::Fixed(size) => size.max(LEAST),
            Self::LogNormal { median, sigma, tail, most } => {
                let size = match tail.filter(|tail| draws.unit() < tail.share) {
                    Some(tail) => real(tail.from) * (1.0 - draws.unit()).powf(-1.0 / tail.alpha),
                    None => real(median) * (sigma * draws.normal()).exp(),
                };
                whole(size).clamp(LEAST, most.max(LEAST))
            }
        }
    }
}

impl Counts {
    /// One count.
    pub fn draw(&self, draws: &mut Draws) -> usize {
        match *self {
            Self::Fixed(n) => n,
            Self::LogNormal { median, sigma, least, most } => {
                let size = whole((median * (sigma * draws.normal()).exp()).round());
                usize::try_from(size).unwrap_or(usize::MAX).clamp(least.min(most), most)
            }
        }
    }
}
