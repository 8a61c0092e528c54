//! The exchange itself.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

/// One request with its response, or why there was none, and timings.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// What came, or what went wrong instead.
    pub answer: Result<Response, Failure>,
    /// How long each phase took.
    pub timings: Timings,
}

/// A request as it was sent, credentials included (redaction happens where evidence is made).
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, PUT, …
    pub method: Method,
    /// Absolute: scheme, authority, path and query exactly as sent.
    pub url: Uri,
    /// As sent, in order of insertion.
    pub headers: HeaderMap,
    /// What followed the head.
    pub body: BodySent,
}

/// The body of a request.
#[derive(Clone, Debug, Default)]
pub struct BodySent {
    /// The content in whole (shared, not copied).
    pub bytes: Bytes,
    /// Bytes really written, less than `bytes` where the body was cut or the registry answered early.
    pub sent: u64,
    /// Whether it went with `Transfer-Encoding: chunked`.
    pub chunked: bool,
    /// Where the body was cut on purpose, the bytes that were meant to go before the connection was closed.
    pub cut: Option<u64>,
}

/// A response whose body was read to its end, or to a limit.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// As received; values may hold any byte.
    pub headers: HeaderMap,
    /// The body.
    pub body: Received,
}

/// The body of a response.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// What was kept: all of it up to the client's limit.
    pub bytes: Bytes,
    /// Bytes received, kept or not.
    pub len: u64,
    /// Lower-case hex of the SHA-256 of all bytes received.
    pub sha256: String,
    /// Whether more came than was kept.
    pub truncated: bool,
    /// Bytes that followed on the connection although the response was over. Where a response can't have a body at all (HEAD, 204, 304)
    /// they are also in `bytes` and `len`. Only what had arrived by the end of the response can be told.
    pub surplus: u64,
}

/// Where a request was when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Opening the connection.
    Connect,
    /// The TLS handshake.
    Tls,
    /// Sending the request or waiting for the head of the response.
    Head,
    /// Reading the body.
    Body,
}

impl Phase {
    /// What did not come in time.
    fn missed(self) -> &'static str {
        match self {
            Self::Connect => "no connection",
            Self::Tls => "no end of the TLS handshake",
            Self::Head => "no answer",
            Self::Body => "no end of the answer's body",
        }
    }

    /// When it was closed.
    fn broken_off(self) -> &'static str {
        match self {
            Self::Connect | Self::Tls => "before a request could be sent",
            Self::Head => "before an answer came",
            Self::Body => "before the whole body of the answer came",
        }
    }
}

/// Why a request has no (whole) response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection could be made.
    #[error("could not connect to {to}: {why}")]
    Connect {
        /// `host:port`.
        to: String,
        /// The system's words.
        why: String,
    },
    /// The TLS handshake failed.
    #[error("TLS with {to} failed: {why}")]
    Tls {
        /// `host:port`.
        to: String,
        /// What the TLS library says.
        why: String,
    },
    /// A phase did not end in time.
    #[error("{} within {after:?}", phase.missed())]
    TimedOut {
        /// Where it was.
        phase: Phase,
        /// The limit.
        after: Duration,
    },
    /// The connection ended before a whole response was there.
    #[error("the connection was closed {}: {why}", phase.broken_off())]
    Closed {
        /// Where it was.
        phase: Phase,
        /// What is known of it.
        why: String,
    },
    /// The body went past the client's hard cap and was given up.
    #[error("the body of the answer is longer than {limit} bytes, more than is read")]
    TooLong {
        /// The cap, in bytes.
        limit: u64,
    },
    /// What came is no HTTP.
    #[error("the answer is no HTTP/1.1: {0}")]
    Protocol(String),
    /// Login failed before the request itself could be sent.
    #[error("login failed: {0}")]
    Login(String),
    /// The request cannot be sent as it is (a bad URL in a redirect or Location, a bad header).
    #[error("the request can't be sent: {0}")]
    Unsendable(String),
}

/// How long each phase took; what did not happen is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Opening the connection (zero where one was reused).
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// From the first byte sent to the head of the response.
    pub first_byte: Duration,
    /// From the first byte sent (or the connection's start) to the last received.
    pub total: Duration,
}

impl Exchange {
    /// The response, where one came.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        self.answer.as_ref().ok()
    }

    /// The status code, where a response came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.response().map(|response| response.status)
    }
}
