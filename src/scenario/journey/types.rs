//! A journey, as the rooms below read it.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::{Client, Expect, Headers, Outcomes, Query, Save};
use crate::text::{At, Place, Template};

/// What one client does, without mistakes.
#[derive(Clone, Debug)]
pub struct Journey {
    /// Its path under `journeys/` without the ending: `docker/pull`.
    pub id: String,
    /// The file, as it is shown.
    pub path: String,
    /// What it does.
    pub title: At<String>,
    /// Whose headers its requests have.
    pub client: Option<Client>,
    /// What it works on.
    pub takes: Takes,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// What an iteration takes from the data set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Takes {
    /// A repository alone.
    #[default]
    Repository,
    /// An image that is there.
    Image,
    /// An index that is there.
    Index,
    /// An image whose layers are new, but for those of its base.
    NewImage,
    /// An image whose highest layer is new.
    NewTop,
    /// An image whose config alone is new.
    NewConfig,
    /// An index of images whose configs are new.
    NewIndex,
}

impl Takes {
    /// Whether it brings an index.
    #[must_use]
    pub fn is_index(self) -> bool {
        matches!(self, Self::Index | Self::NewIndex)
    }

    /// Whether it brings an image.
    #[must_use]
    pub fn is_image(self) -> bool {
        matches!(self, Self::Image | Self::NewImage | Self::NewTop | Self::NewConfig)
    }
}

/// A step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it stands.
    pub place: Place,
    /// What happens.
    pub title: String,
    /// The outcome without which it is left out.
    pub when: Option<At<String>>,
    /// What it does.
    pub act: Act,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Sends a request.
    Send(Box<Exchange>),
    /// Does steps for each of something, several side by side.
    Each(Loop),
}

/// A request and what is made of its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The row of the report that it counts in.
    pub operation: At<String>,
    /// `GET`, `PUT`, …
    pub method: String,
    /// A path of the registry, or a saved URL.
    pub target: At<Template>,
    /// Parameters added to it.
    pub query: Query,
    /// Headers.
    pub headers: Headers,
    /// The datum that it carries.
    pub body: Option<At<String>>,
    /// Whether the length is left untold.
    pub chunked: bool,
    /// Whether it is sent without credentials, and a challenge is the answer.
    pub anonymous: bool,
    /// What is judged in any case.
    pub expect: Expect,
    /// What it may cleanly lead to.
    pub outcomes: Outcomes,
    /// What later steps may read.
    pub save: IndexMap<At<String>, At<Save>>,
}

/// Steps for each of something.
#[derive(Clone, Debug)]
pub struct Loop {
    /// Of what.
    pub over: Over,
    /// How many side by side.
    pub at_once: usize,
    /// Whether what the client holds already is passed over.
    pub unless_held: bool,
    /// The steps.
    pub steps: Vec<Step>,
}

/// What there is one of per round of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Over {
    /// The layers of the image, as `layer`.
    Layers,
    /// The layers and the config of the image, as `blob`.
    Blobs,
    /// The images of the index, as `image`.
    Images,
}

impl Journey {
    /// Its steps, those of loops included, in the order of the file.
    #[must_use]
    pub fn all_steps(&self) -> Vec<&Step> {
        fn add<'a>(steps: &'a [Step], all: &mut Vec<&'a Step>) {
            for step in steps {
                all.push(step);
                if let Act::Each(each) = &step.act {
                    add(&each.steps, all);
                }
            }
        }
        let mut all = Vec::new();
        add(&self.steps, &mut all);
        all
    }

    /// Its requests.
    pub fn requests(&self) -> impl Iterator<Item = &Exchange> {
        self.all_steps().into_iter().filter_map(|step| match &step.act {
            Act::Send(exchange) => Some(exchange.as_ref()),
            Act::Each(_) => None,
        })
    }

    /// The operations that it has, each once, in the order of the file.
    #[must_use]
    pub fn operations(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for exchange in self.requests() {
            if !names.contains(&exchange.operation.as_str()) {
                names.push(exchange.operation.as_str());
            }
        }
        names
    }
}

impl Exchange {
    /// Every expectation with its clause.
    pub fn expectations(&self) -> impl Iterator<Item = (&At<crate::clause::ClauseId>, &crate::judge::Expectation)> {
        self.expect.iter().chain(self.outcomes.values().flatten())
    }
}
