//! One request of a journey: login, connection, answer, judgement.

use std::time::{Duration, Instant};

use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION, RETRY_AFTER, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, Uri};

use super::caller::Kind;
use super::check::{From, Shown, TOO_MANY, judge};
use super::flow::outflow;
use super::meter::{Measured, Meter, Trouble};
use super::program::Send;
use super::run::{Came, Run};
use super::scope::Scope;
use crate::client::line::{Outflow, Reply, Sink, Slow, Stamps};
use crate::client::{Origin, Wanted};
use crate::clock;
use crate::engine::capture::capture_alone;
use crate::exchange::{BodySent, Exchange, Failure, Received, Request, Response, Timings, resolve};
use crate::seed::mix;

/// Rows of the report that no journey names, in the order of `Program::operations`.
const CHALLENGE_ROW: usize = 0;
const TOKEN_ROW: usize = 1;
const REDIRECT_ROW: usize = 2;

/// How many redirects of a GET or HEAD are followed.
const REDIRECTS: usize = 5;

/// The longest that a target's Retry-After is heeded.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// A request as it goes out.
struct Outgoing {
    origin: Origin,
    /// Absolute.
    url: Uri,
    from: From,
}

/// One attempt and what came of it.
struct Attempt {
    exchange: Exchange,
    stamps: Stamps,
    sent: u64,
    hung_up: bool,
}

