//! From what was heard to the record: each expectation one verdict, each fail one finding.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use indexmap::IndexMap;

use super::binding::Binds;
use super::evidence::{Found, evidence_of};
use super::options::Bodies;
use super::recorder::{Event, Heard};
use crate::clause::Offer;
use crate::engine::{Because, Judgement};
use crate::exchange::{Secrets, body_file};
use crate::judge::{Mismatch, Verdict};
use crate::plan::{Always, DECLINED, Expected, Fate, Item, Step, WITHHELD};
use crate::record::{Cause, Causes, Evidence, ExpectationResult, Finding, Planned, ScenarioResult, worst};

/// How much of the bodies of failing requests is kept, in bytes.
const MOST_BODIES: usize = 64 << 20;

/// Makes scenario results and causes, item by item, in the plan's order.
pub(super) struct Assembly<'a> {
    /// What is told of each clause.
    pub(super) clauses: &'a IndexMap<String, Planned>,
    /// Known deviations of the profile: clause → reason.
    pub(super) known: &'a IndexMap<String, String>,
    pub(super) always: &'a [Always],
    pub(super) secrets: &'a Secrets,
    /// Why the run ended early, where it did.
    pub(super) cut: Option<&'a str>,
    pub(super) causes: Causes,
    /// What the curl lines of evidence send, by the names of the files that they name.
    bodies: Bodies,
    /// The cause of a clause that failed anywhere so far, for what could not be judged because of it.
    by_clause: HashMap<String, usize>,
}

/// One expectation's merged judgement.
struct Merged<'e> {
    verdict: Verdict,
    event: &'e Event,
    exchanges: u64,
}

impl<'a> Assembly<'a> {
    pub(super) fn new(
        clauses: &'a IndexMap<String, Planned>,
        known: &'a IndexMap<String, String>,
        always: &'a [Always],
        secrets: &'a Secrets,
        cut: Option<&'a str>,
    ) -> Self {
        Self { clauses, known, always, secrets, cut, causes: Causes::default(), bodies: Bodies::new(), by_clause: HashMap::new() }
    }

    /// The causes, what supports them, and the bodies that the lines of that evidence name: 64 MiB of them at most.
    pub(super) fn finish(self) -> (Vec<Cause>, Vec<Evidence>, Bodies) {
        let (found, kept) = self.causes.finish();
        let mut room = MOST_BODIES;
        let named = |name: &str| kept.iter().any(|evidence| evidence.curl.contains(name));
        let mut fits = |bytes: &Bytes| match room.checked_sub(bytes.len()) {
            Some(left) => {
                room = left;
                true
            }
            None => false,
        };
        let bodies = self.bodies.into_iter().filter(|(name, bytes)| named(name) && fits(bytes)).collect();
        (found, kept, bodies)
    }

    /// The result of one item.
    pub(super) fn item(&mut self, item: &Item, heard: &Heard) -> ScenarioResult {
        let (expectations, reason) = match &item.fate {
            Fate::Run => (self.expectations(item, heard), None),
            Fate::Skip(reason) => (self.unrun(item, Verdict::Skipped, reason, None), Some(reason.clone())),
            Fate::Inconclusive { reason, because } => {
                let cause = because.as_ref().and_then(|clause| self.by_clause.get(clause.as_str()).copied());
                (self.unrun(item, Verdict::Inconclusive, reason, cause), Some(reason.clone()))
            }
        };
        ScenarioResult {
            id: item.scenario.clone(),
            area: item.area.clone(),
            title: item.title.clone(),
            item: item.label.clone(),
            verdict: worst(expectations.iter().map(|expectation| expectation.verdict)),
            reason,
            wall_ms: heard.wall_ms,
            exchanges: heard.exchanges,
            expectations,
        }
    }

    /// Each expectation of an item that was not run, all alike. Of a step's outcomes only the first is counted.
    fn unrun(&mut self, item: &Item, verdict: Verdict, reason: &str, cause: Option<usize>) -> Vec<ExpectationResult> {
        let steps: Vec<&Step> = item.steps.iter().flat_map(Step::with_inner).collect();
        let mut out = Vec::new();
        for step in steps {
            let first = step.outcomes.first().into_iter().flat_map(|outcome| &outcome.expect);
            for expected in step.expect.iter().chain(first).filter(|expected| expected.binding.is_some()) {
                let mut result = blank(expected, &step.title, verdict, 0);
                result.reason = Some(reason.to_owned());
                result.cause = cause;
                self.took_down(cause);
                out.push(result);
            }
        }
        out
    }

