//! One connection, and one exchange on it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use http::header::CONTENT_LENGTH;
use http::response::Parts;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::body::Outgoing;
use super::connect::{Opened, Stream};
use super::receive::Receiver;
use super::tap::{Shared, Tap};
use super::{Limits, Origin, failure};
use crate::client::call::Outbound;
use crate::clock;
use crate::exchange::{Failure, Phase, Response, Timings};

/// Headers of a head, and bytes of a head, that are taken; any more is hostile.
const MAX_HEADERS: usize = 512;
const MAX_HEAD: usize = 512 * 1024;

/// How long an answer to a body that was cut is waited for, once our side is closed.
const AFTER_CUT: Duration = Duration::from_secs(2);

/// An open connection. Whoever waits for an exchange also drives it.
pub(in crate::client) struct Connection {
    sender: http1::SendRequest<Outgoing>,
    driver: http1::Connection<TokioIo<Tap<Stream>>, Outgoing>,
    over: bool,
    shared: Shared,
    origin: Origin,
    opened: Option<Fresh>,
}

/// How a connection was opened, until its first exchange has told of it.
#[derive(Clone, Copy)]
struct Fresh {
    began: Instant,
    connect: Duration,
    tls: Duration,
}

/// What came of an exchange.
pub(in crate::client) struct Outcome {
    pub(in crate::client) answer: Result<Response, Failure>,
    pub(in crate::client) timings: Timings,
    /// Bytes of the request's body that were written.
    pub(in crate::client) sent: u64,
    /// Whether the connection had been used before and died, or spoke nonsense, before any answer: no word about this request.
    pub(in crate::client) stale: bool,
    /// The connection, where another exchange can follow on it.
    pub(in crate::client) connection: Option<Box<Connection>>,
}

impl Connection {
    pub(in crate::client) async fn new(opened: Opened, origin: Origin) -> Result<Box<Self>, Failure> {
        let shared = Shared::default();
        let io = TokioIo::new(Tap::new(opened.stream, shared.clone()));
        let mut builder = http1::Builder::new();
        builder.max_headers(MAX_HEADERS).max_buf_size(MAX_HEAD).title_case_headers(true);
        let (sender, driver) = builder.handshake(io).await.map_err(|error| Failure::Protocol(error.to_string()))?;
        let fresh = Fresh { began: opened.began, connect: opened.connect, tls: opened.tls };
        Ok(Box::new(Self { sender, driver, over: false, shared, origin, opened: Some(fresh) }))
    }

    /// Whether the peer, as far as can be seen, has neither closed it nor sent anything since the last exchange.
    pub(in crate::client) async fn is_open(&mut self) -> bool {
        poll_fn(|cx| {
            self.poll(cx);
            Poll::Ready(!self.over && self.sender.is_ready())
        })
        .await
    }

    /// Sends a request and reads its answer whole, within the limits.
    pub(in crate::client) async fn exchange(mut self: Box<Self>, call: &Outbound<'_>, limits: &Limits) -> Outcome {
        let fresh = self.opened.take();
        let began = clock::instant();
        self.shared.begin();
        let head = self.head(call, limits).await;
        let stale = fresh.is_none() && head.as_ref().is_err_and(|failure| self.is_stale(failure));
        let read = match head {
            Ok(response) => self.body(response, limits).await,
            Err(failure) => Err(failure),
        };
        let timings = self.timings(fresh, began);
        let sent = self.shared.get().body_written().min(call.sending.bytes.len() as u64);
        match read {
            Ok((head, receiver)) => {
                let bodiless = call.request.method == Method::HEAD || matches!(head.status.as_u16(), 204 | 304);
                let (surplus, connection) = self.settled().await;
                Outcome { answer: answer(head, receiver, (&surplus, bodiless)), timings, sent, stale, connection }
            }
            Err(failure) => Outcome { answer: Err(failure), timings, sent, stale, connection: None },
        }
    }

    /// Whether a connection that had been used before died, or spoke nonsense, before any answer.
    fn is_stale(&self, failure: &Failure) -> bool {
        match failure {
            Failure::Closed { .. } => self.shared.get().read == 0,
            Failure::Protocol(_) => true,
            _ => false,
        }
    }

