//! Which of many is asked for.

use crate::seed::Draws;

/// Zipf's law over `n` things: the k-th is asked for in proportion to 1 / k^s.
#[derive(Clone, Debug, PartialEq)]
pub struct Popularity {
    /// Shares added up; the last is 1.
    upto: Vec<f64>,
}

impl Popularity {
    /// Over `n` things with the exponent `s`; 0 is even.
    #[must_use]
    pub fn zipf(n: usize, s: f64) -> Self {
        let mut upto = Vec::with_capacity(n);
        let mut sum = 0.0;
        for k in 1..=n {
            #[expect(clippy::cast_precision_loss, reason = "no set has 2^53 members")]
            let rank = k as f64;
            sum += rank.powf(-s);
            upto.push(sum);
        }
        for share in &mut upto {
            *share /= sum;
        }
        Self { upto }
    }

    /// The index of the one that is asked for; 0 where there is none.
    pub fn draw(&self, draws: &mut Draws) -> usize {
        let u = draws.unit();
        self.upto.partition_point(|share| *share <= u).min(self.upto.len().saturating_sub(1))
    }

    /// The share of all requests that goes to the first `k`.
    #[must_use]
    pub fn share_of_first(&self, k: usize) -> f64 {
        k.checked_sub(1).and_then(|at| self.upto.get(at.min(self.upto.len().saturating_sub(1)))).copied().unwrap_or_default()
    }
}
