//! The walk through a journey.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use http::Uri;

use super::caller::Caller;
use super::meter::Meter;
use super::program::{Act, Program, Script, Step};
use super::scope::Scope;
use crate::client::Origin;
use crate::clock;
use crate::data::{Blob, Image, Index, Set};
use crate::scenario::journey::Over;

/// What all journeys of a load work with.
pub struct Setup {
    /// The journeys.
    pub program: Program,
    /// The content.
    pub set: Set,
    /// The target: scheme and authority.
    pub base: Uri,
    /// The same as an origin.
    pub origin: Origin,
    /// Bytes of a body that are read at most.
    pub body_cap: u64,
}

/// One journey to be done.
#[derive(Clone, Debug)]
pub struct Task {
    /// Which journey of the program.
    pub script: usize,
    /// The repository that it works in, by its place in the set.
    pub repository: usize,
    /// Another one, to mount from.
    pub source: usize,
    /// The image that it takes.
    pub image: Option<Arc<Image>>,
    /// The index that it takes.
    pub index: Option<Arc<Index>>,
    /// The tag that it pushes to.
    pub tag: String,
    /// A number that no other task of the run has.
    pub number: u64,
    /// When it was meant to begin.
    pub intended: Instant,
}

/// How a journey ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// When it began.
    pub began: Instant,
    /// When it was over.
    pub end: Instant,
    /// Why it failed; none where it did all that it set out to do.
    pub failed: Option<String>,
    /// Bytes of bodies sent and received in it.
    pub bytes: (u64, u64),
    /// Bytes verified.
    pub verified: u64,
}

/// A journey under way.
pub(super) struct Run<'a, M> {
    pub(super) setup: &'a Setup,
    pub(super) script: &'a Script,
    pub(super) caller: &'a Caller,
    pub(super) meter: &'a M,
}

/// What came of some steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Came {
    pub(super) failed: Option<String>,
    pub(super) sent: u64,
    pub(super) received: u64,
    pub(super) verified: u64,
}

impl Came {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.received += other.received;
        self.verified += other.verified;
        if self.failed.is_none() {
            self.failed = other.failed;
        }
    }
}

impl Setup {
    /// Runs one journey and tells the meter of each exchange.
    pub async fn run<M: Meter>(&self, task: &Task, caller: &Caller, meter: &M) -> Ended {
        let began = clock::instant();
        let Some(script) = self.program.scripts.get(task.script) else {
            return Ended { began, end: began, failed: Some("there is no such journey".to_owned()), bytes: (0, 0), verified: 0 };
        };
        let run = Run { setup: self, script, caller, meter };
        let mut scope = Scope {
            setup: self,
            task,
            image: task.image.clone(),
            index: task.index.clone(),
            round: None,
            saves: vec![None; script.saves],
            decisions: vec![None; script.decisions],
        };
        let came = run.steps(&script.steps, &mut scope, Some(task.intended)).await;
        Ended { began, end: clock::instant(), failed: came.failed, bytes: (came.sent, came.received), verified: came.verified }
    }
}

type Walking<'f> = Pin<Box<dyn Future<Output = Came> + Send + 'f>>;

impl<M: Meter> Run<'_, M> {
    /// The steps in order, until one does not work.
    async fn steps(&self, steps: &[Step], scope: &mut Scope<'_>, mut intended: Option<Instant>) -> Came {
        let mut came = Came::default();
        for step in steps {
            if step.when.is_some_and(|(decision, outcome)| scope.decisions.get(decision) != Some(&Some(outcome))) {
                continue;
            }
            came.add(match &step.act {
                Act::Send(send) => self.send(send, scope, intended.take()).await,
                Act::Each { over, at_once, unless_held, steps } => {
                    let rounds = self.rounds(*over, *unless_held, scope);
                    self.each(rounds, *at_once, steps, intended.take()).await
                }
            });
            if came.failed.is_some() {
                break;
            }
        }
        came
    }

    /// What each round of a loop knows.
    fn rounds<'s>(&self, over: Over, unless_held: bool, scope: &Scope<'s>) -> Vec<Scope<'s>> {
        let with_blob = |blob: &Arc<Blob>| Scope { round: Some(Arc::clone(blob)), ..scope.clone() };
        let wanted = |blob: &&Arc<Blob>| !unless_held || !blob.ordinal.is_some_and(|ordinal| self.caller.holds(ordinal));
        match (over, &scope.image, &scope.index) {
            (Over::Layers, Some(image), _) => image.layers.iter().filter(wanted).map(with_blob).collect(),
            (Over::Blobs, Some(image), _) => image.layers.iter().chain([&image.config]).filter(wanted).map(with_blob).collect(),
            (Over::Images, _, Some(index)) => {
                index.images.iter().map(|image| Scope { image: Some(Arc::clone(image)), ..scope.clone() }).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Rounds side by side. One that fails does not stop those beside it.
    fn each<'f>(&'f self, rounds: Vec<Scope<'f>>, at_once: usize, steps: &'f [Step], intended: Option<Instant>) -> Walking<'f> {
        let rounds: Vec<Walking<'f>> = rounds.into_iter().map(|scope| self.round(scope, steps, intended)).collect();
        Box::pin(async move {
            let mut came = Came::default();
            let mut running = futures_util::stream::iter(rounds).buffer_unordered(at_once);
            while let Some(round) = running.next().await {
                came.add(round);
            }
            came
        })
    }

    fn round<'f>(&'f self, mut scope: Scope<'f>, steps: &'f [Step], intended: Option<Instant>) -> Walking<'f> {
        Box::pin(async move { self.steps(steps, &mut scope, intended).await })
    }
}