    async fn head(&mut self, call: &Outbound<'_>, limits: &Limits) -> Result<http::Response<Incoming>, Failure> {
        let mut request = outgoing(call, Outgoing::new(call.sending, self.shared.clone()));
        let counting = self.shared.clone();
        hyper::ext::on_informational(&mut request, move |_| counting.interim());
        let mut response = pin!(self.sender.send_request(request));
        let shared = self.shared.clone();
        let waiting = self.driven(response.as_mut(), || shared.get().closed);
        let came = match limits.within(limits.request, Phase::Head, waiting).await? {
            Some(came) => came,
            None => match limits.within(AFTER_CUT, Phase::Head, self.driven(response, || false)).await {
                Ok(Some(came)) => came,
                _ => return Err(was_cut(call)),
            },
        };
        match came {
            Ok(response) => {
                shared.headed();
                Ok(response)
            }
            Err(error) => {
                let seen = self.shared.get();
                let failure = failure::head(&error, &seen, &self.origin);
                Err(if seen.closed && seen.read == 0 { was_cut(call) } else { failure })
            }
        }
    }

    async fn body(&mut self, response: http::Response<Incoming>, limits: &Limits) -> Result<(Parts, Receiver), Failure> {
        let (head, mut incoming) = response.into_parts();
        let mut receiver = Receiver::new(limits);
        let limit = limits.left(limits.request);
        limits.within(limit, Phase::Body, self.read(&mut incoming, &mut receiver, (&head, limit))).await??;
        Ok((head, receiver))
    }

    /// Reads a body to its end. The time is looked at with every piece: pieces of a byte come faster than any timer is asked.
    async fn read(&mut self, incoming: &mut Incoming, receiver: &mut Receiver, (head, limit): (&Parts, Duration)) -> Result<(), Failure> {
        let began = clock::instant();
        while let Some(frame) = self.driven(pin!(incoming.frame()), || false).await.flatten() {
            if clock::instant().saturating_duration_since(began) > limit {
                return Err(Failure::TimedOut { phase: Phase::Body, after: limit });
            }
            match frame {
                Ok(frame) => frame.data_ref().map_or(Ok(()), |bytes| receiver.take(bytes))?,
                Err(error) => {
                    let declared = head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
                    return Err(failure::body(&error, head.status.as_u16(), (receiver.len(), declared)));
                }
            }
        }
        Ok(())
    }

    /// After an answer: what came behind it, and the connection where another exchange can follow.
    async fn settled(mut self: Box<Self>) -> (Bytes, Option<Box<Self>>) {
        let ready = poll_fn(|cx| {
            self.poll(cx);
            Poll::Ready(!self.over && matches!(self.sender.poll_ready(cx), Poll::Ready(Ok(()))))
        });
        if ready.await { (Bytes::new(), Some(self)) } else { (self.driver.into_parts().read_buf, None) }
    }

    /// `future`'s output, with the connection driven meanwhile; nothing where `stop` comes true first.
    async fn driven<F: Future>(&mut self, mut future: Pin<&mut F>, stop: impl Fn() -> bool) -> Option<F::Output> {
        poll_fn(|cx| {
            if let Poll::Ready(out) = future.as_mut().poll(cx) {
                return Poll::Ready(Some(out));
            }
            self.poll(cx);
            match future.as_mut().poll(cx) {
                Poll::Ready(out) => Poll::Ready(Some(out)),
                Poll::Pending if stop() => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    fn poll(&mut self, cx: &mut Context<'_>) {
        if !self.over && self.driver.poll_without_shutdown(cx).is_ready() {
            self.over = true;
        }
    }

    fn timings(&self, fresh: Option<Fresh>, began: Instant) -> Timings {
        let seen = self.shared.get();
        let (connect, tls) = fresh.map_or((Duration::ZERO, Duration::ZERO), |fresh| (fresh.connect, fresh.tls));
        let first_write = seen.first_write.unwrap_or(began);
        let first_byte = seen.first_read.map_or(Duration::ZERO, |read| read.saturating_duration_since(first_write));
        let end = seen.last_read.unwrap_or_else(clock::instant);
        let total = end.saturating_duration_since(fresh.map_or(first_write, |fresh| fresh.began));
        Timings { connect, tls, first_byte, total }
    }
}

fn answer(head: Parts, mut receiver: Receiver, (surplus, bodiless): (&Bytes, bool)) -> Result<Response, Failure> {
    if bodiless {
        receiver.take(surplus)?;
    }
    Ok(Response { status: head.status.as_u16(), headers: head.headers, body: receiver.finish(surplus.len() as u64) })
}

fn outgoing(call: &Outbound<'_>, body: Outgoing) -> http::Request<Outgoing> {
    let mut request = http::Request::new(body);
    *request.method_mut() = call.request.method.clone();
    *request.uri_mut() = call.route.target.clone();
    *request.headers_mut() = call.request.headers.clone();
    request
}

fn was_cut(call: &Outbound<'_>) -> Failure {
    let (sent, whole) = (call.sending.bytes.len(), call.request.body.bytes.len());
    Failure::Closed { phase: Phase::Head, why: format!("we closed it after {sent} of {whole} bytes, on purpose, and no answer came") }
}
