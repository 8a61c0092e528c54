//! What a survey is asked to do, and why it could not be done.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::Uri;

use super::greet::Refusal;
use crate::clock::Clock;
use crate::record::Record;

/// What is asked of a survey.
#[derive(Clone, Debug)]
pub struct Options {
    /// Scheme and authority of the target.
    pub base: Uri,
    /// First component(s) of every repository's name.
    pub prefix: String,
    /// A profile's name, or `auto`.
    pub profile: String,
    /// Patterns of scenario ids; none: all.
    pub only: Vec<String>,
    /// How many scenarios run side by side.
    pub jobs: usize,
    /// How long the run may take.
    pub max_time: Duration,
    /// The user's seed.
    pub seed: u64,
    /// The one repository to work in.
    pub repository: Option<String>,
    /// The credentials in use.
    pub login: Option<(String, String)>,
    /// Whether content that failures need stays.
    pub keep_failed: bool,
    /// Whether tokens' expiry is waited for.
    pub wait_expiry: bool,
    /// The clock of the embedded reference registry, where that is the target.
    pub embedded: Option<Clock>,
    /// Hash of the scenario files.
    pub scenario_set: String,
}

/// Why a target could not be surveyed.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It could not be reached, is no registry, or refuses the login.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such profile.
    #[error("there is no profile `{name}`{hint}; there are {all}")]
    NoProfile {
        /// What was asked for.
        name: String,
        /// `: did you mean …?`
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
}

/// Bodies of requests that curl lines of the record name, by the file's name relative to the record.
pub type Bodies = BTreeMap<String, Bytes>;

/// Told as a run goes on.
pub trait Progress: Sync {
    /// So many scenarios (items) will run.
    fn begin(&self, total: usize);
    /// One has ended.
    fn done(&self, name: &str);
    /// The record so far: kept, should the run be interrupted.
    fn checkpoint(&self, record: &Record);
    /// What the curl lines of the whole record send: told once, at the end.
    fn bodies(&self, _: &Bodies) {}
}
