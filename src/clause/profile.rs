//! Profiles: what a target is held to.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ClauseId, Document, Level};
use crate::text::{At, Place, SourceFile, Template};

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
    /// Whether nothing may be written: only what reads is asked for.
    pub read_only: bool,
    /// Where the service shows the pages of its packages; without it they are not looked for.
    pub pages: Option<PageUrls>,
    /// The profile that it takes the rest from.
    pub extends: Option<String>,
    /// The user's own file that it stands in; `None` where it belongs to the set.
    pub file: Option<OwnFile>,
}

/// Where pages of packages are: `<registry>`, `<owner>`, `<repository>` and `<image>` stand for their values.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageUrls {
    /// The page of one image.
    pub page: At<Template>,
    /// The list of a repository's packages.
    pub list: At<Template>,
    /// Where queries are posted.
    pub graphql: At<Template>,
}

/// A file of the user's own, so that a record can tell which one it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFile {
    /// As it was named.
    pub path: String,
    /// SHA-256 (hex) of its bytes.
    pub sha256: String,
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
    pub reason: At<String>,
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

/// What a target is held to: the documents that bind, what it is expected to offer, and known deviations with their reasons.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "plimsoll profile")]
pub(super) struct Written {
    /// One line for people.
    pub(super) title: String,
    /// A profile that gives what is not said here: its documents, its pattern of repositories, what it expects, its deviations.
    pub(super) extends: Option<At<String>>,
    /// The documents that bind, the leading one first.
    pub(super) documents: Option<Vec<Document>>,
    /// Capability → whether it must be there. Left out: `either` where at most a MAY asks for it, else `accepted`.
    #[serde(default)]
    pub(super) expects: IndexMap<At<String>, Offer>,
    /// How repositories are named, default `<prefix>/<run>/<slug>`.
    pub(super) repository: Option<At<Template>>,
    /// Failures that are known: told apart, each with its reason, and no failure of a run.
    #[serde(default)]
    pub(super) deviations: Vec<Deviation>,
    /// For the profile `auto` alone: the first line all of whose capabilities are accepted.
    pub(super) choose: Option<Vec<AutoChoice>>,
    /// Where the service shows the pages of its packages.
    pub(super) pages: Option<PageUrls>,
    /// `true`: nothing may be written; only what reads is asked for, of images that `--image` names.
    pub(super) read_only: Option<bool>,
}

impl Written {
    /// The profile, with what `base` gives where this says nothing. A deviation written here takes the place of one for the same clause.
    pub(super) fn profile(self, name: &str, base: Option<&Profile>) -> Profile {
        let Self { title, extends, documents, expects, repository, deviations, pages, read_only, .. } = self;
        let own = |known: &&Deviation| !deviations.iter().any(|deviation| deviation.clause == known.clause);
        let inherited: Vec<Deviation> = base.into_iter().flat_map(|base| &base.deviations).filter(own).cloned().collect();
        let mut expected = base.map(|base| base.expects.clone()).unwrap_or_default();
        expected.extend(expects);
        Profile {
            name: name.to_owned(),
            title,
            documents: documents.or_else(|| base.map(|base| base.documents.clone())).unwrap_or_default(),
            expects: expected,
            repository: repository.or_else(|| base.map(|base| base.repository.clone())).unwrap_or_else(default_repository),
            deviations: inherited.into_iter().chain(deviations).collect(),
            read_only: read_only.unwrap_or_else(|| base.is_some_and(|base| base.read_only)),
            pages: pages.or_else(|| base.and_then(|base| base.pages.clone())),
            extends: extends.map(|name| name.value),
            file: None,
        }
    }
}

/// `<prefix>/<run>/<slug>`.
fn default_repository() -> At<Template> {
    let pattern = Template::parse("<prefix>/<run>/<slug>").unwrap_or_else(|error| unreachable!("{error}"));
    At::new(pattern, Place::default())
}

/// The JSON Schema of a profile's file, for editors: pretty, ends with a line feed.
#[must_use]
pub fn profile_schema() -> String {
    format!("{:#}\n", schemars::schema_for!(Written).to_value())
}

impl PageUrls {
    /// All of them.
    pub(super) fn all(&self) -> [&At<Template>; 3] {
        [&self.page, &self.list, &self.graphql]
    }
}

impl OwnFile {
    /// Names a file and what it holds.
    pub(super) fn of(file: &SourceFile) -> Self {
        Self { path: file.path.clone(), sha256: file.sha256() }
    }
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
