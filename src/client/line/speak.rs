//! One connection under load.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http::header::CONTENT_LENGTH;
use http::response::Parts;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::flow::Outflow;
use super::sink::{After, Arrived, Sink};
use crate::client::wire::{Limits, Opened, Origin, Shared, Stream, Tap, failure};
use crate::clock;
use crate::exchange::{Failure, Phase};

/// Bytes of a head that are taken. How many headers is left at hyper's own limit (100): for more of them it would clear a table on the
/// heap with every answer, a tenth of all that a small request costs.
const MAX_HEAD: usize = 512 * 1024;

/// An open connection. Whoever waits for an exchange also drives it.
pub struct Line {
    sender: http1::SendRequest<Outflow>,
    driver: http1::Connection<TokioIo<Tap<Stream>>, Outflow>,
    over: bool,
    shared: Shared,
    origin: Origin,
    limits: Limits,
    used: bool,
    began: Instant,
    connect: Duration,
    tls: Duration,
}

/// When things happened in one exchange.
#[derive(Clone, Copy, Debug)]
pub struct Stamps {
    /// The request was handed over; on a new connection before that was opened.
    pub began: Instant,
    /// How long the connection took to open; zero where it was open.
    pub connect: Duration,
    /// How long the TLS handshake took.
    pub tls: Duration,
    /// First byte written.
    pub sent: Instant,
    /// First byte read.
    pub first_byte: Instant,
    /// Last byte read, or the end of waiting.
    pub end: Instant,
}

/// What came of an exchange.
pub struct Reply {
    /// Status, headers and body; or why there are none.
    pub answer: Result<(u16, HeaderMap, Arrived), Failure>,
    /// When.
    pub stamps: Stamps,
    /// Bytes of the request's body that were written.
    pub sent: u64,
    /// Whether the connection had served before and died before any answer: no word about this request.
    pub stale: bool,
    /// Whether another exchange can follow.
    pub reusable: bool,
}

impl Line {
    pub(super) async fn new(opened: Opened, origin: Origin, limits: Limits) -> Result<Self, Failure> {
        let shared = Shared::default();
        let (stream, began, connect, tls) = opened.parts();
        let io = TokioIo::new(Tap::new(stream, shared.clone()));
        let mut builder = http1::Builder::new();
        builder.max_buf_size(MAX_HEAD).title_case_headers(true);
        let (sender, driver) = builder.handshake(io).await.map_err(|error| Failure::Protocol(error.to_string()))?;
        Ok(Self { sender, driver, over: false, shared, origin, limits, used: false, began, connect, tls })
    }

    /// Where it leads.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether the peer, as far as can be seen, has not closed it.
    pub async fn is_open(&mut self) -> bool {
        poll_fn(|cx| {
            self.poll(cx);
            Poll::Ready(!self.over && self.sender.is_ready())
        })
        .await
    }

    /// Sends a request (its URI in origin form, its `Host` among the headers) and reads the answer into the sink.
    pub async fn exchange(&mut self, request: Request<Outflow>, mut sink: Sink) -> Reply {
        let fresh = !std::mem::replace(&mut self.used, true);
        let length = request.body().left();
        let now = clock::instant();
        self.shared.begin();
        let head = self.head(request).await;
        let stale = !fresh && head.as_ref().is_err_and(|failure| self.is_stale(failure));
        let read = match head {
            Ok(response) => self.body(response, &mut sink).await,
            Err(failure) => Err(failure),
        };
        let stamps = self.stamps(fresh, now);
        let sent = self.shared.get().body_written().min(length);
        match read {
            Ok((head, hung_up)) => {
                let reusable = !hung_up && self.settled().await;
                Reply { answer: Ok((head.status.as_u16(), head.headers, sink.finish(hung_up))), stamps, sent, stale, reusable }
            }
            Err(failure) => Reply { answer: Err(failure), stamps, sent, stale, reusable: false },
        }
    }

    fn is_stale(&self, failure: &Failure) -> bool {
        matches!(failure, Failure::Closed { .. }) && self.shared.get().read == 0
    }

    async fn head(&mut self, request: Request<Outflow>) -> Result<http::Response<Incoming>, Failure> {
        let limits = self.limits;
        let shared = self.shared.clone();
        let mut response = pin!(self.sender.send_request(request));
        // A body may take long to send, and the time-out is for silence: it starts anew as long as bytes go out.
        let mut written = 0;
        loop {
            match limits.within(limits.request, Phase::Head, self.driven(response.as_mut())).await {
                Ok(Ok(response)) => {
                    shared.headed();
                    return Ok(response);
                }
                Ok(Err(error)) => return Err(failure::head(&error, &self.shared.get(), &self.origin)),
                Err(late) => {
                    let now = self.shared.get().written;
                    if now == written || limits.left(limits.request).is_zero() {
                        return Err(late);
                    }
                    written = now;
                }
            }
        }
    }

    /// The body; whether we hung up in the middle of it.
    async fn body(&mut self, response: http::Response<Incoming>, sink: &mut Sink) -> Result<(Parts, bool), Failure> {
        let (head, mut incoming) = response.into_parts();
        sink.begin(head.status.as_u16());
        let limits = self.limits;
        while !hyper::body::Body::is_end_stream(&incoming) {
            let next = limits.within(limits.request, Phase::Body, self.driven(pin!(incoming.frame()))).await?;
            let piece = match next {
                None => break,
                Some(Ok(frame)) => frame,
                Some(Err(error)) => {
                    let declared = head.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
                    return Err(failure::body(&error, head.status.as_u16(), (sink.len(), declared)));
                }
            };
            let Some(bytes) = piece.data_ref() else { continue };
            match sink.take(bytes)? {
                After::GoOn => {}
                After::Wait(until) => tokio::time::sleep_until(until.into()).await,
                After::HangUp => return Ok((head, true)),
            }
        }
        Ok((head, false))
    }

    /// Whether another exchange can follow.
    async fn settled(&mut self) -> bool {
        poll_fn(|cx| {
            self.poll(cx);
            Poll::Ready(!self.over && matches!(self.sender.poll_ready(cx), Poll::Ready(Ok(()))))
        })
        .await
    }

    /// `future`'s output, with the connection driven meanwhile.
    async fn driven<F: Future>(&mut self, mut future: Pin<&mut F>) -> F::Output {
        poll_fn(|cx| {
            if let Poll::Ready(out) = future.as_mut().poll(cx) {
                return Poll::Ready(out);
            }
            self.poll(cx);
            future.as_mut().poll(cx)
        })
        .await
    }

    fn poll(&mut self, cx: &mut Context<'_>) {
        if !self.over && self.driver.poll_without_shutdown(cx).is_ready() {
            self.over = true;
        }
    }

    fn stamps(&self, fresh: bool, now: Instant) -> Stamps {
        let seen = self.shared.get();
        let (began, connect, tls) = if fresh { (self.began, self.connect, self.tls) } else { (now, Duration::ZERO, Duration::ZERO) };
        let end = seen.last_read.unwrap_or_else(clock::instant);
        let sent = seen.first_write.unwrap_or(now);
        Stamps { began, connect, tls, sent, first_byte: seen.first_read.unwrap_or(end), end }
    }
}
