//! What is to be run: definition only. Nothing here counts itself or prints itself.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use indexmap::IndexMap;

use super::content::{Contents, Recipe};
use crate::clause::{Binding, ClauseId, Offer};
use crate::judge::{Condition, Expectation, StatusSet};
use crate::scenario::Auth;
use crate::text::{JsonTemplate, Template};

/// Lists of texts by name.
pub type Lists = IndexMap<String, Vec<String>>;

/// One scenario, or one item of it, ready to run or with the reason why it won't.
#[derive(Clone, Debug)]
pub struct Item {
    /// `push/blob-post-put`.
    pub scenario: String,
    /// The id's first segment.
    pub area: String,
    /// The scenario's title.
    pub title: String,
    /// The value of its `each`, where it has one.
    pub label: Option<String>,
    /// Whether it runs by itself.
    pub alone: bool,
    /// Whether its repositories are its own; with `--repository` there is one for all.
    pub own: bool,
    /// Short name of a repository in the script → full name.
    pub repos: IndexMap<String, String>,
    /// Variables that are known before anything is sent, by their path joined with `.`.
    pub variables: IndexMap<String, String>,
    /// Named lists, one copy for all items of a scenario: an image of a thousand layers makes a thousand items, and a list of as many.
    pub lists: Arc<Lists>,
    /// How its content is made.
    pub recipe: Recipe,
    /// The script.
    pub steps: Vec<Step>,
    /// Run, or the reason why not.
    pub fate: Fate,
}

/// Whether an item runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It runs.
    Run,
    /// It does not apply, for this reason.
    Skip(String),
    /// It can't be judged, for this reason, because of that capability's probe.
    Inconclusive {
        /// In words.
        reason: String,
        /// The clause whose failure is to blame.
        because: Option<ClauseId>,
    },
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// What happens, for people.
    pub title: String,
    /// Its short name.
    pub name: Option<String>,
    /// What is done.
    pub act: Act,
    /// Whether it only prepares: it judges nothing and must be answered 2xx.
    pub preparation: bool,
    /// The outcome of an earlier step after which alone it runs.
    pub when: Option<When>,
    /// Steps (by number in the item's order) that must have worked.
    pub depends: Vec<usize>,
    /// Its number: unique in the item, those inside `together` included.
    pub number: usize,
    /// What is judged in any case.
    pub expect: Vec<Expected>,
    /// What it may lead to.
    pub outcomes: Vec<Outcome>,
    /// The capability that it decides.
    pub capability: Option<Deciding>,
    /// What is kept for later steps.
    pub save: Vec<(String, Save)>,
    /// Sent once for each of these: (variable's path, value) pairs.
    pub each: Option<Vec<Vec<(String, String)>>>,
    /// Sent again until its expectations hold, for at most this long.
    pub until: Option<Duration>,
}

/// An outcome of an earlier step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// The step's number.
    pub step: usize,
    /// The outcome's name.
    pub outcome: String,
}

/// The capability that a step decides.
#[derive(Clone, Debug)]
pub struct Deciding {
    /// The capability.
    pub capability: String,
    /// What the profile expects of it.
    pub expected: Offer,
    /// What the user may do about the outcome `withheld`.
    pub hint: Option<String>,
}

/// The outcome that stands for a clean refusal.
pub const DECLINED: &str = "declined";

/// The outcome of a probe that was refused for want of a right or of a repository: it does not tell whether the target has the
/// capability, so it can't be held against it.
pub const WITHHELD: &str = "withheld";

/// What a step does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Sends a request.
    Request(Box<Request>),
    /// Moves the clock, or waits, for a time once filled.
    Advance(Template),
    /// Runs branches side by side.
    Together(Vec<Vec<Step>>),
}

/// A request to be.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, PUT, …
    pub method: Method,
    /// A path, or a variable that holds an absolute URL.
    pub target: Template,
    /// Parameters to add.
    pub query: Vec<(String, Template)>,
    /// Headers in order; `None` sends none of that name, not even a default.
    pub headers: Vec<(String, Option<Template>)>,
    /// The body.
    pub body: Body,
    /// Whether it goes without its length.
    pub chunked: bool,
    /// Who sends it.
    pub auth: Auth,
    /// Whether redirects of GET and HEAD are followed.
    pub follow: bool,
    /// Follows pages, joining the arrays at `pointer`, at most so many.
    pub walk: Option<Walk>,
}

impl Request {
    /// A request without headers or body.
    #[must_use]
    pub fn new(method: Method, target: Template) -> Self {
        Self {
            method,
            target,
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
            chunked: false,
            auth: Auth::Auto,
            follow: true,
            walk: None,
        }
    }
}

/// Following pages.
#[derive(Clone, Debug)]
pub struct Walk {
    /// JSON pointer of the array on each page.
    pub pointer: String,
    /// JSON pointer, within each entry, of what counts; none: the entry itself.
    pub item: Option<String>,
    /// The most pages to ask for.
    pub pages: usize,
}

