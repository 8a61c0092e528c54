//! The judgement of one exchange by the expectations of its step.

use std::collections::HashMap;

use super::naming;
use super::observer::{Because, Judgement};
use super::session::Session;
use crate::clause::ClauseId;
use crate::exchange::{Exchange, Failure};
use crate::judge::{Expectation, Mismatch, Verdict, View, Walked};
use crate::plan::{DECLINED, Expected, Outcome, Step, WITHHELD};

/// What one exchange of a step shows.
pub(super) struct Shown<'p> {
    /// Each expectation that applies, with what came of it.
    pub(super) results: Vec<(&'p Expected, Judgement)>,
    /// The outcome that came, where the step has outcomes.
    pub(super) outcome: Option<&'p str>,
    /// Whether the status is of a class that was expected.
    pub(super) worked: bool,
    /// Whether the answer tells nothing of what the step is about.
    pub(super) beside: bool,
}

impl Shown<'_> {
    /// Takes back what would be held against the target, for this reason.
    pub(super) fn withhold(&mut self, step: &Step, exchange: &Exchange, reason: &str) {
        let held = self.results.iter_mut().filter(|(_, judgement)| naming::is_held(step, exchange, judgement));
        held.for_each(|(_, judgement)| *judgement = Judgement::Inconclusive { reason: reason.to_owned(), because: None });
        (self.outcome, self.worked, self.beside) = (None, false, true);
    }

    /// Whether nothing that was judged differs from what was expected.
    pub(super) fn holds(&self) -> bool {
        self.results.iter().all(|(_, judgement)| matches!(judgement, Judgement::Pass | Judgement::Declined(_)))
    }
}

/// What there is to judge with.
pub(super) struct Sight<'a> {
    pub(super) exchange: &'a Exchange,
    /// What `pullable` matchers wanted fetched, by the number of their expectation.
    pub(super) pulled: &'a HashMap<usize, Vec<Exchange>>,
    pub(super) walked: Option<&'a Walked>,
    pub(super) session: &'a Session<'a>,
}

impl Sight<'_> {
    /// `failed` are clauses that failed on this very exchange: what requires them can't be judged either.
    fn judge(&self, expected: &Expected, failed: &mut Vec<ClauseId>) -> Judgement {
        self.judge_by(&expected.expectation, expected, failed)
    }

    fn judge_by(&self, expectation: &Expectation, expected: &Expected, failed: &mut Vec<ClauseId>) -> Judgement {
        let pulled = self.pulled.get(&expected.number).map_or(&[][..], Vec::as_slice);
        let view = View { exchange: self.exchange, values: self.session, pulled, walked: self.walked };
        let judgement = self.unless_stopped(expected, failed, || told(expectation.judge(&view)));
        if matches!(judgement, Judgement::Fail(_)) {
            failed.push(expected.clause.clone());
        }
        judgement
    }

    /// What came of judging an expectation, or why it can't be judged on this exchange at all.
    fn unless_stopped(&self, expected: &Expected, failed: &[ClauseId], judge: impl FnOnce() -> Judgement) -> Judgement {
        if let Err(failure @ Failure::Login(_)) = &self.exchange.answer {
            // The request itself was never sent: nothing is known of what it would show.
            return Judgement::Inconclusive { reason: failure.to_string(), because: None };
        }
        if self.exchange.status() == Some(TOO_MANY) {
            let reason = "the target limits the rate of requests: it answered 429".to_owned();
            return Judgement::Inconclusive { reason, because: None };
        }
        let missing = expected.requires.iter().filter(|clause| self.session.failed.contains(*clause) || failed.contains(clause));
        missing.fold(judge(), stopped_by)
    }
}

/// What came of judging what requires this clause, once the clause has failed.
pub(super) fn stopped_by(came: Judgement, clause: &ClauseId) -> Judgement {
    let because = Because::Clause { clause: clause.clone(), otherwise: Box::new(came) };
    Judgement::Inconclusive { reason: format!("it needs {clause}, which failed before"), because: Some(because) }
}

/// 429 Too Many Requests: lawful at any time, and it says nothing of what was asked (RFC 6585, section 4).
pub(super) const TOO_MANY: u16 = 429;

