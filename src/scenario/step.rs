//! A scenario and its steps, as the rooms below read them.

use std::sync::Arc;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Body, Data, Each, List, Many, Period, Values};
use crate::clause::ClauseId;
use crate::judge::{Expectation, Pattern};
use crate::text::{At, Place, Template};

/// A script of requests with expectations, without mistakes.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its path in the set without the ending: `push/blob-post-put`.
    pub id: String,
    /// The file, as it is shown: `scenarios/push/blob-post-put.yaml`.
    pub path: String,
    /// What it shows.
    pub title: At<String>,
    /// Capabilities without which it is skipped.
    pub needs: Vec<At<String>>,
    /// Its repositories: variables, each a name of its own.
    pub repos: Vec<At<String>>,
    /// Its items, one per value.
    pub each: Option<Each>,
    /// Whether it runs with no other at its side.
    pub alone: bool,
    /// Named content, which what is planned shares.
    pub data: Arc<Data>,
    /// Named lists.
    pub lists: IndexMap<At<String>, List>,
    /// The script.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number in the scenario from 0, in the order of the file, those in `together` included.
    pub number: usize,
    /// Where it stands.
    pub place: Place,
    /// What happens; left out, the request or the like in short.
    pub title: String,
    /// How others call it.
    pub name: Option<At<String>>,
    /// The outcome without which it does not run.
    pub when: Option<When>,
    /// Numbers of the steps that must have worked: those named in `after`, those whose saves it reads, all earlier pushes.
    pub depends: Vec<usize>,
    /// What it does.
    pub act: Act,
}

/// An outcome of an earlier step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// The step's number.
    pub step: usize,
    /// The outcome's name.
    pub outcome: At<String>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Sends a request and judges the answer.
    Request(Box<Request>),
    /// Pushes a datum with all that it refers to.
    Push(Push),
    /// Runs scripts side by side.
    Together(Vec<Vec<Step>>),
    /// Moves the registry's clock: a [`Period`] once filled.
    Advance(At<Template>),
}

/// Preparation: a datum is pushed with all that it refers to.
#[derive(Clone, Debug)]
pub struct Push {
    /// Which (a part of an image: `img.layer1`).
    pub datum: At<String>,
    /// The variable of the repository, as text: `<repo>` by default.
    pub to: At<Template>,
    /// Under which tag; none: by digest.
    pub tag: Option<At<Template>>,
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A path of the registry: begins with `/`, is sent exactly as it is.
    Path(Template),
    /// A URL, or a saved URL: `<session>`, `<realm>`, `<registry>/v2/`.
    Url(Template),
}

/// A request and what is made of its answer.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `PUT`, …
    pub method: String,
    /// Where it goes.
    pub target: At<Target>,
    /// Parameters added to the URL's.
    pub query: Query,
    /// Headers; none: this header is not sent, not even a default one.
    pub headers: Headers,
    /// The body.
    pub body: Option<At<Body>>,
    /// Whether it goes with `Transfer-Encoding: chunked`.
    pub chunked: bool,
    /// Credentials.
    pub auth: At<Auth>,
    /// The client whose headers it has.
    pub client: Option<Client>,
    /// Whether redirects are followed.
    pub follow: bool,
    /// What is judged in any case.
    pub expect: Expect,
    /// What it may cleanly lead to.
    pub outcomes: Outcomes,
    /// The capability that the outcome decides.
    pub capability: Option<At<String>>,
    /// What later steps may read.
    pub save: IndexMap<At<String>, At<Save>>,
    /// Sends it once per value.
    pub each: Option<Each>,
    /// Goes from page to page.
    pub walk: Option<At<Walk>>,
    /// Sends it again until the expectations hold.
    pub until: Option<At<Until>>,
}

/// Parameters by name; several values are several parameters.
pub type Query = IndexMap<At<String>, At<Many<Template>>>;

/// Headers by name; several values are several lines, none: it is not sent.
pub type Headers = IndexMap<At<String>, Option<At<Many<Template>>>>;

/// Expectations by the clause that they judge; the key's place is the expectation's.
pub type Expect = IndexMap<At<ClauseId>, Expectation>;

/// Expectations by the outcome's name.
pub type Outcomes = IndexMap<At<String>, Expect>;

/// Credentials of a request.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Auth {
    /// Logs in as it is asked, and caches tokens as clients do.
    #[default]
    Auto,
    /// Sends none.
    None,
    /// These.
    Basic {
        /// The name.
        user: Template,
        /// The secret.
        password: Template,
    },
    /// This token.
    Bearer(Template),
}

/// A client that requests are dressed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Client {
    /// Docker's engine.
    Docker,
    /// containerd.
    Containerd,
    /// skopeo.
    Skopeo,
    /// crane.
    Crane,
}

/// What a step keeps of its answer.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Save {
    /// The Location header, resolved against the request.
    Location,
    /// The Location header, resolved against the request, or where there is none this text.
    #[serde(rename = "location_or")]
    LocationOr(At<Template>),
    /// The `ETag` header, or where there is none this text.
    #[serde(rename = "etag_or")]
    EtagOr(At<Template>),
    /// The digest of the body.
    Digest,
    /// The body, as text.
    Body,
    /// A header's value.
    Header(At<String>),
    /// What a JSON Pointer finds in the body.
    Json(At<String>),
    /// The first group of a regular expression in the body.
    Regex(At<Pattern>),
    /// A parameter, or the `scheme`, of the first usable challenge.
    Challenge(At<String>),
}

