//! What all threads counted, added up.

use std::collections::BTreeMap;
use std::time::Duration;

use super::pace::Pacing;
use super::recorder::{Break, State};
use super::thread::Spent;
use crate::load::histogram::{Durations, Meter, Precision};

/// What the driver itself did.
#[derive(Clone, Debug)]
pub struct Driver {
    /// Threads.
    pub threads: usize,
    /// How it waited.
    pub pacing: Pacing,
    /// Begun minus intended, of journeys.
    pub lateness: Durations,
    /// The share of its thread's time that the busiest thread computed.
    pub busiest: f64,
    /// Processor time of all threads.
    pub cpu: Duration,
    /// Arrivals in the window, those that found every client busy, and those given up since too many waited.
    pub arrivals: u64,
    /// See `arrivals`.
    pub waited: u64,
    /// See `arrivals`.
    pub dropped: u64,
}

/// Everything that was counted.
#[derive(Clone, Debug)]
pub struct Tally {
    /// By the program's operations; none where none was sent.
    pub operations: Vec<Option<Meter>>,
    /// By the program's journeys.
    pub journeys: Vec<Option<Meter>>,
    /// The driver.
    pub driver: Driver,
    /// How often which clause was broken, by clause (empty: no clause) and what came.
    pub broken: BTreeMap<(String, String), u64>,
    /// The first few, with their exchanges.
    pub breaks: Vec<Break>,
    /// Answers whose bytes were wrong, in the window or not.
    pub corrupt: u64,
    /// Journeys that ended well within the window, whenever they began.
    pub finished: u64,
    /// Requests, in the window or not.
    pub requests: u64,
    /// Bytes of bodies sent and received, in the window or not.
    pub bytes: (u64, u64),
}

impl Tally {
    /// Nothing yet.
    pub(super) fn new(operations: usize, journeys: usize) -> Self {
        let driver = Driver {
            threads: 0,
            pacing: Pacing::Timerfd,
            lateness: Durations::new(Precision::Fine),
            busiest: 0.0,
            cpu: Duration::ZERO,
            arrivals: 0,
            waited: 0,
            dropped: 0,
        };
        Self {
            operations: vec![None; operations],
            journeys: vec![None; journeys],
            driver,
            broken: BTreeMap::new(),
            breaks: Vec::new(),
            corrupt: 0,
            finished: 0,
            requests: 0,
            bytes: (0, 0),
        }
    }

    /// Adds a thread.
    pub(super) fn add(&mut self, state: State, spent: Spent) {
        merge(&mut self.operations, state.operations);
        merge(&mut self.journeys, state.journeys);
        let driver = &mut self.driver;
        driver.threads += 1;
        driver.lateness.merge(&state.lateness);
        driver.cpu += spent.cpu;
        driver.busiest = driver.busiest.max(spent.cpu.as_secs_f64() / spent.wall.as_secs_f64().max(0.001));
        driver.arrivals += state.arrivals;
        driver.waited += state.waited;
        driver.dropped += state.dropped;
        if spent.pacing == Pacing::Runtime {
            driver.pacing = Pacing::Runtime;
        }
        for (kind, count) in state.broken {
            *self.broken.entry(kind).or_default() += count;
        }
        self.breaks.extend(state.breaks);
        self.corrupt += state.corrupt;
        self.finished += state.finished;
        self.requests += state.requests;
        self.bytes = (self.bytes.0 + state.bytes.0, self.bytes.1 + state.bytes.1);
    }
}

fn merge(into: &mut [Option<Meter>], from: Vec<Option<Box<Meter>>>) {
    for (place, meter) in into.iter_mut().zip(from) {
        match (place, meter) {
            (Some(known), Some(meter)) => known.merge(&meter),
            (place @ None, Some(meter)) => *place = Some(*meter),
            (_, None) => {}
        }
    }
}
