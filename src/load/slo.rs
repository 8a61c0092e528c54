//! Thresholds of a workload and of the command line: read against what the workload does, judged against what was measured.

use std::collections::BTreeMap;
use std::time::Duration;

use super::drive::Tally;
use super::histogram::Meter;
use super::threshold::{Kept, Measured, Tally as Counts, Threshold, ThresholdError};
use crate::record::LoadThreshold;
use crate::scenario::Suite;
use crate::scenario::workload::Workload;
use crate::text::Diagnostics;

/// With what confidence a search for a capacity wants its SLO kept.
pub(super) const CONFIDENCE: f64 = 0.95;

/// What thresholds of a workload may name: operations and journeys, and what all pulls, pushes and so on have together.
fn names(suite: &Suite, workload: &Workload) -> Vec<String> {
    let mut names: Vec<String> = vec![crate::engine::journey::TOKEN.to_owned()];
    for id in workload.journeys.iter().filter(|(_, weight)| **weight > 0.0).map(|(id, _)| id.as_str()) {
        let operations = suite.journeys.get(id).map(|journey| journey.operations()).unwrap_or_default();
        names.extend(operations.into_iter().chain([id, family(id)]).map(str::to_owned));
    }
    names.sort();
    names.dedup();
    names
}

/// `pull` of `docker/pull-again`.
pub(super) fn family(id: &str) -> &str {
    let last = id.rsplit('/').next().unwrap_or(id);
    last.split('-').next().unwrap_or(last)
}

/// The thresholds of the command line.
///
/// # Errors
/// The first that can't be read, or names what the workload does not do.
pub fn given(suite: &Suite, workload: &Workload, texts: &[String]) -> Result<Vec<Threshold>, ThresholdError> {
    let names = names(suite, workload);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    texts.iter().map(|text| Threshold::parse(text, &names)).collect()
}

/// The workload's own thresholds.
///
/// # Errors
/// Every one that can't be read, where it stands.
pub fn own(suite: &Suite, workload: &Workload) -> Result<Vec<Threshold>, Diagnostics> {
    let names = names(suite, workload);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut wrong = Diagnostics::default();
    let mut read = Vec::new();
    for text in &workload.thresholds {
        match Threshold::parse(&text.value, &names) {
            Ok(threshold) => read.push(threshold),
            Err(error) => wrong.push(error.diagnostic(&workload.file, text.place)),
        }
    }
    wrong.or(read)
}

/// Every workload's thresholds that can't be read.
#[must_use]
pub fn lint(suite: &Suite) -> Diagnostics {
    let mut wrong = Diagnostics::default();
    for workload in suite.workloads.values() {
        if let Err(mistakes) = own(suite, workload) {
            wrong.extend(mistakes);
        }
    }
    wrong
}

/// What was measured, by the names that thresholds have for it.
pub(super) struct Figures {
    meters: BTreeMap<String, Meter>,
    all: Counts,
}

impl Figures {
    /// Of a run's operations and journeys.
    pub(super) fn of(tally: &Tally, operations: &[String], journeys: &[String]) -> Self {
        let mut meters: BTreeMap<String, Meter> = BTreeMap::new();
        let mut all = Counts::default();
        for (name, meter) in operations.iter().zip(&tally.operations) {
            if let Some(meter) = meter {
                all.successes += meter.successes();
                all.failures += meter.failed();
                all.bytes += meter.sent() + meter.received();
                meters.insert(name.clone(), meter.clone());
            }
        }
        for (id, meter) in journeys.iter().zip(&tally.journeys) {
            let Some(meter) = meter else { continue };
            meters.insert(id.clone(), meter.clone());
            if !operations.iter().any(|name| name == family(id)) {
                meters.entry(family(id).to_owned()).or_default().merge(meter);
            }
        }
        Self { meters, all }
    }

    /// What thresholds are judged against.
    pub(super) fn measured<'a>(&'a self, tally: &'a Tally, window: Duration) -> Measured<'a> {
        let clauses = tally.broken.iter().filter(|((clause, _), _)| !clause.is_empty());
        Measured {
            window,
            meters: &self.meters,
            all: self.all,
            lateness: &tally.driver.lateness,
            corrupt: tally.corrupt,
            broken: clauses.map(|(_, count)| count).sum(),
        }
    }
}

/// The thresholds with what was measured.
pub(super) fn judged(thresholds: &[Threshold], measured: &Measured<'_>) -> Vec<LoadThreshold> {
    let judged = thresholds.iter().map(|threshold| threshold.judge(measured));
    let told = judged.map(|judgement| {
        let words = judgement.words.strip_prefix(&format!("{}: ", judgement.text)).unwrap_or(&judgement.words).to_owned();
        let holds = match judgement.kept {
            Kept::Yes => Some(true),
            Kept::No => Some(false),
            Kept::Unknown => None,
        };
        LoadThreshold { text: judgement.text, measured: words, holds }
    });
    told.collect()
}
