//! What is to be driven: a workload with what the command line changes of it.

use std::time::Duration;

use crate::data;
use crate::engine::journey::Manner;
use crate::load::schedule::{BatchSize, Batches, Pattern, Schedule, ScheduleError, Stage};
use crate::scenario::workload::{self, Arrival, Law, Workload};
use crate::seed::Seed;

/// How long what is under way may take after the last journey has begun.
const DRAIN: Duration = Duration::from_mins(1);

/// What the command line changes of a workload.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Arrivals per second, of the open model.
    pub rate: Option<f64>,
    /// Workers, of the closed model.
    pub workers: Option<u32>,
    /// How long it is measured.
    pub duration: Option<Duration>,
    /// Threads that drive.
    pub threads: Option<usize>,
    /// Requests after which no journey begins any more.
    pub max_requests: Option<u64>,
    /// Bytes of bodies, both ways, after which none does.
    pub max_bytes: Option<u64>,
}

/// Why a load could not be run.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The target could not be reached, is no registry, or refuses the login.
    #[error(transparent)]
    Refused(#[from] crate::check::Refusal),
    /// The arrivals can't be.
    #[error("the arrivals can't be: {0}")]
    Schedule(#[from] ScheduleError),
    /// More data than is allowed.
    #[error("the data set of `{workload}` sends {bytes} bytes, and --max-bytes allows {most}")]
    TooMuch {
        /// The workload.
        workload: String,
        /// What preparation would send.
        bytes: u64,
        /// The limit.
        most: u64,
    },
    /// The data set could not be pushed.
    #[error("the target could not be prepared: {0}")]
    Unprepared(String),
    /// A journey, profile or thread that is not there: a fault of ours or of the files.
    #[error("{0}")]
    Broken(String),
}

/// When journeys begin.
#[derive(Clone, Debug)]
pub enum Model {
    /// By a clock.
    Open(Schedule),
    /// When the one before is done.
    Closed {
        /// Workers.
        workers: u32,
        /// Their pause.
        think: Duration,
    },
}

/// A load, ready to be driven.
#[derive(Clone, Debug)]
pub struct Order {
    /// When.
    pub model: Model,
    /// Before the window opens.
    pub warm_up: Duration,
    /// The window.
    pub window: Duration,
    /// How long what is under way may take after the last journey has begun.
    pub drain: Duration,
    /// Ends after so many journeys.
    pub iterations: Option<u64>,
    /// The most clients.
    pub clients: u32,
    /// Whether each journey is a client's first.
    pub fresh: bool,
    /// How clients behave; the speed is drawn for each.
    pub manner: Manner,
    /// Slowest and fastest, bytes per second.
    pub speeds: Option<(f64, f64)>,
    /// Journeys with their weights, none of them zero.
    pub journeys: Vec<(String, f64)>,
    /// The data set.
    pub data: data::Spec,
    /// Threads.
    pub threads: usize,
    /// The budget.
    pub max_requests: u64,
    /// The budget.
    pub max_bytes: u64,
}

impl Order {
    /// A workload with what the command line changes.
    ///
    /// # Errors
    /// Arrivals that can't be.
    pub fn new(workload: &Workload, overrides: &Overrides, seed: u64) -> Result<Self, LoadError> {
        let window = overrides.duration.unwrap_or(workload.duration);
        let model = model(workload, overrides, window, seed)?;
        let clients = &workload.clients;
        let manner = Manner { speed: None, abort: clients.abort.0, retries: clients.retries, keeps_layers: clients.keep_layers };
        let weights = workload.journeys.iter().filter(|(_, weight)| **weight > 0.0);
        Ok(Self {
            model,
            warm_up: workload.warm_up,
            window,
            drain: DRAIN,
            iterations: workload.iterations,
            clients: clients.count.value.max(overrides.workers.unwrap_or_default()),
            fresh: clients.fresh,
            manner,
            speeds: clients.speed.map(|speed| (speed.value.from.0, speed.value.to.0)),
            journeys: weights.map(|(name, weight)| (name.value.clone(), *weight)).collect(),
            data: spec(&workload.data),
            threads: overrides.threads.unwrap_or(1).max(1),
            max_requests: overrides.max_requests.unwrap_or(u64::MAX),
            max_bytes: overrides.max_bytes.unwrap_or(u64::MAX),
        })
    }

    /// Workers or arrivals in words: `open, poisson, 20/s`.
    #[must_use]
    pub fn model_in_words(&self) -> String {
        match &self.model {
            Model::Closed { workers, think } if think.is_zero() => format!("closed, {workers} workers"),
            Model::Closed { workers, think } => format!("closed, {workers} workers, each pausing {think:?}"),
            Model::Open(schedule) => {
                let law = match schedule.pattern() {
                    Pattern::Constant => "even".to_owned(),
                    Pattern::Poisson => "Poisson".to_owned(),
                    Pattern::Batches(batches) => format!("Poisson batches of {} over {:?},", batches.size.mean(), batches.within),
                };
                let mean = schedule.curve().total() / schedule.curve().length().as_secs_f64();
                format!("open, {law} arrivals, {} journeys/s on average", (mean * 100.0).round() / 100.0)
            }
        }
    }

    /// Journeys per second that the schedule offers over the window; none in the closed model.
    #[must_use]
    pub fn offered(&self) -> Option<f64> {
        let Model::Open(schedule) = &self.model else { return None };
        let curve = schedule.curve();
        let expected = curve.expected(self.warm_up + self.window) - curve.expected(self.warm_up);
        Some(expected / self.window.as_secs_f64())
    }
}

fn model(workload: &Workload, overrides: &Overrides, window: Duration, seed: u64) -> Result<Model, LoadError> {
    let whole = workload.warm_up + window;
    let (law, stages) = match (overrides.rate, overrides.workers, &workload.arrival) {
        (None, Some(workers), _) => return Ok(Model::Closed { workers, think: Duration::ZERO }),
        (None, None, Arrival::Closed { workers, think }) => return Ok(Model::Closed { workers: *workers, think: *think }),
        (Some(rate), _, Arrival::Open(open)) => (open.law, vec![Stage::hold(rate, whole)]),
        (Some(rate), _, Arrival::Closed { .. }) => (Law::Poisson, vec![Stage::hold(rate, whole)]),
        (None, None, Arrival::Open(open)) => (open.law, stages(&open.stages, whole)),
    };
    let pattern = match law {
        Law::Constant => Pattern::Constant,
        Law::Poisson => Pattern::Poisson,
        Law::Batches(size, within) => Pattern::Batches(Batches { size: BatchSize::Fixed(size), within }),
    };
    Ok(Model::Open(Schedule::new(&stages, pattern, &Seed::new(seed))?))
}

/// The stages cut to the run's length; the last one holds on where they are shorter.
fn stages(written: &[workload::Stage], whole: Duration) -> Vec<Stage> {
    let mut left = whole;
    let mut stages = Vec::new();
    for stage in written {
        let length = stage.lasts.min(left);
        if length.is_zero() {
            break;
        }
        let share = if stage.lasts == Duration::MAX { 1.0 } else { length.as_secs_f64() / stage.lasts.as_secs_f64() };
        stages.push(Stage::ramp(stage.from, stage.from + (stage.to - stage.from) * share, length));
        left -= length;
    }
    if let (false, Some(last)) = (left.is_zero(), written.last()) {
        stages.push(Stage::hold(last.to, left));
    }
    stages
}

/// The data set as the room that makes it wants it.
fn spec(written: &workload::DataSet) -> data::Spec {
    let n = |count: u32| count as usize;
    let layers = match &written.layers.value {
        workload::Counts { median: Some(median), sigma, least, most, .. } => {
            data::Counts::LogNormal { median: *median, sigma: sigma.unwrap_or_default(), least: n(*least), most: n(most.unwrap_or(*least)) }
        }
        counts => data::Counts::Fixed(n(counts.fixed.unwrap_or(1))),
    };
    let sizes = match &written.sizes.value {
        workload::Sizes { median: Some(median), sigma, most, tail, .. } => data::Sizes::LogNormal {
            median: median.0,
            sigma: sigma.unwrap_or_default(),
            tail: tail.map(|tail| data::Tail { share: tail.share.0, alpha: tail.alpha, from: tail.from.0 }),
            most: most.map_or(u64::MAX, |most| most.0),
        },
        sizes => data::Sizes::Fixed(sizes.fixed.map_or(0, |size| size.0)),
    };
    data::Spec {
        repositories: n(written.repositories),
        images: n(written.images),
        layers,
        sizes,
        shared: n(written.shared),
        bases: n(written.bases),
        indexes: n(written.indexes),
        platforms: n(written.platforms),
        repository_skew: written.popularity.repositories,
        image_skew: written.popularity.images,
        docker: written.docker,
    }
}
