//! From what was counted to the record.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;

use super::drive::{Break, Driven, Prepared, Tally};
use super::rows::{driver, row};
use super::run::Begun;
use super::slo::{Figures, judged};
use crate::check::evidence_of;
use crate::engine::journey::Setup;
use crate::exchange::Secrets;
use crate::judge::Verdict;
use crate::plan::Expected;
use crate::record::{
    Causes, Evidence, ExpectationResult, FORMAT, Finding, Kind, Load, LoadData, LoadLine, LoadRow, Machine, Planned, ProfileUsed, Record,
    Round, ScenarioResult, Target, judged_clauses, worst,
};
use crate::{check::Found, clock};

/// A run that is over.
pub(super) struct Finished<'a> {
    pub(super) setup: &'a Arc<Setup>,
    pub(super) prepared: Prepared,
    pub(super) driven: Driven,
    pub(super) line: Option<LoadLine>,
    pub(super) cleaned: Duration,
    pub(super) left_behind: Vec<String>,
}

/// The record of a load.
pub(super) fn record(begun: &Begun<'_>, finished: Finished<'_>) -> Record {
    let options = begun.options;
    let mut causes = Causes::default();
    let scenarios = scenarios(begun, &finished, &mut causes);
    let (found, kept) = causes.finish();
    let wall_ms = millis(begun.began.elapsed());
    let exchanges = finished.driven.tally.requests + finished.prepared.requests;
    let load = load(begun, &finished);
    let chosen = if options.profile == begun.profile.name { "asked for with --profile" } else { "the newest released specification" };
    Record {
        format: FORMAT.to_owned(),
        kind: Kind::Load,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario_set: options.scenario_set.clone(),
        target: Target {
            url: options.base.to_string().trim_end_matches('/').to_owned(),
            embedded: options.embedded,
            server: begun.greeting.server.clone(),
            api_version: begun.greeting.api_version.clone(),
            login: begun.greeting.login.to_owned(),
            credentials: options.login.is_some(),
            prefix: Some(options.prefix.clone()),
            repository: None,
        },
        profile: ProfileUsed::of(begun.profile, chosen),
        facts: IndexMap::new(),
        only: Vec::new(),
        keep_failed: false,
        seed: options.seed,
        run: begun.run.clone(),
        machine: machine(),
        started: clock::rfc3339(begun.started),
        wall_ms,
        exchanges,
        cut_short: load.partial.clone(),
        clauses: judged_clauses(planned(begun, finished.setup), &scenarios),
        rounds: vec![Round { wall_ms, exchanges, scenarios }],
        causes: found,
        evidence: kept,
        load: Some(Box::new(load)),
        left_behind: finished.left_behind,
    }
}

fn load(begun: &Begun<'_>, finished: &Finished<'_>) -> Load {
    let (order, driven, setup) = (&begun.order, &finished.driven, finished.setup);
    let tally = &driven.tally;
    let names = |names: Vec<String>, meters: &[Option<super::histogram::Meter>]| -> Vec<LoadRow> {
        names.into_iter().zip(meters).filter_map(|(name, meter)| Some(row(&name, meter.as_ref()?, driven.window))).collect()
    };
    let operations = names(setup.program.operations.clone(), &tally.operations);
    let journeys = names(setup.program.scripts.iter().map(|script| script.id.clone()).collect(), &tally.journeys);
    let done: u64 = journeys.iter().map(|row| row.count).sum();
    let (data, header) = (data(finished), super::words::header(begun));
    let names: Vec<String> = setup.program.scripts.iter().map(|script| script.id.clone()).collect();
    let figures = Figures::of(tally, &setup.program.operations, &names);
    let thresholds = judged(&begun.options.thresholds, &figures.measured(tally, driven.window));
    Load {
        workload: begun.workload.id.clone(),
        title: begun.workload.title.value.clone(),
        model: order.model_in_words(),
        header,
        data,
        window_ms: millis(driven.window),
        warm_up_ms: millis(order.warm_up),
        drained_ms: millis(driven.drained),
        partial: driven.partial.clone(),
        offered: order.offered(),
        achieved: crate::stats::real(tally.finished) / driven.window.as_secs_f64().max(0.001),
        journeys_done: done,
        journeys_failed: journeys.iter().map(|row| row.failed).sum(),
        requests: tally.requests,
        bytes: tally.bytes,
        verified_bytes: operations.iter().map(|row| row.verified_bytes).sum(),
        corrupt: tally.corrupt,
        failures: failures(&tally.broken),
        examples: examples(begun, tally),
        driver: driver(driven, &journeys),
        operations,
        journeys,
        thresholds,
        line: finished.line.clone(),
    }
}

/// The failures that no clause speaks of.
fn examples(begun: &Begun<'_>, tally: &Tally) -> Vec<Evidence> {
    let secrets = begun.client.secrets();
    let alone = tally.breaks.iter().filter(|one| one.expected.is_none());
    let evidence = |one: &Break| {
        let scenario = format!("journeys/{}", one.journey);
        let (expected, came) = (&one.mismatch.expected, &one.mismatch.came);
        let found = Found { clause: "", scenario: &scenario, item: None, step: &one.step, position: "", expected, came };
        evidence_of(&found, &one.exchange, secrets)
    };
    alone.map(evidence).collect()
}

fn failures(broken: &BTreeMap<(String, String), u64>) -> IndexMap<String, u64> {
    let named = |(clause, came): &(String, String)| if clause.is_empty() { came.clone() } else { format!("{clause}: {came}") };
    let mut all: Vec<(String, u64)> = broken.iter().map(|(kind, count)| (named(kind), *count)).collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all.into_iter().collect()
}

