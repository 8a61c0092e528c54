//! Searches in simulated time.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use super::{Capacity, Driver, Limit, Measure, Point, Seen, Terms, bend, find};
use crate::load::histogram::{Durations, Meter, Precision, Sample};
use crate::load::schedule::{Pattern, Schedule, Stage};
use crate::load::simulated::Servers;
use crate::load::threshold::{Kept, Measured, Tally, Threshold};
use crate::seed::{Draws, Seed};
use crate::stats::real;

/// A registry of some servers in simulated time, and a driver that may be limited.
struct Simulated {
    servers: usize,
    service: f64,
    /// How much service times scatter: 0 for none, 1 for exponential ones.
    scatter: f64,
    /// The most arrivals per second that the driver can offer.
    driver: f64,
    slo: Threshold,
    draws: Draws,
}

impl Simulated {
    fn new(servers: usize, service: f64) -> Self {
        let slo = Threshold::parse("pull.p99 < 100ms", &["pull"]).unwrap();
        Self { servers, service, scatter: 0.0, driver: f64::INFINITY, slo, draws: Seed::new(3).draws() }
    }

    fn service(&mut self) -> f64 {
        self.service * (1.0 - self.scatter + self.scatter * self.draws.exponential())
    }

    /// The response times of what is due in the window, with the moments of their ends.
    fn run(&mut self, rate: f64, length: Duration) -> Vec<(Duration, f64, f64)> {
        let schedule = Schedule::new(&[Stage::hold(rate, length)], Pattern::Constant, &Seed::new(1)).unwrap();
        let mut servers = Servers::new(self.servers);
        let mut ends = Vec::new();
        for arrival in schedule.arrivals() {
            let due = arrival.at.as_secs_f64();
            let service = self.service();
            let (_, end) = servers.take(due, service);
            ends.push((arrival.at, end, end - due));
        }
        ends
    }
}

impl Measure for Simulated {
    type Error = Infallible;

    fn closed(&mut self, lasting: Duration) -> Result<(f64, Duration), Infallible> {
        Ok(((real(self.servers as u64) / self.service).min(self.driver), lasting))
    }

    fn open(&mut self, rate: f64, settle: Duration, window: Duration) -> Result<Seen, Infallible> {
        let length = settle + window;
        let ends = self.run(rate, length);
        let mut pull = Meter::new();
        for (_, _, response) in ends.iter().filter(|(due, ..)| *due >= settle) {
            let response = Duration::from_secs_f64(*response);
            pull.success(Duration::ZERO, &Sample { response, service: response, ..Sample::default() });
        }
        let within = |at: f64| at >= settle.as_secs_f64() && at < length.as_secs_f64();
        let (offered, achieved) =
            (ends.iter().filter(|(due, ..)| within(due.as_secs_f64())).count(), ends.iter().filter(|(_, end, _)| within(*end)).count());
        let per_second = |count: usize| real(count as u64) / window.as_secs_f64();
        let (p50, p99, samples, all) =
            (pull.response().quantile(0.5).unwrap(), pull.response().quantile(0.99).unwrap(), pull.successes(), Tally::from(&pull));
        let meters = BTreeMap::from([("pull".to_owned(), pull)]);
        let lateness = Durations::new(Precision::Fine);
        let measured = Measured { window, meters: &meters, all, lateness: &lateness, corrupt: 0, broken: 0 };
        let last = ends.iter().map(|(_, end, _)| *end).fold(length.as_secs_f64(), f64::max);
        Ok(Seen {
            offered: per_second(offered),
            achieved: per_second(achieved),
            samples,
            p50,
            p99,
            slo: self.slo.kept_with(&measured, 0.95),
            driver: if rate > self.driver { Driver::Limited } else { Driver::Punctual },
            took: Duration::from_secs_f64(last),
        })
    }
}

fn search(mut simulated: Simulated) -> Capacity {
    let Ok(found) = find(Terms::new(299, Duration::from_secs(90)), &mut simulated);
    found
}

#[test]
fn servers_of_known_capacity_are_found_within_five_per_cent_and_ninety_seconds() {
    for (servers, service, known) in [(1, 0.020, 50.0), (4, 0.020, 200.0), (1, 0.005, 200.0), (10, 0.010, 1000.0), (2, 0.002, 1000.0)] {
        let found = search(Simulated::new(servers, service));
        let rate = found.rate.unwrap();
        assert!(
            (rate / known - 1.0).abs() < 0.05,
            "{known}: {rate} in {:?}",
            found.curve.iter().map(|p| (p.rate, p.seen.slo)).collect::<Vec<_>>()
        );
        assert!(found.below.is_some_and(|below| below > rate && below <= rate * 1.05), "{known}: {:?}", found.below);
        assert!(found.confirmed && found.took <= Duration::from_secs(90), "{known}: {} {:?}", found.confirmed, found.took);
        assert_eq!(found.limit, Limit::Registry);
        assert!(found.bends_at.is_some_and(|bend| bend > 0.5 * known && bend < 1.2 * known), "{known}: {:?}", found.bends_at);
    }
}

