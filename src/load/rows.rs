//! Figures of the record.

use std::time::Duration;

use base64::Engine as _;

use super::assemble::millis;
use super::drive::Driven;
use super::histogram::{Durations, Meter, Phase};
use crate::record::{LoadDriver, LoadRow, Spread, Timeline, TimelinePoint};
use crate::stats::real;

/// A driver that begins journeys later than this, and later than a tenth of what they take, has measured itself.
const LATE: Duration = Duration::from_millis(10);

/// A thread that computes for more of its time than this may have been the limit.
const SATURATED: f64 = 0.95;

/// The share of arrivals that may find every client busy.
const WAITED: f64 = 0.01;

/// One operation or journey.
pub(super) fn row(name: &str, meter: &Meter, window: Duration) -> LoadRow {
    let phases = Phase::ALL.into_iter().filter(|phase| !meter.phase(*phase).is_empty());
    LoadRow {
        name: name.to_owned(),
        count: meter.successes(),
        failed: meter.failed(),
        rate: real(meter.successes()) / window.as_secs_f64().max(0.001),
        bytes: (meter.sent(), meter.received()),
        verified_bytes: meter.verified(),
        response: spread(meter.response()),
        service: spread(meter.service()),
        phases: phases.map(|phase| (phase.name().to_owned(), spread(meter.phase(phase)))).collect(),
        failures: meter.failures().iter().map(|(cause, count)| (cause.clone(), *count)).collect(),
        timeline: timeline(meter),
        histogram: base64::engine::general_purpose::STANDARD.encode(meter.response().encode()),
    }
}

/// How durations spread.
pub(super) fn spread(durations: &Durations) -> Spread {
    let us = |time: Option<Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1e6);
    Spread {
        count: durations.count(),
        min_us: us(durations.min()),
        mean_us: us(durations.mean()),
        p50_us: us(durations.quantile(0.5)),
        p90_us: us(durations.quantile(0.9)),
        p99_us: us(durations.quantile(0.99)),
        p999_us: us(durations.quantile(0.999)),
        max_us: us(durations.max()),
    }
}

fn timeline(meter: &Meter) -> Timeline {
    let (width, intervals) = meter.timeline().intervals();
    let point = |interval: &super::histogram::Interval| {
        let spread = interval.response().map(|durations| spread(&durations)).unwrap_or_default();
        TimelinePoint {
            ok: interval.successes,
            failed: interval.failures,
            bytes: interval.bytes,
            p50_us: spread.p50_us,
            p99_us: spread.p99_us,
            max_us: spread.max_us,
        }
    };
    Timeline { width_ms: millis(width), intervals: intervals.iter().map(point).collect() }
}

/// The driver, and what of it stands between the figures and the registry.
pub(super) fn driver(run: &Driven, journeys: &[LoadRow]) -> LoadDriver {
    let driver = &run.tally.driver;
    let lateness = spread(&driver.lateness);
    let slowest = journeys.iter().map(|row| row.response.p99_us).fold(0.0, f64::max);
    let mut limits = Vec::new();
    if lateness.p99_us > LATE.as_secs_f64() * 1e6 && lateness.p99_us > slowest / 10.0 {
        limits
            .push(format!("the driver was late: 1 in 100 journeys began {:.1} ms or more after it was meant to", lateness.p99_us / 1000.0));
    }
    if driver.busiest > SATURATED {
        limits.push(format!("the driver was saturated: a thread of it computed {:.0}% of its time", driver.busiest * 100.0));
    }
    if real(driver.waited) > WAITED * real(driver.arrivals) {
        limits.push(format!("{} of {} arrivals found every client busy: give the workload more clients", driver.waited, driver.arrivals));
    }
    if driver.dropped > 0 {
        limits.push(format!("{} arrivals were given up, since too many waited already", driver.dropped));
    }
    let seconds = (run.window + run.drained).as_secs_f64().max(0.001);
    LoadDriver {
        threads: driver.threads as u64,
        pacing: driver.pacing.to_string(),
        hashing: super::words::hashing().to_owned(),
        lateness,
        cpu: driver.cpu.as_secs_f64() / seconds,
        busiest: driver.busiest,
        arrivals: driver.arrivals,
        waited: driver.waited,
        dropped: driver.dropped,
        limits,
    }
}