    fn expectations(&mut self, item: &Item, heard: &Heard) -> Vec<ExpectationResult> {
        let own = item.expectations();
        let everywhere = self.always.iter().flat_map(|always| &always.expect);
        let bound: Vec<&Expected> = own.into_iter().chain(everywhere).filter(|expected| expected.binding.is_some()).collect();
        let binds = Binds { item, heard, clauses: bound.iter().map(|expected| &expected.clause).collect() };
        let events: Vec<Event> = heard.events.iter().map(|event| held_to_profile(item, binds.bind(event))).collect();
        let mut by_number: HashMap<usize, Vec<&Event>> = HashMap::new();
        for event in &events {
            by_number.entry(event.expected).or_default().push(event);
        }
        let open = if heard.finished { HashMap::new() } else { unreached(item, &events) };
        let mut blamed: HashMap<usize, usize> = HashMap::new();
        let mut out: Vec<ExpectationResult> = Vec::new();
        // Failures first, so that what could not be judged because of them finds its cause.
        for failing in [true, false] {
            for expected in &bound {
                let Some(merged) = by_number.get(&expected.number).and_then(|events| merge(events)) else {
                    if let Some(step) = open.get(&expected.number).filter(|_| !failing) {
                        out.push(self.unreached(expected, step));
                    }
                    continue;
                };
                if (merged.verdict == Verdict::Fail) == failing {
                    out.push(self.result(item, expected, &merged, &mut blamed));
                }
            }
        }
        let order: HashMap<&str, usize> = bound.iter().enumerate().map(|(n, expected)| (expected.position.as_str(), n)).collect();
        out.sort_by_key(|result| order.get(result.position.as_str()).copied());
        out
    }

    /// An expectation, of the step of that title, that the run ended before.
    fn unreached(&self, expected: &Expected, step: &str) -> ExpectationResult {
        let reason = self.cut.unwrap_or("the run ended before it came to this").to_owned();
        ExpectationResult { reason: Some(reason), ..blank(expected, step, Verdict::Inconclusive, 0) }
    }

    fn result(&mut self, item: &Item, expected: &Expected, merged: &Merged<'_>, blamed: &mut HashMap<usize, usize>) -> ExpectationResult {
        let event = merged.event;
        let step = event.step.as_ref().map_or("", |(_, title)| title);
        let mut result = blank(expected, step, merged.verdict, merged.exchanges);
        match &event.judgement {
            Judgement::Pass => {}
            Judgement::Declined(observed) => result.reason = Some(format!("declined: {observed}")),
            Judgement::Skipped(reason) => result.reason = Some(reason.clone()),
            Judgement::Error(reason) => {
                result.reason = Some(self.secrets.redact(reason));
                let mismatch = Mismatch::lacking(reason.clone());
                result.evidence = self.evidence(item, expected, event, &mismatch).map(|evidence| self.causes.error(evidence));
            }
            Judgement::Inconclusive { reason, because } => {
                result.reason = Some(self.secrets.redact(reason));
                result.cause = match because {
                    Some(Because::Step(number)) => blamed.get(number).copied(),
                    Some(Because::Clause { clause, .. }) => self.by_clause.get(clause.as_str()).copied(),
                    None => None,
                };
                self.took_down(result.cause);
                // What hangs on this step in turn was taken down by the same.
                if let (Some(cause), Some((number, _))) = (result.cause, &event.step) {
                    blamed.entry(*number).or_insert(cause);
                }
            }
            Judgement::Fail(mismatch) => {
                if let Some((cause, evidence)) = self.finding(item, expected, event, mismatch) {
                    result.cause = Some(cause);
                    result.evidence = Some(evidence);
                    self.by_clause.insert(expected.clause.to_string(), cause);
                    if let Some((number, _)) = event.step {
                        blamed.entry(number).or_insert(cause);
                    }
                }
            }
        }
        result
    }

    fn took_down(&mut self, cause: Option<usize>) {
        if let Some(cause) = cause {
            self.causes.took_down(cause, 1);
        }
    }

    fn finding(&mut self, item: &Item, expected: &Expected, event: &Event, mismatch: &Mismatch) -> Option<(usize, usize)> {
        let binding = expected.binding.as_ref()?;
        let evidence = self.evidence(item, expected, event, mismatch)?;
        let clause = expected.clause.to_string();
        let says = self.clauses.get(&clause).map_or_else(String::new, |planned| planned.says.clone());
        Some(self.causes.add(Finding {
            level: binding.level,
            says,
            source: binding.source.clone(),
            expected: evidence.expected.clone(),
            came: evidence.came.clone(),
            signature: self.secrets.redact(&mismatch.signature),
            scenario: item.scenario.clone(),
            item: item.label.clone(),
            step: evidence.step.clone(),
            position: expected.position.clone(),
            known: self.known.get(&clause).cloned(),
            clause,
            evidence,
        }))
    }

