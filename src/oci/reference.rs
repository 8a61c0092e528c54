//! What names a manifest in a repository: a tag or a digest.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::digest::{Digest, DigestError};

/// Why a text is no tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{tag}` is no tag: 1 to 128 of a-z, A-Z, 0-9, `_`, `.` and `-`, and neither `.` nor `-` first")]
pub struct TagError {
    /// The text.
    pub tag: String,
}

/// A pointer to a manifest, chosen by people.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Tag(String);

impl Tag {
    /// The most characters that a tag can have.
    pub const MAX_LEN: usize = 128;

    /// Whether `text` matches the grammar.
    #[must_use]
    pub fn is_valid(text: &str) -> bool {
        let first = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let later = |b: &u8| first(b) || matches!(b, b'.' | b'-');
        text.len() <= Self::MAX_LEN && text.as_bytes().first().is_some_and(first) && text.as_bytes().iter().all(later)
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        if Self::is_valid(text) { Ok(Self(text.to_owned())) } else { Err(TagError { tag: text.to_owned() }) }
    }
}

impl TryFrom<String> for Tag {
    type Error = TagError;

    fn try_from(text: String) -> Result<Self, TagError> {
        text.parse()
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

impl AsRef<str> for Tag {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A tag or a digest: what stands after `/manifests/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// A tag.
    Tag(Tag),
    /// A digest.
    Digest(Digest),
}

/// Why a text is neither. No tag has a colon, so a colon tells what was meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// It was meant as a tag.
    #[error(transparent)]
    Tag(#[from] TagError),
    /// It was meant as a digest.
    #[error(transparent)]
    Digest(#[from] DigestError),
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if text.contains(':') { Ok(Self::Digest(text.parse()?)) } else { Ok(Self::Tag(text.parse()?)) }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => tag.fmt(f),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}
