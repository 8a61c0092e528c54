//! What a survey is asked to do, and why it could not be done.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::Uri;

use super::greet::Refusal;
use crate::clock::Clock;
use crate::oci::{Reference, RepositoryName};
use crate::record::Record;

/// What is asked of a survey.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Options {
    /// Scheme and authority of the target.
    pub base: Uri,
    /// First component(s) of every repository's name.
    pub prefix: String,
    /// A profile's name, or `auto`.
    pub profile: String,
    /// Patterns of scenario ids; none: all.
    pub only: Vec<String>,
    /// Images that the user has named.
    pub images: Named,
    /// How many scenarios may run side by side; what `side_by_side` makes of it counts.
    pub jobs: usize,
    /// How long the run may take.
    pub max_time: Duration,
    /// The user's seed.
    pub seed: u64,
    /// The one repository to work in.
    pub repository: Option<String>,
    /// Whether it may hold tags already.
    pub overwrite_tags: bool,
    /// The credentials in use.
    pub login: Option<(String, String)>,
    /// Whether content that failures need stays.
    pub keep_failed: bool,
    /// Whether all stays: the target is thrown away after the run.
    pub leave: bool,
    /// Whether tokens' expiry is waited for.
    pub wait_expiry: bool,
    /// The clock of the embedded reference registry, where that is the target.
    pub embedded: Option<Clock>,
    /// Hash of the scenario files.
    pub scenario_set: String,
}

/// Images that are there, to be pulled and judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Each by repository and tag or digest.
    pub images: Vec<(RepositoryName, Reference)>,
    /// Whether the target is judged by these alone: the profile forbids to write.
    pub alone: bool,
}

impl Options {
    /// How many scenarios and probes run side by side: one alone where they share a repository.
    #[must_use]
    pub fn side_by_side(&self) -> usize {
        if self.repository.is_some() { 1 } else { self.jobs }
    }
}

/// Why a target could not be surveyed.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It could not be reached, is no registry, or refuses the login.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It was interrupted, or `--max-time` was up, before there was anything to judge.
    #[error("nothing was judged: {why} before the target had been greeted{left}")]
    CutShort {
        /// `interrupted`, or what was up.
        why: String,
        /// What could not be taken away, a line each.
        left: String,
    },
    /// The repository of `--repository` holds tags, or can't be seen to hold none.
    #[error(
        "{repository} is not known to be empty: {why}. Scenarios overwrite tags like v1 and latest: take another repository, or say --overwrite-tags"
    )]
    InUse {
        /// The repository.
        repository: String,
        /// What was seen.
        why: String,
    },
    /// An image that was named can't be pulled, so nothing can be judged by it.
    #[error("{image} can't be judged: {why}")]
    NoImage {
        /// As it was named.
        image: String,
        /// What came.
        why: String,
    },
    /// There is no such profile.
    #[error("there is no profile `{name}`{hint} There are {all}")]
    NoProfile {
        /// What was asked for.
        name: String,
        /// `: did you mean …?`, or a full stop.
        hint: String,
        /// The names that there are.
        all: String,
    },
    /// No scenario matches `--only`.
    #[error("no scenario matches {patterns}; `plimsoll scenario list` lists them")]
    NothingToRun {
        /// The patterns.
        patterns: String,
    },
    /// What `--only` matches is not asked for by the profile.
    #[error("the profile {profile} asks for nothing that the chosen scenarios judge; --profile NAME takes another")]
    NothingBinds {
        /// The profile's name.
        profile: String,
    },
    /// What `--only` matches judges images, and there are none.
    #[error("the chosen scenarios judge images that are there, and none is named: --image REPOSITORY:TAG names one")]
    NoImages,
    /// What was chosen needs to write, and the profile forbids it.
    #[error(
        "the profile {profile} forbids to write, and each of the chosen scenarios writes or needs what is found by writing; --profile NAME takes another"
    )]
    NothingMayRun {
        /// The profile's name.
        profile: String,
    },
}

/// Bodies of requests that curl lines of the record name, by the file's name relative to the record.
pub type Bodies = BTreeMap<String, Bytes>;
/// How often a run was asked to end. Once: it cleans up and tells what was judged. Twice: it does not clean up any more.
#[derive(Clone, Debug)]
pub struct Interrupt(tokio::sync::watch::Receiver<u32>);

/// What asks.
#[derive(Debug)]
pub struct Interrupter(tokio::sync::watch::Sender<u32>);

impl Interrupt {
    /// What asks, and what is asked; once that is gone, nobody asks any more.
    #[must_use]
    pub fn pair() -> (Interrupter, Self) {
        let (sender, receiver) = tokio::sync::watch::channel(0);
        (Interrupter(sender), Self(receiver))
    }

    /// How often was asked so far.
    #[must_use]
    pub fn times(&self) -> u32 {
        *self.0.borrow()
    }

    /// Ends once it was asked so many times.
    pub async fn asked(&self, times: u32) {
        if self.0.clone().wait_for(|asked| *asked >= times).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Interrupter {
    /// Asks the run to end, once more; gives how often that makes.
    #[must_use]
    pub fn ask(&self) -> u32 {
        self.0.send_modify(|asked| *asked = asked.saturating_add(1));
        *self.0.borrow()
    }
}

/// Told as a run goes on.
pub trait Progress: Sync {
    /// So many scenarios (items) will run.
    fn begin(&self, total: usize);
    /// The target limits the rate of requests, and is waited for.
    fn waiting(&self, _wait: Duration) {}
    /// One has ended.
    fn done(&self, name: &str);
    /// The record so far: kept, should the run be interrupted.
    fn checkpoint(&self, record: &Record);
    /// What the curl lines of the whole record send: told once, at the end.
    fn bodies(&self, _: &Bodies) {}
}
