//! A workload, as the rooms below read it; and its shape, where that is the same.

use std::time::Duration;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Rate, Share, Speed};
use crate::scenario::{Period, Size};
use crate::text::{At, SourceFile};

/// A load, without mistakes.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its path under `workloads/` without the ending: `pull-storm`.
    pub id: String,
    /// The file, for diagnostics of what is judged later (thresholds).
    pub file: SourceFile,
    /// What it imitates.
    pub title: At<String>,
    /// What is there before it begins.
    pub data: DataSet,
    /// Who acts.
    pub clients: Clients,
    /// What they do, with its weight.
    pub journeys: IndexMap<At<String>, f64>,
    /// When.
    pub arrival: Arrival,
    /// How long the measured window is.
    pub duration: Duration,
    /// Ends after so many journeys, where that comes first.
    pub iterations: Option<u64>,
    /// Runs so long before the window opens.
    pub warm_up: Duration,
    /// What must hold.
    pub thresholds: Vec<At<String>>,
}

/// What is prepared in the target.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataSet {
    /// Repositories.
    #[serde(default = "one")]
    pub repositories: u32,
    /// Images in each.
    #[serde(default = "one")]
    pub images: u32,
    /// Layers of an image.
    pub layers: At<Counts>,
    /// Bytes of a layer.
    pub sizes: At<Sizes>,
    /// How many layers, from below, come from a base image.
    #[serde(default)]
    pub shared: u32,
    /// How many base images there are.
    #[serde(default = "one")]
    pub bases: u32,
    /// Multi-platform indexes in each repository.
    #[serde(default)]
    pub indexes: u32,
    /// Platforms of an index.
    #[serde(default = "two")]
    pub platforms: u32,
    /// Which of them are asked for.
    #[serde(default)]
    pub popularity: Popularity,
    /// `true`: media types of Docker's manifest v2.
    #[serde(default)]
    pub docker: bool,
    /// Where the figures come from: a study, or a guess.
    pub source: At<String>,
}

fn one() -> u32 {
    1
}

fn two() -> u32 {
    2
}

/// How many there are of something: `{ fixed: 6 }`, or log-normal.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Always so many.
    pub fixed: Option<u32>,
    /// Log-normal: half have no more.
    pub median: Option<f64>,
    /// Log-normal: deviation of the logarithm.
    pub sigma: Option<f64>,
    /// At least.
    #[serde(default = "one")]
    pub least: u32,
    /// At most.
    pub most: Option<u32>,
}

/// How large layers are: `{ fixed: 4KiB }`, or log-normal with a capped Pareto tail.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// Always so many bytes.
    pub fixed: Option<Size>,
    /// Log-normal: half are no larger.
    pub median: Option<Size>,
    /// Log-normal: deviation of the logarithm.
    pub sigma: Option<f64>,
    /// The cap.
    pub most: Option<Size>,
    /// What lies above.
    pub tail: Option<Tail>,
}

/// A Pareto tail.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tail {
    /// The share of layers that are drawn from it.
    pub share: Share,
    /// Its exponent.
    pub alpha: f64,
    /// Where it begins.
    pub from: Size,
}

/// Zipf's law in two levels: 0 is even.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Popularity {
    /// Exponent over repositories.
    #[serde(default)]
    pub repositories: f64,
    /// Exponent over the images of a repository.
    #[serde(default)]
    pub images: f64,
}

/// Who acts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clients {
    /// How many there are at most, each with its own connections, tokens and layers.
    #[serde(default = "some")]
    pub count: At<u32>,
    /// `true`: each journey is a client's first: no connection, no token, no layer.
    #[serde(default)]
    pub fresh: bool,
    /// `true`: a client that has pulled a layer keeps it, and does not pull it again.
    #[serde(default)]
    pub keep_layers: bool,
    /// How fast they read, each somewhere between.
    pub speed: Option<At<SpeedRange>>,
    /// The share of pulled layers that are given up in the middle.
    #[serde(default)]
    pub abort: Share,
    /// How often a request that was refused for the moment (429, 503) or broke off is sent again.
    #[serde(default)]
    pub retries: u32,
}

fn some() -> At<u32> {
    At::new(64, crate::text::Place::default())
}

impl Default for Clients {
    fn default() -> Self {
        Self { count: some(), fresh: false, keep_layers: false, speed: None, abort: Share::default(), retries: 0 }
    }
}

/// Speeds between two, evenly in their logarithm.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpeedRange {
    /// The slowest.
    pub from: Speed,
    /// The fastest.
    pub to: Speed,
}

/// When journeys begin.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrival {
    /// By a clock, whatever the target does.
    Open(Open),
    /// When the one before is done.
    Closed {
        /// Workers.
        workers: u32,
        /// How long each pauses between journeys.
        think: Duration,
    },
}

/// The open model.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// The law of the gaps.
    pub law: Law,
    /// Rates, one after the other; the last holds on.
    pub stages: Vec<Stage>,
}

/// How arrivals fall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// At even distances.
    Constant,
    /// Each knows nothing of the others.
    Poisson,
    /// Batches of so many, which come as Poisson's; each is spread over a time.
    Batches(u32, Duration),
}

/// A stretch of time with its rate, per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// At its beginning.
    pub from: f64,
    /// At its end.
    pub to: f64,
    /// How long it is.
    pub lasts: Duration,
}

/// The shape of `arrival`: `open` or `closed`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Arrival")]
pub(super) struct ArrivalFile {
    /// The open model.
    pub(super) open: Option<At<OpenFile>>,
    /// The closed model.
    pub(super) closed: Option<At<ClosedFile>>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Open")]
pub(super) struct OpenFile {
    /// How arrivals fall.
    #[serde(default)]
    pub(super) law: LawFile,
    /// With `law: batches`: how many come at once.
    pub(super) batch: Option<At<u32>>,
    /// With `law: batches`: over how much time each is spread.
    #[serde(default)]
    pub(super) within: Period,
    /// One rate for the whole run.
    pub(super) rate: Option<At<Rate>>,
    /// Several, one after the other.
    pub(super) stages: Option<At<Vec<At<StageFile>>>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Law")]
pub(super) enum LawFile {
    #[default]
    Poisson,
    Constant,
    Batches,
}

/// `{ hold: 50/s, for: 10s }` or `{ ramp: { from: 10/s, to: 50/s }, for: 10s }`
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Stage")]
pub(super) struct StageFile {
    /// This rate.
    pub(super) hold: Option<Rate>,
    /// From one rate up to another.
    pub(super) ramp: Option<RampFile>,
    /// How long.
    #[serde(rename = "for")]
    pub(super) lasts: Period,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Ramp")]
pub(super) struct RampFile {
    pub(super) from: Rate,
    pub(super) to: Rate,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Closed")]
pub(super) struct ClosedFile {
    /// How many work side by side.
    pub(super) workers: At<u32>,
    /// How long each pauses between journeys.
    #[serde(default)]
    pub(super) think: Period,
}
