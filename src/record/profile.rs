//! What a run held its target to, so that no report needs the profile's file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clause::Profile;

/// The profile that was used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileUsed {
    /// Its name, never `auto`.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Why it was chosen: `asked for with --profile`, or the facts that `auto` went by.
    pub chosen: String,
    /// The documents and versions that it holds a target to.
    pub documents: Vec<String>,
    /// The profile that it takes the rest from, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// The user's own file that it stands in; absent for a profile of the set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<ProfileFile>,
    /// The failures that it knows of. Absent in older records; the causes that were met carry their reason in any case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<KnownDeviation>,
}

/// A profile's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileFile {
    /// As it was named on the command line.
    pub path: String,
    /// SHA-256 (hex) of its bytes.
    pub sha256: String,
}

/// A failure that a profile knows of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownDeviation {
    /// The clause that fails.
    pub clause: String,
    /// Why that is accepted.
    pub reason: String,
}

impl ProfileUsed {
    /// What there is to tell of a profile that was `chosen` for a reason.
    #[must_use]
    pub fn of(profile: &Profile, chosen: &str) -> Self {
        let known = profile.deviations.iter();
        Self {
            name: profile.name.clone(),
            title: profile.title.clone(),
            chosen: chosen.to_owned(),
            documents: profile.documents.iter().map(|document| document.title().to_owned()).collect(),
            extends: profile.extends.clone(),
            file: profile.file.as_ref().map(|file| ProfileFile { path: file.path.clone(), sha256: file.sha256.clone() }),
            deviations: known
                .map(|known| KnownDeviation { clause: known.clause.value.to_string(), reason: known.reason.value.clone() })
                .collect(),
        }
    }
}
