//! The body of an error: `{"errors":[{"code":…,"message":…,"detail":…}]}`.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An error's code. Any text can be one; the constants are what OCI and Docker list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ErrorCode(Cow<'static, str>);

impl ErrorCode {
    /// No such blob.
    pub const BLOB_UNKNOWN: Self = Self::known("BLOB_UNKNOWN");
    /// The upload went wrong.
    pub const BLOB_UPLOAD_INVALID: Self = Self::known("BLOB_UPLOAD_INVALID");
    /// No such upload session.
    pub const BLOB_UPLOAD_UNKNOWN: Self = Self::known("BLOB_UPLOAD_UNKNOWN");
    /// The digest is malformed, or not the content's.
    pub const DIGEST_INVALID: Self = Self::known("DIGEST_INVALID");
    /// A manifest refers to what is not there.
    pub const MANIFEST_BLOB_UNKNOWN: Self = Self::known("MANIFEST_BLOB_UNKNOWN");
    /// The manifest is malformed, or of a type that is not taken.
    pub const MANIFEST_INVALID: Self = Self::known("MANIFEST_INVALID");
    /// No such manifest.
    pub const MANIFEST_UNKNOWN: Self = Self::known("MANIFEST_UNKNOWN");
    /// The repository's name is malformed.
    pub const NAME_INVALID: Self = Self::known("NAME_INVALID");
    /// No such repository.
    pub const NAME_UNKNOWN: Self = Self::known("NAME_UNKNOWN");
    /// Content and announced length differ.
    pub const SIZE_INVALID: Self = Self::known("SIZE_INVALID");
    /// Credentials are needed.
    pub const UNAUTHORIZED: Self = Self::known("UNAUTHORIZED");
    /// Not allowed.
    pub const DENIED: Self = Self::known("DENIED");
    /// Not offered.
    pub const UNSUPPORTED: Self = Self::known("UNSUPPORTED");
    /// Come back later.
    pub const TOOMANYREQUESTS: Self = Self::known("TOOMANYREQUESTS");
    /// Docker: a schema 1 signature does not hold.
    pub const MANIFEST_UNVERIFIED: Self = Self::known("MANIFEST_UNVERIFIED");
    /// Docker: the tag is malformed, or not the manifest's.
    pub const TAG_INVALID: Self = Self::known("TAG_INVALID");
    /// Docker: `n` is no number that is taken.
    pub const PAGINATION_NUMBER_INVALID: Self = Self::known("PAGINATION_NUMBER_INVALID");
    /// Docker: the chunk is out of order.
    pub const RANGE_INVALID: Self = Self::known("RANGE_INVALID");
    /// Docker's registry: none of the others.
    pub const UNKNOWN: Self = Self::known("UNKNOWN");
    /// Docker's registry: cannot serve now.
    pub const UNAVAILABLE: Self = Self::known("UNAVAILABLE");

    /// What every version of the OCI distribution specification lists.
    pub const OCI: [Self; 14] = [
        Self::BLOB_UNKNOWN,
        Self::BLOB_UPLOAD_INVALID,
        Self::BLOB_UPLOAD_UNKNOWN,
        Self::DIGEST_INVALID,
        Self::MANIFEST_BLOB_UNKNOWN,
        Self::MANIFEST_INVALID,
        Self::MANIFEST_UNKNOWN,
        Self::NAME_INVALID,
        Self::NAME_UNKNOWN,
        Self::SIZE_INVALID,
        Self::UNAUTHORIZED,
        Self::DENIED,
        Self::UNSUPPORTED,
        Self::TOOMANYREQUESTS,
    ];

    /// What Docker's API lists besides, and what its registry sends without listing it.
    pub const DOCKER: [Self; 6] = [
        Self::MANIFEST_UNVERIFIED,
        Self::TAG_INVALID,
        Self::PAGINATION_NUMBER_INVALID,
        Self::RANGE_INVALID,
        Self::UNKNOWN,
        Self::UNAVAILABLE,
    ];

    const fn known(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// A code as somebody sent it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Cow::Owned(text.into()))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is made of upper-case letters and underscores alone, as OCI wants every code.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        !self.0.is_empty() && self.0.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The body of a 4xx.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorBody {
    /// At least one.
    pub errors: Vec<ErrorItem>,
}

/// One thing that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorItem {
    /// What kind of thing.
    pub code: ErrorCode,
    /// In words, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<serde_json::Value>,
}

impl ErrorBody {
    /// A body of one error.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { errors: vec![ErrorItem { code, message: Some(message.into()), detail: None }] }
    }

    /// The codes, in order.
    pub fn codes(&self) -> impl Iterator<Item = &ErrorCode> {
        self.errors.iter().map(|item| &item.code)
    }
}
