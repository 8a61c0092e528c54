//! Reading and judging.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::{Kept, Measured, Quantity, Statistic, Stretch, Tally, Threshold, Unit, human};
use crate::load::histogram::{Durations, Meter, Phase, Precision, Sample};
use crate::text::{Place, SourceFile};

const OPERATIONS: [&str; 4] = ["pull", "push", "get-manifest", "get-blob"];

fn read(text: &str) -> Threshold {
    Threshold::parse(text, &OPERATIONS).unwrap_or_else(|error| panic!("{error}"))
}

fn time(of: &str, stretch: Stretch, statistic: Statistic) -> Quantity {
    Quantity::Time { of: of.into(), stretch, statistic }
}

#[test]
fn every_figure_of_the_language_is_read_with_its_unit() {
    let first_byte = Stretch::Phase(Phase::FirstByte);
    let table = [
        ("pull.p99 < 250ms", time("pull", Stretch::Response, Statistic::Quantile(0.99)), 0.25),
        ("push.p99.9<=1.5 s", time("push", Stretch::Response, Statistic::Quantile(0.999)), 1.5),
        ("get-blob.first-byte.p90 < 80us", time("get-blob", first_byte, Statistic::Quantile(0.9)), 8e-5),
        ("pull.service.max < 1m", time("pull", Stretch::Service, Statistic::Max), 60.0),
        ("errors < 0.1%", Quantity::Errors(None), 0.001),
        ("pull.errors == 0", Quantity::Errors(Some("pull".into())), 0.0),
        ("push.rate >= 50/s", Quantity::Rate(Some("push".into())), 50.0),
        ("rate > 60/m", Quantity::Rate(None), 1.0),
        ("get-blob.bytes/s >= 20MiB/s", Quantity::Bytes(Some("get-blob".into())), 20_971_520.0),
        ("corrupt == 0", Quantity::Corrupt, 0.0),
        ("broken <= 3", Quantity::Broken, 3.0),
        ("lateness.p99 < 1ms", Quantity::Lateness(Statistic::Quantile(0.99)), 0.001),
    ];
    for (text, quantity, limit) in table {
        let threshold = read(text);
        assert_eq!(threshold.quantity, quantity, "{text}");
        assert!((threshold.limit - limit).abs() < 1e-12, "{text}: {}", threshold.limit);
    }
}

#[test]
fn a_mistake_is_shown_where_it_is_with_a_way_to_mend_it() {
    let table = [
        ("pul.p99 < 250ms", "pul", "did you mean `pull`?"),
        ("delete.p99 < 250ms", "delete", "expected `pull`"),
        ("pull.p9x < 250ms", "p9x", "did you mean `pull.p"),
        ("pull.p100 < 250ms", "p100", "did you mean `max`?"),
        ("pull < 250ms", "pull", "`pull.p99`"),
        ("p99 < 250ms", "p99", "expected"),
        ("pull.p99 < 250", "250", "`250ms`"),
        ("pull.p99 < 0.1%", "0.1%", "`250ms`"),
        ("errors < 5", "5", "`0.1%`"),
        ("push.rate >= 50", "50", "`50/s`"),
        ("get-blob.bytes/s > 20/s", "20/s", "`20MiB/s`"),
        ("corrupt = 0", "=", "did you mean `==`"),
        ("corrupt != 0", "!", "write a figure"),
        ("pull.p99 250ms", "pull.p99 250ms", "write a figure"),
        ("< 250ms", "<", "write a figure"),
        ("", "", "write a figure"),
        ("pull.p99 <", "", "`250ms`"),
        ("pull.p99 < µ", "µ", "`250ms`"),
    ];
    for (text, part, help) in table {
        let error = Threshold::parse(text, &OPERATIONS).unwrap_err();
        assert_eq!(&text[error.part.clone()], part, "{error}");
        assert!(error.help.as_ref().is_some_and(|told| told.contains(help)), "{error}");
    }
    let shown = Threshold::parse("pul.p99 < 1s", &OPERATIONS).unwrap_err().to_string();
    assert_eq!(shown, "this workload has no operation or journey `pul`\n  pul.p99 < 1s\n  ^^^\ndid you mean `pull`?");
}

