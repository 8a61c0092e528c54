//! Stages, rates and constant arrivals.

use std::time::Duration;

use proptest::prelude::*;

use super::super::{BatchSize, Batches, Curve, Pattern, Schedule, ScheduleError, Stage};
use super::{schedule, seconds};
use crate::seed::Seed;
use crate::stats::real;

#[test]
fn ten_million_arrivals_later_no_time_has_drifted() {
    for rate in [1.0, 3.0, 7.0, 333.3, 5_000.0, 49_999.0] {
        let stages = [Stage::hold(rate, seconds(2e6)), Stage::hold(rate, Duration::from_hours(24))];
        let schedule = schedule(&stages, Pattern::Constant, 1);
        let at = schedule.nth(10_000_000 / 7 * 7).map(|at| at.as_secs_f64());
        let due = 9_999_997.0 / rate;
        let off = at.map(|at| (at - due).abs());
        assert!(if due < 2e6 { off < Some(2e-9) } else { at.is_none() || off < Some(2e-9) }, "{rate}: {off:?}");
    }
    let cursor = schedule(&[Stage::hold(50_000.0, seconds(201.0))], Pattern::Constant, 1).arrivals();
    let mut walked = 0_u64;
    for arrival in cursor.take(10_000_001) {
        // Whole multiples of 20 µs, without any tolerance.
        assert_eq!((arrival.index, arrival.at), (walked, Duration::from_micros(20 * walked)));
        walked += 1;
    }
    assert_eq!(walked, 10_000_001);
}

#[test]
fn a_ramp_brings_what_the_area_below_it_says() {
    let ramp = schedule(&[Stage::ramp(0.0, 100.0, seconds(10.0))], Pattern::Constant, 1);
    assert_eq!(ramp.arrivals().count(), 500);
    // Expected by t: 5 t²; so the arrival k is due at √(k/5).
    for index in [0, 1, 5, 125, 499] {
        let off = ramp.nth(index).unwrap().as_secs_f64() - (real(index) / 5.0).sqrt();
        assert!(off.abs() < 1e-8, "{index}: {off}");
    }
    let down = schedule(&[Stage::ramp(100.0, 0.0, seconds(10.0))], Pattern::Constant, 1);
    assert_eq!(down.arrivals().count(), 500);
    assert_eq!(down.count(seconds(5.0)), 375);
    assert!((down.curve().rate(seconds(2.5)) - 75.0).abs() < 1e-9);
}

#[test]
fn a_spike_is_three_stages_and_a_pause_brings_nothing() {
    let spike = [Stage::hold(10.0, seconds(10.0)), Stage::hold(500.0, seconds(1.0)), Stage::hold(10.0, seconds(10.0))];
    let spike = schedule(&spike, Pattern::Constant, 1);
    let during = spike.arrivals().filter(|arrival| (seconds(10.0)..seconds(11.0)).contains(&arrival.at)).count();
    assert_eq!((spike.arrivals().count(), during), (700, 500));

    let pause = [Stage::hold(10.0, seconds(1.0)), Stage::hold(0.0, seconds(5.0)), Stage::hold(10.0, seconds(1.0))];
    let times: Vec<_> = schedule(&pause, Pattern::Constant, 1).arrivals().map(|arrival| arrival.at).collect();
    assert_eq!(times.len(), 20);
    assert_eq!((times[9], times[10]), (seconds(0.9), seconds(6.0)));
}

#[test]
fn what_no_schedule_can_be_made_of_is_refused_by_its_name() {
    let of = |stages: &[Stage], pattern| Schedule::new(stages, pattern, &Seed::new(1)).unwrap_err();
    let second = seconds(1.0);
    assert_eq!(of(&[], Pattern::Constant), ScheduleError::NoStage);
    assert_eq!(of(&[Stage::hold(1.0, Duration::ZERO)], Pattern::Constant), ScheduleError::NoLength { stage: 1 });
    for rate in [-1.0, f64::INFINITY, 1e7] {
        let stages = [Stage::hold(1.0, second), Stage::ramp(1.0, rate, second)];
        assert_eq!(of(&stages, Pattern::Constant), ScheduleError::Rate { stage: 2, rate });
    }
    assert!(matches!(of(&[Stage::hold(f64::NAN, second)], Pattern::Constant), ScheduleError::Rate { stage: 1, .. }));
    assert_eq!(of(&[Stage::hold(0.0, second)], Pattern::Poisson), ScheduleError::Nothing);
    assert_eq!(of(&[Stage::hold(1.0, Duration::from_hours(800))], Pattern::Constant), ScheduleError::TooLong);
    let batches = |size| Pattern::Batches(Batches { size, within: second });
    assert_eq!(of(&[Stage::hold(1.0, second)], batches(BatchSize::Fixed(0))), ScheduleError::Batch { size: 0.0 });
    assert_eq!(of(&[Stage::hold(1.0, second)], batches(BatchSize::Geometric { mean: 0.5 })), ScheduleError::Batch { size: 0.5 });
}