/// Pages that are followed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Walk {
    /// The JSON Pointer of the array that is joined.
    pub list: At<String>,
    /// The JSON Pointer, within each entry, of what is compared; left out, the entry itself.
    pub item: Option<At<String>>,
    /// The most pages that are followed.
    #[serde(default = "many_pages")]
    pub pages: u32,
}

fn many_pages() -> u32 {
    100
}

/// How long a request is repeated.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Until {
    /// At most that long.
    pub within: Period,
}

impl Scenario {
    /// The first segment of its id: the row of the report.
    #[must_use]
    pub fn area(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// The values of a named list.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        self.lists.iter().find(|(key, _)| key.as_str() == name).map(|(_, list)| list.0.clone()).unwrap_or_default()
    }

    /// What its repositories are told apart by, for each item (from 1; 0 without `each`) and each name in `repos`. No two of a set are
    /// alike: the lint sees to it.
    #[must_use]
    pub fn slug(&self, item: usize, repo: &str) -> String {
        let mut slug = self.id.replace('/', "-");
        if item > 0 {
            slug = format!("{slug}-{item}");
        }
        if repo == "repo" { slug } else { format!("{slug}-{repo}") }
    }

    /// The request of its that would change a repository which is none of its own: `/v2/<repo>/more/blobs/uploads/`.
    #[must_use]
    pub fn writes_beside(&self) -> Option<&str> {
        let requests = self.all_steps().into_iter().filter_map(Step::request);
        let written = requests.filter(|request| !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS"));
        let paths = written.filter_map(|request| match &request.target.value {
            Target::Path(path) => path.source().strip_prefix("/v2/").map(|rest| (path.source(), rest)),
            Target::Url(_) => None,
        });
        let own = |rest: &str| {
            let inside = self.repos.iter().find_map(|repo| rest.strip_prefix(&format!("<{}>/", repo.as_str())));
            inside.is_some_and(|inside| ["manifests/", "blobs/", "tags/", "referrers/"].iter().any(|area| inside.starts_with(area)))
        };
        paths.into_iter().find(|(_, rest)| !rest.is_empty() && !own(rest)).map(|(path, _)| path)
    }

    /// Whether it sends anything but GET, HEAD and OPTIONS.
    #[must_use]
    pub fn writes(&self) -> bool {
        let reads = |request: &Request| ["GET", "HEAD", "OPTIONS"].contains(&request.method.as_str());
        self.all_steps().into_iter().any(|step| match &step.act {
            Act::Push(_) => true,
            Act::Request(request) => !reads(request),
            Act::Together(_) | Act::Advance(_) => false,
        })
    }

    /// All its slugs.
    #[must_use]
    pub fn slugs(&self) -> Vec<String> {
        let items = match self.each.as_ref().map(|each| &each.values) {
            None => 0..=0,
            Some(Values::Items(items)) => 1..=items.len(),
            Some(Values::List(name)) => 1..=self.list(name).len(),
        };
        items.flat_map(|item| self.repos.iter().map(move |repo| self.slug(item, repo.as_str()))).collect()
    }

    /// `scenarios/push/blob-post-put.yaml:12:7`
    #[must_use]
    pub fn position(&self, place: Place) -> String {
        format!("{}:{}:{}", self.path, place.line, place.column)
    }

    /// All steps in the order of the file, those in `together` included.
    #[must_use]
    pub fn all_steps(&self) -> Vec<&Step> {
        self.steps.iter().flat_map(Step::with_inner).collect()
    }

    /// The step of a number.
    #[must_use]
    pub fn step(&self, number: usize) -> Option<&Step> {
        self.all_steps().into_iter().find(|step| step.number == number)
    }

    /// The step of a name.
    #[must_use]
    pub fn step_named(&self, name: &str) -> Option<&Step> {
        self.all_steps().into_iter().find(|step| step.name.as_ref().is_some_and(|own| own.as_str() == name))
    }

    /// Every clause that it judges, with the place, in the order of the file.
    pub fn clauses(&self) -> impl Iterator<Item = &At<ClauseId>> {
        self.all_steps().into_iter().filter_map(Step::request).flat_map(Request::expectations).map(|(_, clause, _)| clause)
    }
}

impl Step {
    /// This step, and those in it.
    #[must_use]
    pub fn with_inner(&self) -> Vec<&Self> {
        let mut all = vec![self];
        if let Act::Together(scripts) = &self.act {
            all.extend(scripts.iter().flatten().flat_map(Self::with_inner));
        }
        all
    }

    /// The request, where it is one.
    #[must_use]
    pub fn request(&self) -> Option<&Request> {
        match &self.act {
            Act::Request(request) => Some(request),
            _ => None,
        }
    }
}

impl Request {
    /// All expectations in the order of the file: the outcome (none for those of `expect`), the clause, what is expected.
    pub fn expectations(&self) -> impl Iterator<Item = (Option<&At<String>>, &At<ClauseId>, &Expectation)> {
        let always = self.expect.iter().map(|(clause, expectation)| (None, clause, expectation));
        let by_outcome = self.outcomes.iter().flat_map(|(name, expect)| expect.iter().map(move |(clause, e)| (Some(name), clause, e)));
        always.chain(by_outcome)
    }
}
