//! An exchange judged.

use super::meter::Trouble;
use super::program::{Check, Plain, Program, Send, Thing};
use super::scope::{Scope, Sight};
use crate::exchange::Exchange;
use crate::judge::{Expectation, Mismatch, StatusSet, Verdict, View};
use crate::plan::Expected;

/// What an exchange shows.
pub(super) struct Shown<'p> {
    /// Clauses that it breaks.
    pub(super) broken: Vec<(&'p Expected, Mismatch)>,
    pub(super) trouble: Option<Trouble>,
    /// Which outcome came.
    pub(super) outcome: Option<usize>,
    /// Whether the status is of a class that was expected, and nothing is missing.
    pub(super) worked: bool,
    pub(super) verified: u64,
    /// Whether the header that names the body's digest was seen to name that of the verified body.
    pub(super) digest_is_true: bool,
}

/// The statement on every exchange that would hash a body once more that has just been verified.
const DIGEST_HEADER: &str = "http/digest-header";

/// Where the answer came from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// The target: it is bound by what holds for every exchange.
    Target,
    /// A host that a redirect led to.
    Elsewhere,
}

/// 429 Too Many Requests: lawful at any time.
pub(super) const TOO_MANY: u16 = 429;

pub(super) fn judge<'p>(send: &'p Send, program: &'p Program, scope: &Scope<'_>, exchange: &Exchange, from: From) -> Shown<'p> {
    let mut shown = Shown::nothing();
    let response = match &exchange.answer {
        Err(failure) => {
            shown.trouble = Some(Trouble::Failure(failure.clone()));
            shown.worked = false;
            return shown;
        }
        Ok(response) => response,
    };
    if response.status == TOO_MANY {
        shown.trouble = Some(Trouble::Limited);
        shown.worked = false;
        return shown;
    }
    let sight = Sight::of(scope);
    let view = View::of(exchange, &sight);
    for check in &send.checks {
        shown.judge(check, &view, scope);
    }
    if !send.outcomes.is_empty() {
        shown.outcome = send.outcomes.iter().position(|outcome| outcome.status.contains(response.status));
        match shown.outcome.and_then(|at| send.outcomes.get(at)) {
            Some(outcome) => outcome.checks.iter().for_each(|check| shown.judge(check, &view, scope)),
            None => shown.no_outcome(send, exchange),
        }
    } else if !send.checks.is_empty() {
        shown.worked = worked(send, response.status);
    }
    if from == From::Target {
        shown.judge_always(program, &view);
    }
    if shown.trouble.is_none() && !shown.worked {
        shown.trouble = Some(Trouble::Unusable(format!("status {}", response.status)));
    }
    shown
}

impl<'p> Shown<'p> {
    /// Of an exchange that nothing is expected of.
    pub(super) fn nothing() -> Self {
        Self { broken: Vec::new(), trouble: None, outcome: None, worked: true, verified: 0, digest_is_true: false }
    }

    fn judge(&mut self, check: &'p Check, view: &View<'_>, scope: &Scope<'_>) {
        let judged = match &check.plain {
            Plain::Status(status) if view.exchange.status().is_some_and(|came| status.contains(came)) => Ok(()),
            Plain::Body(thing) => match same_body(*thing, view, scope) {
                Same::Yes(len) => {
                    self.verified += len;
                    self.digest_is_true = names_digest(*thing, view, scope);
                    Ok(())
                }
                Same::No(mismatch) => Err(mismatch),
                Same::Unknown => check.expected.expectation.judge(view),
            },
            Plain::Status(_) | Plain::No => check.expected.expectation.judge(view),
        };
        let Err(mismatch) = judged else { return };
        if mismatch.verdict == Verdict::Inconclusive {
            return;
        }
        if self.trouble.is_none() {
            let (clause, came) = (check.expected.clause.to_string(), mismatch.signature.clone());
            let arrived = view.exchange.status().is_some_and(|status| (200..300).contains(&status));
            let is_corrupt = arrived && matches!(check.plain, Plain::Body(_));
            self.trouble = Some(if is_corrupt { Trouble::Corrupt(clause, came) } else { Trouble::Broken(clause, came) });
        }
        if check.expected.binding.is_some() {
            self.broken.push((&*check.expected, mismatch));
        }
    }

