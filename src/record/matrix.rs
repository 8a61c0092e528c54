//! The record of a proof: which clauses failed on which fault, and which variants were accused.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::types::{Kind, Machine};
use crate::clause::Level;

/// What came of a proof. It has a record's `format`, and `kill-matrix` for its `kind`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// `plimsoll.record/1`.
    pub format: String,
    /// `kill-matrix`.
    pub kind: Kind,
    /// plimsoll's own version.
    pub version: String,
    /// SHA-256 (hex) over all scenario and catalogue files of the run: equal sets have equal hashes.
    pub scenario_set: String,
    /// Where plimsoll ran.
    pub machine: Machine,
    /// When the proof began.
    pub started: String,
    /// How long it took.
    pub wall_ms: u64,
    /// The registry as it should be: once on each ground, and once under each set of profiles that variants are held to.
    pub clean: Vec<CleanTrial>,
    /// One for each fault.
    pub faults: Vec<FaultTrial>,
    /// One for each variant.
    pub variants: Vec<VariantTrial>,
}

/// A clause that failed, and how it was first seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Failed {
    /// The clause.
    pub clause: String,
    /// Its level under what the trial was held to.
    pub level: Level,
    /// The first scenario that showed it.
    pub scenario: String,
    /// Title of the step.
    pub step: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub came: String,
}

/// How much of a trial was judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// Expectations that passed.
    pub passed: u64,
    /// Expectations that could not be judged.
    pub inconclusive: u64,
}

/// The registry as it should be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CleanTrial {
    /// `open`, `basic`, `token` or `github-packages`.
    pub ground: String,
    /// The profiles that it was held to together, as the variants are that stand beside it; none: every document, as the faults are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lawful: Vec<String>,
    /// What failed, which nothing may.
    pub failed: Vec<Failed>,
    /// Why it could not be judged, where it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// How much was judged. Absent in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
    /// Requests sent.
    pub exchanges: u64,
    /// How long it took.
    pub wall_ms: u64,
}

/// A registry with one fault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultTrial {
    /// `tag/list-reversed`
    pub id: String,
    /// What the fault does.
    pub says: String,
    /// The registry or thread where it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// `open`, `basic`, `token` or `github-packages`.
    pub ground: String,
    /// The clauses that it must break.
    pub breaks: Vec<String>,
    /// The clauses that failed.
    pub failed: Vec<Failed>,
    /// Of those that it must break, those that did not fail.
    pub survived: Vec<String>,
    /// What failed beyond them.
    pub beyond: Vec<String>,
    /// Why it could not be judged, where it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// How much was judged. Absent in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
    /// Requests sent.
    pub exchanges: u64,
    /// How long it took.
    pub wall_ms: u64,
}

/// A registry with one lawful variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantTrial {
    /// `header/no-digest`
    pub id: String,
    /// What the variant does.
    pub says: String,
    /// The number of the freedom that allows it.
    pub freedom: u8,
    /// The profiles under which it is lawful.
    pub lawful: Vec<String>,
    /// `open`, `basic`, `token` or `github-packages`.
    pub ground: String,
    /// The clauses at MUST and SHOULD that failed, which none may (but a SHOULD that the freedom itself leaves undone).
    pub accused: Vec<Failed>,
    /// What else failed: a SHOULD that the freedom leaves undone, or what only a client leans on; a client may well be troubled by a lawful registry.
    pub lesser: Vec<Failed>,
    /// Why less is judged than half of what the clean registry passes, where the entry says that it is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settles_little: Option<String>,
    /// Why it could not be judged, where it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// How much was judged. Absent in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
    /// Requests sent.
    pub exchanges: u64,
    /// How long it took.
    pub wall_ms: u64,
}

impl FaultTrial {
    /// Whether exactly the clauses failed that the fault names, and at least one.
    #[must_use]
    pub fn is_killed(&self) -> bool {
        self.survived.is_empty() && self.beyond.is_empty() && self.trouble.is_none() && !self.failed.is_empty()
    }
}

impl VariantTrial {
    /// Whether nothing was accused that may not be.
    #[must_use]
    pub fn is_left_alone(&self) -> bool {
        self.accused.is_empty() && self.trouble.is_none()
    }
}

impl Matrix {
    /// Whether the suite is proven as far as this matrix goes: the clean registry failed nothing and left nothing
    /// unjudged, every fault was killed as it says, no variant was accused or left almost everything unjudged.
    #[must_use]
    pub fn holds(&self) -> bool {
        let clean = self.clean.iter().all(|trial| trial.failed.is_empty() && trial.trouble.is_none());
        let lawful = self.variants.iter().all(VariantTrial::is_left_alone);
        !self.clean.is_empty() && clean && lawful && self.faults.iter().all(FaultTrial::is_killed)
    }

    /// The matrix as indented JSON with a line break at its end.
    ///
    /// # Errors
    /// None that its types allow; serde's signature leaves the possibility.
    pub fn to_json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}
