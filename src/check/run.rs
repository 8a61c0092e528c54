//! The driver: greet, probe, choose the profile, plan, run, clean up, record.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use futures_util::StreamExt;

use super::cleanup::{Cleaning, Kept, Pushed};
use super::greet::{greet, is_unused};
use super::options::{CheckError, Interrupt, Options, Progress};
use super::recorder::{Heard, Recorder};
use super::survey::Survey;
use crate::client::Client;
use crate::clock;
use crate::engine::{Env, Judgement, run as run_item};
use crate::plan::{Fate, Item};
use crate::record::Record;
use crate::scenario::Suite;

/// How often the record so far is kept.
const CHECKPOINT: Duration = Duration::from_secs(5);

/// Surveys one target.
///
/// # Errors
/// The target can't be judged at all, or there is no such profile.
pub async fn check(
    suite: &Suite,
    client: &Client,
    options: &Options,
    progress: &dyn Progress,
    interrupt: &Interrupt,
) -> Result<Record, CheckError> {
    let mut survey = Survey::begin(suite, client, options)?;
    survey.greeting = tokio::select! {
        biased;
        why = survey.cut_off(interrupt) => return Err(CheckError::CutShort { why }),
        greeting = Box::pin(greet(client, options, &survey.setting.run)) => greeting?,
    };
    if let Some(repository) = options.repository.as_ref().filter(|_| !options.overwrite_tags) {
        Box::pin(is_unused(client, options, repository)).await?;
    }
    survey.facts = survey.greeting.facts.clone();
    if let Some(fault) = survey.greeting.fault.take() {
        return survey.shut(fault);
    }
    Box::pin(survey.probe(progress, interrupt)).await;
    if let Err(why) = survey.choose().and_then(|()| survey.plan()) {
        Box::pin(survey.clean_up(interrupt)).await;
        return Err(why);
    }
    if survey.cut.is_none() {
        Box::pin(survey.run(progress, interrupt)).await;
    }
    Box::pin(survey.clean_up(interrupt)).await;
    let (record, bodies) = survey.record();
    progress.bodies(&bodies);
    Ok(record)
}

impl Survey<'_> {
    /// Ends when the run has to, with the reason.
    pub(super) async fn cut_off(&self, interrupt: &Interrupt) -> String {
        let max_time = self.options.max_time;
        tokio::select! {
            biased;
            () = interrupt.asked(1) => "interrupted".to_owned(),
            () = tokio::time::sleep_until((self.began + max_time).into()) => format!("--max-time ({max_time:?}) was up"),
        }
    }

    /// Runs every item: side by side first, then those that want to be alone.
    async fn run(&mut self, progress: &dyn Progress, interrupt: &Interrupt) {
        let runs: Vec<usize> = (0..self.plan.items.len()).filter(|index| self.plan.items[*index].fate == Fate::Run).collect();
        progress.begin(runs.len());
        let env = self.env(&self.plan);
        let (alone, together): (Vec<usize>, Vec<usize>) = runs.into_iter().partition(|index| self.plan.items[*index].alone);
        let cut = {
            let mut cut_off = std::pin::pin!(self.cut_off(interrupt));
            let mut shown = std::pin::pin!(self.show_waits(progress));
            let one = |index: usize| {
                let (item, recorder, env) = (&self.plan.items[index], &self.recorders[index], &env);
                async move {
                    run_one(item, env, recorder.as_ref()).await;
                    index
                }
            };
            let side_by_side = futures_util::stream::iter(together.into_iter().map(one)).buffer_unordered(self.options.side_by_side());
            let mut all = std::pin::pin!(side_by_side.chain(futures_util::stream::iter(alone.into_iter().map(one)).buffer_unordered(1)));
            let mut tick = tokio::time::interval_at((clock::instant() + CHECKPOINT).into(), CHECKPOINT);
            loop {
                tokio::select! {
                    biased;
                    why = &mut cut_off => break Some(why),
                    never = &mut shown => match never {},
                    ended = all.next() => match ended {
                        Some(index) => progress.done(&self.plan.items[index].name()),
                        None => break None,
                    },
                    _ = tick.tick() => progress.checkpoint(&self.record_so_far("the run was still going on")),
                }
            }
        };
        self.cut = cut;
    }

    /// Shows how long the target is waited for.
    pub(super) async fn show_waits(&self, progress: &dyn Progress) -> Infallible {
        let mut waits = self.waits.subscribe();
        loop {
            // The sender is ours, so it does not go away; of waits that came too fast some are left out.
            if let Ok(wait) = waits.recv().await {
                progress.waiting(wait);
            }
        }
    }

    /// Takes away what was pushed, until it is done or there is no time or patience left.
    async fn clean_up(&mut self, interrupt: &Interrupt) {
        let heard: Vec<Heard> = self.recorders.iter().map(|recorder| recorder.heard()).collect();
        let mut left: BTreeSet<Pushed> = self.greeting.sessions.iter().cloned().collect();
        let mut kept = Kept { pinned: self.options.repository.clone(), ..Kept::default() };
        for (item, heard) in self.probed.iter().map(|(item, heard)| (item, heard)).chain(self.plan.items.iter().zip(&heard)) {
            left.extend(heard.pushed.iter().chain(&heard.sessions).cloned());
            if self.options.keep_failed && heard.events.iter().any(|event| matches!(event.judgement, Judgement::Fail(_))) {
                kept.failed.extend(item.repos.values().cloned());
            }
        }
        let mut cleaning = Cleaning { client: self.client, base: &self.options.base, left, kept };
        self.unless_stopped(interrupt, cleaning.run()).await;
        self.left_behind = cleaning.told();
    }

    /// Goes on with a clean-up until it is asked for a second time to end, or the run's time is up.
    async fn unless_stopped(&self, interrupt: &Interrupt, work: impl Future<Output = ()>) {
        tokio::select! {
            biased;
            () = interrupt.asked(2) => {}
            () = tokio::time::sleep_until((self.began + self.options.max_time).into()) => {}
            () = work => {}
        }
    }
}

pub(super) async fn run_one(item: &Item, env: &Env, recorder: &Recorder) {
    let began = clock::instant();
    run_item(item, env, recorder).await;
    recorder.finish(millis(began.elapsed()));
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
