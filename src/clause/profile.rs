//! Profiles: what a target is held to.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ClauseId, Document, Level};
use crate::text::{At, Template};

/// What a target is held to.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The name of its file.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// The documents that bind, the leading one first.
    pub documents: Vec<Document>,
    /// What is expected of a capability, where that is not the default.
    pub expects: IndexMap<At<String>, Offer>,
    /// How repositories are named: `<prefix>`, `<run>` and `<slug>` stand for their values.
    pub repository: At<Template>,
    /// What is known to be otherwise.
    pub deviations: Vec<Deviation>,
}

/// What a profile expects of a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Offer {
    /// It must be there.
    Accepted,
    /// It must be refused cleanly.
    Declined,
    /// Both are well.
    Either,
}

/// A failure that is known: told apart, and no failure of a run.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The clause that fails.
    pub clause: At<ClauseId>,
    /// Why that is known.
    pub reason: String,
}

/// A line of the profile `auto`: this profile, where all of these capabilities are accepted.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AutoChoice {
    /// The profile.
    pub profile: At<String>,
    /// Capabilities; with none it always matches.
    #[serde(default)]
    pub when: Vec<At<String>>,
}

/// What `auto` came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen<'a> {
    /// Name of the profile.
    pub profile: &'a str,
    /// Why, in words: `push-manifest is accepted; oci-1.1 would want referrers`.
    pub reason: String,
}

/// A profile as it is written; `auto` has `choose` and a title alone.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) title: String,
    pub(super) documents: Option<Vec<Document>>,
    #[serde(default)]
    pub(super) expects: IndexMap<At<String>, Offer>,
    pub(super) repository: Option<At<Template>>,
    #[serde(default)]
    pub(super) deviations: Vec<Deviation>,
    pub(super) choose: Option<Vec<AutoChoice>>,
}

impl Profile {
    /// What it expects of a capability whose deciding clause binds at `level` under it (`None`: not at all). Where the profile does not
    /// say, `either` at MAY and below, else `accepted`.
    #[must_use]
    pub fn expects(&self, capability: &str, level: Option<Level>) -> Offer {
        let default = || if level <= Some(Level::May) { Offer::Either } else { Offer::Accepted };
        self.expects.get(capability).copied().unwrap_or_else(default)
    }

    /// Why a failure of this clause is known, where it is.
    #[must_use]
    pub fn deviation(&self, clause: &ClauseId) -> Option<&str> {
        self.deviations.iter().find(|deviation| deviation.clause.value == *clause).map(|deviation| deviation.reason.as_str())
    }
}

impl std::fmt::Display for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Either => "either",
        })
    }
}

impl AutoChoice {
    fn lacking(&self, accepted: &BTreeSet<String>) -> Vec<&str> {
        self.when.iter().map(At::as_str).filter(|capability| !accepted.contains(*capability)).collect()
    }
}

/// The first choice all of whose capabilities are accepted, and why.
pub(super) fn choose<'a>(choices: &'a [AutoChoice], accepted: &BTreeSet<String>) -> Option<Chosen<'a>> {
    let at = choices.iter().position(|choice| choice.lacking(accepted).is_empty())?;
    let chosen = &choices[at];
    let has: Vec<&str> = chosen.when.iter().map(At::as_str).collect();
    let mut reason = match has.as_slice() {
        [] => "nothing that another profile asks for is accepted".to_owned(),
        [one] => format!("{one} is accepted"),
        [init @ .., last] => format!("{} and {last} are accepted", init.join(", ")),
    };
    for passed in &choices[..at] {
        reason.extend(["; ", passed.profile.as_str(), " would want ", passed.lacking(accepted).join(", ").as_str()]);
    }
    Some(Chosen { profile: &chosen.profile, reason })
}
