//! How work ends: done, or cut short without breaking off what the target carries out all the same; then what was pushed goes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::cleanup::{Cleaning, Kept, Pushed, Unanswered, perhaps_left};
use super::options::{Interrupt, Progress};
use super::recorder::Heard;
use super::survey::Survey;
use crate::clock;
use crate::judge::Verdict;
use crate::plan::Item;
use crate::record::Record;

/// How often the record so far is kept.
const CHECKPOINT: Duration = if cfg!(test) { Duration::from_millis(20) } else { Duration::from_secs(5) };
/// The longest that requests under way are waited for, once the run has to end.
const LAST_ANSWERS: Duration = if cfg!(test) { Duration::from_millis(300) } else { Duration::from_secs(5) };
/// The longest that the clean-up goes on after an interrupt or the end of the run's time.
const LAST_CLEANING: Duration = if cfg!(test) { Duration::from_secs(2) } else { Duration::from_secs(10) };
/// The longest that one of its requests takes then.
const LAST_REQUEST: Duration = if cfg!(test) { Duration::from_millis(300) } else { Duration::from_secs(2) };

/// What came of a piece of work.
pub(super) enum Ended<T> {
    Done(T),
    /// The run has to end.
    Cut {
        why: String,
        /// What came of it all the same, where only its last answers were missing.
        done: Option<T>,
    },
}

impl<T> Ended<T> {
    /// Why the run has to end, where it does.
    pub(super) fn why(self) -> Option<String> {
        match self {
            Self::Done(_) => None,
            Self::Cut { why, .. } => Some(why),
        }
    }
}

impl Survey<'_> {
    /// Does a piece of work, and keeps the record on the way. When the run has to end, nothing new is sent and what is under way may come
    /// to its end.
    pub(super) async fn to_the_end<T>(&self, work: impl Future<Output = T>, progress: &dyn Progress, interrupt: &Interrupt) -> Ended<T> {
        let mut work = std::pin::pin!(work);
        let mut cut_off = std::pin::pin!(self.cut_off(interrupt));
        let mut shown = std::pin::pin!(self.show_waits(progress));
        let mut tick = tokio::time::interval_at((clock::instant() + CHECKPOINT).into(), CHECKPOINT);
        let why = loop {
            tokio::select! {
                biased;
                why = &mut cut_off => break why,
                never = &mut shown => match never {},
                _ = tick.tick() => progress.checkpoint(&self.record_so_far("the run was still going on")),
                done = &mut work => return Ended::Done(done),
            }
        };
        self.client.hold();
        let done = tokio::select! {
            biased;
            done = work => Some(done),
            () = self.client.quiet() => None,
            () = interrupt.asked(2) => None,
            () = tokio::time::sleep(LAST_ANSWERS.min(self.client.request_timeout())) => None,
        };
        Ended::Cut { why, done }
    }

    /// Ends when the run has to, with the reason.
    async fn cut_off(&self, interrupt: &Interrupt) -> String {
        let max_time = self.options.max_time;
        tokio::select! {
            biased;
            () = interrupt.asked(1) => "interrupted".to_owned(),
            () = tokio::time::sleep_until((self.began + max_time).into()) => format!("--max-time ({max_time:?}) was up"),
        }
    }

    /// Takes away what was pushed, until it is done or there is no time or patience left. The record is kept before, with all that is there.
    pub(super) async fn clean_up(&mut self, progress: &dyn Progress, interrupt: &Interrupt) {
        if self.options.leave {
            return;
        }
        let record = self.record().0;
        let hurried = self.cut.as_ref().map(|_| self.client.afterwards(LAST_REQUEST));
        let mut cleaning = self.cleaning(&record);
        if let Some(client) = &hurried {
            cleaning.client = client;
        }
        progress.checkpoint(&Record { left_behind: cleaning.told(), ..record });
        self.unless_stopped(interrupt, cleaning.run()).await;
        self.left_behind = cleaning.told();
    }

    fn cleaning(&self, record: &Record) -> Cleaning<'_> {
        let heard: Vec<Heard> = self.recorders.iter().map(|recorder| recorder.heard()).collect();
        let mut left: BTreeSet<Pushed> = self.greeting.sessions.iter().cloned().collect();
        let mut kept = Kept { pinned: self.options.repository.clone(), ..Kept::default() };
        let mut perhaps = BTreeMap::new();
        for (item, heard) in self.probed.iter().map(|(item, heard)| (item, heard)).chain(self.plan.items.iter().zip(&heard)) {
            left.extend(heard.pushed.iter().chain(&heard.sessions).cloned());
            perhaps.extend(heard.unanswered.iter().map(|thing| (thing.clone(), Unanswered::Silence)));
            if self.options.keep_failed && has_failed(record, item) {
                // What it wrote to, too: a script may make names of its own.
                let written = heard.pushed.iter().map(|thing| &thing.repository);
                kept.failed.extend(item.repos.values().chain(written).cloned());
            }
        }
        let broken_off = self.client.abandoned();
        perhaps.extend(broken_off.iter().filter_map(perhaps_left).map(|thing| (thing, Unanswered::BrokenOff)));
        Cleaning { client: self.client, base: &self.options.base, left, kept, perhaps }
    }

    /// Goes on with a clean-up until it is asked for a second time to end, or has gone on for long enough after the run's end.
    async fn unless_stopped(&self, interrupt: &Interrupt, work: impl Future<Output = ()>) {
        let enough = async {
            if self.cut.is_none() {
                self.cut_off(interrupt).await;
            }
            tokio::time::sleep(LAST_CLEANING).await;
        };
        tokio::select! {
            biased;
            () = interrupt.asked(2) => {}
            () = enough => {}
            () = work => {}
        }
    }
}

/// Whether something failed in an item, under the profile.
fn has_failed(record: &Record, item: &Item) -> bool {
    let scenarios = record.rounds.iter().flat_map(|round| &round.scenarios);
    let mut own = scenarios.filter(|scenario| scenario.id == item.scenario && scenario.item == item.label);
    own.any(|scenario| scenario.expectations.iter().any(|expectation| expectation.verdict == Verdict::Fail))
}
