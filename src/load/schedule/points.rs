//! The points of a Poisson process of rate 1.

use crate::seed::{Draws, Seed};
use crate::stats::real;

/// Points are drawn in blocks of this length, each from a seed of its own. A Poisson process forgets, so what lies beyond a block's end is
/// drawn anew; and since each block begins at an exact number, rounding errors end with it.
const BLOCK: f64 = 256.0;

/// The points, in order, without end.
#[derive(Debug)]
pub(super) struct Points {
    seed: Seed,
    block: u64,
    position: f64,
    draws: Draws,
}

impl Points {
    pub(super) fn new(seed: &Seed) -> Self {
        Self { seed: seed.clone(), block: 0, position: 0.0, draws: block(seed, 0) }
    }

    pub(super) fn next(&mut self) -> f64 {
        loop {
            self.position += self.draws.exponential();
            let end = real(self.block + 1) * BLOCK;
            if self.position < end {
                return self.position;
            }
            self.block += 1;
            self.position = end;
            self.draws = block(&self.seed, self.block);
        }
    }

    /// More randomness that belongs to the last point.
    pub(super) fn draws(&mut self) -> &mut Draws {
        &mut self.draws
    }
}

fn block(seed: &Seed, number: u64) -> Draws {
    seed.child(&format!("arrivals {number}")).draws()
}
