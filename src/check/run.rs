//! The driver: greet, probe, choose the profile, plan, run, clean up, record.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::StreamExt;

use super::ending::Ended;
use super::given::resolve;
use super::greet::{greet, is_unused};
use super::options::{CheckError, Interrupt, Options, Progress};
use super::recorder::Recorder;
use super::survey::Survey;
use crate::client::Client;
use crate::clock;
use crate::engine::{Env, run as run_item};
use crate::plan::{Fate, Item};
use crate::record::Record;
use crate::scenario::Suite;

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
    let greeted = survey.to_the_end(Box::pin(greet(client, options, &survey.setting.run)), progress, interrupt).await;
    match greeted {
        Ended::Done(greeting) => survey.greeting = greeting?,
        Ended::Cut { why, done } => {
            survey.greeting = done.and_then(Result::ok).unwrap_or_default();
            survey.cut = Some(why.clone());
            Box::pin(survey.clean_up(progress, interrupt)).await;
            let left = survey.left_behind.iter().fold(String::new(), |told, line| told + "\nleft behind: " + line);
            return Err(CheckError::CutShort { why, left });
        }
    }
    // Where nothing is written, nothing is overwritten.
    if let Some(repository) = options.repository.as_ref().filter(|_| !options.overwrite_tags && !options.images.alone) {
        Box::pin(is_unused(client, options, repository)).await?;
    }
    survey.facts = survey.greeting.facts.clone();
    if let Some(fault) = survey.greeting.fault.take() {
        return survey.shut(fault);
    }
    survey.setting.images = resolve(client, options).await?;
    Box::pin(survey.probe(progress, interrupt)).await;
    if let Err(why) = survey.choose().and_then(|()| survey.plan()) {
        Box::pin(survey.clean_up(progress, interrupt)).await;
        return Err(why);
    }
    if survey.cut.is_none() {
        Box::pin(survey.run(progress, interrupt)).await;
    }
    Box::pin(survey.clean_up(progress, interrupt)).await;
    let (record, bodies) = survey.record();
    progress.bodies(&bodies);
    Ok(record)
}

impl Survey<'_> {
    /// Runs every item: side by side first, then those that want to be alone.
    async fn run(&mut self, progress: &dyn Progress, interrupt: &Interrupt) {
        let runs: Vec<usize> = (0..self.plan.items.len()).filter(|index| self.plan.items[*index].fate == Fate::Run).collect();
        progress.begin(runs.len());
        let env = self.env(&self.plan);
        let (alone, together): (Vec<usize>, Vec<usize>) = runs.into_iter().partition(|index| self.plan.items[*index].alone);
        let cut = {
            let one = |index: usize| {
                let (item, recorder, env) = (&self.plan.items[index], &self.recorders[index], &env);
                async move {
                    run_one(item, env, recorder.as_ref()).await;
                    progress.done(&item.name());
                }
            };
            let side_by_side = futures_util::stream::iter(together.into_iter().map(one)).buffer_unordered(self.options.side_by_side());
            let all = side_by_side.chain(futures_util::stream::iter(alone.into_iter().map(one)).buffer_unordered(1));
            self.to_the_end(all.collect::<Vec<()>>(), progress, interrupt).await.why()
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
}

pub(super) async fn run_one(item: &Item, env: &Env, recorder: &Recorder) {
    let began = clock::instant();
    run_item(item, env, recorder).await;
    recorder.finish(millis(clock::instant().saturating_duration_since(began)));
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
