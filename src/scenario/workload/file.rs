//! The shape of a workload's file, as serde reads it.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::types::{ArrivalFile, Clients, DataSet};
use crate::scenario::Period;
use crate::text::At;

/// A workload: data set, clients, weighted journeys, arrival, thresholds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "plimsoll workload")]
pub(in crate::scenario) struct WorkloadFile {
    /// One sentence that says what it imitates.
    pub(super) title: At<String>,
    /// What is pushed before it begins.
    pub(super) data: At<DataSet>,
    /// Who acts.
    #[serde(default)]
    pub(super) clients: Clients,
    /// Journeys with their weights: `docker/pull: 8`.
    pub(super) journeys: At<IndexMap<At<String>, f64>>,
    /// When journeys begin.
    pub(super) arrival: At<ArrivalFile>,
    /// How long it is measured.
    #[serde(default = "ten_seconds")]
    pub(super) duration: Period,
    /// Ends after so many journeys, where that comes first.
    pub(super) iterations: Option<u64>,
    /// Runs so long before it is measured.
    #[serde(default)]
    pub(super) warm_up: Period,
    /// What must hold: `pull.p99 < 250ms`.
    #[serde(default)]
    pub(super) thresholds: Vec<At<String>>,
}

fn ten_seconds() -> Period {
    Period(std::time::Duration::from_secs(10))
}
