//! How far a ratio of medians may be off.

use super::quantile::{median, quantile};
use crate::seed::{Draws, Seed};

/// Enough for ends that repeat to a per cent.
const RESAMPLES: usize = 4000;

/// A figure and the interval that holds the true one with the confidence that was asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The figure.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The median of `changed` over the median of `base`, with its bootstrap interval (percentiles of resampled ratios), repeatable
/// by the seed. `None` where a set is empty, or a value is not positive, for which a ratio says nothing.
#[must_use]
pub fn ratio_of_medians(base: &[f64], changed: &[f64], confidence: f64, seed: &Seed) -> Option<Interval> {
    if !base.iter().chain(changed).all(|value| *value > 0.0 && value.is_finite()) {
        return None;
    }
    let value = sorted_median(changed.to_vec())? / sorted_median(base.to_vec())?;
    let mut draws = seed.child("bootstrap").draws();
    let mut ratios = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        ratios.push(resampled(changed, &mut draws)? / resampled(base, &mut draws)?);
    }
    ratios.sort_by(f64::total_cmp);
    let beyond = (1.0 - confidence.clamp(0.0, 1.0)) / 2.0;
    Some(Interval { value, low: quantile(&ratios, beyond)?, high: quantile(&ratios, 1.0 - beyond)? })
}

fn resampled(values: &[f64], draws: &mut Draws) -> Option<f64> {
    sorted_median((0..values.len()).map(|_| values[draws.below(values.len())]).collect())
}

fn sorted_median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    median(&values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_holds_the_true_ratio_about_as_often_as_it_says() {
        let mut draws = Seed::new(7).draws();
        let mut held = 0;
        for round in 0..200 {
            // Values that scatter by a few per cent around 100 and 130.
            let mut set = |middle: f64| (0..8).map(|_| middle * (0.95 + 0.1 * draws.unit())).collect::<Vec<_>>();
            let found = ratio_of_medians(&set(100.0), &set(130.0), 0.95, &Seed::new(round)).unwrap();
            assert!(found.low <= found.value && found.value <= found.high);
            held += u32::from(found.low <= 1.3 && 1.3 <= found.high);
        }
        assert!(held >= 180, "{held} of 200");
    }

    #[test]
    fn an_equal_seed_repeats_the_interval_and_equal_values_have_no_width() {
        let (a, b) = ([1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 5.0, 9.0]);
        assert_eq!(ratio_of_medians(&a, &b, 0.95, &Seed::new(1)), ratio_of_medians(&a, &b, 0.95, &Seed::new(1)));
        let flat = ratio_of_medians(&[2.0; 8], &[3.0; 8], 0.95, &Seed::new(1)).unwrap();
        assert!((flat.low - 1.5).abs() < 1e-12 && (flat.high - 1.5).abs() < 1e-12);
    }

    #[test]
    fn there_is_no_ratio_of_nothing_or_of_what_is_not_positive() {
        for (a, b) in [(vec![], vec![1.0]), (vec![1.0], vec![]), (vec![0.0, 1.0], vec![1.0]), (vec![1.0], vec![f64::NAN])] {
            assert_eq!(ratio_of_medians(&a, &b, 0.95, &Seed::new(1)), None);
        }
    }
}
