//! One attempt at a request: its head and body made, sent over a connection of the caller's, its answer taken in.

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, Uri};

use super::caller::Caller;
use super::check::From;
use super::flow::outflow;
use super::program::{Send, Thing};
use super::scope::Scope;
use crate::client::Origin;
use crate::client::line::{Outflow, Reply, Sink, Slow, Stamps};
use crate::clock;
use crate::exchange::{BodySent, Exchange, Failure, Received, Request, Response, Timings};
use crate::seed::mix;

/// Where a request goes.
pub(super) struct Outgoing {
    pub(super) origin: Origin,
    /// Absolute.
    pub(super) url: Uri,
    pub(super) from: From,
}

/// A request as it is sent.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) send: &'a Send,
    pub(super) scope: &'a Scope<'a>,
    pub(super) to: &'a Outgoing,
    pub(super) login: Option<&'a HeaderValue>,
}

/// What came of it.
pub(super) struct Attempt {
    pub(super) exchange: Exchange,
    pub(super) stamps: Stamps,
    /// Bytes of the request's body that were written.
    pub(super) sent: u64,
    /// Whether we hung up in the middle of the answer, as we meant to.
    pub(super) hung_up: bool,
}

impl Asking<'_> {
    /// Sends it.
    pub(super) async fn attempt(&self, caller: &Caller) -> Attempt {
        let mut reply = self.exchange(caller).await;
        if reply.as_ref().is_ok_and(|reply| reply.stale) {
            // It had been closed while it waited: that says nothing of this request.
            reply = self.exchange(caller).await;
        }
        match reply {
            Err(failure) => self.unsent(failure),
            Ok(reply) => attempted(self.request(), reply),
        }
    }

    /// The exchange that never came to a connection.
    pub(super) fn unsent(&self, failure: Failure) -> Attempt {
        let exchange = Exchange { request: self.request(), answer: Err(failure), timings: Timings::default() };
        let now = clock::instant();
        let stamps = Stamps { began: now, connect: Duration::ZERO, tls: Duration::ZERO, sent: now, first_byte: now, end: now };
        Attempt { exchange, stamps, sent: 0, hung_up: false }
    }

    /// What was asked; its headers are filled in where somebody looks at them.
    fn request(&self) -> Request {
        Request { method: self.send.method.clone(), url: self.to.url.clone(), headers: HeaderMap::new(), body: BodySent::default() }
    }

    async fn exchange(&self, caller: &Caller) -> Result<Reply, Failure> {
        let mut request = http::Request::new(self.body());
        *request.headers_mut() = self.headers();
        *request.method_mut() = self.send.method.clone();
        *request.uri_mut() = match self.to.url.path_and_query() {
            Some(target) => Uri::from(target.clone()),
            None => Uri::from_static("/"),
        };
        let mut line = match caller.idle(&self.to.origin).await {
            Some(line) => line,
            None => Box::new(caller.client.line(&self.to.origin).await?),
        };
        let sink = Sink::new(self.send.keep, self.scope.setup.body_cap).slowed(self.slow(caller));
        let reply = line.exchange(request, sink).await;
        if reply.reusable {
            caller.keep(line);
        }
        Ok(reply)
    }

    /// How a client that takes its time, or hangs up, reads this answer.
    fn slow(&self, caller: &Caller) -> Option<Slow> {
        let manner = caller.manner;
        if !self.send.brings || manner.speed.is_none() && manner.abort <= 0.0 {
            return None;
        }
        let blob = self.scope.round.as_ref()?;
        let drawn = mix(self.scope.task.number, blob.size) % 10_000;
        let gives_up = crate::stats::real(drawn) < manner.abort * 10_000.0;
        let hang_up = gives_up.then(|| 1 + mix(drawn, blob.size) % blob.size.max(2) / 2);
        Some(Slow { rate: manner.speed, hang_up })
    }

    fn body(&self) -> Outflow {
        let blob = self.send.body.and_then(|thing| self.scope.blob(thing));
        blob.map_or_else(Outflow::default, |blob| outflow(blob, &self.scope.setup.set, self.send.chunked))
    }

    /// The head of the request.
    pub(super) fn headers(&self) -> HeaderMap {
        let Self { send, scope, to, login } = *self;
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
        if let Some(blob) = send.body.and_then(|thing| scope.blob(thing)) {
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
}

/// Blobs are sent as octets, documents as what they are.
fn blob_type(send: &Send, media_type: &'static str) -> &'static str {
    match send.body {
        Some(Thing::Image | Thing::Index) => media_type,
        _ => "application/octet-stream",
    }
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
            let body = Received { bytes: arrived.bytes, len: arrived.len, sha256, truncated, ..Received::default() };
            (Ok(Response { status, headers, body }), arrived.hung_up)
        }
    };
    Attempt { exchange: Exchange { request, answer, timings }, stamps, sent, hung_up }
}

fn hex(hash: &[u8; 32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    hash.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
