//! One journey, from its draw to its count.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::budget::Budget;
use super::fleet::{Busy, Fleet};
use super::order::Order;
use super::phase::Heard;
use super::recorder::{Listener, Recorder};
use crate::data::New;
use crate::engine::journey::{Setup, Task};
use crate::scenario::journey::Takes;
use crate::seed::Draws;

/// How many tags of a repository pushes go to, one after the other.
const PUSH_TAGS: u64 = 64;

/// The most pushed manifests that are remembered for clean-up.
const MOST_PUSHED: usize = 50_000;

/// What all jobs of a run share.
pub(super) struct Shared {
    pub(super) setup: Arc<Setup>,
    pub(super) order: Order,
    pub(super) budget: Budget,
    /// When the run began.
    pub(super) start: Instant,
    /// Manifests that were pushed on the way: repository and digest.
    pub(super) pushed: Mutex<Vec<(usize, Box<str>)>>,
}

/// What all jobs of a thread share.
pub(super) struct Crew {
    pub(super) shared: Arc<Shared>,
    pub(super) recorder: Recorder,
    pub(super) fleet: Fleet,
    pub(super) heard: Heard,
    pub(super) draws: Mutex<Draws>,
    /// Weights added up, the last is 1.
    pub(super) upto: Vec<f64>,
}

impl Crew {
    /// The next journey, drawn; `number` is its own in the run.
    pub(super) fn draw(&self, number: u64, intended: Instant) -> Task {
        let mut draws = self.draws.lock().unwrap_or_else(PoisonError::into_inner);
        let u = draws.unit();
        let script = self.upto.partition_point(|share| *share <= u).min(self.upto.len().saturating_sub(1));
        let set = &self.shared.setup.set;
        let repository = set.draw_repository(&mut draws);
        let source = set.draw_repository(&mut draws);
        let takes = self.shared.setup.program.scripts.get(script).map_or(Takes::Repository, |script| script.takes);
        let fresh = |new: New, draws: &mut Draws| set.draw_image(repository, draws).map(|like| Arc::new(set.fresh(like, new, number)));
        let image = match takes {
            Takes::Image => set.draw_image(repository, &mut draws).cloned(),
            Takes::NewImage => fresh(New::Layers, &mut draws),
            Takes::NewTop => fresh(New::Top, &mut draws),
            Takes::NewConfig => fresh(New::Config, &mut draws),
            Takes::Repository | Takes::Index | Takes::NewIndex => None,
        };
        let index = match takes {
            Takes::Index => set.draw_index(repository, &mut draws).cloned(),
            Takes::NewIndex => set.draw_index(repository, &mut draws).map(|like| Arc::new(set.fresh_index(like, number))),
            _ => None,
        };
        let tag = format!("build-{}", number % PUSH_TAGS);
        Task { script, repository, source, image, index, tag, number, intended }
    }

    /// Does a journey and counts it.
    pub(super) async fn work(&self, task: Task, busy: Busy) {
        let listener = Listener { recorder: &self.recorder, budget: &self.shared.budget, intended: task.intended };
        let ended = self.shared.setup.run(&task, &busy.caller, &listener).await;
        self.recorder.ended(&task, &ended);
        self.remember(&task);
        self.fleet.put(busy);
    }

    /// Manifests that a push may have left, even where it failed later on.
    fn remember(&self, task: &Task) {
        let takes = self.shared.setup.program.scripts.get(task.script).map(|script| script.takes);
        let manifests = match takes {
            Some(Takes::NewImage | Takes::NewTop | Takes::NewConfig) => task.image.iter().map(|image| &image.manifest).collect(),
            Some(Takes::NewIndex) => {
                let index = task.index.iter().map(|index| &index.manifest);
                index.chain(task.index.iter().flat_map(|index| index.images.iter().map(|image| &image.manifest))).collect()
            }
            _ => Vec::new(),
        };
        if manifests.is_empty() {
            return;
        }
        let mut pushed = self.shared.pushed.lock().unwrap_or_else(PoisonError::into_inner);
        if pushed.len() < MOST_PUSHED {
            pushed.extend(manifests.into_iter().map(|manifest| (task.repository, manifest.digest.clone())));
        }
    }
}
