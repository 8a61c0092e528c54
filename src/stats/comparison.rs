//! What two sets of rounds show, in words that claim no more.

use std::fmt;

use super::bootstrap::{Interval, ratio_of_medians};
use super::mann_whitney::{MannWhitney, mann_whitney};
use crate::seed::Seed;

/// Fewer rounds than this can't differ at the level of 5%, whatever their values are.
pub const FEWEST_ROUNDS: usize = 4;

/// The confidence of intervals; the level of tests is what it leaves.
pub const CONFIDENCE: f64 = 0.95;

/// Whether there is a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The changed set's values tend to be larger.
    Larger,
    /// The changed set's values tend to be smaller.
    Smaller,
    /// There may be a difference, but these rounds do not show one.
    NoDifference,
    /// So few rounds show nothing, whatever there is.
    TooFew,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Larger => "larger",
            Self::Smaller => "smaller",
            Self::NoDifference => "no difference shown",
            Self::TooFew => "too few rounds to tell",
        })
    }
}

/// Two sets of rounds, compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// What they show.
    pub shown: Shown,
    /// The test; `None` where a set is empty.
    pub test: Option<MannWhitney>,
    /// Median of the changed set over that of the base, where there is such a ratio.
    pub ratio: Option<Interval>,
}

/// Compares one value per round: `changed` against `base`.
#[must_use]
pub fn compare(base: &[f64], changed: &[f64], seed: &Seed) -> Comparison {
    let test = mann_whitney(changed, base);
    let ratio = ratio_of_medians(base, changed, CONFIDENCE, seed);
    let shown = match test {
        _ if base.len().min(changed.len()) < FEWEST_ROUNDS => Shown::TooFew,
        Some(test) if test.p <= 1.0 - CONFIDENCE && test.superiority > 0.5 => Shown::Larger,
        Some(test) if test.p <= 1.0 - CONFIDENCE => Shown::Smaller,
        _ => Shown::NoDifference,
    };
    Comparison { shown, test, ratio }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(base: &[f64], changed: &[f64]) -> Shown {
        compare(base, changed, &Seed::new(1)).shown
    }

    #[test]
    fn a_difference_is_shown_one_that_could_be_chance_is_not_and_few_rounds_tell_nothing() {
        let base = [10.0, 11.0, 10.5, 9.8, 10.2, 10.1, 10.7, 9.9];
        let slower = base.map(|value| value * 1.2);
        assert_eq!(shown(&base, &slower), Shown::Larger);
        assert_eq!(shown(&slower, &base), Shown::Smaller);
        assert_eq!(shown(&base, &base.map(|value| value * 1.001)), Shown::NoDifference);
        assert_eq!(shown(&base[..3], &slower[..3]), Shown::TooFew);
        assert_eq!(shown(&[], &slower), Shown::TooFew);
        assert_eq!(
            (Shown::NoDifference.to_string(), Shown::TooFew.to_string()),
            ("no difference shown".into(), "too few rounds to tell".into())
        );
    }

    #[test]
    fn four_rounds_are_enough_for_a_difference_that_is_plain() {
        let found = compare(&[1.0, 1.1, 1.2, 1.3], &[2.0, 2.1, 2.2, 2.3], &Seed::new(1));
        assert_eq!(found.shown, Shown::Larger);
        let ratio = found.ratio.unwrap();
        assert!(ratio.low > 1.5 && ratio.high < 2.4, "{ratio:?}");
    }
}