#[test]
fn in_a_file_a_mistake_points_into_the_text() {
    let text = "thresholds:\n  - \"pul.p99 < 1s\"\n";
    let file = SourceFile { path: "w.yaml".into(), text: text.into() };
    let place = Place::at_byte(text, text.find('"').unwrap(), text.len() - 1);
    let diagnostic = Threshold::parse("pul.p99 < 1s", &OPERATIONS).unwrap_err().diagnostic(&file, place);
    assert_eq!(diagnostic.position(), "w.yaml:2:6");
    assert_eq!(diagnostic.place.map(|place| place.of_text(text)), Some("pul"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_a_part_of_it(text in "(pull|push|errors|\\PC{0,4})?[.]?(p99|rate|\\PC{0,4}) ?(<|>=|==|=|!)? ?[0-9.]{0,4}(ms|%|/s|\\PC{0,3})?") {
        if let Err(error) = Threshold::parse(&text, &OPERATIONS) {
            prop_assert!(text.get(error.part.clone()).is_some());
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

/// 1000 pulls of 1 to 1000 ms, 3 failures, in 10 seconds; no push.
fn judged(texts: &[&str]) -> Vec<(Kept, String)> {
    let mut pull = Meter::new();
    for ms in 1..=1000 {
        let response = Duration::from_millis(ms);
        let phases = [None, None, None, Some(Duration::from_millis(5)), None];
        pull.success(response, &Sample { response, service: Duration::from_millis(2), phases, sent: 0, received: 1 << 20, verified: 0 });
    }
    for _ in 0..3 {
        pull.failure(Duration::from_secs(1), "503");
    }
    let all = Tally::from(&pull);
    let meters = BTreeMap::from([("pull".to_owned(), pull), ("push".to_owned(), Meter::new())]);
    let lateness = Durations::new(Precision::Fine);
    let measured = Measured { window: Duration::from_secs(10), meters: &meters, all, lateness: &lateness, corrupt: 1, broken: 0 };
    texts.iter().map(|text| read(text).judge(&measured)).map(|judgement| (judgement.kept, judgement.words)).collect()
}

#[test]
fn thresholds_are_judged_by_what_was_measured_and_nothing_measured_is_no_success() {
    let table = [
        ("pull.p99 < 1s", Kept::Yes, "990 ms"),
        ("pull.p99 < 900ms", Kept::No, "of 1000 samples"),
        ("pull.service.max < 3ms", Kept::Yes, "2 ms"),
        ("pull.first-byte.p50 < 4ms", Kept::No, "5.01 ms"),
        ("pull.connect.p50 < 4ms", Kept::Unknown, "nothing was measured"),
        ("errors < 0.1%", Kept::No, "0.299%"),
        ("errors < 1%", Kept::Yes, "of 1003 samples"),
        ("pull.rate >= 100/s", Kept::Yes, "100/s"),
        ("pull.bytes/s >= 99MiB/s", Kept::Yes, "100 MiB/s"),
        ("corrupt == 0", Kept::No, "1"),
        ("broken == 0", Kept::Yes, "0"),
        ("push.p99 < 1s", Kept::Unknown, "nothing was measured"),
        ("push.errors == 0", Kept::Unknown, "nothing was measured"),
        ("push.rate >= 1/s", Kept::Unknown, "nothing was measured"),
        ("lateness.p99 < 1ms", Kept::Unknown, "nothing was measured"),
    ];
    for ((text, kept, words), found) in table.iter().zip(judged(&table.map(|(text, ..)| text))) {
        assert_eq!(found.0, *kept, "{text}: {}", found.1);
        assert!(found.1.contains(words), "{}", found.1);
    }
}

#[test]
fn with_confidence_a_quantile_needs_enough_samples_and_few_enough_beyond_the_limit() {
    let kept = |samples: u64, over: u64| {
        let mut pull = Meter::new();
        for number in 0..samples {
            let response = Duration::from_millis(if number < over { 300 } else { 10 });
            pull.success(Duration::ZERO, &Sample { response, service: response, ..Sample::default() });
        }
        let meters = BTreeMap::from([("pull".to_owned(), pull)]);
        let lateness = Durations::new(Precision::Fine);
        let (window, all) = (Duration::from_secs(1), Tally::default());
        read("pull.p99 < 250ms").kept_with(&Measured { window, meters: &meters, all, lateness: &lateness, corrupt: 0, broken: 0 }, 0.95)
    };
    assert_eq!(read("pull.p99 < 250ms").samples(0.95), 299);
    assert_eq!((kept(298, 0), kept(299, 0), kept(299, 1)), (Kept::Unknown, Kept::Yes, Kept::No));
    assert_eq!((kept(472, 1), kept(473, 1), kept(0, 0)), (Kept::No, Kept::Yes, Kept::Unknown));
}

#[test]
fn several_thresholds_are_kept_where_each_is() {
    use Kept::{No, Unknown, Yes};
    assert_eq!((Kept::all([]), Kept::all([Yes, Yes]), Kept::all([Yes, Unknown])), (Yes, Yes, Unknown));
    assert_eq!((Kept::all([Unknown, No, Yes]), Kept::all([No, Unknown])), (No, No));
}

#[test]
fn figures_are_told_in_three_digits() {
    let table = [
        (Unit::Seconds, 0.000_085_4, "85.4 µs"),
        (Unit::Seconds, 0.3124, "312 ms"),
        (Unit::Seconds, 2.0, "2 s"),
        (Unit::Share, 0.00123, "0.123%"),
        (Unit::PerSecond, 49.84, "49.8/s"),
        (Unit::BytesPerSecond, 19_293_798.0, "18.4 MiB/s"),
        (Unit::Count, 3.0, "3"),
    ];
    for (unit, value, due) in table {
        assert_eq!(human(unit, value), due);
    }
}
