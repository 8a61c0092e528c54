//! What a search found.

use std::time::Duration;

use super::step::Point;

/// What stopped the rate from going higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The registry: at a higher rate it does not keep the SLO.
    Registry,
    /// The driver: it could not offer more. The registry carries at least what was found, and nothing says how much more.
    Driver,
    /// The search's own budget: no rate that was tried was too much.
    Budget,
    /// The SLO was kept at no rate that was tried.
    NeverKept,
}

/// The load line of one registry, for one SLO and workload.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    /// The highest rate, per second, that kept the SLO; `None` where none did.
    pub rate: Option<f64>,
    /// The lowest rate above it that did not keep it, or that the driver could not offer: the other end of the interval.
    pub below: Option<f64>,
    /// Whether the repeats of the winner kept the SLO too. Without them, the rate is the best guess.
    pub confirmed: bool,
    /// What stopped it.
    pub limit: Limit,
    /// Successes per second of the closed run.
    pub closed: f64,
    /// Every step, from low to high rates, repeats in the order in which they were made.
    pub curve: Vec<Point>,
    /// The rate from which on latency grows ([`super::bend`]).
    pub bends_at: Option<f64>,
    /// How long the search took.
    pub took: Duration,
}
