//! What a run finds, brought together: each cause told once, each clause with all that came of it.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::types::{Cause, Evidence, JudgedClause, ScenarioResult};
use crate::clause::Level;
use crate::judge::Verdict;

/// How many evidences one cause keeps: the first few tell it, the rest would only fill the record.
const KEPT: usize = 3;

/// A failing expectation.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The clause that fails.
    pub clause: String,
    /// Its level under the profile.
    pub level: Level,
    /// What it requires, in plimsoll's words.
    pub says: String,
    /// The document and section that bind, or the client that breaks.
    pub source: String,
    /// What was expected.
    pub expected: String,
    /// What came, with its particulars.
    pub came: String,
    /// What came, without the particulars of one exchange (names, digests, times): two fails of one clause with equal signatures are
    /// one cause.
    pub signature: String,
    /// Scenario id.
    pub scenario: String,
    /// Item, where the scenario has `each`.
    pub item: Option<String>,
    /// Title of the step.
    pub step: String,
    /// Where the expectation stands.
    pub position: String,
    /// What supports it.
    pub evidence: Evidence,
    /// The profile's reason, where it is a known deviation.
    pub known: Option<String>,
}

/// The causes of a run as they come in. Feed it in the plan's order and it repeats exactly.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    found: Vec<Cause>,
    evidence: Vec<Evidence>,
    /// By clause and signature: index of the cause.
    index: HashMap<(String, String), usize>,
    /// By clause and what was seen: indices of the evidences kept.
    kept: HashMap<(String, String), Vec<usize>>,
}

impl Causes {
    /// Takes a failing expectation in, and gives the indices of its cause and of the evidence that stands for it: its own, or the
    /// cause's first where the cause has enough.
    pub fn add(&mut self, finding: Finding) -> (usize, usize) {
        let key = (finding.clause.clone(), finding.signature.clone());
        let evidence = self.keep(key.clone(), finding.evidence.clone());
        let next = self.found.len();
        let cause = *self.index.entry(key).or_insert(next);
        if cause == next {
            self.found.push(first_of(finding, evidence));
        }
        self.found[cause].seen += 1;
        (cause, evidence)
    }

    /// Takes in what supports an `error` of the harness and gives the index of the evidence that stands for it. Equal ones (clause and
    /// what came) keep the first few.
    pub fn error(&mut self, evidence: Evidence) -> usize {
        self.keep((evidence.clause.clone(), format!("error: {}", evidence.came)), evidence)
    }

    /// Notes that `n` expectations more could not be judged, or were skipped, because of a cause. An index of no cause is ignored.
    pub fn took_down(&mut self, cause: usize, n: u64) {
        if let Some(cause) = self.found.get_mut(cause) {
            cause.took_down += n;
        }
    }

    /// The record's `causes` and `evidence`.
    #[must_use]
    pub fn finish(self) -> (Vec<Cause>, Vec<Evidence>) {
        (self.found, self.evidence)
    }

    fn keep(&mut self, key: (String, String), evidence: Evidence) -> usize {
        let kept = self.kept.entry(key).or_default();
        if let (true, Some(first)) = (kept.len() >= KEPT, kept.first()) {
            return *first;
        }
        kept.push(self.evidence.len());
        self.evidence.push(evidence);
        self.evidence.len() - 1
    }
}

fn first_of(finding: Finding, evidence: usize) -> Cause {
    let Finding { clause, level, says, source, expected, came, scenario, item, step, position, known, .. } = finding;
    let scenario = item.map_or(scenario.clone(), |item| format!("{scenario} [{item}]"));
    Cause { clause, level, says, source, expected, came, scenario, step, position, evidence, seen: 0, took_down: 0, known }
}

/// A clause that the plan judges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What it requires, in plimsoll's words.
    pub says: String,
    /// Its level under the profile.
    pub level: Level,
    /// The document and section that bind, or the client that breaks.
    pub source: String,
}

/// Each planned clause with what came of it over all scenarios (of all rounds); one that no expectation reached is `skipped`. What
/// the scenarios judge and the plan does not know is left out.
pub fn judged_clauses<'s>(
    planned: impl IntoIterator<Item = (String, Planned)>,
    scenarios: impl IntoIterator<Item = &'s ScenarioResult>,
) -> IndexMap<String, JudgedClause> {
    let fresh = |Planned { says, level, source }| JudgedClause { says, level, source, verdict: Verdict::Skipped, counts: IndexMap::new() };
    let mut clauses: IndexMap<String, JudgedClause> = planned.into_iter().map(|(id, clause)| (id, fresh(clause))).collect();
    for expectation in scenarios.into_iter().flat_map(|scenario| &scenario.expectations) {
        if let Some(clause) = clauses.get_mut(&expectation.clause) {
            clause.verdict = clause.verdict.max(expectation.verdict);
            *clause.counts.entry(expectation.verdict).or_default() += 1;
        }
    }
    clauses.values_mut().for_each(|clause| clause.counts.sort_by(|a, _, b, _| b.cmp(a)));
    clauses
}

