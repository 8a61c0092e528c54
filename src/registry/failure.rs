//! Why a request was not done, and how that is said.

use http::header::{ALLOW, CONTENT_RANGE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;

use super::reply::{Reply, json_reply};
use crate::oci::{Digest, DigestError, ErrorBody, ErrorCode, ErrorItem, Reference, RepositoryName};

/// The most missing pieces that one refusal names: a manifest can refer to more than anybody would read.
const MOST_MISSING: usize = 100;

/// A refusal: its status, its errors, and the headers that go with them.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) errors: Vec<ErrorItem>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Failure {
    /// A refusal of one error.
    pub(crate) fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { status, errors: ErrorBody::new(code, message).errors, headers: Vec::new() }
    }

    /// With one more header. What cannot be written as a header value is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    pub(crate) fn into_reply(self) -> Reply {
        let mut reply = json_reply(self.status, &ErrorBody { errors: self.errors });
        reply.headers_mut().extend(self.headers);
        reply
    }

    pub(crate) fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::UNSUPPORTED, "nothing is served at this path")
    }

    pub(crate) fn method(allowed: &str) -> Self {
        let message = format!("this resource takes {allowed}");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::UNSUPPORTED, message).with(ALLOW, allowed)
    }

    pub(crate) fn name_invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::NAME_INVALID, message)
    }

    pub(crate) fn name_unknown(name: &RepositoryName) -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::NAME_UNKNOWN, format!("no repository `{name}`"))
    }

    pub(crate) fn digest_malformed(error: &DigestError) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::DIGEST_INVALID, error.to_string())
    }

    pub(crate) fn digest_mismatch(named: &Digest, found: &Digest) -> Self {
        let message = format!("the content is {found}, not {named}");
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::DIGEST_INVALID, message)
    }

    pub(crate) fn digest_missing() -> Self {
        let message = "the query names no `digest`";
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::DIGEST_INVALID, message)
    }

    pub(crate) fn blob_unknown(digest: &Digest) -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::BLOB_UNKNOWN, format!("no blob {digest}"))
    }

    pub(crate) fn manifest_unknown(reference: &Reference) -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::MANIFEST_UNKNOWN, format!("no manifest `{reference}`"))
    }

    pub(crate) fn manifest_invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::MANIFEST_INVALID, message)
    }

    pub(crate) fn manifest_type(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::MANIFEST_INVALID, message)
    }

    pub(crate) fn manifest_too_large(limit: usize) -> Self {
        let message = format!("a manifest has at most {limit} bytes here");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::MANIFEST_INVALID, message)
    }

    /// One error for each missing piece, as far as [`MOST_MISSING`]; `missing` has at least one.
    pub(crate) fn references_unknown(missing: &[Digest]) -> Self {
        let item = |digest: &Digest| ErrorItem {
            code: ErrorCode::MANIFEST_BLOB_UNKNOWN,
            message: Some(format!("the manifest refers to {digest}, which this repository does not have")),
            detail: Some(json!({ "digest": digest })),
        };
        Self { status: StatusCode::NOT_FOUND, errors: missing.iter().take(MOST_MISSING).map(item).collect(), headers: Vec::new() }
    }

    pub(crate) fn upload_unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, ErrorCode::BLOB_UPLOAD_UNKNOWN, "no such upload session in this repository")
    }

    pub(crate) fn upload_invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::BLOB_UPLOAD_INVALID, message)
    }

    pub(crate) fn chunk_out_of_order(message: impl Into<String>) -> Self {
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, ErrorCode::BLOB_UPLOAD_INVALID, message)
    }

    pub(crate) fn size_invalid(announced: u64, came: u64) -> Self {
        let message = format!("{announced} bytes were announced, and {came} came");
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::SIZE_INVALID, message)
    }

    pub(crate) fn too_many_uploads() -> Self {
        let message = "too many upload sessions are open";
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::TOOMANYREQUESTS, message).with(RETRY_AFTER, "60")
    }

    pub(crate) fn storage_full(limit: u64) -> Self {
        let message = format!("the registry's storage limit of {limit} bytes is reached");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::DENIED, message)
    }

    pub(crate) fn no_memory() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::DENIED, "the registry's machine has no memory for so much")
    }

    pub(crate) fn range_unsatisfiable(len: usize) -> Self {
        let message = format!("the blob has {len} bytes, and none of the ranges is in them");
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, ErrorCode::UNSUPPORTED, message).with(CONTENT_RANGE, &format!("bytes */{len}"))
    }

    pub(crate) fn unsupported(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, ErrorCode::UNSUPPORTED, message)
    }

    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::DENIED, message)
    }

    pub(crate) fn body_cut_short() -> Self {
        Self::new(StatusCode::BAD_REQUEST, ErrorCode::SIZE_INVALID, "the body ended before its end")
    }

    pub(crate) fn body_too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::BLOB_UPLOAD_INVALID, "the body came too slowly")
    }
}
