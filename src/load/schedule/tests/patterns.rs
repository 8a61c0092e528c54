//! Poisson arrivals and batches.

use std::time::Duration;

use super::super::{BatchSize, Batches, Pattern, Schedule, Stage};
use super::{schedule, seconds};
use crate::stats::real;

/// The largest distance between the distribution of `values` and `expected`, times √n: above 1.63 in 1 of 100 samples of that
/// distribution (Kolmogorov).
fn distance(mut values: Vec<f64>, expected: impl Fn(f64) -> f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = real(values.len() as u64);
    let off = |(index, value): (usize, &f64)| {
        let (below, due) = (real(index as u64) / n, expected(*value));
        (due - below).abs().max((below + 1.0 / n - due).abs())
    };
    values.iter().enumerate().map(off).fold(0.0, f64::max) * n.sqrt()
}

fn gaps(schedule: &Schedule) -> Vec<f64> {
    let times: Vec<_> = schedule.arrivals().map(|arrival| schedule.curve().expected(arrival.at)).collect();
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

fn exponential(gap: f64) -> f64 {
    1.0 - (-gap).exp()
}

const CRITICAL: f64 = 1.63;

#[test]
fn the_gaps_of_poisson_arrivals_are_exponential_at_steady_and_at_changing_rates() {
    let steady = [Stage::hold(500.0, seconds(40.0))];
    let changing = [Stage::ramp(10.0, 900.0, seconds(20.0)), Stage::hold(50.0, seconds(5.0)), Stage::ramp(900.0, 0.0, seconds(20.0))];
    for seed in 1..=5 {
        for stages in [&steady[..], &changing] {
            let gaps = gaps(&schedule(stages, Pattern::Poisson, seed));
            let distance = distance(gaps, exponential);
            assert!(distance < CRITICAL, "seed {seed}: {distance}");
        }
    }
}

#[test]
fn the_test_of_exponential_gaps_tells_constant_arrivals_and_a_wrong_rate() {
    let constant = gaps(&schedule(&[Stage::hold(500.0, seconds(40.0))], Pattern::Constant, 1));
    assert!(distance(constant, exponential) > CRITICAL);
    let poisson = gaps(&schedule(&[Stage::hold(500.0, seconds(40.0))], Pattern::Poisson, 1));
    assert!(distance(poisson, |gap| exponential(gap * 0.95)) > CRITICAL);
}

#[test]
fn poisson_counts_vary_as_much_as_they_must_and_gaps_know_nothing_of_each_other() {
    let schedule = schedule(&[Stage::hold(100.0, seconds(1000.0))], Pattern::Poisson, 1);
    let mut counts = vec![0_u32; 1000];
    for arrival in schedule.arrivals() {
        counts[usize::try_from(arrival.at.as_secs()).unwrap()] += 1;
    }
    let mean = counts.iter().copied().map(f64::from).sum::<f64>() / 1000.0;
    let variance = counts.iter().map(|count| (f64::from(*count) - mean).powi(2)).sum::<f64>() / 999.0;
    assert!((mean - 100.0).abs() < 1.0, "{mean}");
    assert!((variance / mean - 1.0).abs() < 0.14, "{variance}");

    let gaps = gaps(&schedule);
    let correlation = gaps.windows(2).map(|pair| (pair[0] - 1.0) * (pair[1] - 1.0)).sum::<f64>() / real(gaps.len() as u64);
    assert!(correlation.abs() < 0.012, "{correlation}");
}

#[test]
fn an_equal_seed_repeats_a_schedule_and_another_seed_does_not() {
    let stages = [Stage::hold(100.0, seconds(10.0))];
    let all = |seed| schedule(&stages, Pattern::Poisson, seed).arrivals().collect::<Vec<_>>();
    assert_eq!(all(1), all(1));
    assert_ne!(all(1), all(2));
    let schedule = schedule(&stages, Pattern::Poisson, 1);
    assert_eq!(schedule.nth(500), Some(all(1)[500].at));
    assert_eq!(schedule.count(seconds(10.0)), all(1).len() as u64);
}

#[test]
fn a_longer_run_begins_as_a_shorter_one_does() {
    let all = |length| schedule(&[Stage::hold(100.0, seconds(length))], Pattern::Poisson, 1).arrivals().collect::<Vec<_>>();
    let (short, long) = (all(10.0), all(20.0));
    assert_eq!(short, long[..short.len()]);
}

#[test]
fn batches_keep_the_rate_come_together_and_start_as_a_poisson_process_does() {
    let at_once = Batches { size: BatchSize::Fixed(20), within: Duration::ZERO };
    let together = schedule(&[Stage::hold(200.0, seconds(2000.0))], Pattern::Batches(at_once), 1);
    let mut starts: Vec<_> = together.arrivals().map(|arrival| arrival.at).collect();
    let count = real(starts.len() as u64);
    assert!((count / 400_000.0 - 1.0).abs() < 0.02, "{count}");
    assert!(starts.chunks(20).all(|batch| batch.iter().all(|at| *at == batch[0])));
    starts.dedup();
    let gaps = starts.windows(2).map(|pair| pair[1].abs_diff(pair[0]).as_secs_f64() * 10.0).collect();
    assert!(distance(gaps, exponential) < CRITICAL);
}

#[test]
fn members_of_a_batch_are_spread_over_its_time_and_overlapping_batches_come_in_order() {
    let spread = Batches { size: BatchSize::Fixed(50), within: seconds(3.0) };
    let spread = schedule(&[Stage::hold(200.0, seconds(500.0))], Pattern::Batches(spread), 1);
    let times: Vec<_> = spread.arrivals().map(|arrival| arrival.at).collect();
    assert!(times.is_sorted());
    assert!(times.last().is_some_and(|last| *last < seconds(500.0)));
    assert!((real(times.len() as u64) / 100_000.0 - 1.0).abs() < 0.06, "{}", times.len());
}

#[test]
fn geometric_batches_have_their_mean_and_never_none() {
    let sizes = Batches { size: BatchSize::Geometric { mean: 8.0 }, within: Duration::ZERO };
    let schedule = schedule(&[Stage::hold(800.0, seconds(200.0))], Pattern::Batches(sizes), 1);
    let times: Vec<_> = schedule.arrivals().map(|arrival| arrival.at).collect();
    let sizes: Vec<_> = times.chunk_by(PartialEq::eq).map(|batch| real(batch.len() as u64)).collect();
    let (count, mean) = (real(sizes.len() as u64), real(times.len() as u64) / real(sizes.len() as u64));
    assert!((mean - 8.0).abs() < 0.2, "{mean}");
    // Of a geometric distribution with mean 8 one batch in 8 has a single member.
    let single = sizes.iter().filter(|size| **size < 1.5).count();
    assert!((real(single as u64) / count - 0.125).abs() < 0.01, "{single} of {count}");
}