/// The verdict of many: the worst (fail > error > inconclusive > pass > declined > skipped); of none, `skipped`.
pub fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    verdicts.into_iter().max().unwrap_or(Verdict::Skipped)
}

#[cfg(test)]
mod tests {
    use super::super::types::{ExpectationResult, RequestSeen, TimingsSeen};
    use super::*;

    fn evidence(item: &str) -> Evidence {
        let request = RequestSeen { method: "GET".into(), url: "http://r/v2/".into(), headers: vec![], body_bytes: 0, body: None };
        Evidence {
            clause: "http/ping".into(),
            scenario: "http/ping".into(),
            item: Some(item.into()),
            step: "ping".into(),
            position: "scenarios/http/ping.yaml:3:5".into(),
            expected: "status 200".into(),
            came: "status 500".into(),
            curl: "curl http://r/v2/".into(),
            request,
            response: None,
            failure: None,
            timings_us: TimingsSeen::default(),
        }
    }

    fn finding(clause: &str, signature: &str, item: &str) -> Finding {
        Finding {
            clause: clause.into(),
            level: Level::Must,
            says: "It answers.".into(),
            source: "OCI".into(),
            expected: "status 200".into(),
            came: format!("{signature} ({item})"),
            signature: signature.into(),
            scenario: "http/ping".into(),
            item: Some(item.into()),
            step: "ping".into(),
            position: "scenarios/http/ping.yaml:3:5".into(),
            evidence: evidence(item),
            known: None,
        }
    }

    #[test]
    fn equal_outcomes_of_a_clause_are_one_cause_and_others_are_not() {
        let mut causes = Causes::default();
        assert_eq!(causes.add(finding("http/ping", "status 500", "a")), (0, 0));
        assert_eq!(causes.add(finding("http/ping", "status 500", "b")), (0, 1));
        assert_eq!(causes.add(finding("http/ping", "status 404", "c")), (1, 2));
        assert_eq!(causes.add(finding("http/head", "status 500", "d")), (2, 3));
        causes.took_down(0, 5);
        causes.took_down(0, 2);
        causes.took_down(99, 1);
        let (causes, evidence) = causes.finish();
        assert_eq!(causes.iter().map(|cause| cause.seen).collect::<Vec<_>>(), [2, 1, 1]);
        assert_eq!((causes[0].took_down, causes[0].evidence, evidence.len()), (7, 0, 4));
        assert_eq!((causes[0].came.as_str(), causes[0].scenario.as_str()), ("status 500 (a)", "http/ping [a]"));
    }

    #[test]
    fn a_cause_keeps_its_first_three_evidences_and_lends_the_first_to_the_rest() {
        let mut causes = Causes::default();
        let indices: Vec<usize> = ["a", "b", "c", "d", "e"].iter().map(|item| causes.add(finding("c/c", "s", item)).1).collect();
        assert_eq!(indices, [0, 1, 2, 0, 0]);
        let errors: Vec<usize> = ["a", "b", "c", "d"].iter().map(|item| causes.error(evidence(item))).collect();
        assert_eq!(errors, [3, 4, 5, 3]);
        let (causes, evidence) = causes.finish();
        assert_eq!((causes.len(), causes[0].seen, evidence.len()), (1, 5, 6));
    }

    #[test]
    fn a_clause_has_the_worst_verdict_of_its_expectations_and_is_skipped_without_any() {
        let expectation = |clause: &str, verdict| ExpectationResult {
            clause: clause.into(),
            step: "s".into(),
            position: "p".into(),
            verdict,
            outcome: None,
            reason: None,
            exchanges: 1,
            cause: None,
            evidence: None,
        };
        let results = [Verdict::Pass, Verdict::Fail, Verdict::Inconclusive, Verdict::Fail].map(|verdict| expectation("a/a", verdict));
        let scenario = ScenarioResult {
            id: "a/s".into(),
            area: "a".into(),
            title: "t".into(),
            item: None,
            verdict: worst(results.iter().map(|result| result.verdict)),
            reason: None,
            wall_ms: 1,
            exchanges: 4,
            expectations: results.into(),
        };
        assert_eq!(scenario.verdict, Verdict::Fail);
        let planned = ["a/a", "a/b"].map(|id| (id.into(), Planned { says: "x".into(), level: Level::Must, source: "y".into() }));
        let clauses = judged_clauses(planned, [&scenario]);
        assert_eq!(clauses["a/a"].verdict, Verdict::Fail);
        let counts: Vec<_> = clauses["a/a"].counts.iter().map(|(verdict, n)| (*verdict, *n)).collect();
        assert_eq!(counts, [(Verdict::Fail, 2), (Verdict::Inconclusive, 1), (Verdict::Pass, 1)]);
        assert_eq!((clauses["a/b"].verdict, clauses["a/b"].counts.len()), (Verdict::Skipped, 0));
        assert_eq!(worst([]), Verdict::Skipped);
    }
}