    fn evidence(&mut self, item: &Item, expected: &Expected, event: &Event, mismatch: &Mismatch) -> Option<Evidence> {
        let exchange = event.exchange.as_ref()?;
        self.bodies.extend(body_file(&exchange.request, self.secrets));
        let found = Found {
            clause: expected.clause.as_str(),
            scenario: &item.scenario,
            item: item.label.as_deref(),
            step: event.step.as_ref().map_or("", |(_, title)| title),
            position: &expected.position,
            expected: &mismatch.expected,
            came: &mismatch.came,
        };
        Some(evidence_of(&found, exchange, self.secrets))
    }
}

/// The expectations of the steps that a run ended before, each with its step's title. Of a step's outcomes only the first is counted.
fn unreached<'i>(item: &'i Item, events: &[Event]) -> HashMap<usize, &'i str> {
    let told: HashSet<usize> = events.iter().map(|event| event.expected).collect();
    let reached = |step: &Step| {
        step.expect.iter().chain(step.outcomes.iter().flat_map(|outcome| &outcome.expect)).any(|own| told.contains(&own.number))
    };
    let steps = item.steps.iter().flat_map(Step::with_inner).filter(|step| !reached(step));
    let open = steps.flat_map(|step| {
        let first = step.outcomes.first().into_iter().flat_map(|outcome| &outcome.expect);
        step.expect.iter().chain(first).map(|expected| (expected.number, step.title.as_str()))
    });
    open.collect()
}

fn blank(expected: &Expected, step: &str, verdict: Verdict, exchanges: u64) -> ExpectationResult {
    ExpectationResult {
        clause: expected.clause.to_string(),
        step: step.to_owned(),
        position: expected.position.clone(),
        verdict,
        outcome: expected.outcome.clone(),
        reason: None,
        exchanges,
        cause: None,
        evidence: None,
    }
}

fn verdict_of(judgement: &Judgement) -> Verdict {
    match judgement {
        Judgement::Pass => Verdict::Pass,
        Judgement::Declined(_) => Verdict::Declined,
        Judgement::Fail(_) => Verdict::Fail,
        Judgement::Skipped(_) => Verdict::Skipped,
        Judgement::Inconclusive { .. } => Verdict::Inconclusive,
        Judgement::Error(_) => Verdict::Error,
    }
}

/// Many judgements of one expectation as one: the worst, and the first that is as bad.
fn merge<'e>(events: &[&'e Event]) -> Option<Merged<'e>> {
    let verdict = worst(events.iter().map(|event| verdict_of(&event.judgement)));
    let event = events.iter().find(|event| verdict_of(&event.judgement) == verdict)?;
    Some(Merged { verdict, event, exchanges: events.len() as u64 })
}

/// A clean outcome that the profile does not want is a fail of the clause that decides the capability; one that was withheld settles
/// nothing.
fn held_to_profile(item: &Item, event: Event) -> Event {
    let unwanted = event.step.as_ref().and_then(|(number, _)| {
        let step = item.steps.iter().flat_map(Step::with_inner).find(|step| step.number == *number)?;
        let capability = step.capability.as_ref()?;
        let decider = step.deciding()?;
        let outcome = step.outcomes.iter().find(|outcome| outcome.expect.iter().any(|expected| expected.number == event.expected))?;
        let judged = outcome.expect.iter().find(|expected| expected.number == event.expected)?;
        let clean = matches!(event.judgement, Judgement::Pass | Judgement::Declined(_));
        let wrong = match capability.expected {
            Offer::Accepted => [DECLINED, WITHHELD].contains(&outcome.name.as_str()),
            Offer::Declined => ![DECLINED, WITHHELD].contains(&outcome.name.as_str()),
            Offer::Either => false,
        };
        (clean && wrong && judged.clause == decider.clause).then(|| (capability, outcome.name.clone()))
    });
    let Some((capability, outcome)) = unwanted else { return event };
    let wanted = if capability.expected == Offer::Accepted { "accepted" } else { "declined" };
    let observed = event.exchange.as_deref().map(crate::judge::observed).unwrap_or_default();
    if outcome == WITHHELD {
        let hint = capability.hint.as_ref().map_or_else(String::new, |hint| format!(": {hint}"));
        return Event { judgement: Judgement::Inconclusive { reason: format!("{observed}{hint}"), because: None }, ..event };
    }
    let mismatch = Mismatch::fail(format!("{} {wanted}", capability.capability), format!("{outcome}: {observed}"));
    Event { judgement: Judgement::Fail(mismatch), ..event }
}
