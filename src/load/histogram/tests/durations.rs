//! Quantiles against exact ones.

use std::time::Duration;

use proptest::prelude::*;

use super::super::{Durations, Precision};
use crate::stats::{real, whole};

fn of(values: &[u64], precision: Precision) -> Durations {
    let mut durations = Durations::new(precision);
    for ns in values {
        durations.record(Duration::from_nanos(*ns));
    }
    durations
}

/// Durations of every size, from nanoseconds to an hour.
fn values() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec((0.0..12.55_f64).prop_map(|digits| whole(10_f64.powf(digits)).clamp(1, 3_600_000_000_000)), 1..400)
}

/// The smallest value that at least the share `quantile` of all do not exceed.
fn exact(sorted: &[u64], quantile: f64) -> u64 {
    let rank = whole((quantile * real(sorted.len() as u64)).ceil()).max(1);
    sorted[usize::try_from(rank).unwrap() - 1]
}

proptest! {
    #[test]
    fn quantiles_are_the_exact_ones_within_the_stated_error(mut values in values()) {
        let (fine, coarse) = (of(&values, Precision::Fine), of(&values, Precision::Coarse));
        values.sort_unstable();
        for quantile in [0.01, 0.5, 0.9, 0.99, 0.999, 1.0] {
            let due = real(exact(&values, quantile));
            for (durations, error) in [(&fine, 0.001), (&coarse, 0.01)] {
                let told = real(u64::try_from(durations.quantile(quantile).unwrap().as_nanos()).unwrap());
                prop_assert!(told >= due && told <= due * (1.0 + error) + 0.5, "{}: {} for {}", quantile, told, due);
            }
        }
        let mean = values.iter().copied().map(real).sum::<f64>() / real(values.len() as u64);
        prop_assert!((fine.mean().unwrap().as_secs_f64() * 1e9 / mean - 1.0).abs() < 0.001 + 1.0 / mean);
        let longest = real(*values.last().unwrap());
        prop_assert!((fine.max().unwrap().as_secs_f64() * 1e9 / longest - 1.0).abs() < 0.001 + 1.0 / longest);
    }

    #[test]
    fn the_histograms_of_several_threads_merge_to_one_of_all(values in values(), threads in 1_usize..5) {
        let mut merged = Durations::new(Precision::Fine);
        for thread in 0..threads {
            let own: Vec<_> = values.iter().copied().skip(thread).step_by(threads).collect();
            merged.merge(&of(&own, Precision::Fine));
        }
        prop_assert_eq!(merged, of(&values, Precision::Fine));
    }

    #[test]
    fn what_was_encoded_is_decoded_whole(values in values()) {
        let durations = of(&values, Precision::Fine);
        prop_assert_eq!(Durations::decode(&durations.encode()).unwrap(), durations);
    }

    #[test]
    fn other_bytes_are_refused_or_read_and_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let _ = Durations::decode(&bytes);
    }

    #[test]
    fn how_many_are_longer_than_a_limit_is_counted_within_the_error_of_the_limit(values in values(), limit in 1_u64..3_600_000_000_000) {
        let over = of(&values, Precision::Fine).over(Duration::from_nanos(limit));
        let more_than = |ns: f64| values.iter().filter(|value| real(**value) > ns).count() as u64;
        prop_assert!(over <= more_than(real(limit)) && over >= more_than(real(limit) * 1.001 + 1.0));
    }
}

#[test]
fn nothing_has_no_quantiles_and_no_duration_is_too_long_or_too_short() {
    let mut durations = Durations::new(Precision::Fine);
    assert_eq!((durations.quantile(0.5), durations.max(), durations.min(), durations.mean()), (None, None, None, None));
    durations.record(Duration::from_hours(100));
    durations.record(Duration::ZERO);
    assert_eq!(durations.count(), 2);
    assert!(durations.max().unwrap().as_secs_f64() / 3600.0 - 1.0 < 0.001);
    assert_eq!(durations.min(), Some(Duration::from_nanos(1)));
}