/// What a request carries.
#[derive(Clone, Debug)]
pub enum Body {
    /// Nothing.
    None,
    /// A datum.
    Datum(String),
    /// Bytes `from ≤ b < to` of a datum; no `to` is its end.
    Slice {
        /// The datum.
        datum: String,
        /// First byte.
        from: usize,
        /// One past the last.
        to: Option<usize>,
    },
    /// Declares a datum's whole length, sends half, closes.
    Cut(String),
    /// Text with variables.
    Text(Template),
    /// JSON with variables in its texts.
    Json(JsonTemplate),
    /// A form.
    Form(Vec<(String, Template)>),
}

/// What is kept of an exchange.
#[derive(Clone, Debug)]
pub enum Save {
    /// The Location header, resolved against the request.
    Location,
    /// The Location header, resolved against the request, or where there is none this text once filled.
    LocationOr(Template),
    /// The `ETag` header, or where there is none this text.
    EtagOr(Template),
    /// The digest of the body.
    Digest,
    /// The body, as text.
    Body,
    /// A header's value.
    Header(String),
    /// The value at a JSON pointer.
    Json(String),
    /// The first group of an expression, in the body.
    Regex(regex::Regex),
    /// A parameter (or `scheme`) of the first usable challenge.
    Challenge(String),
}

impl Save {
    /// Whether what is kept opens doors: a token of whatever kind.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        matches!(self, Self::Json(pointer) if ["/token", "/access_token", "/refresh_token"].contains(&pointer.as_str()))
    }
}

/// One of the things that a step may cleanly lead to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// `accepted`.
    pub name: String,
    /// The status that tells it.
    pub status: StatusSet,
    /// What is judged when it is the one.
    pub expect: Vec<Expected>,
}

/// An expectation in its place.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Its number: unique in the item.
    pub number: usize,
    /// The clause that it judges.
    pub clause: ClauseId,
    /// How the clause binds under the profile; `None` where it does not: then nothing is judged.
    pub binding: Option<Binding>,
    /// Clauses without which it can't be judged.
    pub requires: Vec<ClauseId>,
    /// `scenarios/push/blob-post-put.yaml:12:7`.
    pub position: String,
    /// The outcome that it belongs to.
    pub outcome: Option<String>,
    /// The matchers.
    pub expectation: Arc<Expectation>,
}

/// A statement that is judged on every exchange.
#[derive(Clone, Debug)]
pub struct Always {
    /// Which exchanges it is about.
    pub on: Arc<Condition>,
    /// What is judged. Numbers go on where no item's own ever reach.
    pub expect: Vec<Expected>,
}

impl Step {
    /// A step that only acts.
    #[must_use]
    pub fn new(number: usize, title: String, act: Act, depends: Vec<usize>) -> Self {
        Self {
            title,
            name: None,
            act,
            preparation: false,
            when: None,
            depends,
            number,
            expect: Vec::new(),
            outcomes: Vec::new(),
            capability: None,
            save: Vec::new(),
            each: None,
            until: None,
        }
    }

    /// Its own expectations, and those of steps inside it.
    #[must_use]
    pub fn expectations(&self) -> Vec<&Expected> {
        let mut all: Vec<&Expected> = self.expect.iter().chain(self.outcomes.iter().flat_map(|outcome| &outcome.expect)).collect();
        if let Act::Together(branches) = &self.act {
            all.extend(branches.iter().flatten().flat_map(Step::expectations));
        }
        all
    }

    /// The expectation that a capability, or an answer that no outcome has, is laid to.
    #[must_use]
    pub fn deciding(&self) -> Option<&Expected> {
        self.outcomes.first().and_then(|outcome| outcome.expect.first())
    }

    /// Whether it expects something, but nothing that a document of the profile or a client asks for: it may be refused.
    #[must_use]
    pub fn is_unbound(&self) -> bool {
        let expected = self.expectations();
        !self.preparation && !expected.is_empty() && expected.iter().all(|expected| expected.binding.is_none())
    }

    /// This step and those inside it.
    #[must_use]
    pub fn with_inner(&self) -> Vec<&Self> {
        let mut all = vec![self];
        if let Act::Together(branches) = &self.act {
            all.extend(branches.iter().flatten().flat_map(Self::with_inner));
        }
        all
    }
}

impl Item {
    /// Every expectation of its script.
    #[must_use]
    pub fn expectations(&self) -> Vec<&Expected> {
        self.steps.iter().flat_map(Step::expectations).collect()
    }

    /// Its content.
    ///
    /// # Errors
    /// A variable without a value, a datum that is not there or refers to itself.
    pub fn contents(&self) -> Result<Contents, String> {
        self.recipe.contents(&|name| self.variables.get(name).cloned())
    }

    /// `naming/valid [a.b]`: what it is called.
    #[must_use]
    pub fn name(&self) -> String {
        self.label.as_ref().map_or_else(|| self.scenario.clone(), |label| format!("{} [{label}]", self.scenario))
    }
}
