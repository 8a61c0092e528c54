//! What is asked of a load.

use http::Uri;

use super::drive::Overrides;
use super::threshold::Threshold;

/// Where and how a load runs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Scheme and authority of the target.
    pub base: Uri,
    /// First component(s) of every repository's name.
    pub prefix: String,
    /// The profile whose clauses are judged; `auto` is the newest released specification.
    pub profile: String,
    /// The user's seed.
    pub seed: u64,
    /// The credentials in use.
    pub login: Option<(String, String)>,
    /// Whether the target is the embedded reference registry, which is thrown away afterwards.
    pub embedded: bool,
    /// Hash of the scenario files.
    pub scenario_set: String,
    /// What the command line changes of the workload.
    pub overrides: Overrides,
    /// What must hold: the workload's own thresholds, and those beside them.
    pub thresholds: Vec<Threshold>,
    /// Searches for the load line, at most so long.
    pub find_capacity: Option<std::time::Duration>,
}