    fn no_outcome(&mut self, send: &'p Send, exchange: &Exchange) {
        self.worked = false;
        let Some(check) = send.outcomes.first().and_then(|outcome| outcome.checks.first()) else { return };
        let wanted: Vec<String> = send.outcomes.iter().map(|outcome| outcome.status.to_string()).collect();
        let came = crate::judge::observed(exchange);
        let mismatch = Mismatch::fail(format!("status {}", wanted.join(" or ")), came);
        if self.trouble.is_none() {
            self.trouble = Some(Trouble::Broken(check.expected.clause.to_string(), mismatch.signature.clone()));
        }
        if check.expected.binding.is_some() {
            self.broken.push((&*check.expected, mismatch));
        }
    }

    /// What holds for every exchange. Where the step's own expectations fail, what is said of the status is no news.
    fn judge_always(&mut self, program: &'p Program, view: &View<'_>) {
        let failed = !self.broken.is_empty();
        for always in program.always.iter().filter(|always| always.on.holds(view)) {
            for expected in always.expect.iter().filter(|expected| expected.binding.is_some()) {
                if self.digest_is_true && expected.clause.as_str() == DIGEST_HEADER {
                    continue;
                }
                let Err(mismatch) = expected.expectation.judge(view) else { continue };
                if mismatch.verdict != Verdict::Fail || failed && expected.expectation.status().is_some() {
                    continue;
                }
                if self.trouble.is_none() {
                    self.trouble = Some(Trouble::Broken(expected.clause.to_string(), mismatch.signature.clone()));
                }
                self.broken.push((expected, mismatch));
            }
        }
    }
}

fn worked(send: &Send, status: u16) -> bool {
    let mut wanted = send.checks.iter().filter_map(|check| Expectation::status(&check.expected.expectation)).peekable();
    if wanted.peek().is_none() { status < 400 } else { wanted.any(|set: &StatusSet| set.contains_class_of(status)) }
}

/// Whether every `Docker-Content-Digest` is the digest of a thing.
fn names_digest(thing: Thing, view: &View<'_>, scope: &Scope<'_>) -> bool {
    let (Ok(response), Some(blob)) = (&view.exchange.answer, scope.blob(thing)) else { return false };
    response.headers.get_all("docker-content-digest").iter().all(|line| line.as_bytes() == blob.digest.as_bytes())
}

enum Same {
    Yes(u64),
    No(Mismatch),
    /// The judge must tell: another status, or a body in a coding of its own.
    Unknown,
}

/// Whether the body is a thing's bytes, by its bytes where they are kept and else by length and hash.
fn same_body(thing: Thing, view: &View<'_>, scope: &Scope<'_>) -> Same {
    let (Ok(response), Some(blob)) = (&view.exchange.answer, scope.blob(thing)) else { return Same::Unknown };
    let body = &response.body;
    match blob.bytes() {
        Some(bytes) if body.bytes == bytes => Same::Yes(body.len),
        None if body.len == blob.size && body.sha256 == blob.hex() => Same::Yes(body.len),
        None if (200..300).contains(&response.status) && !response.headers.contains_key(http::header::CONTENT_ENCODING) => {
            let came = if body.len == blob.size { "as many bytes of other content".to_owned() } else { format!("{} bytes", body.len) };
            let signature = if body.len == blob.size { "other content" } else { "another length" };
            Same::No(Mismatch::fail(format!("the {} bytes of {}", blob.size, blob.digest), came).signed(signature))
        }
        _ => Same::Unknown,
    }
}