/// A matcher's result as the engine tells it.
pub(super) fn told(result: Result<(), Mismatch>) -> Judgement {
    match result {
        Ok(()) => Judgement::Pass,
        Err(mismatch) => match mismatch.verdict {
            Verdict::Inconclusive => Judgement::Inconclusive { reason: mismatch.came, because: None },
            Verdict::Error => Judgement::Error(mismatch.came),
            _ => Judgement::Fail(mismatch),
        },
    }
}

/// The outcome that an answer is, where the step has outcomes.
pub(super) fn outcome_of<'p>(step: &'p Step, exchange: &Exchange) -> Option<&'p Outcome> {
    let status = exchange.status().filter(|status| *status != TOO_MANY)?;
    step.outcomes.iter().find(|outcome| outcome.status.contains(status))
}

/// Judges an exchange by all that its step expects; `failed` are clauses of every exchange that are known to fail on this one.
pub(super) fn judge<'p>(step: &'p Step, sight: &Sight<'_>, mut failed: Vec<ClauseId>) -> Shown<'p> {
    let mut results: Vec<_> = step.expect.iter().map(|expected| (expected, sight.judge(expected, &mut failed))).collect();
    if let Some(shown) = withheld_by_login(step, sight) {
        return shown;
    }
    if step.outcomes.is_empty() {
        return Shown { results, outcome: None, worked: worked(step, sight.exchange.status()), beside: false };
    }
    let Some(outcome) = outcome_of(step, sight.exchange) else {
        let broken = || Judgement::Fail(broken(step, sight));
        results.extend(step.deciding().map(|expected| (expected, sight.unless_stopped(expected, &failed, broken))));
        return Shown { results, outcome: None, worked: false, beside: false };
    };
    for expected in &outcome.expect {
        let judgement = match sight.judge(expected, &mut failed) {
            Judgement::Pass if [DECLINED, WITHHELD].contains(&outcome.name.as_str()) => {
                Judgement::Declined(crate::judge::observed(sight.exchange))
            }
            other => other,
        };
        results.push((expected, judgement));
    }
    Shown { results, outcome: Some(&outcome.name), worked: true, beside: false }
}

/// Where the token service does not let us in, the target withholds what a probe asks for, if it may withhold that at all.
fn withheld_by_login<'p>(step: &'p Step, sight: &Sight<'_>) -> Option<Shown<'p>> {
    let Err(Failure::Login(_)) = &sight.exchange.answer else { return None };
    let outcome = step.outcomes.iter().find(|outcome| step.capability.is_some() && outcome.name == WITHHELD)?;
    let declined = || Judgement::Declined(crate::judge::observed(sight.exchange));
    let results = outcome.expect.iter().map(|expected| (expected, declined())).collect();
    Some(Shown { results, outcome: Some(&outcome.name), worked: true, beside: false })
}

/// Judges a page of a walk that is not the last; gives what does not hold there.
pub(super) fn judge_page<'p>(step: &'p Step, page: &Sight<'_>) -> Vec<(&'p Expected, Judgement)> {
    let outcome = page.exchange.status().and_then(|status| step.outcomes.iter().find(|outcome| outcome.status.contains(status)));
    let mut failed = Vec::new();
    let expected = step.expect.iter().chain(outcome.into_iter().flat_map(|outcome| &outcome.expect));
    let judged = expected.filter_map(|expected| {
        let of_page = expected.expectation.of_page(page.exchange)?;
        Some((expected, page.judge_by(&of_page, expected, &mut failed)))
    });
    judged.filter(|(_, judgement)| !matches!(judgement, Judgement::Pass)).collect()
}

/// A step without expectations works whatever came; else its status must be of a class that one of them wants.
fn worked(step: &Step, status: Option<u16>) -> bool {
    if step.preparation {
        return status.is_some_and(|status| (200..300).contains(&status));
    }
    let mut wanted = step.expect.iter().filter_map(|expected| expected.expectation.status()).peekable();
    match status {
        Some(TOO_MANY) => false,
        _ if step.expect.is_empty() => true,
        None => false,
        Some(status) if wanted.peek().is_none() => status < 400,
        Some(status) => wanted.any(|set| set.contains_class_of(status)),
    }
}

/// A status that no outcome has.
fn broken(step: &Step, sight: &Sight<'_>) -> Mismatch {
    let names = step.outcomes.iter().map(|outcome| format!("{} ({})", outcome.status, outcome.name));
    Mismatch::fail(format!("status {}", names.collect::<Vec<_>>().join(" or ")), crate::judge::observed(sight.exchange))
}
