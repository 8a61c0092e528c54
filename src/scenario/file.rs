//! The shape of a scenario file, as serde reads it.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Auth, Body, Client, Datum, Each, Expect, Flavour, Headers, Many, Outcomes, Query, Save, Size, Until, Walk};
use crate::oci::Algorithm;
use crate::text::{At, JsonTemplate, Template};

/// A scenario: a script of HTTP requests with expectations, each keyed by the clause that it judges.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "plimsoll scenario")]
pub(super) struct ScenarioFile {
    /// One sentence that says what is shown.
    pub(super) title: At<String>,
    /// Capabilities without which the scenario is skipped.
    #[serde(default)]
    pub(super) needs: Vec<At<String>>,
    /// Names of repositories of its own, default `[repo]`.
    #[serde(default = "one_repository")]
    pub(super) repos: Vec<At<String>>,
    /// One variable with its values: one item per value.
    pub(super) each: Option<Each>,
    /// `true`: runs with no other scenario at its side.
    #[serde(default)]
    pub(super) alone: bool,
    /// Named content.
    #[serde(default)]
    pub(super) data: IndexMap<At<String>, At<DatumFile>>,
    /// Named lists of text.
    #[serde(default)]
    pub(super) lists: IndexMap<At<String>, super::datum::ListFile>,
    /// The script.
    pub(super) steps: Vec<At<StepFile>>,
}

fn one_repository() -> Vec<At<String>> {
    vec![At { value: "repo".to_owned(), place: crate::text::Place::default() }]
}

/// Named content: exactly one of `blob`, `text`, `json`, `manifest`, `index`, `image`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Datum")]
pub(super) struct DatumFile {
    /// That many incompressible bytes.
    pub(super) blob: Option<Size>,
    /// Text.
    pub(super) text: Option<Template>,
    /// Any JSON.
    pub(super) json: Option<JsonTemplate>,
    /// An image manifest.
    pub(super) manifest: Option<super::Manifest>,
    /// An image index, or manifest list.
    pub(super) index: Option<super::Index>,
    /// An image as `docker build` makes it.
    pub(super) image: Option<super::Image>,
    /// What it is addressed by.
    #[serde(default)]
    pub(super) algorithm: Algorithm,
    /// Its media type.
    #[serde(rename = "type")]
    pub(super) media_type: Option<Template>,
}

/// A step: exactly one of `request`, `push`, `together`, `advance`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Step")]
pub(super) struct StepFile {
    /// What happens.
    pub(super) title: Option<At<String>>,
    /// A short name, for `after` and `same_as`.
    pub(super) name: Option<At<String>>,
    /// `METHOD /path` or `METHOD <saved-url>`.
    pub(super) request: Option<At<Template>>,
    /// Parameters added to the URL's.
    pub(super) query: Option<At<Query>>,
    /// `Name: value`; a list for several lines; null sends none.
    pub(super) headers: Option<At<Headers>>,
    /// What it carries.
    pub(super) body: Option<At<Body>>,
    /// Transfer-Encoding chunked, without Content-Length.
    pub(super) chunked: Option<At<bool>>,
    /// Credentials.
    pub(super) auth: Option<At<Auth>>,
    /// The client whose headers it has.
    pub(super) client: Option<At<Client>>,
    /// `false`: a redirect is the answer.
    pub(super) follow: Option<At<bool>>,
    /// Clause → matchers.
    pub(super) expect: Option<At<Expect>>,
    /// NAME → (clause → matchers).
    pub(super) outcomes: Option<At<Outcomes>>,
    /// The capability that the outcome decides.
    pub(super) capability: Option<At<String>>,
    /// An outcome of an earlier step, without which this one does not run.
    pub(super) when: Option<At<String>>,
    /// Steps that must have worked.
    pub(super) after: Option<At<Many<At<String>>>>,
    /// NAME → what is kept of the answer.
    pub(super) save: Option<At<IndexMap<At<String>, At<Save>>>>,
    /// One variable with values: the request is sent once per value.
    pub(super) each: Option<At<Each>>,
    /// Follows pages.
    pub(super) walk: Option<At<Walk>>,
    /// Sends the request again until the expectations hold.
    pub(super) until: Option<At<Until>>,
    /// Lists of steps that run side by side.
    pub(super) together: Option<At<Vec<Vec<At<StepFile>>>>>,
    /// Moves the clock.
    pub(super) advance: Option<At<Template>>,
    /// A datum that is pushed with all that it refers to.
    pub(super) push: Option<At<String>>,
    /// The repository that `push` goes to.
    pub(super) to: Option<At<Template>>,
    /// The tag of `push`.
    pub(super) tag: Option<At<Template>>,
}

impl DatumFile {
    /// How many kinds it has: one, where it is right.
    pub(super) fn kinds(&self) -> usize {
        [self.blob.is_some(), self.text.is_some(), self.json.is_some(), self.manifest.is_some(), self.index.is_some(), self.image.is_some()]
            .into_iter()
            .filter(|there| *there)
            .count()
    }

    /// The datum, where it has a kind.
    pub(super) fn datum(self) -> Option<Datum> {
        use super::Content;
        let content = None
            .or(self.blob.map(Content::Blob))
            .or(self.text.map(Content::Text))
            .or(self.json.map(Content::Json))
            .or(self.manifest.map(|manifest| Content::Manifest(Box::new(manifest))))
            .or(self.index.map(|index| Content::Index(Box::new(index))))
            .or(self.image.map(|image| Content::Image(Box::new(image))))?;
        Some(Datum { content, algorithm: self.algorithm, media_type: self.media_type })
    }
}

impl Flavour {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Oci, Self::Docker];
}
