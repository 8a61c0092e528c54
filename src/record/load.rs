//! The load section of a record. Times are microseconds where a name ends in `_us`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a load measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// `pull-storm`.
    pub workload: String,
    /// What it imitates.
    pub title: String,
    /// When journeys began: `open, Poisson arrivals, 20/s`.
    pub model: String,
    /// Distributions with their parameters, one a line, and where the figures come from.
    pub header: Vec<String>,
    /// The data set.
    pub data: LoadData,
    /// The measured window.
    pub window_ms: u64,
    /// What ran before it and is not counted.
    pub warm_up_ms: u64,
    /// What the journeys that had begun took after it.
    pub drained_ms: u64,
    /// Why the run ended before its time; absent where it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<String>,
    /// Journeys per second that the schedule wanted; absent in the closed model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered: Option<f64>,
    /// Journeys per second that ended well within the window.
    pub achieved: f64,
    /// Journeys of the window that ended well, and those that did not.
    pub journeys_done: u64,
    /// See `journeys_done`.
    pub journeys_failed: u64,
    /// Requests of the whole run, warm-up included, preparation and clean-up left out.
    pub requests: u64,
    /// Bytes of bodies sent and received by them.
    pub bytes: (u64, u64),
    /// Bytes of the window whose digest or content was compared with what had to come.
    pub verified_bytes: u64,
    /// Answers of the whole run whose bytes were wrong.
    pub corrupt: u64,
    /// Each operation, and each journey.
    pub operations: Vec<LoadRow>,
    /// See `operations`.
    pub journeys: Vec<LoadRow>,
    /// Why exchanges failed, in the whole run: cause and count.
    pub failures: IndexMap<String, u64>,
    /// The first few that no clause speaks of (no answer, a time-out, 429), with their exchanges; `clause` is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<super::types::Evidence>,
    /// What measured it.
    pub driver: LoadDriver,
    /// What had to hold.
    pub thresholds: Vec<LoadThreshold>,
    /// The load line, where it was searched for; the other figures are those of its best step then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LoadLine>,
}

/// The highest rate of journeys that keeps the SLO.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadLine {
    /// The objective.
    pub slo: Vec<String>,
    /// The highest rate that kept it; absent where none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// The lowest rate above that did not: the other end of the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// Whether repeats kept it too.
    pub confirmed: bool,
    /// What stopped the rate from going higher: `registry`, `driver`, `budget`, `never kept`.
    pub limit: String,
    /// Journeys per second of workers that wait for their answers.
    pub closed: f64,
    /// The rate from which on latency grows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bends_at: Option<f64>,
    /// How long the search took.
    pub took_ms: u64,
    /// Each step, from low to high rates.
    pub curve: Vec<LoadLineStep>,
}

/// A step of the search.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadLineStep {
    /// Journeys per second that were due.
    pub rate: f64,
    /// And that ended well.
    pub achieved: f64,
    /// Samples.
    pub samples: u64,
    /// Median response time.
    pub p50_us: f64,
    /// 99th percentile.
    pub p99_us: f64,
    /// Whether the rate was carried.
    pub carried: bool,
}

/// The data set of a load.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadData {
    /// Repositories.
    pub repositories: u64,
    /// Images, those of indexes included.
    pub images: u64,
    /// Different blobs.
    pub blobs: u64,
    /// Bytes of different content.
    pub bytes: u64,
    /// The machine's memory, where it is known: a set that fits is served from the page cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<u64>,
    /// How long pushing it took.
    pub prepared_ms: u64,
    /// Requests and bytes that it took.
    pub prepared_requests: u64,
    /// See `prepared_requests`.
    pub prepared_bytes: u64,
    /// How long taking it away took.
    pub cleaned_ms: u64,
}

