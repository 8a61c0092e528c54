//! The command line of `plimsoll load`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::access::{ConnectionArgs, LoginArgs};
use super::args::{duration, rate, size};

/// Options of `load`.
#[derive(Debug, Args)]
pub(super) struct LoadArgs {
    /// `http://HOST:PORT`, `https://HOST`, or `HOST[/REPOSITORY/PREFIX]` (https, except loopback). Left out: the embedded reference registry.
    #[arg(value_name = "TARGET")]
    pub(super) targets: Vec<String>,
    /// What is done: smoke, pull-storm, ci-mix, … (`plimsoll scenario list 'workloads/*'`).
    #[arg(long, default_value = "smoke", value_name = "NAME", help_heading = "Load")]
    pub(super) workload: String,
    /// Journeys per second, in place of the workload's arrivals: `500/s`.
    #[arg(long, value_name = "RATE", value_parser = rate, conflicts_with = "workers", help_heading = "Load")]
    pub(super) rate: Option<f64>,
    /// Workers that each begin a journey when the one before is done, in place of the workload's arrivals.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000), help_heading = "Load")]
    pub(super) workers: Option<u32>,
    /// How long it is measured.
    #[arg(long, value_name = "TIME", value_parser = duration, help_heading = "Load")]
    pub(super) duration: Option<Duration>,
    /// What must hold (`pull.p99 < 250ms`), beside what the workload says; may be repeated.
    #[arg(long, value_name = "THRESHOLD", help_heading = "Load")]
    pub(super) slo: Vec<String>,
    /// Search for the load line: the highest rate of journeys that keeps the thresholds, with its interval.
    #[arg(long, conflicts_with_all = ["rate", "workers", "duration"], help_heading = "Load")]
    pub(super) find_capacity: bool,
    /// How long the search may take.
    #[arg(long, value_name = "TIME", default_value = "90s", value_parser = duration, requires = "find_capacity", help_heading = "Load")]
    pub(super) search_time: Duration,
    /// Content, draws and arrivals derive from this number.
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Load")]
    pub(super) seed: u64,
    /// Threads that drive [half of the processors for a target on this machine, else all].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Load")]
    pub(super) threads: Option<u16>,
    /// Begin no journey after so many requests.
    #[arg(long, value_name = "N", help_heading = "Load")]
    pub(super) max_requests: Option<u64>,
    /// Begin no journey after so many bytes, both ways; a data set that is larger is refused.
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Load")]
    pub(super) max_bytes: Option<u64>,
    /// Load a target that is not on this machine.
    #[arg(long, help_heading = "Load")]
    pub(super) yes: bool,
    /// The profile whose clauses are judged; auto: the newest released specification; ./mine.yaml: a profile of your own.
    #[arg(long, default_value = "auto", value_name = "NAME|FILE", help_heading = "What is judged")]
    pub(super) profile: String,
    /// Read scenarios from this directory in place of the ones shipped.
    #[arg(long, value_name = "DIR", help_heading = "What is judged")]
    pub(super) scenarios: Option<PathBuf>,
    #[command(flatten)]
    pub(super) login: LoginArgs,
    #[command(flatten)]
    pub(super) connection: ConnectionArgs,
    /// Write the reports into this directory, taken literally [default: reports/runs/TARGET/TIME].
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(super) report_dir: Option<PathBuf>,
}
