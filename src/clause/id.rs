//! A clause's name.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::mistake;

/// `push/session-status`: an area, then what it is about. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClauseId(Arc<str>);

/// Why a text is no clause id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a clause id is `area/what-it-is-about`: lower-case letters, digits and `-`, in two parts")]
pub struct ClauseIdError;

impl ClauseId {
    /// Reads an id.
    ///
    /// # Errors
    /// Not two parts of lower-case letters, digits and `-`.
    pub fn new(text: &str) -> Result<Self, ClauseIdError> {
        let fits = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                && !part.ends_with('-')
        };
        let is_id = text.split_once('/').is_some_and(|(area, rest)| fits(area) && fits(rest));
        if is_id { Ok(Self(text.into())) } else { Err(ClauseIdError) }
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash.
    #[must_use]
    pub fn area(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }
}

impl std::str::FromStr for ClauseId {
    type Err = ClauseIdError;

    fn from_str(text: &str) -> Result<Self, ClauseIdError> {
        Self::new(text)
    }
}

impl fmt::Display for ClauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for ClauseId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ClauseId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for ClauseId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text)
            .map_err(|_| mistake(format!("`{text}` is no clause id"), "no clause id", Some("write it as `push/session-status`")))
    }
}

impl Serialize for ClauseId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl JsonSchema for ClauseId {
    fn schema_name() -> Cow<'static, str> {
        "ClauseId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_two_parts_of_lower_case() {
        for good in ["push/session-status", "a/b", "lists/oci-1"] {
            assert_eq!(ClauseId::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "push", "push/", "/x", "Push/x", "a/b/c", "a/b-", "a/-b", "a b/c", "a/1"] {
            assert_eq!(ClauseId::new(bad), Err(ClauseIdError), "{bad}");
        }
        assert_eq!(ClauseId::new("push/x").unwrap().area(), "push");
    }
}