/// One operation or journey in the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadRow {
    /// `manifest`, `docker/pull`.
    pub name: String,
    /// How many succeeded.
    pub count: u64,
    /// How many failed.
    pub failed: u64,
    /// Successes per second.
    pub rate: f64,
    /// Bytes of bodies sent and received by successes.
    pub bytes: (u64, u64),
    /// Of them verified.
    pub verified_bytes: u64,
    /// From the intended start to the end.
    pub response: Spread,
    /// From the first byte sent to the end.
    pub service: Spread,
    /// How long each phase took, where it happened: connect, tls, auth, first-byte, body.
    pub phases: IndexMap<String, Spread>,
    /// Failures by cause.
    pub failures: IndexMap<String, u64>,
    /// How it went: the width of an interval in milliseconds, and each interval with something in it.
    pub timeline: Timeline,
    /// All response times, as an `HdrHistogram` of nanoseconds (format V2, in base64).
    pub histogram: String,
}

/// How durations spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// How many.
    pub count: u64,
    /// The shortest.
    pub min_us: f64,
    /// The mean.
    pub mean_us: f64,
    /// Half took no longer.
    pub p50_us: f64,
    /// 90% took no longer.
    pub p90_us: f64,
    /// 99% took no longer.
    pub p99_us: f64,
    /// 99.9% took no longer.
    pub p999_us: f64,
    /// The longest.
    pub max_us: f64,
}

/// Over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// The width of an interval.
    pub width_ms: u64,
    /// In order, from the beginning of the window.
    pub intervals: Vec<TimelinePoint>,
}

/// One interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimelinePoint {
    /// How many succeeded.
    pub ok: u64,
    /// How many failed.
    pub failed: u64,
    /// Bytes of bodies.
    pub bytes: u64,
    /// Median response time; 0 where there is none.
    pub p50_us: f64,
    /// 99th percentile.
    pub p99_us: f64,
    /// The longest.
    pub max_us: f64,
}

/// The driver of a load.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadDriver {
    /// Threads.
    pub threads: u64,
    /// How it waited for the next arrival.
    pub pacing: String,
    /// What computed the hashes.
    pub hashing: String,
    /// Begun minus intended, of journeys.
    pub lateness: Spread,
    /// Processor time per second of the window, in processors.
    pub cpu: f64,
    /// The share of its time that the busiest thread computed.
    pub busiest: f64,
    /// Arrivals of the window.
    pub arrivals: u64,
    /// Of them those that found every client busy.
    pub waited: u64,
    /// And those given up since too many waited.
    pub dropped: u64,
    /// Why its figures are not the registry's alone; empty where they are.
    pub limits: Vec<String>,
}

/// What had to hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadThreshold {
    /// `pull.p99 < 250ms`.
    pub text: String,
    /// What was measured, in words.
    pub measured: String,
    /// Whether it holds; absent where too little was measured to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<bool>,
}

impl Load {
    /// Whether a threshold is missed, or bytes were wrong: a failure whatever the thresholds say.
    #[must_use]
    pub fn is_missed(&self) -> bool {
        self.corrupt > 0
            || self.line.as_ref().is_some_and(|line| line.rate.is_none() && line.limit != "driver")
            || self.thresholds.iter().any(|threshold| threshold.holds == Some(false))
    }

    /// Why it can't be settled, in words; empty where it can.
    #[must_use]
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps = self.driver.limits.clone();
        gaps.extend(self.partial.clone());
        let open = self.thresholds.iter().filter(|threshold| threshold.holds.is_none());
        gaps.extend(open.map(|threshold| format!("`{}` can't be told: {}", threshold.text, threshold.measured)));
        if let Some(line) = &self.line {
            match line.limit.as_str() {
                "driver" => gaps.push("the driver was the limit: the registry carries at least what was found".to_owned()),
                "budget" => gaps.push("the search ended before a rate was too much".to_owned()),
                _ if line.rate.is_some() && !line.confirmed => gaps.push("the load line was not confirmed by repeats".to_owned()),
                _ => {}
            }
        }
        if self.journeys_done == 0 {
            gaps.push("no journey of the window ended well".to_owned());
        }
        gaps
    }
}
