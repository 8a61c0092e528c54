//! Quantiles of all that was seen, and how far the true ones may be from them.

use statrs::function::beta::beta_reg;

use super::{real, whole};

/// The quantile of sorted values: the smallest one that at least the share `quantile` (0 to 1) of them do not exceed. `None` of nothing.
#[must_use]
pub fn quantile(sorted: &[f64], quantile: f64) -> Option<f64> {
    let rank = rank(sorted.len() as u64, quantile);
    sorted.get(usize::try_from(rank).ok()?.checked_sub(1)?).copied()
}

/// The middle of sorted values, or the mean of the two in the middle. `None` of nothing.
#[must_use]
pub fn median(sorted: &[f64]) -> Option<f64> {
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get((sorted.len() - 1) / 2)?;
    Some(lower + (upper - lower) / 2.0)
}

/// Which one, from 1, of `count` sorted values the quantile is.
fn rank(count: u64, quantile: f64) -> u64 {
    // A product like 0.99 × 300 may come out a rounding error above the whole number that it is.
    let exact = quantile.clamp(0.0, 1.0) * real(count);
    whole((exact - exact * 1e-12).ceil()).clamp(1, count.max(1))
}

/// The chance that of `trials` independent ones at most `successes` succeed, each with the given chance.
#[must_use]
pub fn binomial_cdf(successes: u64, trials: u64, chance: f64) -> f64 {
    if successes >= trials || chance <= 0.0 {
        return 1.0;
    }
    if chance >= 1.0 {
        return 0.0;
    }
    beta_reg(real(trials - successes), real(successes) + 1.0, 1.0 - chance)
}

/// Whether so many samples over a limit, of so many in all, show with that confidence that the true quantile does not exceed the limit.
/// Whatever the distribution is: were more than 1 − `quantile` of all beyond the limit, so few of the samples would be only
/// with a chance of 1 − `confidence` or less.
#[must_use]
pub fn quantile_within(over: u64, samples: u64, quantile: f64, confidence: f64) -> bool {
    samples > 0 && binomial_cdf(over, samples, 1.0 - quantile) <= 1.0 - confidence
}

/// How few samples can show anything about a quantile with that confidence, none of them over the limit: 299 for p99 at 95%.
#[must_use]
pub fn samples_for(quantile: f64, confidence: f64) -> u64 {
    let (quantile, confidence) = (quantile.clamp(0.0, 0.999_999_9), confidence.clamp(0.0, 0.999_999_9));
    if quantile <= 0.0 { 1 } else { whole(((1.0 - confidence).ln() / quantile.ln()).ceil()).max(1) }
}

/// The rank, from 1, of the sorted sample that the true quantile does not exceed with that confidence; `None` where they are too few.
#[must_use]
pub fn upper_rank(samples: u64, quantile: f64, confidence: f64) -> Option<u64> {
    let (mut low, mut high) = (1, samples);
    if !quantile_within(0, samples, quantile, confidence) {
        return None;
    }
    // The sample of rank r as a limit has all but r of the samples over it.
    while low < high {
        let middle = low + (high - low) / 2;
        if quantile_within(samples - middle, samples, quantile, confidence) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn a_quantile_is_a_value_that_was_seen() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        for (share, due) in [(0.0, 1.0), (0.5, 50.0), (0.9, 90.0), (0.99, 99.0), (0.999, 100.0), (1.0, 100.0)] {
            assert!(quantile(&values, share).is_some_and(|found| near(found, due)), "{share}");
        }
        assert_eq!(quantile(&[], 0.5), None);
        assert!(near(median(&[1.0, 2.0, 4.0, 9.0]).unwrap(), 3.0) && near(median(&[1.0, 2.0, 9.0]).unwrap(), 2.0));
        assert_eq!(median(&[]), None);
        // No rounding error moves a rank.
        assert!((1..2000).all(|n| rank(n * 100, 0.99) == n * 99 && rank(n * 1000, 0.999) == n * 999 && rank(n * 10, 0.7) == n * 7));
    }

    #[test]
    fn the_binomial_distribution_is_the_sum_of_its_terms() {
        for (trials, chance) in [(1_u64, 0.3_f64), (10, 0.5), (30, 0.01), (60, 0.9)] {
            let mut term = (1.0 - chance).powf(real(trials));
            let mut sum: f64 = 0.0;
            for successes in 0..=trials {
                sum += term;
                assert!(near(binomial_cdf(successes, trials, chance), sum.min(1.0)), "{successes} of {trials} at {chance}");
                term *= real(trials - successes) / real(successes + 1) * chance / (1.0 - chance);
            }
        }
        assert!(near(binomial_cdf(3, 10, 0.0), 1.0) && near(binomial_cdf(3, 10, 1.0), 0.0) && near(binomial_cdf(10, 10, 1.0), 1.0));
    }

    #[test]
    fn the_fewest_samples_are_those_of_the_tables() {
        // For no exceedance: the smallest n with quantile^n ≤ 1 − confidence.
        let table = [(0.5, 0.95, 5), (0.9, 0.95, 29), (0.95, 0.95, 59), (0.99, 0.95, 299), (0.999, 0.95, 2995), (0.99, 0.99, 459)];
        for (quantile, confidence, due) in table {
            assert_eq!(samples_for(quantile, confidence), due, "{quantile} {confidence}");
            assert!(quantile_within(0, due, quantile, confidence) && !quantile_within(0, due - 1, quantile, confidence));
        }
        // One exceedance takes 473, two take 628 for p99 at 95%.
        for (over, due) in [(1, 473), (2, 628)] {
            assert!(quantile_within(over, due, 0.99, 0.95) && !quantile_within(over, due - 1, 0.99, 0.95), "{over}");
        }
        assert!(!quantile_within(0, 0, 0.5, 0.5));
    }

    #[test]
    fn the_upper_bound_of_a_quantile_is_an_order_statistic_where_there_are_enough() {
        assert_eq!(upper_rank(298, 0.99, 0.95), None);
        assert_eq!(upper_rank(299, 0.99, 0.95), Some(299));
        assert_eq!(upper_rank(473, 0.99, 0.95), Some(472));
        // The median of 100: 59th at 95% one-sided (tables of order-statistic intervals).
        assert_eq!(upper_rank(100, 0.5, 0.95), Some(59));
        assert_eq!(upper_rank(0, 0.5, 0.95), None);
    }

    #[test]
    fn the_bound_covers_the_true_quantile_as_often_as_it_says() {
        let mut draws = crate::seed::Seed::new(1).draws();
        let mut covered = 0;
        for _ in 0..1000 {
            let mut sample: Vec<f64> = (0..500).map(|_| draws.exponential()).collect();
            sample.sort_by(f64::total_cmp);
            let rank = usize::try_from(upper_rank(500, 0.99, 0.95).unwrap()).unwrap();
            covered += u32::from(sample[rank - 1] >= 100_f64.ln());
        }
        assert!((935..=975).contains(&covered), "{covered} of 1000");
    }
}
