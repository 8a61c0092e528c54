//! Replies and their bodies.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, LOCATION, SERVER};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body::{Frame, SizeHint};
use serde::Serialize;

use crate::oci::Digest;

/// What goes back to the client.
pub(crate) type Reply = Response<Body>;

pub(crate) const DOCKER_CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");
const API_VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");

/// A body of known length: slices of what is stored, sent without copying.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pieces: VecDeque<Bytes>,
}

impl Body {
    /// How many bytes are still to be sent.
    pub(crate) fn len(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.len() as u64).sum()
    }

    /// All of it in one piece.
    pub(crate) fn bytes(&self) -> Bytes {
        self.pieces.iter().flatten().copied().collect()
    }

    pub(crate) fn push(&mut self, piece: impl Into<Bytes>) {
        let piece = piece.into();
        if !piece.is_empty() {
            self.pieces.push_back(piece);
        }
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(piece: T) -> Self {
        let mut body = Self::default();
        body.push(piece);
        body
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.pieces.pop_front().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.len())
    }
}

/// A reply without a body.
pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Reply::default();
    *reply.status_mut() = status;
    reply
}

/// A reply of `content`, of that type.
pub(crate) fn typed(status: StatusCode, content_type: &str, content: impl Into<Body>) -> Reply {
    let mut reply = empty(status);
    set(&mut reply, CONTENT_TYPE, content_type);
    *reply.body_mut() = content.into();
    reply
}

/// A reply of JSON.
pub(crate) fn json_reply(status: StatusCode, value: &impl Serialize) -> Reply {
    // Our own types have string keys and no failing serializer, so this cannot fail; an empty object would say so in a test.
    let text = serde_json::to_vec(value).unwrap_or_else(|_| b"{}".to_vec());
    typed(status, "application/json", text)
}

/// The reply to something made: 201, where it is, and its digest.
pub(crate) fn created(location: &str, digest: &Digest) -> Reply {
    let mut reply = empty(StatusCode::CREATED);
    set(&mut reply, LOCATION, location);
    set(&mut reply, DOCKER_CONTENT_DIGEST, &digest.to_string());
    reply
}

/// Names the content of a reply by its digest, in both the ways that clients know.
pub(crate) fn name_content(reply: &mut Reply, digest: &Digest) {
    set(reply, DOCKER_CONTENT_DIGEST, &digest.to_string());
    set(reply, ETAG, &format!("\"{digest}\""));
}

/// Sets a header. A value that HTTP cannot carry is left out.
pub(crate) fn set(reply: &mut Reply, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
}

/// What every reply has: who answers, the API's version, its length. A HEAD's reply loses its body last.
pub(crate) fn finish(mut reply: Reply, method: &Method) -> Reply {
    set(&mut reply, SERVER, concat!("plimsoll/", env!("CARGO_PKG_VERSION")));
    set(&mut reply, API_VERSION, "registry/2.0");
    let bodiless = matches!(reply.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if !bodiless {
        let len = reply.body().len();
        reply.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(len));
    }
    if bodiless || method == Method::HEAD {
        *reply.body_mut() = Body::default();
    }
    reply
}
