//! What a record counts to.

use std::cmp::Reverse;

use indexmap::IndexMap;

use super::types::{Cause, Evidence, ExpectationResult, Record, ScenarioResult};
use crate::clause::Level;
use crate::judge::Verdict;

/// How many came to each verdict. A fail that is a known deviation is counted apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passed.
    pub pass: u64,
    /// Failed, known deviations left out.
    pub fail: u64,
    /// Failed, as the profile says it would.
    pub known: u64,
    /// Declined.
    pub declined: u64,
    /// Skipped.
    pub skipped: u64,
    /// Inconclusive.
    pub inconclusive: u64,
    /// The harness failed.
    pub error: u64,
}

impl Counts {
    /// Counts one verdict; `known` tells a fail that is a known deviation.
    pub fn add(&mut self, verdict: Verdict, known: bool) {
        match verdict {
            Verdict::Pass => self.pass += 1,
            Verdict::Fail if known => self.known += 1,
            Verdict::Fail => self.fail += 1,
            Verdict::Declined => self.declined += 1,
            Verdict::Skipped => self.skipped += 1,
            Verdict::Inconclusive => self.inconclusive += 1,
            Verdict::Error => self.error += 1,
        }
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.judged() + self.skipped + self.inconclusive + self.error
    }

    /// Those whose exchange was seen and says something about the target.
    #[must_use]
    pub fn judged(&self) -> u64 {
        self.pass + self.fail + self.known + self.declined
    }
}

/// One expectation of the record with all that belongs to it; or a scenario that has none, such as one that was skipped in whole.
#[derive(Clone, Copy, Debug)]
pub struct Judgement<'r> {
    /// The round, from 0.
    pub round: usize,
    /// The scenario.
    pub scenario: &'r ScenarioResult,
    /// The expectation; absent where the scenario has none and stands for itself.
    pub expectation: Option<&'r ExpectationResult>,
    /// What came of it.
    pub verdict: Verdict,
    /// Why it is declined, skipped, inconclusive or an error.
    pub reason: Option<&'r str>,
    /// The cause of a fail; of an inconclusive or skipped one, that which took it down.
    pub cause: Option<&'r Cause>,
    /// What supports the verdict, of a fail or an error.
    pub evidence: Option<&'r Evidence>,
}

impl Judgement<'_> {
    /// Whether it is a fail that the profile knows of.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.verdict == Verdict::Fail && self.cause.is_some_and(|cause| cause.known.is_some())
    }
}

impl Record {
    /// Each expectation of each scenario of each round, in the record's order.
    pub fn judgements(&self) -> impl Iterator<Item = Judgement<'_>> {
        let scenarios = self.rounds.iter().enumerate().flat_map(|(at, round)| round.scenarios.iter().map(move |scenario| (at, scenario)));
        scenarios.flat_map(move |(round, scenario)| {
            let whole = scenario.expectations.is_empty().then(|| self.judgement(round, scenario, None));
            let each = scenario.expectations.iter().map(move |expectation| self.judgement(round, scenario, Some(expectation)));
            whole.into_iter().chain(each)
        })
    }

    fn judgement<'r>(&'r self, round: usize, scenario: &'r ScenarioResult, expectation: Option<&'r ExpectationResult>) -> Judgement<'r> {
        Judgement {
            round,
            scenario,
            expectation,
            verdict: expectation.map_or(scenario.verdict, |expectation| expectation.verdict),
            reason: expectation.and_then(|expectation| expectation.reason.as_deref()).or(scenario.reason.as_deref()),
            cause: expectation.and_then(|expectation| self.causes.get(expectation.cause?)),
            evidence: expectation.and_then(|expectation| self.evidence.get(expectation.evidence?)),
        }
    }

    /// All expectations by verdict.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.judgements().for_each(|judgement| counts.add(judgement.verdict, judgement.is_known()));
        counts
    }

    /// Expectations by area and verdict, areas in the order in which the record first has them.
    #[must_use]
    pub fn counts_by_area(&self) -> IndexMap<&str, Counts> {
        let mut areas: IndexMap<&str, Counts> = IndexMap::new();
        for judgement in self.judgements() {
            areas.entry(&judgement.scenario.area).or_default().add(judgement.verdict, judgement.is_known());
        }
        areas
    }

    /// Clauses by level and verdict, heaviest level first; levels without a clause are left out.
    #[must_use]
    pub fn counts_by_level(&self) -> IndexMap<Level, Counts> {
        let mut levels: IndexMap<Level, Counts> = IndexMap::new();
        for (id, clause) in &self.clauses {
            let mut causes = self.causes.iter().filter(|cause| cause.clause == *id).peekable();
            let known = causes.peek().is_some() && causes.all(|cause| cause.known.is_some());
            levels.entry(clause.level).or_default().add(clause.verdict, known);
        }
        levels.sort_by(|a, _, b, _| b.cmp(a));
        levels
    }

    /// The causes by weight: what is no known deviation first; then MUST, SHOULD, MAY, CLIENT; then what was seen most and took down
    /// most.
    #[must_use]
    pub fn causes_by_weight(&self) -> Vec<&Cause> {
        let mut causes: Vec<&Cause> = self.causes.iter().collect();
        causes.sort_by_key(|cause| (cause.known.is_some(), Reverse(cause.level), Reverse(cause.seen.saturating_add(cause.took_down))));
        causes
    }

    /// How often each reason was given for a verdict, the most frequent first. What a cause took down is told by that cause's clause.
    #[must_use]
    pub fn reasons(&self, verdict: Verdict) -> Vec<(String, u64)> {
        let mut reasons: IndexMap<String, u64> = IndexMap::new();
        for judgement in self.judgements().filter(|judgement| judgement.verdict == verdict) {
            let by = judgement.cause.map(|cause| format!("{} fails ({})", cause.clause, cause.came));
            *reasons.entry(by.unwrap_or_else(|| judgement.reason.unwrap_or("no reason was given").to_owned())).or_default() += 1;
        }
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, count)| Reverse(*count));
        reasons
    }
}
