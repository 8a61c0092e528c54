//! Statements that hold for every exchange.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Expect;
use crate::judge::Condition;
use crate::text::{At, Place};

/// One statement: wherever `on` holds, `expect` is judged.
#[derive(Clone, Debug)]
pub struct Always {
    /// The file, as it is shown.
    pub path: String,
    /// Which exchanges it is about.
    pub on: Condition,
    /// What they must show, by clause; the key's place is the expectation's.
    pub expect: Expect,
}

impl Always {
    /// `scenarios/always.yaml:12:7`
    #[must_use]
    pub fn position(&self, place: Place) -> String {
        format!("{}:{}:{}", self.path, place.line, place.column)
    }
}

/// A statement, as serde reads it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AlwaysFile {
    /// Which exchanges it is about: matchers, and perhaps `method`.
    pub(super) on: Condition,
    /// Clause → matchers.
    pub(super) expect: At<Expect>,
}
