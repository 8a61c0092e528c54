//! The shape of a journey's file, as serde reads it.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Over, Takes};
use crate::scenario::{Client, Expect, Headers, Outcomes, Query, Save};
use crate::text::{At, Template};

/// A journey: what one client does under load, request by request.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "plimsoll journey")]
pub(in crate::scenario) struct JourneyFile {
    /// One sentence that says what it does.
    pub(super) title: At<String>,
    /// The client whose headers its requests have.
    pub(super) client: Option<Client>,
    /// What an iteration takes from the workload's data set: `image`, `new-image`, …
    #[serde(default)]
    pub(super) takes: Takes,
    /// What it does.
    pub(super) steps: Vec<At<StepFile>>,
}

/// A step: exactly one of `request` and `for`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "JourneyStep")]
pub(in crate::scenario) struct StepFile {
    /// What happens.
    pub(super) title: Option<At<String>>,
    /// The row of the report in which the request counts.
    pub(super) operation: Option<At<String>>,
    /// `METHOD /path` or `METHOD <saved-url>`.
    pub(super) request: Option<At<Template>>,
    /// Parameters added to the URL's.
    pub(super) query: Option<At<Query>>,
    /// `Name: value`; null sends none.
    pub(super) headers: Option<At<Headers>>,
    /// The datum that it carries: image, config, layer, blob, index.
    pub(super) body: Option<At<String>>,
    /// Transfer-Encoding chunked, without Content-Length.
    pub(super) chunked: Option<At<bool>>,
    /// `true`: sent without credentials, and a challenge is the answer.
    pub(super) anonymous: Option<At<bool>>,
    /// Clause → matchers.
    pub(super) expect: Option<At<Expect>>,
    /// NAME → (clause → matchers).
    pub(super) outcomes: Option<At<Outcomes>>,
    /// An outcome of an earlier step, without which this one is left out.
    pub(super) when: Option<At<String>>,
    /// NAME → what is kept of the answer.
    pub(super) save: Option<At<IndexMap<At<String>, At<Save>>>>,
    /// Does `steps` for each of these.
    #[serde(rename = "for")]
    pub(super) each: Option<At<Over>>,
    /// How many rounds of `for` run side by side.
    pub(super) at_once: Option<At<u64>>,
    /// `held`: passes over what the client holds already.
    pub(super) unless: Option<At<Unless>>,
    /// The steps of `for`.
    pub(super) steps: Option<At<Vec<At<StepFile>>>>,
}

/// What a round of a loop is left out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::scenario) enum Unless {
    /// The client holds it already.
    Held,
}
