//! The load line, searched for in real time: each step of the search is a run of its own in the same prepared target.

use std::sync::Arc;
use std::time::Duration;

use super::capacity::{Ask, Capacity, Driver, Limit, Search, Seen, Terms};
use super::drive::{Driven, LoadError, Model, Order, Watch, drive};
use super::histogram::{Durations, Precision};
use super::rows::driver;
use super::run::Begun;
use super::schedule::{Pattern, Schedule, Stage};
use super::slo::{CONFIDENCE, Figures};
use super::threshold::{Kept, Threshold};
use crate::check::Interrupt;
use crate::clock;
use crate::engine::journey::Setup;
use crate::record::{LoadLine, LoadLineStep};
use crate::seed::Seed;
use crate::stats::real;

/// How long a step's last answers are waited for: an overloaded registry has a backlog that says nothing new.
const DRAIN: Duration = Duration::from_secs(2);

/// The most workers of the closed run at the beginning.
const WORKERS: u32 = 64;

/// What a search gave: the line, and its best step for the tables.
pub(super) struct Found {
    pub(super) line: LoadLine,
    /// The run at the rate that was found, or else the last one.
    pub(super) driven: Driven,
    pub(super) order: Order,
}

/// Searches.
///
/// # Errors
/// A thread could not be made, or the search was interrupted before anything was measured.
pub(super) async fn search(
    begun: &Begun<'_>,
    setup: &Arc<Setup>,
    thresholds: &[Threshold],
    budget: Duration,
    (watch, interrupt): (&dyn Watch, &Interrupt),
) -> Result<Found, LoadError> {
    let samples = thresholds.iter().map(|threshold| threshold.samples(CONFIDENCE)).max().unwrap_or(1);
    let mut search = Search::new(Terms::new(samples, budget));
    let mut best: Option<(f64, Driven, Order)> = None;
    let mut pushed = Vec::new();
    while let Some(ask) = search.next() {
        if interrupt.times() > 0 {
            break;
        }
        let since = clock::instant();
        let order = step(&begun.order, ask, begun.options.seed)?;
        let seed = Seed::new(begun.options.seed).child(&format!("{ask:?}"));
        let mut driven = drive(setup, &order, begun.client, &seed, (watch, interrupt)).await?;
        pushed.append(&mut driven.pushed);
        let names: Vec<String> = setup.program.scripts.iter().map(|script| script.id.clone()).collect();
        let achieved = real(driven.tally.finished) / driven.window.as_secs_f64().max(0.001);
        match ask {
            Ask::Closed { .. } => search.tell_closed(achieved, since.elapsed()),
            Ask::Open { rate, .. } => {
                let came = Seen { took: since.elapsed(), achieved, ..step_seen(&driven, &order, thresholds, (setup, &names)) };
                search.tell(rate, came);
                let better = best.as_ref().is_none_or(|(known, ..)| if came.carried() { rate >= *known } else { false });
                if better {
                    best = Some((rate, driven, order));
                }
            }
        }
    }
    let (_, mut driven, order) =
        best.ok_or_else(|| LoadError::Unprepared("the search for the load line was over before it had measured anything".to_owned()))?;
    driven.pushed = pushed;
    if interrupt.times() > 0 {
        driven.partial = Some("it was interrupted".to_owned());
    }
    Ok(Found { line: told(&search.finish(), thresholds), driven, order })
}

/// The order of one step.
fn step(order: &Order, ask: Ask, seed: u64) -> Result<Order, LoadError> {
    let order = Order { drain: DRAIN, iterations: None, ..order.clone() };
    Ok(match ask {
        Ask::Closed { lasting } => {
            let model = Model::Closed { workers: order.clients.min(WORKERS), think: Duration::ZERO };
            Order { model, warm_up: Duration::ZERO, window: lasting, ..order }
        }
        Ask::Open { rate, settle, window } => {
            let schedule = Schedule::new(&[Stage::hold(rate, settle + window)], Pattern::Constant, &Seed::new(seed))?;
            Order { model: Model::Open(schedule), warm_up: settle, window, ..order }
        }
    })
}

fn step_seen(driven: &Driven, order: &Order, thresholds: &[Threshold], (setup, names): (&Setup, &[String])) -> Seen {
    let figures = Figures::of(&driven.tally, &setup.program.operations, names);
    let measured = figures.measured(&driven.tally, driven.window);
    let mut all = Durations::new(Precision::Fine);
    driven.tally.journeys.iter().flatten().for_each(|meter| all.merge(meter.response()));
    let slo = if driven.tally.corrupt > 0 {
        Kept::No
    } else {
        Kept::all(thresholds.iter().map(|threshold| threshold.kept_with(&measured, CONFIDENCE)))
    };
    let limited = driver(driven, &[]).limits.iter().any(|limit| limit.starts_with("the driver"));
    Seen {
        offered: order.offered().unwrap_or_default(),
        achieved: 0.0,
        samples: all.count(),
        p50: all.quantile(0.5).unwrap_or_default(),
        p99: all.quantile(0.99).unwrap_or_default(),
        slo,
        driver: if limited { Driver::Limited } else { Driver::Punctual },
        took: Duration::ZERO,
    }
}

fn told(capacity: &Capacity, thresholds: &[Threshold]) -> LoadLine {
    let us = |time: Duration| time.as_secs_f64() * 1e6;
    LoadLine {
        slo: thresholds.iter().map(|threshold| threshold.text.clone()).collect(),
        rate: capacity.rate,
        below: capacity.below,
        confirmed: capacity.confirmed,
        limit: match capacity.limit {
            Limit::Registry => "registry",
            Limit::Driver => "driver",
            Limit::Budget => "budget",
            Limit::NeverKept => "never kept",
        }
        .to_owned(),
        closed: capacity.closed,
        bends_at: capacity.bends_at,
        took_ms: u64::try_from(capacity.took.as_millis()).unwrap_or(u64::MAX),
        curve: capacity
            .curve
            .iter()
            .map(|point| LoadLineStep {
                rate: point.rate,
                achieved: point.seen.achieved,
                samples: point.seen.samples,
                p50_us: us(point.seen.p50),
                p99_us: us(point.seen.p99),
                carried: point.seen.carried(),
            })
            .collect(),
    }
}
