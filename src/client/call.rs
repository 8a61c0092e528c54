//! A request that is to be sent.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING, USER_AGENT};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use super::wire::Origin;
use crate::exchange::{BodySent, Failure, Request};

/// One request.
#[derive(Clone, Debug)]
pub struct Call {
    /// GET, PUT, …
    pub method: Method,
    /// Absolute; path and query are sent exactly as they stand.
    pub url: Uri,
    /// In this order, after `Host` and before `Content-Length`. A `Host`, `User-Agent`, `Content-Length` or `Transfer-Encoding` among
    /// them replaces our own.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// `Host` or `User-Agent`, where our own is not to be sent either.
    pub without: Vec<HeaderName>,
    /// What follows the head.
    pub body: Body,
}

/// What follows the head of a request.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// The content.
    pub bytes: Bytes,
    /// How its length is told.
    pub framing: Framing,
}

/// How the length of a body is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// `Content-Length`; none for an empty body of a method other than POST, PUT and PATCH.
    #[default]
    Length,
    /// `Transfer-Encoding: chunked`, for an empty body too.
    Chunked,
    /// `Content-Length` of the whole, but only `send` bytes go; then our side of the connection is closed.
    Cut {
        /// Bytes that are sent.
        send: usize,
    },
}

impl Call {
    /// A request without headers or body.
    #[must_use]
    pub fn new(method: Method, url: Uri) -> Self {
        Self { method, url, headers: Vec::new(), without: Vec::new(), body: Body::default() }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// With a body whose length is declared.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        self.body = Body { bytes: bytes.into(), framing: Framing::Length };
        self
    }
}

/// A call with all headers that go out, and where to.
pub(super) struct Prepared {
    pub(super) request: Request,
    pub(super) sending: Sending,
    /// Where it goes, or why it can't be sent.
    pub(super) route: Result<Route, Failure>,
}

/// Where a request goes.
pub(super) struct Route {
    pub(super) origin: Origin,
    /// The request target: path and query alone.
    pub(super) target: Uri,
}

/// A call that can be sent.
#[derive(Clone, Copy)]
pub(super) struct Outbound<'a> {
    pub(super) request: &'a Request,
    pub(super) sending: &'a Sending,
    pub(super) route: &'a Route,
}

/// What of the body goes out.
#[derive(Clone)]
pub(super) struct Sending {
    pub(super) bytes: Bytes,
    pub(super) chunked: bool,
    /// Whether more was declared: the connection is closed after `bytes`.
    pub(super) cut: bool,
}

impl Prepared {
    pub(super) fn of(call: Call) -> Self {
        let headers = headers(&call);
        let declared = declared(&headers);
        let chunked = declared.is_none() && headers.contains_key(TRANSFER_ENCODING);
        let sending = Sending::of(&call.body, declared, chunked);
        let cut = sending.cut.then_some(sending.bytes.len() as u64);
        let route = Route::of(&call.method, &call.url);
        let body = BodySent { bytes: call.body.bytes, sent: 0, chunked, cut };
        Self { request: Request { method: call.method, url: call.url, headers, body }, sending, route }
    }
}

impl Route {
    fn of(method: &Method, url: &Uri) -> Result<Self, Failure> {
        if *method == Method::CONNECT {
            return Err(Failure::Unsendable("CONNECT is for proxies".into()));
        }
        Ok(Self { origin: Origin::of(url)?, target: origin_form(url)? })
    }
}

impl Sending {
    fn of(body: &Body, declared: Option<u64>, chunked: bool) -> Self {
        let bytes = match body.framing {
            Framing::Cut { send } => body.bytes.slice(..send.min(body.bytes.len())),
            _ => body.bytes.clone(),
        };
        let cut = declared.is_some_and(|declared| declared > bytes.len() as u64);
        Self { bytes, chunked, cut }
    }
}

fn headers(call: &Call) -> HeaderMap {
    let given = |name: &HeaderName| call.headers.iter().any(|(given, _)| given == name) || call.without.contains(name);
    let mut headers = HeaderMap::with_capacity(call.headers.len() + 3);
    if let (false, Some(host)) = (given(&HOST), host(&call.url)) {
        headers.append(HOST, host);
    }
    if !given(&USER_AGENT) {
        headers.append(USER_AGENT, HeaderValue::from_static(concat!("plimsoll/", env!("CARGO_PKG_VERSION"))));
    }
    for (name, value) in &call.headers {
        headers.append(name, value.clone());
    }
    if headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING) {
        return headers;
    }
    let wants_length = matches!(call.method, Method::POST | Method::PUT | Method::PATCH);
    if call.body.framing == Framing::Chunked {
        headers.append(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    } else if wants_length || !call.body.bytes.is_empty() {
        headers.append(CONTENT_LENGTH, call.body.bytes.len().into());
    }
    headers
}

fn declared(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The authority as the URL has it, without credentials.
fn host(url: &Uri) -> Option<HeaderValue> {
    let authority = url.authority()?.as_str();
    HeaderValue::from_str(authority.rsplit('@').next()?).ok()
}

fn origin_form(url: &Uri) -> Result<Uri, Failure> {
    let target = url.path_and_query().map_or("/", PathAndQuery::as_str);
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    target.parse().map_err(|_| Failure::Unsendable("its path is no request target".into()))
}
