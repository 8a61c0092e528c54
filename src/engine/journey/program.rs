//! What will be run under load: definition only, everything that is known beforehand done.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, Method};

use crate::client::line::Keep;
use crate::judge::StatusSet;
use crate::plan::{Always, Expected, Save};
use crate::scenario::journey::{Over, Takes};

/// Operations that no journey names: the exchanges of a login, and hops of a redirect.
pub const CHALLENGE: &str = "challenge";
/// Token fetches.
pub const TOKEN: &str = "token";
/// What a redirect led to.
pub const REDIRECT: &str = "redirect";

/// All journeys of a load.
#[derive(Clone, Debug)]
pub struct Program {
    /// In the order in which they were named.
    pub scripts: Vec<Script>,
    /// The rows of the report; [`CHALLENGE`], [`TOKEN`] and [`REDIRECT`] are the first three.
    pub operations: Vec<String>,
    /// Judged on every exchange with the target.
    pub always: Vec<Always>,
}

/// One journey.
#[derive(Clone, Debug)]
pub struct Script {
    /// `docker/pull`.
    pub id: String,
    /// What it takes.
    pub takes: Takes,
    pub(super) steps: Vec<Step>,
    /// How many values it saves, and how many of its steps have outcomes.
    pub(super) saves: usize,
    pub(super) decisions: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The decision that it waits for, and which outcome.
    pub(super) when: Option<(usize, usize)>,
    pub(super) act: Act,
}

#[derive(Clone, Debug)]
pub(super) enum Act {
    Send(Box<Send>),
    Each { over: Over, at_once: usize, unless_held: bool, steps: Vec<Step> },
}

/// A request, its texts cut into parts.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct Send {
    /// The step's title, for evidence.
    pub(super) title: String,
    pub(super) operation: usize,
    pub(super) method: Method,
    /// Path and query, or a saved URL with its query.
    pub(super) target: Text,
    pub(super) query: Text,
    /// Headers that are always the same.
    pub(super) headers: HeaderMap,
    /// Headers with variables.
    pub(super) filled: Vec<(HeaderName, Text)>,
    pub(super) body: Option<Thing>,
    /// Whether the body's media type is sent with it.
    pub(super) typed: bool,
    pub(super) chunked: bool,
    pub(super) anonymous: bool,
    pub(super) keep: Keep,
    pub(super) checks: Vec<Check>,
    pub(super) outcomes: Vec<Outcome>,
    /// Where the outcome is noted.
    pub(super) decision: usize,
    pub(super) saves: Vec<(usize, Save)>,
    /// Whether a success means that the client holds the blob of the round.
    pub(super) brings: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) status: StatusSet,
    pub(super) checks: Vec<Check>,
}

/// An expectation, what is plain in it made plain.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) expected: Arc<Expected>,
    pub(super) plain: Plain,
}

/// Expectations that take no general judging.
#[derive(Clone, Debug)]
pub(super) enum Plain {
    /// The status alone.
    Status(StatusSet),
    /// The body is exactly this.
    Body(Thing),
    /// Any other.
    No,
}

/// A text in parts.
#[derive(Clone, Debug, Default)]
pub(super) struct Text(pub(super) Vec<Part>);

#[derive(Clone, Debug)]
pub(super) enum Part {
    Literal(Box<str>),
    /// As it is.
    Slot(Slot),
    /// Encoded as a value of a query.
    Encoded(Slot),
}

/// What stands for a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Repository,
    Source,
    Tag,
    Of(Thing, Field),
    Missing(Field),
    Save(usize),
}

/// What has content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    Image,
    Config,
    /// The layer or blob of the round.
    Blob,
    Index,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Digest,
    Hex,
    Size,
    Type,
    Tag,
}

impl Script {
    /// Every expectation with the title of its step and its operation.
    #[must_use]
    pub fn expected(&self) -> Vec<(&str, usize, &Expected)> {
        fn add<'a>(steps: &'a [Step], all: &mut Vec<(&'a str, usize, &'a Expected)>) {
            for step in steps {
                match &step.act {
                    Act::Each { steps, .. } => add(steps, all),
                    Act::Send(send) => {
                        let checks = send.checks.iter().chain(send.outcomes.iter().flat_map(|outcome| &outcome.checks));
                        all.extend(checks.map(|check| (send.title.as_str(), send.operation, &*check.expected)));
                    }
                }
            }
        }
        let mut all = Vec::new();
        add(&self.steps, &mut all);
        all
    }
}

impl Program {
    /// Every expectation of every journey, and those of every exchange.
    pub fn expected(&self) -> impl Iterator<Item = &Expected> {
        let own = self.scripts.iter().flat_map(|script| script.expected().into_iter().map(|(_, _, expected)| expected));
        own.chain(self.always.iter().flat_map(|always| &always.expect))
    }

    /// The row of an operation.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<usize> {
        self.operations.iter().position(|known| known == name)
    }
}
