//! The judgement of one exchange by the expectations of its step.

use std::collections::HashMap;

use super::observer::{Because, Judgement};
use super::session::Session;
use crate::clause::ClauseId;
use crate::exchange::{Exchange, Failure};
use crate::judge::{Mismatch, StatusSet, Verdict, View, Walked};
use crate::plan::{DECLINED, Expected, Step, WITHHELD};

/// What one exchange of a step shows.
pub(super) struct Shown<'p> {
    /// Each expectation that applies, with what came of it.
    pub(super) results: Vec<(&'p Expected, Judgement)>,
    /// The outcome that came, where the step has outcomes.
    pub(super) outcome: Option<&'p str>,
    /// Whether the status is of a class that was expected.
    pub(super) worked: bool,
}

impl Shown<'_> {
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
        let judgement = self.judge_unless(expected, failed);
        if matches!(judgement, Judgement::Fail(_)) && expected.binding.is_some() {
            failed.push(expected.clause.clone());
        }
        judgement
    }

    fn judge_unless(&self, expected: &Expected, failed: &[ClauseId]) -> Judgement {
        if let Some(stopped) = self.stopped(expected, failed) {
            return stopped;
        }
        let pulled = self.pulled.get(&expected.number).map_or(&[][..], Vec::as_slice);
        let view = View { exchange: self.exchange, values: self.session, pulled, walked: self.walked };
        told(expected.expectation.judge(&view))
    }

    /// Why an expectation can't be judged on this exchange at all.
    fn stopped(&self, expected: &Expected, failed: &[ClauseId]) -> Option<Judgement> {
        if let Err(failure @ Failure::Login(_)) = &self.exchange.answer {
            // The request itself was never sent: nothing is known of what it would show.
            return Some(Judgement::Inconclusive { reason: failure.to_string(), because: None });
        }
        if self.exchange.status() == Some(TOO_MANY) {
            let reason = "the target limits the rate of requests: it answered 429".to_owned();
            return Some(Judgement::Inconclusive { reason, because: None });
        }
        let clause = expected.requires.iter().find(|clause| self.session.failed.contains(*clause) || failed.contains(clause))?;
        let reason = format!("it needs {clause}, which failed before");
        Some(Judgement::Inconclusive { reason, because: Some(Because::Clause(clause.clone())) })
    }
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

/// Judges an exchange by all that its step expects.
pub(super) fn judge<'p>(step: &'p Step, sight: &Sight<'_>) -> Shown<'p> {
    let mut failed = Vec::new();
    let mut results: Vec<_> = step.expect.iter().map(|expected| (expected, sight.judge(expected, &mut failed))).collect();
    let status = sight.exchange.status();
    if step.outcomes.is_empty() {
        return Shown { results, outcome: None, worked: worked(step, status) };
    }
    let fits = |set: &StatusSet| status.is_some_and(|status| status != TOO_MANY && set.contains(status));
    let Some(outcome) = step.outcomes.iter().find(|outcome| fits(&outcome.status)) else {
        let broken = || Judgement::Fail(broken(step, sight));
        results.extend(step.deciding().map(|expected| (expected, sight.stopped(expected, &failed).unwrap_or_else(broken))));
        return Shown { results, outcome: None, worked: false };
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
    Shown { results, outcome: Some(&outcome.name), worked: true }
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