fn data(finished: &Finished<'_>) -> LoadData {
    let set = &finished.setup.set;
    let (_, bytes) = set.bytes();
    LoadData {
        repositories: set.repositories.len() as u64,
        images: set.repositories.iter().map(|repository| repository.all_images().count() as u64).sum(),
        blobs: u64::from(set.blobs()),
        bytes,
        memory: super::words::memory(),
        prepared_ms: millis(finished.prepared.took),
        prepared_requests: finished.prepared.requests,
        prepared_bytes: finished.prepared.sent,
        cleaned_ms: millis(finished.cleaned),
    }
}

/// Every clause that the journeys judge, with level and source under the profile.
fn planned(begun: &Begun<'_>, setup: &Setup) -> IndexMap<String, Planned> {
    let mut clauses = IndexMap::new();
    for expected in setup.program.expected() {
        let Some(binding) = &expected.binding else { continue };
        let says = begun.suite.catalogue.clauses.get(&expected.clause).map_or_else(String::new, |clause| clause.says.clone());
        clauses.entry(expected.clause.to_string()).or_insert_with(|| Planned {
            says,
            level: binding.level,
            source: binding.source.clone(),
        });
    }
    clauses.sort_keys();
    clauses
}

/// Each journey as a scenario: its expectations, each with the exchanges of its operation behind it.
fn scenarios(begun: &Begun<'_>, finished: &Finished<'_>, causes: &mut Causes) -> Vec<ScenarioResult> {
    let (setup, tally) = (finished.setup, &finished.driven.tally);
    let secrets = begun.client.secrets();
    let mut results = Vec::new();
    for (script, meter) in setup.program.scripts.iter().zip(&tally.journeys) {
        let Some(meter) = meter else { continue };
        let breaks = || tally.breaks.iter().filter(|one| one.journey == script.id);
        let mut expectations = Vec::new();
        for (step, operation, expected) in script.expected() {
            let Some(row) = tally.operations.get(operation).and_then(Option::as_ref) else { continue };
            if expected.binding.is_none() {
                continue;
            }
            let fails: Vec<_> =
                breaks().filter(|one| one.expected.as_ref().is_some_and(|broken| broken.number == expected.number)).collect();
            expectations.push(result(begun, (step, expected), row.successes() + row.failed(), &fails, (causes, secrets)));
        }
        for one in breaks() {
            let always = setup.program.always.iter().flat_map(|always| &always.expect);
            let Some(expected) =
                always.into_iter().find(|always| one.expected.as_ref().is_some_and(|broken| broken.number == always.number))
            else {
                continue;
            };
            expectations.push(result(begun, (&one.step, expected), 1, &[one], (causes, secrets)));
        }
        results.push(ScenarioResult {
            id: format!("journeys/{}", script.id),
            area: "load".to_owned(),
            title: begun.suite.journeys.get(&script.id).map(|journey| journey.title.value.clone()).unwrap_or_default(),
            item: None,
            verdict: worst(expectations.iter().map(|expectation| expectation.verdict)),
            reason: None,
            wall_ms: millis(finished.driven.window),
            exchanges: meter.successes() + meter.failed(),
            expectations,
        });
    }
    results
}

fn result(
    begun: &Begun<'_>,
    (step, expected): (&str, &Expected),
    exchanges: u64,
    fails: &[&Break],
    (causes, secrets): (&mut Causes, &Secrets),
) -> ExpectationResult {
    let mut told = ExpectationResult {
        clause: expected.clause.to_string(),
        step: step.to_owned(),
        position: expected.position.clone(),
        verdict: Verdict::Pass,
        outcome: expected.outcome.clone(),
        reason: None,
        exchanges,
        cause: None,
        evidence: None,
    };
    for fail in fails {
        let (cause, evidence) = causes.add(finding(begun, expected, fail, secrets));
        told.verdict = Verdict::Fail;
        told.cause.get_or_insert(cause);
        told.evidence.get_or_insert(evidence);
    }
    told
}

fn finding(begun: &Begun<'_>, expected: &Expected, fail: &Break, secrets: &Secrets) -> Finding {
    let clause = expected.clause.to_string();
    let scenario = format!("journeys/{}", fail.journey);
    let clean = |text: &str| secrets.redact(text);
    let found = Found {
        clause: &clause,
        scenario: &scenario,
        item: None,
        step: &fail.step,
        position: &expected.position,
        expected: &fail.mismatch.expected,
        came: &fail.mismatch.came,
    };
    let evidence = evidence_of(&found, &fail.exchange, secrets);
    let known = begun.profile.deviations.iter().find(|deviation| deviation.clause.value == expected.clause);
    Finding {
        level: expected.binding.as_ref().map_or(crate::clause::Level::Must, |binding| binding.level),
        says: begun.suite.catalogue.clauses.get(&expected.clause).map(|known| known.says.clone()).unwrap_or_default(),
        source: expected.binding.as_ref().map(|binding| binding.source.clone()).unwrap_or_default(),
        expected: clean(&fail.mismatch.expected),
        came: clean(&fail.mismatch.came),
        signature: clean(&fail.mismatch.signature),
        scenario,
        item: None,
        step: fail.step.clone(),
        position: expected.position.clone(),
        evidence,
        known: known.map(|deviation| deviation.reason.value.clone()),
        clause,
    }
}

fn machine() -> Machine {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Machine { os: std::env::consts::OS.to_owned(), arch: std::env::consts::ARCH.to_owned(), cores }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
