//! Intervals.

use std::time::Duration;

use proptest::prelude::*;

use super::super::{Durations, Interval, MOST_INTERVALS, Precision, Timeline};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

const RESPONSE: Duration = Duration::from_micros(1500);

#[test]
fn each_interval_has_what_ended_in_it_however_often_widths_doubled() {
    // 100 ms wide, one success every 50 ms, one failure every second: for 1, 59, 61 and 500 seconds.
    for seconds in [1_u64, 59, 60, 61, 119, 121, 500] {
        let mut timeline = Timeline::new(Timeline::FINEST);
        for at in (0..seconds * 1000).step_by(50) {
            timeline.success(ms(at), ms(at + 1), 7);
            if at % 1000 == 0 {
                timeline.failure(ms(at));
            }
        }
        let (width, intervals) = timeline.intervals();
        assert!(intervals.len() <= MOST_INTERVALS + 1, "{seconds}: {}", intervals.len());
        assert!(width <= ms(100) * u32::try_from(seconds.div_ceil(30).next_power_of_two()).unwrap(), "{seconds}: {width:?}");
        let per = width.as_millis() / 50;
        for (number, interval) in intervals.iter().enumerate().take(intervals.len() - 1) {
            assert_eq!(u128::from(interval.successes), per, "{seconds}: interval {number}");
            assert_eq!(u128::from(interval.bytes), per * 7);
            let end = width * u32::try_from(number + 1).unwrap();
            let longest = interval.response().unwrap().max().unwrap().as_secs_f64();
            assert!((longest / (end.as_secs_f64() - 0.049) - 1.0).abs() < 0.01, "{seconds}: interval {number}: {longest}");
        }
        assert_eq!(intervals.iter().map(|interval| interval.successes).sum::<u64>(), seconds * 20);
        assert_eq!(intervals.iter().map(|interval| interval.failures).sum::<u64>(), seconds);
    }
}

#[test]
fn an_hour_and_a_day_take_the_same_memory() {
    let size = |hours: u64| {
        let mut timeline = Timeline::new(Timeline::FINEST);
        for second in 0..hours * 3600 {
            timeline.success(Duration::from_secs(second), Duration::from_micros(900 + second % 200), 1);
        }
        let (_, intervals) = timeline.intervals();
        (intervals.len(), intervals.iter().map(|interval| interval.encoded().len()).sum::<usize>())
    };
    for hours in [1, 24] {
        let (intervals, bytes) = size(hours);
        assert!(intervals <= MOST_INTERVALS + 1 && bytes < 200 * MOST_INTERVALS, "{hours} h: {intervals} intervals, {bytes} bytes");
    }
}

#[test]
fn an_interval_in_which_nothing_ended_is_there_and_empty() {
    let mut timeline = Timeline::new(ms(100));
    timeline.success(ms(50), RESPONSE, 1);
    timeline.success(ms(450), RESPONSE, 1);
    let (_, intervals) = timeline.intervals();
    assert_eq!(intervals.iter().map(|interval| interval.successes).collect::<Vec<_>>(), [1, 0, 0, 0, 1]);
    assert!(intervals[2].response().is_none() && intervals[2].encoded().is_empty());
}

fn all(intervals: &[Interval]) -> (u64, u64, Durations) {
    let mut durations = Durations::new(Precision::Coarse);
    intervals.iter().filter_map(Interval::response).for_each(|response| durations.merge(&response));
    (intervals.iter().map(|interval| interval.successes).sum(), intervals.iter().map(|interval| interval.failures).sum(), durations)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn threads_that_ended_at_different_times_merge_without_loss(
        one in prop::collection::vec((0_u64..200_000, 1_u64..5000), 0..200),
        two in prop::collection::vec((0_u64..30_000, 1_u64..5000), 0..200),
    ) {
        let mut whole = Durations::new(Precision::Coarse);
        let mut timelines = [Timeline::new(ms(10)), Timeline::new(ms(10))];
        for (timeline, mut events) in timelines.iter_mut().zip([one.clone(), two.clone()]) {
            events.sort_unstable();
            for (at, response) in events {
                timeline.success(ms(at), ms(response), 3);
                timeline.failure(ms(at));
                whole.record(ms(response));
            }
        }
        let [mut first, second] = timelines;
        first.merge(&second);
        let (width, intervals) = first.intervals();
        let count = (one.len() + two.len()) as u64;
        prop_assert_eq!(all(&intervals), (count, count, whole));
        // Each event is in the interval of its time.
        for (number, interval) in intervals.iter().enumerate() {
            let number = number as u128;
            let due = one.iter().chain(&two).filter(|(at, _)| u128::from(*at) / width.as_millis() == number).count();
            prop_assert_eq!(interval.successes, due as u64);
        }
    }
}
