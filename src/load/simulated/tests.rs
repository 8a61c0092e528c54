//! Schedule and histograms against queueing theory.

use std::time::Duration;

use super::Servers;
use crate::load::histogram::{Meter, Sample};
use crate::load::schedule::{Pattern, Schedule, Stage};
use crate::seed::Seed;
use crate::stats::real;

/// 10⁶ Poisson arrivals at `rate` to `count` servers, whose service times are drawn by `service`: response times.
fn queue(rate: f64, count: usize, mut service: impl FnMut() -> f64) -> Meter {
    let stages = [Stage::hold(rate, Duration::from_secs_f64(1.01e6 / rate))];
    let schedule = Schedule::new(&stages, Pattern::Poisson, &Seed::new(1)).unwrap();
    let (mut servers, mut meter) = (Servers::new(count), Meter::new());
    for arrival in schedule.arrivals().take(1_000_000) {
        let due = arrival.at.as_secs_f64();
        let (start, end) = servers.take(due, service());
        let (response, service) = (Duration::from_secs_f64(end - due), Duration::from_secs_f64(end - start));
        meter.success(Duration::ZERO, &Sample { response, service, ..Sample::default() });
    }
    assert_eq!(meter.successes(), 1_000_000);
    meter
}

fn within_five_per_cent(meter: &Meter, mean: f64, p99: f64, what: &str) {
    let found = (meter.response().mean().unwrap().as_secs_f64(), meter.response().quantile(0.99).unwrap().as_secs_f64());
    assert!((found.0 / mean - 1.0).abs() < 0.05, "{what}: mean {} for {mean}", found.0);
    assert!((found.1 / p99 - 1.0).abs() < 0.05, "{what}: p99 {} for {p99}", found.1);
}

#[test]
fn one_server_with_exponential_service_is_as_theory_says() {
    for utilisation in [0.5, 0.8] {
        // Response times are exponential with the rate μ − λ; μ = 100/s.
        let spare = 100.0 * (1.0 - utilisation);
        let mut draws = Seed::new(2).draws();
        let meter = queue(100.0 * utilisation, 1, || draws.exponential() / 100.0);
        within_five_per_cent(&meter, 1.0 / spare, 100_f64.ln() / spare, &format!("M/M/1 at {utilisation}"));
    }
}

#[test]
fn servers_with_constant_service_are_as_theory_says() {
    for (count, utilisation) in [(1, 0.8), (2, 0.7), (4, 0.8)] {
        let theory = Waiting::of(count, utilisation);
        let (mean, p99) = (1.0 + theory.mean(), 1.0 + theory.quantile(0.99));
        let meter = queue(100.0 * utilisation * real(count as u64), count, || 0.01);
        within_five_per_cent(&meter, mean / 100.0, p99 / 100.0, &format!("M/D/{count} at {utilisation}"));
        let service = meter.service().max().unwrap().as_secs_f64();
        assert!((service / 0.01 - 1.0).abs() < 0.002, "{service}");
    }
}

#[test]
fn the_theory_of_constant_service_is_that_of_pollaczek_and_khinchine_for_one_server() {
    for utilisation in [0.3, 0.5, 0.8] {
        let due = utilisation / (2.0 * (1.0 - utilisation));
        let mean = Waiting::of(1, utilisation).mean();
        assert!((mean / due - 1.0).abs() < 0.001, "{mean} for {due}");
    }
}

/// Waiting times of M/D/c by Crommelin and Franx; the service time is 1.
struct Waiting {
    servers: usize,
    rate: f64,
    /// The chance that at most so many are in the system.
    at_most: Vec<f64>,
}

const MOST: usize = 400;

