//! One request of a journey: sent until it is answered for good.

use std::time::{Duration, Instant};

use http::header::{LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, Uri};

use super::attempt::{Asking, Attempt, Outgoing};
use super::caller::{Kind, Known};
use super::check::{From, Shown, TOO_MANY, judge};
use super::meter::{Measured, Meter, Trouble};
use super::program::Send;
use super::run::{Came, Run};
use super::scope::Scope;
use crate::client::line::Stamps;
use crate::client::{Origin, Wanted};
use crate::clock;
use crate::engine::capture::capture_alone;
use crate::exchange::{Exchange, Failure, resolve};

/// Rows of the report that no journey names, in the order of `Program::operations`.
const CHALLENGE_ROW: usize = 0;
const TOKEN_ROW: usize = 1;
const REDIRECT_ROW: usize = 2;

/// How many redirects of a GET or HEAD are followed.
const REDIRECTS: usize = 5;

/// The longest that a target's Retry-After is heeded, and the first wait without one.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// A row of the report, and the times that the exchange can't tell of itself.
#[derive(Clone, Copy)]
struct Row {
    operation: usize,
    intended: Instant,
    auth: Duration,
}

/// A challenge that is to be answered.
struct Challenged {
    headers: HeaderMap,
    rejected: Option<HeaderValue>,
}

/// What a request has been through.
#[derive(Default)]
struct Past {
    challenged: Option<Challenged>,
    logins: usize,
    redirects: usize,
    tries: u32,
    auth: Duration,
}

impl<M: Meter> Run<'_, M> {
    /// Sends a request until it is answered for good; its success is what the steps after it build on.
    pub(super) async fn send(&self, send: &Send, scope: &mut Scope<'_>, intended: Option<Instant>) -> Came {
        let intended = intended.unwrap_or_else(clock::instant);
        let mut to = match self.outgoing(send, scope) {
            Ok(to) => to,
            Err(why) => return Came { failed: Some(why), ..Came::default() },
        };
        let (mut came, mut past) = (Came::default(), Past::default());
        loop {
            let login = self.login(send, scope, &to, &mut past).await;
            let asking = Asking { send, scope, to: &to, login: login.as_ref().ok().and_then(Option::as_ref) };
            let attempt = match &login {
                Ok(_) => asking.attempt(self.caller).await,
                Err(why) => asking.unsent(Failure::Login(why.clone())),
            };
            came.sent += attempt.sent;
            came.received += attempt.exchange.response().map_or(0, |response| response.body.len);
            let row = Row { operation: send.operation, intended, auth: past.auth };
            if let Some(challenged) = challenge(&asking, &attempt).filter(|_| past.logins == 0) {
                self.tell(&asking, Row { operation: CHALLENGE_ROW, auth: Duration::ZERO, ..row }, &attempt, &Shown::nothing());
                past.logins += 1;
                past.auth += attempt.exchange.timings.total;
                past.challenged = Some(challenged);
                continue;
            }
            if let Some(next) = redirect(&asking, &attempt).filter(|_| past.redirects < REDIRECTS) {
                self.tell(&asking, Row { operation: REDIRECT_ROW, ..row }, &attempt, &Shown::nothing());
                past.redirects += 1;
                to = next;
                continue;
            }
            let program = &self.setup.program;
            let shown = if attempt.hung_up { Shown::nothing() } else { judge(send, program, scope, &attempt.exchange, to.from) };
            self.tell(&asking, row, &attempt, &shown);
            if let Some(wait) = wait(&attempt).filter(|_| shown.trouble.is_some() && past.tries < self.caller.manner.retries) {
                past.tries += 1;
                tokio::time::sleep(wait.max(FIRST_WAIT * (1 << past.tries.min(6)))).await;
                continue;
            }
            came.verified += shown.verified;
            came.failed = self.settle(send, scope, &attempt, &shown);
            return came;
        }
    }

    /// Notes the outcome and keeps what later steps read; why the step did not work, if so.
    fn settle(&self, send: &Send, scope: &mut Scope<'_>, attempt: &Attempt, shown: &Shown<'_>) -> Option<String> {
        if let Some(place) = scope.decisions.get_mut(send.decision).filter(|_| !send.outcomes.is_empty()) {
            *place = shown.outcome;
        }
        if let Some(trouble) = &shown.trouble {
            return Some(trouble.cause().into_owned());
        }
        for (slot, save) in &send.saves {
            match capture_alone(save, &attempt.exchange) {
                Ok(value) => scope.saves[*slot] = Some(value),
                Err(why) => return Some(why),
            }
        }
        if let (true, Some(ordinal)) = (send.brings && !attempt.hung_up, scope.round.as_ref().and_then(|blob| blob.ordinal)) {
            self.caller.hold(ordinal);
        }
        None
    }

    fn outgoing(&self, send: &Send, scope: &Scope<'_>) -> Result<Outgoing, String> {
        let setup = self.setup;
        let mut text = String::with_capacity(256);
        let is_saved = send.target.only_save().is_some();
        if !is_saved {
            text.push_str(setup.base.scheme_str().unwrap_or("http"));
            text.push_str("://");
            text.push_str(setup.base.authority().map_or("", http::uri::Authority::as_str));
        }
        send.target.fill(scope, &mut text)?;
        if !send.query.is_empty() {
            text.push(if text.contains('?') { '&' } else { '?' });
            send.query.fill(scope, &mut text)?;
        }
        let url = Uri::try_from(text).map_err(|why| format!("a URL can't be sent to: {why}"))?;
        if !is_saved || url.authority() == setup.base.authority() {
            return Ok(Outgoing { origin: setup.origin.clone(), url, from: From::Target });
        }
        let origin = Origin::of(&url).map_err(|failure| failure.to_string())?;
        Ok(Outgoing { origin, url, from: From::Elsewhere })
    }

    /// The login to send along: what is known, or what answers the challenge that just came.
    async fn login(&self, send: &Send, scope: &Scope<'_>, to: &Outgoing, past: &mut Past) -> Result<Option<HeaderValue>, String> {
        let challenged = past.challenged.take();
        if send.anonymous || to.from == From::Elsewhere {
            return Ok(None);
        }
        let kind = Kind::of(&send.method);
        let repository = u32::try_from(scope.task.repository).unwrap_or(u32::MAX);
        if let (None, Known::Header(known)) = (&challenged, self.caller.login(repository, kind)) {
            return Ok(known);
        }
        let asked = clock::instant();
        let name = &*self.setup.set.repositories[scope.task.repository].name;
        let about = (to.url.path() != "/v2/").then_some(name);
        let wanted = Wanted { method: &send.method, url: &to.url, repository: about };
        let login = match &challenged {
            Some(challenged) => self.caller.client.answer_challenge(wanted, &challenged.headers, challenged.rejected.as_ref()).await,
            None => self.caller.client.login(wanted).await,
        };
        let asking = Asking { send, scope, to, login: None };
        for fetch in &login.before {
            self.tell_token(&asking, fetch);
        }
        if challenged.is_some() || !login.before.is_empty() {
            past.auth += asked.elapsed();
        }
        let header = login.header?;
        if challenged.is_some() && header.is_none() {
            return Err("the target asks for a login, and none helps".to_owned());
        }
        if about.is_some() {
            self.caller.learn(repository, kind, header.clone());
        }
        Ok(header)
    }

    /// Tells the meter.
    fn tell(&self, asking: &Asking<'_>, row: Row, attempt: &Attempt, shown: &Shown<'_>) {
        let whole = || {
            let mut exchange = attempt.exchange.clone();
            exchange.request.headers = asking.headers();
            exchange
        };
        self.meter.measured(&Measured {
            operation: row.operation,
            journey: &self.script.id,
            step: &asking.send.title,
            intended: row.intended,
            stamps: attempt.stamps,
            auth: row.auth,
            sent: attempt.sent,
            received: attempt.exchange.response().map_or(0, |response| response.body.len),
            verified: shown.verified,
            trouble: shown.trouble.as_ref(),
            broken: &shown.broken,
            exchange: &whole,
        });
    }

    fn tell_token(&self, asking: &Asking<'_>, fetch: &Exchange) {
        let end = clock::instant();
        let began = end.checked_sub(fetch.timings.total).unwrap_or(end);
        let stamps = Stamps { began, connect: fetch.timings.connect, tls: fetch.timings.tls, sent: began, first_byte: end, end };
        let trouble = match &fetch.answer {
            Ok(response) if (200..300).contains(&response.status) => None,
            Ok(response) => Some(Trouble::Unusable(format!("the token service answers {}", response.status))),
            Err(failure) => Some(Trouble::Failure(failure.clone())),
        };
        let shown = Shown { trouble, ..Shown::nothing() };
        let attempt = Attempt { exchange: fetch.clone(), stamps, sent: 0, hung_up: false };
        self.tell(asking, Row { operation: TOKEN_ROW, intended: began, auth: Duration::ZERO }, &attempt, &shown);
    }
}

