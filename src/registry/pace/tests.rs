//! The pace by arithmetic, and on the wire.

use std::time::Duration;

use http::{Method, StatusCode};
use proptest::prelude::*;

use super::queue::{Queue, Stall, done};
use super::{Class, Pacer, Rule};
use crate::clock::instant;
use crate::registry::route::Route;

const MS: u64 = 1_000_000;

fn read(text: &str) -> Rule {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn rules_are_read_as_they_are_told() {
    let (ms, s) = (Duration::from_millis, Duration::from_secs);
    let table = [
        ("pull: 20ms × 4", Rule::Service { class: Class::Pull, time: ms(20), servers: 4 }),
        ("all:2.5ms x10", Rule::Service { class: Class::All, time: Duration::from_micros(2500), servers: 10 }),
        ("blob: 150us", Rule::Service { class: Class::Blob, time: Duration::from_micros(150), servers: 1 }),
        ("stall: 1s at 5s", Rule::Stall { length: s(1), at: s(5), every: None }),
        ("stall: 100ms every 10s", Rule::Stall { length: ms(100), at: s(10), every: Some(s(10)) }),
        ("errors: 1% 503", Rule::Errors { per_million: 10_000, status: StatusCode::SERVICE_UNAVAILABLE, class: Class::All }),
        ("errors: 0.05% 429 of push", Rule::Errors { per_million: 500, status: StatusCode::TOO_MANY_REQUESTS, class: Class::Push }),
    ];
    for (text, rule) in table {
        assert_eq!(read(text), rule, "{text}");
    }
}

#[test]
fn what_is_no_pace_is_refused_with_the_reason() {
    let table = [
        ("pull 20ms", "no colon"),
        ("pul: 20ms", "no class `pul`"),
        ("pull:", "nothing stands behind"),
        ("pull: 20", "`20` is no time"),
        ("pull: 0ms", "no time between"),
        ("pull: 20ms × 0", "no number of servers"),
        ("pull: 20ms × many", "no number of servers"),
        ("stall: 1s", "a stall has a length"),
        ("stall: 2s every 1s", "never end"),
        ("errors: 1 503", "no share"),
        ("errors: 101% 503", "no share"),
        ("errors: 1% 200", "between 400 and 599"),
        ("errors: 1% 503 of pul", "no class `pul`"),
    ];
    for (text, why) in table {
        let error = text.parse::<Rule>().unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn servers_serve_as_many_as_they_can_and_not_one_more() {
    let mut queue = Queue::new(20 * MS, 4);
    let ends: Vec<u64> = (0..12).map(|_| queue.take(0, &[])).collect();
    assert_eq!(ends, [20, 20, 20, 20, 40, 40, 40, 40, 60, 60, 60, 60].map(|ms| ms * MS));
    assert_eq!(queue.take(1000 * MS, &[]), 1020 * MS);
}

#[test]
fn work_rests_in_a_stall_and_goes_on_after_it() {
    let once = [Stall { length: 1000 * MS, at: 5000 * MS, every: None }];
    let table =
        [(4000, 20, 4020), (4990, 20, 6010), (5000, 20, 6020), (5500, 0, 6000), (5999, 20, 6020), (6000, 20, 6020), (4990, 10, 5000)];
    for (start, length, due) in table {
        assert_eq!(done(&once, start * MS, length * MS), due * MS, "{start} {length}");
    }
    let often = [Stall { length: 100 * MS, at: 1000 * MS, every: Some(1000 * MS) }];
    assert_eq!(done(&often, 950 * MS, 1000 * MS), 2150 * MS);
    assert_eq!(done(&often, 7050 * MS, 0), 7100 * MS);
}

proptest! {
    #[test]
    fn work_under_stalls_takes_its_length_and_the_stalls_in_it(start in 0_u64..5000, length in 0_u64..5000, at in 1_u64..3000, stall in 1_u64..500, every in 501_u64..2000) {
        let stalls = [Stall { length: stall, at, every: Some(every) }];
        let stalled = |now: u64| now >= at && (now - at) % every < stall;
        // Moment by moment.
        let (mut now, mut left) = (start, length);
        while left > 0 || stalled(now) {
            left -= u64::from(!stalled(now));
            now += 1;
        }
        let found = done(&stalls, start, length);
        // Work that ends as a stall begins is done.
        let before = (start..now).rev().take_while(|moment| stalled(*moment)).count() as u64;
        prop_assert!(found == now || (length > 0 && found + before == now), "{} for {}", found, now);
    }
}

fn pull() -> Route {
    Route::Blob { name: "a/b".parse().unwrap(), digest: crate::oci::Digest::sha256(b"") }
}

#[tokio::test]
async fn errors_come_evenly_and_in_their_exact_number() {
    let pacer = Pacer::start(&[read("errors: 2% 503 of pull")]).unwrap();
    let mut refused = Vec::new();
    for number in 0..1000 {
        if let Err(failure) = pacer.serve(&pull(), &Method::GET).await {
            assert_eq!(failure.status, StatusCode::SERVICE_UNAVAILABLE);
            refused.push(number);
        }
        assert!(pacer.serve(&Route::Base, &Method::GET).await.is_ok());
    }
    assert_eq!(refused, (0..20).map(|number| number * 50 + 49).collect::<Vec<_>>());
}

#[tokio::test]
async fn nobody_is_answered_before_the_queue_says_so_and_other_classes_do_not_wait() {
    let pacer = Pacer::start(&[read("all: 60m"), read("pull: 5ms × 2")]).unwrap();
    let begun = instant();
    let one = || async {
        pacer.serve(&pull(), &Method::GET).await.unwrap();
        begun.elapsed()
    };
    let mut took = Vec::from(<[Duration; 6]>::from(tokio::join!(one(), one(), one(), one(), one(), one())));
    took.sort_unstable();
    for (elapsed, least) in took.iter().zip([5, 5, 10, 10, 15, 15]) {
        assert!(*elapsed >= Duration::from_millis(least), "{took:?}");
    }
    // The last that fits is asked, so a pull does not wait an hour; tokens wait for nothing.
    assert!(pacer.serve(&Route::Token, &Method::GET).await.is_ok());
}

#[tokio::test]
async fn one_that_goes_away_while_it_waits_hurts_nobody() {
    let pacer = Pacer::start(&[read("pull: 10ms")]).unwrap();
    let gone = tokio::time::timeout(Duration::from_millis(1), pacer.serve(&pull(), &Method::GET)).await;
    assert!(gone.is_err());
    assert!(pacer.serve(&pull(), &Method::GET).await.is_ok());
}