impl<M: Meter> Run<'_, M> {
    /// Sends a request until it is answered for good; its success is what the steps after it build on.
    pub(super) async fn send(&self, send: &Send, scope: &mut Scope<'_>, intended: Option<Instant>) -> Came {
        let began = intended.unwrap_or_else(clock::instant);
        let mut outgoing = match self.outgoing(send, scope) {
            Ok(outgoing) => outgoing,
            Err(why) => return Came { failed: Some(why), ..Came::default() },
        };
        let mut came = Came::default();
        let (mut challenged, mut logins, mut redirects, mut tries) = (None, 0, 0, 0);
        let mut auth = Duration::ZERO;
        loop {
            let asked = clock::instant();
            let login = match self.login(send, scope, &outgoing, challenged.take()).await {
                Ok(login) => login,
                Err(why) => {
                    let exchange = unsent(send, &outgoing, Failure::Login(why));
                    let attempt = Attempt { exchange, stamps: now(), sent: 0, hung_up: false };
                    let shown = judge(send, &self.setup.program, scope, &attempt.exchange, outgoing.from);
                    self.tell(send, scope, (send.operation, began, auth), &attempt, &shown, None);
                    came.failed = shown.trouble.map(|trouble| trouble.cause().into_owned());
                    return came;
                }
            };
            auth += asked.elapsed();
            let attempt = self.attempt(send, scope, &outgoing, login.as_ref()).await;
            came.sent += attempt.sent;
            came.received += attempt.exchange.response().map_or(0, |response| response.body.len);
            if let Some(answer) = self.challenge(send, &outgoing, &attempt, &login).filter(|_| logins == 0) {
                logins += 1;
                self.tell(send, scope, (CHALLENGE_ROW, began, Duration::ZERO), &attempt, &nothing(), login.as_ref());
                (challenged, auth) = (Some(answer), Duration::ZERO + auth + attempt.exchange.timings.total);
                continue;
            }
            if let Some(next) = redirect(send, &outgoing, &attempt).filter(|_| redirects < REDIRECTS) {
                let shown = judge_redirect(&attempt);
                self.tell(send, scope, (REDIRECT_ROW, began, auth), &attempt, &shown, login.as_ref());
                (outgoing, redirects) = (next, redirects + 1);
                continue;
            }
            let shown = if attempt.hung_up { nothing() } else { judge(send, &self.setup.program, scope, &attempt.exchange, outgoing.from) };
            self.tell(send, scope, (send.operation, began, auth), &attempt, &shown, login.as_ref());
            if let Some(wait) = wait(&attempt).filter(|_| shown.trouble.is_some() && tries < self.caller.manner.retries) {
                tries += 1;
                tokio::time::sleep(wait.max(Duration::from_millis(50 << tries.min(6)))).await;
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
        match send.target.only_save() {
            Some(_) => send.target.fill(scope, &mut text)?,
            None => {
                text.push_str(setup.base.scheme_str().unwrap_or("http"));
                text.push_str("://");
                text.push_str(setup.base.authority().map_or("", |authority| authority.as_str()));
                send.target.fill(scope, &mut text)?;
            }
        }
        if !send.query.is_empty() {
            text.push(if text.contains('?') { '&' } else { '?' });
            send.query.fill(scope, &mut text)?;
        }
        let url = Uri::try_from(text).map_err(|why| format!("a URL can't be sent to: {why}"))?;
        if send.target.only_save().is_none() || url.authority() == setup.base.authority() {
            return Ok(Outgoing { origin: setup.origin.clone(), url, from: From::Target });
        }
        let origin = Origin::of(&url).map_err(|failure| failure.to_string())?;
        Ok(Outgoing { origin, url, from: From::Elsewhere })
    }

    /// The login to send along: what is known, or what answers the challenge that just came.
    async fn login(
        &self,
        send: &Send,
        scope: &Scope<'_>,
        to: &Outgoing,
        challenged: Option<Challenged>,
    ) -> Result<Option<HeaderValue>, String> {
        if send.anonymous || to.from == From::Elsewhere && challenged.is_none() {
            return Ok(None);
        }
        let kind = Kind::of(&send.method);
        let repository = u32::try_from(scope.task.repository).unwrap_or(u32::MAX);
        if let (None, Some(known)) = (&challenged, self.caller.login(repository, kind)) {
            return Ok(known);
        }
        let name = &*self.setup.set.repositories[scope.task.repository].name;
        let about = (to.url.path() != "/v2/").then_some(name);
        let wanted = Wanted { method: &send.method, url: &to.url, repository: about };
        let login = match &challenged {
            Some(challenged) => self.caller.client.answer_challenge(wanted, &challenged.headers, challenged.rejected.as_ref()).await,
            None => self.caller.client.login(wanted).await,
        };
        for fetch in &login.before {
            self.tell_token(send, scope, fetch);
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

    /// A 401 that a login may help against, once for each login.
    fn challenge(&self, send: &Send, to: &Outgoing, attempt: &Attempt, login: &Option<HeaderValue>) -> Option<Challenged> {
        let response = attempt.exchange.response().filter(|response| response.status == 401)?;
        if send.anonymous || to.from == From::Elsewhere {
            return None;
        }
        Some(Challenged { headers: response.headers.clone(), rejected: login.clone() })
    }

    async fn attempt(&self, send: &Send, scope: &Scope<'_>, to: &Outgoing, login: Option<&HeaderValue>) -> Attempt {
        let mut reply = self.exchange(send, scope, to, login).await;
        if reply.as_ref().is_ok_and(|reply| reply.stale) {
            // It had been closed while it waited: that says nothing of this request.
            reply = self.exchange(send, scope, to, login).await;
        }
        let request = Request { method: send.method.clone(), url: to.url.clone(), headers: HeaderMap::new(), body: BodySent::default() };
        match reply {
            Err(failure) => Attempt {
                exchange: Exchange { request, answer: Err(failure), timings: Timings::default() },
                stamps: now(),
                sent: 0,
                hung_up: false,
            },
            Ok(reply) => attempted(request, reply),
        }
    }

    async fn exchange(&self, send: &Send, scope: &Scope<'_>, to: &Outgoing, login: Option<&HeaderValue>) -> Result<Reply, Failure> {
        let mut request = http::Request::new(self.body(send, scope));
        *request.headers_mut() = self.headers(send, scope, to, login);
        *request.method_mut() = send.method.clone();
        *request.uri_mut() = match to.url.path_and_query() {
            Some(target) => Uri::from(target.clone()),
            None => Uri::from_static("/"),
        };
        let mut line = match self.caller.idle(&to.origin).await {
            Some(line) => line,
            None => self.caller.client.line(&to.origin).await?,
        };
        let sink = Sink::new(send.keep, self.setup.body_cap).slowed(self.slow(send, scope));
        let reply = line.exchange(request, sink).await;
        if reply.reusable {
            self.caller.keep(line);
        }
        Ok(reply)
    }

    /// How a client that takes its time, or hangs up, reads this answer.
    fn slow(&self, send: &Send, scope: &Scope<'_>) -> Option<Slow> {
        let manner = self.caller.manner;
        if !send.brings || manner.speed.is_none() && manner.abort <= 0.0 {
            return None;
        }
        let blob = scope.round.as_ref()?;
        let drawn = mix(scope.task.number, blob.size) % 10_000;
        #[expect(clippy::cast_precision_loss, reason = "below 10000")]
        let gives_up = (drawn as f64) < manner.abort * 10_000.0;
        let hang_up = gives_up.then(|| 1 + mix(drawn, blob.size) % blob.size.max(2) / 2);
        Some(Slow { rate: manner.speed, hang_up })
    }

    fn body(&self, send: &Send, scope: &Scope<'_>) -> Outflow {
        let blob = send.body.and_then(|thing| scope.blob(thing));
        blob.map_or_else(Outflow::default, |blob| outflow(blob, &self.setup.set, send.chunked))
    }

    fn headers(&self, send: &Send, scope: &Scope<'_>, to: &Outgoing, login: Option<&HeaderValue>) -> HeaderMap {
        let mut headers = send.headers.clone();
        if to.from == From::Elsewhere
            && let Some(host) = to.url.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok())
        {
            headers.insert(HOST, host);
        }
        for (name, text) in &send.filled {
            let mut value = String::new();
            if text.fill(scope, &mut value).is_ok()
                && let Ok(value) = HeaderValue::try_from(value)
            {
                headers.append(name, value);
            }
        }
        if let Some(login) = login {
            headers.insert(AUTHORIZATION, login.clone());
        }
        let blob = send.body.and_then(|thing| scope.blob(thing));
        if let Some(blob) = blob {
            if send.typed {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(blob_type(send, blob.media_type)));
            }
            if send.chunked {
                headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
            } else {
                headers.insert(CONTENT_LENGTH, HeaderValue::from(blob.size));
            }
        } else if matches!(send.method, Method::POST | Method::PUT | Method::PATCH) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        headers
    }

    /// Tells the meter.
    fn tell(
        &self,
        send: &Send,
        scope: &Scope<'_>,
        when: (usize, Instant, Duration),
        attempt: &Attempt,
        shown: &Shown<'_>,
        login: Option<&HeaderValue>,
    ) {
        let (operation, intended, auth) = when;
        let whole = || {
            let mut exchange = attempt.exchange.clone();
            let to = Outgoing { origin: self.setup.origin.clone(), url: exchange.request.url.clone(), from: From::Target };
            exchange.request.headers = self.headers(send, scope, &to, login);
            exchange
        };
        self.meter.measured(&Measured {
            operation,
            journey: &self.script.id,
            step: &send.title,
            intended,
            stamps: attempt.stamps,
            auth,
            sent: attempt.sent,
            received: attempt.exchange.response().map_or(0, |response| response.body.len),
            verified: shown.verified,
            trouble: shown.trouble.as_ref(),
            broken: &shown.broken,
            exchange: &whole,
        });
    }

    fn tell_token(&self, send: &Send, scope: &Scope<'_>, fetch: &Exchange) {
        let end = clock::instant();
        let began = end.checked_sub(fetch.timings.total).unwrap_or(end);
        let stamps = Stamps { began, connect: fetch.timings.connect, tls: fetch.timings.tls, sent: began, first_byte: end, end };
        let trouble = match &fetch.answer {
            Ok(response) if (200..300).contains(&response.status) => None,
            Ok(response) => Some(Trouble::Unusable(format!("the token service answers {}", response.status))),
            Err(failure) => Some(Trouble::Failure(failure.clone())),
        };
        let shown = Shown { trouble, ..nothing() };
        let attempt = Attempt { exchange: fetch.clone(), stamps, sent: 0, hung_up: false };
        self.tell(send, scope, (TOKEN_ROW, began, Duration::ZERO), &attempt, &shown, None);
    }
}

/// A challenge that is to be answered.
struct Challenged {
    headers: HeaderMap,
    rejected: Option<HeaderValue>,
}

/// Blobs are sent as octets, documents as what they are.
fn blob_type(send: &Send, media_type: &'static str) -> &'static str {
    match send.body {
        Some(super::program::Thing::Image | super::program::Thing::Index) => media_type,
        _ => "application/octet-stream",
    }
}

fn nothing<'p>() -> Shown<'p> {
    Shown { broken: Vec::new(), trouble: None, outcome: None, worked: true, verified: 0 }
}

fn now() -> Stamps {
    let now = clock::instant();
    Stamps { began: now, connect: Duration::ZERO, tls: Duration::ZERO, sent: now, first_byte: now, end: now }
}

fn unsent(send: &Send, to: &Outgoing, failure: Failure) -> Exchange {
    let request = Request { method: send.method.clone(), url: to.url.clone(), headers: HeaderMap::new(), body: BodySent::default() };
    Exchange { request, answer: Err(failure), timings: Timings::default() }
}

fn attempted(request: Request, reply: Reply) -> Attempt {
    let Reply { answer, stamps, sent, .. } = reply;
    let timings = Timings {
        connect: stamps.connect,
        tls: stamps.tls,
        first_byte: stamps.first_byte.saturating_duration_since(stamps.sent),
        total: stamps.end.saturating_duration_since(stamps.began),
    };
    let (answer, hung_up) = match answer {
        Err(failure) => (Err(failure), false),
        Ok((status, headers, arrived)) => {
            let truncated = (arrived.bytes.len() as u64) < arrived.len;
            let sha256 = arrived.sha256.map(|hash| hex(&hash)).unwrap_or_default();
            let body = Received { bytes: arrived.bytes, len: arrived.len, sha256, truncated, surplus: 0 };
            (Ok(Response { status, headers, body }), arrived.hung_up)
        }
    };
    Attempt { exchange: Exchange { request, answer, timings }, stamps, sent, hung_up }
}

fn hex(hash: &[u8; 32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    hash.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// Where an answer leads, where it does.
fn redirect(send: &Send, to: &Outgoing, attempt: &Attempt) -> Option<Outgoing> {
    let response = attempt.exchange.response()?;
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) || !matches!(send.method, Method::GET | Method::HEAD) {
        return None;
    }
    let location = std::str::from_utf8(response.headers.get(LOCATION)?.as_bytes()).ok()?;
    let url = resolve(&to.url, location).ok()?;
    let origin = Origin::of(&url).ok()?;
    let from = if origin == to.origin { to.from } else { From::Elsewhere };
    Some(Outgoing { origin, url, from })
}

fn judge_redirect<'p>(attempt: &Attempt) -> Shown<'p> {
    let trouble = attempt.exchange.answer.as_ref().err().map(|failure| Trouble::Failure(failure.clone()));
    Shown { trouble, ..nothing() }
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