/// A 401 that a login may help against.
fn challenge(asking: &Asking<'_>, attempt: &Attempt) -> Option<Challenged> {
    let response = attempt.exchange.response().filter(|response| response.status == 401)?;
    let may_log_in = !asking.send.anonymous && asking.to.from == From::Target;
    may_log_in.then(|| Challenged { headers: response.headers.clone(), rejected: asking.login.cloned() })
}

/// Where an answer leads, where it does.
fn redirect(asking: &Asking<'_>, attempt: &Attempt) -> Option<Outgoing> {
    let response = attempt.exchange.response()?;
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) || !matches!(asking.send.method, Method::GET | Method::HEAD) {
        return None;
    }
    let location = std::str::from_utf8(response.headers.get(LOCATION)?.as_bytes()).ok()?;
    let url = resolve(&asking.to.url, location).ok()?;
    let origin = Origin::of(&url).ok()?;
    let from = if origin == asking.to.origin { asking.to.from } else { From::Elsewhere };
    Some(Outgoing { origin, url, from })
}

/// How long to wait before the same is sent again; none where that makes no sense.
fn wait(attempt: &Attempt) -> Option<Duration> {
    match &attempt.exchange.answer {
        Err(Failure::Closed { .. } | Failure::Connect { .. } | Failure::TimedOut { .. }) => Some(Duration::ZERO),
        Ok(response) if matches!(response.status, TOO_MANY | 502 | 503 | 504) => {
            let after = response.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
            Some(Duration::from_secs(after.unwrap_or_default()).min(LONGEST_WAIT))
        }
        _ => None,
    }
}
