//! What a thread measures.

use std::time::Duration;

use super::super::{MOST_CAUSES, Meter, OTHER_CAUSES, Phase, Sample};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn sample(response: u64) -> Sample {
    let phases = [None, None, None, Some(ms(1)), Some(ms(2))];
    Sample { response: ms(response), service: ms(3), phases, sent: 10, received: 100, verified: 90 }
}

#[test]
fn failures_are_counted_by_cause_and_enter_no_percentile() {
    let mut meter = Meter::new();
    for number in 0..100 {
        meter.success(ms(number), &sample(10));
        meter.failure(ms(number), if number % 4 == 0 { "503" } else { "connection reset" });
    }
    assert_eq!((meter.successes(), meter.failed()), (100, 100));
    assert_eq!(meter.failures().get("503"), Some(&25));
    assert_eq!((meter.response().count(), meter.service().count()), (100, 100));
    assert_eq!((meter.phase(Phase::FirstByte).count(), meter.phase(Phase::Connect).count()), (100, 0));
    assert!(meter.phase(Phase::Body).max().unwrap() >= ms(2));
    assert_eq!((meter.sent(), meter.received(), meter.verified()), (1000, 10_000, 9000));
}

#[test]
fn a_target_that_makes_up_causes_takes_no_memory() {
    let mut meter = Meter::new();
    for number in 0..10_000 {
        meter.failure(ms(number), &format!("cause {number}"));
    }
    assert_eq!(meter.failures().len(), MOST_CAUSES);
    assert_eq!(meter.failed(), 10_000);
    assert!(meter.failures()[OTHER_CAUSES] > 9_900);
}

#[test]
fn the_meters_of_several_threads_merge_to_one_of_all() {
    let (mut one, mut two, mut all) = (Meter::new(), Meter::new(), Meter::new());
    for number in 0..2000 {
        let meter = if number % 3 == 0 { &mut one } else { &mut two };
        if number % 10 == 0 {
            meter.failure(ms(number), "503");
            all.failure(ms(number), "503");
        } else {
            meter.success(ms(number), &sample(number));
            all.success(ms(number), &sample(number));
        }
    }
    one.merge(&two);
    assert_eq!((one.response(), one.service(), one.failures()), (all.response(), all.service(), all.failures()));
    assert_eq!((one.sent(), one.received(), one.verified()), (all.sent(), all.received(), all.verified()));
    let decoded = |meter: &Meter| meter.timeline().intervals().1.iter().map(super::super::Interval::response).collect::<Vec<_>>();
    assert_eq!(decoded(&one), decoded(&all));
}