fn stages() -> impl Strategy<Value = Vec<Stage>> {
    let rate = prop_oneof![1 => Just(0.0), 8 => 0.1..500.0];
    let stage = (rate.clone(), rate, 1_u64..20_000).prop_map(|(from, to, ms)| Stage::ramp(from, to, Duration::from_millis(ms)));
    prop::collection::vec(stage, 1..6)
}

/// The area below the stages up to `elapsed` seconds, by a sum of strips, each as high as in its middle.
fn area(stages: &[Stage], elapsed: f64) -> f64 {
    let (mut begins, mut area) = (0.0, 0.0);
    for stage in stages {
        let length = stage.length.as_secs_f64();
        let within = (elapsed - begins).clamp(0.0, length);
        let strips = 8_u32;
        let middle = |strip: u32| within * (f64::from(strip) + 0.5) / f64::from(strips);
        let rate = |strip| stage.from + (stage.to - stage.from) * middle(strip) / length;
        area += (0..strips).map(rate).sum::<f64>() * within / f64::from(strips);
        begins += length;
    }
    area
}

proptest! {
    #[test]
    fn constant_arrivals_come_in_order_each_when_the_area_below_the_stages_reaches_its_number(stages in stages()) {
        let Ok(schedule) = Schedule::new(&stages, Pattern::Constant, &Seed::new(1)) else { return Ok(()) };
        let arrivals: Vec<_> = schedule.arrivals().collect();
        let total = area(&stages, f64::INFINITY);
        prop_assert!((real(arrivals.len() as u64) - total.ceil()).abs() <= 1.0);
        prop_assert!(arrivals.is_sorted_by_key(|arrival| arrival.at));
        for arrival in &arrivals {
            let (index, at) = (arrival.index, arrival.at);
            prop_assert_eq!(schedule.nth(index), Some(at));
            let off = area(&stages, at.as_secs_f64()) - real(index);
            prop_assert!(off.abs() < 1e-4, "arrival {} at {:?} is {} off", index, at, off);
        }
        prop_assert_eq!(schedule.nth(arrivals.len() as u64), None);
    }

    #[test]
    fn the_count_at_any_moment_is_the_number_of_arrivals_before_it(stages in stages(), part in 0.0..1.2) {
        let Ok(schedule) = Schedule::new(&stages, Pattern::Constant, &Seed::new(1)) else { return Ok(()) };
        let moment = schedule.curve().length().mul_f64(part);
        let before = schedule.arrivals().take_while(|arrival| arrival.at < moment).count() as u64;
        // An arrival that is due within a rounding error of the moment may count or not.
        prop_assert!(schedule.count(moment).abs_diff(before) <= 1);
    }

    #[test]
    fn where_one_stage_is_cut_in_two_nothing_shows(from in 0.1..500.0, to in 0.1..500.0, ms in 2_u64..30_000, at in 0.01..0.99) {
        let length = Duration::from_millis(ms);
        let first = Duration::from_nanos(crate::stats::whole(real(ms) * 1e6 * at));
        let middle = from + (to - from) * first.as_secs_f64() / length.as_secs_f64();
        let one = Curve::new(&[Stage::ramp(from, to, length)]).unwrap();
        let two = Curve::new(&[Stage::ramp(from, middle, first), Stage::ramp(middle, to, length.saturating_sub(first))]).unwrap();
        prop_assert!((one.total() - two.total()).abs() < 1e-6 * one.total());
        for part in [0.0, 0.1, at, 0.5, 0.9, 0.999] {
            let number = one.total() * part;
            if let (Some(a), Some(b)) = (one.when(number), two.when(number)) {
                prop_assert!(a.abs_diff(b) < Duration::from_nanos(100), "{:?} {:?}", a, b);
            }
            let back = one.when(number).map(|at| one.expected(at)).unwrap();
            prop_assert!((back - number).abs() < 1e-5, "{} {}", back, number);
        }
    }

    #[test]
    fn the_shares_of_several_threads_are_all_arrivals(stages in stages(), threads in 1_usize..5, which in 0..3_u8) {
        let batches = Batches { size: BatchSize::Fixed(7), within: seconds(0.5) };
        let pattern = [Pattern::Constant, Pattern::Poisson, Pattern::Batches(batches)][usize::from(which)];
        let Ok(schedule) = Schedule::new(&stages, pattern, &Seed::new(1)) else { return Ok(()) };
        let mut shared: Vec<_> = (0..threads).flat_map(|thread| schedule.share(thread, threads)).collect();
        shared.sort_by_key(|arrival| arrival.index);
        prop_assert_eq!(shared, schedule.arrivals().collect::<Vec<_>>());
    }
}