#[test]
fn a_service_time_that_scatters_keeps_the_capacity_below_the_throughput() {
    // A mean of 20 ms, of which 10 are exponential: at 100 ms for p99 the four servers can't be used up.
    let found = search(Simulated { scatter: 0.5, ..Simulated::new(4, 0.020) });
    let rate = found.rate.unwrap();
    assert!((100.0..198.0).contains(&rate) && found.limit == Limit::Registry, "{rate}");
    assert!(found.took <= Duration::from_secs(90));
}

#[test]
fn where_the_driver_was_the_limit_no_figure_passes_for_the_registrys() {
    let found = search(Simulated { driver: 400.0, ..Simulated::new(10, 0.010) });
    assert_eq!(found.limit, Limit::Driver);
    let (rate, below) = (found.rate.unwrap(), found.below.unwrap());
    assert!(rate <= 400.0 && below > 400.0 && rate > 380.0, "{rate} {below}");
    assert!(found.curve.iter().all(|point| point.seen.driver == Driver::Punctual || !point.seen.carried()));
}

#[test]
fn an_slo_that_no_rate_keeps_has_no_capacity() {
    let found = search(Simulated::new(1, 0.150));
    assert_eq!((found.rate, found.confirmed, found.limit), (None, false, Limit::NeverKept));
}

#[test]
fn a_registry_that_answers_nothing_ends_the_search_at_once() {
    let mut search = super::Search::new(Terms::new(299, Duration::from_secs(90)));
    assert!(search.next().is_some());
    search.tell_closed(0.0, Duration::from_secs(3));
    assert_eq!(search.next(), None);
    assert_eq!(search.finish().limit, Limit::NeverKept);
}

#[test]
fn a_winner_whose_repeats_fail_is_no_winner() {
    // Carries 100/s as a rule; the first try of anything up to 150/s is lucky.
    struct Lucky(Vec<f64>);
    impl Measure for Lucky {
        type Error = Infallible;
        fn closed(&mut self, lasting: Duration) -> Result<(f64, Duration), Infallible> {
            Ok((150.0, lasting))
        }
        fn open(&mut self, rate: f64, settle: Duration, window: Duration) -> Result<Seen, Infallible> {
            let first = !self.0.iter().any(|known| known.total_cmp(&rate).is_eq());
            self.0.push(rate);
            let slo = if rate <= 100.0 || (first && rate <= 150.0) { Kept::Yes } else { Kept::No };
            let p99 = Duration::from_millis(10);
            let took = settle + window;
            Ok(Seen { offered: rate, achieved: rate, samples: 300, p50: p99, p99, slo, driver: Driver::Punctual, took })
        }
    }
    let Ok(found) = find(Terms::new(299, Duration::from_mins(10)), &mut Lucky(Vec::new()));
    assert!(found.confirmed && found.rate.is_some_and(|rate| rate <= 100.0 && rate > 90.0), "{:?} {:?}", found.rate, found.below);
}

#[test]
fn one_unlucky_step_far_below_the_capacity_does_not_lower_it() {
    // Carries 100/s, but the second step, whatever its rate is, falls into a moment of trouble.
    struct Unlucky(usize);
    impl Measure for Unlucky {
        type Error = Infallible;
        fn closed(&mut self, lasting: Duration) -> Result<(f64, Duration), Infallible> {
            Ok((100.0, lasting))
        }
        fn open(&mut self, rate: f64, settle: Duration, window: Duration) -> Result<Seen, Infallible> {
            self.0 += 1;
            let slo = if rate <= 100.0 && self.0 != 2 { Kept::Yes } else { Kept::No };
            let p99 = Duration::from_millis(10);
            Ok(Seen { offered: rate, achieved: rate, samples: 300, p50: p99, p99, slo, driver: Driver::Punctual, took: settle + window })
        }
    }
    let Ok(found) = find(Terms::new(299, Duration::from_mins(10)), &mut Unlucky(0));
    assert!(found.confirmed && found.rate.is_some_and(|rate| rate <= 100.0 && rate > 96.0), "{:?} {:?}", found.rate, found.below);
}

#[test]
fn a_budget_that_is_too_short_gives_its_best_guess_and_says_so() {
    let mut simulated = Simulated::new(1, 0.020);
    let Ok(found) = find(Terms::new(299, Duration::from_secs(25)), &mut simulated);
    assert!(!found.confirmed && found.took <= Duration::from_secs(25), "{:?}", found.took);
    assert!(found.rate.is_some());
}

#[test]
fn the_bend_is_where_the_99th_percentile_has_doubled() {
    let point = |rate, ms| {
        let p99 = Duration::from_millis(ms);
        let seen = Seen { offered: rate, achieved: rate, samples: 1, p50: p99, p99, slo: Kept::Yes, driver: Driver::Punctual, took: p99 };
        Point { rate, seen }
    };
    let curve = [point(100.0, 10), point(300.0, 30), point(200.0, 10)];
    assert!(bend(&curve).is_some_and(|rate| (rate - 250.0).abs() < 1e-9));
    assert_eq!(bend(&curve[..1]), None);
    assert_eq!(bend(&[]), None);
}