impl Waiting {
    fn of(servers: usize, utilisation: f64) -> Self {
        let rate = utilisation * real(servers as u64);
        // After one service time, all that were served are gone and what arrived meanwhile is there. Iterated until it stands.
        let arrivals = poisson(rate, MOST);
        let mut chances = vec![0.0; MOST];
        chances[0] = 1.0;
        for _ in 0..600 {
            let mut next = vec![0.0; MOST];
            for (there, chance) in chances.iter().enumerate().filter(|(_, chance)| **chance > 1e-15) {
                let left = there.saturating_sub(servers);
                for (more, arrive) in arrivals.iter().enumerate().take((MOST - left).min(60)) {
                    next[left + more] += chance * arrive;
                }
            }
            chances = next;
        }
        let at_most = chances.iter().scan(0.0, |sum, chance| {
            *sum += chance;
            Some(*sum)
        });
        Self { servers, rate, at_most: at_most.collect() }
    }

    /// The chance to wait at most `wait`.
    fn cdf(&self, wait: f64) -> f64 {
        let steps = wait.floor() + 1.0;
        let mean = self.rate * (steps - wait);
        let last = usize::try_from(crate::stats::whole(steps)).unwrap() * self.servers - 1;
        let arrivals = poisson(mean, last + 1);
        arrivals.iter().enumerate().map(|(number, chance)| chance * self.at_most[last - number + self.servers]).sum()
    }

    fn quantile(&self, share: f64) -> f64 {
        let (mut low, mut high) = (0.0, 50.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.cdf(middle) < share { low = middle } else { high = middle }
        }
        high
    }

    /// The area above the distribution.
    fn mean(&self) -> f64 {
        (0..10_000).map(|strip| (1.0 - self.cdf((f64::from(strip) + 0.5) * 0.003)) * 0.003).sum()
    }
}

/// The chances of 0, 1, 2, … of a Poisson distribution.
fn poisson(mean: f64, count: usize) -> Vec<f64> {
    let mut chance = (-mean).exp();
    let mut chances = Vec::with_capacity(count);
    for number in 0..count {
        chances.push(chance);
        chance *= mean / real(number as u64 + 1);
    }
    chances
}

#[test]
fn a_stall_of_a_second_shows_in_response_times_as_arithmetic_says_and_not_in_service_times() {
    // 30 s at 200/s to 4 servers of 4 ms, nothing begun from 10 to 11 s. The arrival i after the stall's beginning waits for its end, and for those
    // before it, of which 1000/s are served: 1 − i (1/200 − 1/1000) s. So 1% of 6000, 60, wait longer than 1 − 60 × 0.004 = 0.76 s.
    let schedule = Schedule::new(&[Stage::hold(200.0, Duration::from_secs(30))], Pattern::Constant, &Seed::new(1)).unwrap();
    let (mut servers, mut meter, mut stalled) = (Servers::new(4), Meter::new(), false);
    for arrival in schedule.arrivals() {
        let due = arrival.at.as_secs_f64();
        if due >= 10.0 && !stalled {
            servers.stall(11.0);
            stalled = true;
        }
        let (start, end) = servers.take(due, 0.004);
        let (response, service) = (Duration::from_secs_f64(end - due), Duration::from_secs_f64(end - start));
        meter.success(Duration::from_secs_f64(end), &Sample { response, service, ..Sample::default() });
    }
    let seconds = |found: Option<Duration>| found.unwrap().as_secs_f64();
    let (p99, max, service) = (seconds(meter.response().quantile(0.99)), seconds(meter.response().max()), seconds(meter.service().max()));
    assert!((p99 / 0.764 - 1.0).abs() < 0.05, "p99 {p99}");
    assert!((max / 1.004 - 1.0).abs() < 0.05, "max {max}");
    assert!((service / 0.004 - 1.0).abs() < 0.002, "service {service}");
    assert!(seconds(meter.response().quantile(0.5)) < 0.0041);

    // In the timeline: nothing ends in the second, and what ends after it took long.
    let (width, intervals) = meter.timeline().intervals();
    assert_eq!(width, Duration::from_millis(100));
    assert!(intervals[101..110].iter().all(|interval| interval.successes == 0));
    assert!(seconds(intervals[110].response().unwrap().max()) > 0.98);
    assert_eq!(intervals.iter().map(|interval| interval.successes).sum::<u64>(), 6000);
}
