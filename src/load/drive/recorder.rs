//! What one thread counts.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::live::Recent;
use crate::engine::journey::{Ended, Measured, Meter as Hears, Task, Trouble};
use crate::exchange::Exchange;
use crate::judge::Mismatch;
use crate::load::histogram::{Durations, Meter, Precision, Sample};
use crate::plan::Expected;

/// The most failures of a thread that are kept with their exchange.
pub const MOST_BREAKS: usize = 24;

/// How many of one clause and signature.
const OF_ONE: u64 = 3;

/// A clause that an exchange broke, or another failure, with the exchange.
#[derive(Clone, Debug)]
pub struct Break {
    /// The journey.
    pub journey: String,
    /// The step.
    pub step: String,
    /// The expectation; none where there was no answer to judge.
    pub expected: Option<Expected>,
    /// What came.
    pub mismatch: Mismatch,
    /// The exchange.
    pub exchange: Exchange,
}

/// When samples count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) opens: Instant,
    pub(super) closes: Instant,
    /// In the open model what was meant to begin in the window counts, whenever it ends; in the closed model it must end in it too.
    pub(super) open_model: bool,
}

impl Window {
    /// The moment in the window at which something ended; none where it does not count.
    fn place(&self, intended: Instant, end: Instant) -> Option<Duration> {
        let counts = intended >= self.opens && intended < self.closes && (self.open_model || end <= self.closes);
        counts.then(|| end.min(self.closes).saturating_duration_since(self.opens))
    }
}

/// A thread's figures.
pub(super) struct Recorder {
    window: Window,
    state: Mutex<State>,
}

/// What is counted.
pub(super) struct State {
    pub(super) operations: Vec<Option<Box<Meter>>>,
    pub(super) journeys: Vec<Option<Box<Meter>>>,
    pub(super) lateness: Durations,
    /// Clauses and how often they were broken, by clause and what came.
    pub(super) broken: BTreeMap<(String, String), u64>,
    pub(super) breaks: Vec<Break>,
    pub(super) corrupt: u64,
    pub(super) requests: u64,
    pub(super) bytes: (u64, u64),
    /// Arrivals that found every client busy, and those that were given up for want of room.
    pub(super) waited: u64,
    pub(super) dropped: u64,
    pub(super) arrivals: u64,
    /// Journeys that ended well within the window, whenever they began: what really went through in it.
    pub(super) finished: u64,
    pub(super) recent: Recent,
}

/// The most different clauses and answers that are told apart.
const MOST_KINDS: usize = 200;

impl Recorder {
    pub(super) fn new(window: Window, operations: usize, journeys: usize) -> Self {
        Self { window, state: Mutex::new(State::new(operations, journeys)) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was counted so far; counting begins anew.
    pub(super) fn take(&self) -> State {
        let mut state = self.state();
        let new = State::new(state.operations.len(), state.journeys.len());
        std::mem::replace(&mut state, new)
    }

    /// A journey was begun `late` after it was meant to.
    pub(super) fn begun(&self, intended: Instant, late: Duration) {
        if self.window.place(intended, intended).is_some() {
            let mut state = self.state();
            state.arrivals += 1;
            state.lateness.record(late);
        }
    }

    /// A journey that found every client busy, or (`false`) was given up.
    pub(super) fn waited(&self, intended: Instant, in_the_end: bool) {
        if self.window.place(intended, intended).is_some() {
            let mut state = self.state();
            if in_the_end {
                state.waited += 1;
            } else {
                state.dropped += 1;
                state.arrivals += 1;
            }
        }
    }

    /// A journey has ended.
    pub(super) fn ended(&self, task: &Task, ended: &Ended) {
        let mut state = self.state();
        let response = ended.end.saturating_duration_since(task.intended);
        state.recent.journey(response, ended.failed.is_some());
        if ended.failed.is_none() && self.window.opens <= ended.end && ended.end < self.window.closes {
            state.finished += 1;
        }
        let Some(at) = self.window.place(task.intended, ended.end) else { return };
        let Some(meter) = state.journeys.get_mut(task.script).map(|meter| meter.get_or_insert_with(Box::default)) else { return };
        match &ended.failed {
            Some(cause) => meter.failure(at, cause),
            None => meter.success(
                at,
                &Sample {
                    response,
                    service: ended.end.saturating_duration_since(ended.began),
                    phases: [None; 5],
                    sent: ended.bytes.0,
                    received: ended.bytes.1,
                    verified: ended.verified,
                },
            ),
        }
    }
}

/// A thread's recorder as one journey's exchanges see it.
pub(super) struct Listener<'a> {
    pub(super) recorder: &'a Recorder,
    pub(super) budget: &'a super::budget::Budget,
    /// When the journey was meant to begin.
    pub(super) intended: Instant,
}

impl Hears for Listener<'_> {
    fn measured(&self, measured: &Measured<'_>) {
        self.budget.spend(measured.sent + measured.received);
        let mut state = self.recorder.state();
        state.requests += 1;
        state.bytes.0 += measured.sent;
        state.bytes.1 += measured.received;
        state.recent.bytes += measured.sent + measured.received;
        if let Some(Trouble::Corrupt(..)) = measured.trouble {
            state.corrupt += 1;
        }
        state.breaks(measured);
        let Some(at) = self.recorder.window.place(self.intended, measured.stamps.end) else { return };
        let Some(meter) = state.operations.get_mut(measured.operation).map(|meter| meter.get_or_insert_with(Box::default)) else { return };
        match measured.trouble {
            Some(trouble) => meter.failure(at, &trouble.cause()),
            None => meter.success(at, &sample(measured)),
        }
    }
}

fn sample(measured: &Measured<'_>) -> Sample {
    let stamps = &measured.stamps;
    let there = |time: Duration| (!time.is_zero()).then_some(time);
    Sample {
        response: stamps.end.saturating_duration_since(measured.intended),
        service: stamps.end.saturating_duration_since(stamps.sent),
        phases: [
            there(stamps.connect),
            there(stamps.tls),
            there(measured.auth),
            Some(stamps.first_byte.saturating_duration_since(stamps.sent)),
            (measured.received > 0).then(|| stamps.end.saturating_duration_since(stamps.first_byte)),
        ],
        sent: measured.sent,
        received: measured.received,
        verified: measured.verified,
    }
}

impl State {
    fn new(operations: usize, journeys: usize) -> Self {
        Self {
            operations: (0..operations).map(|_| None).collect(),
            journeys: (0..journeys).map(|_| None).collect(),
            lateness: Durations::new(Precision::Fine),
            broken: BTreeMap::new(),
            breaks: Vec::new(),
            corrupt: 0,
            requests: 0,
            bytes: (0, 0),
            waited: 0,
            dropped: 0,
            arrivals: 0,
            finished: 0,
            recent: Recent::default(),
        }
    }

    /// Counts what was broken, and keeps the first few exchanges of each kind.
    fn breaks(&mut self, measured: &Measured<'_>) {
        for (expected, mismatch) in measured.broken {
            let seen = self.count_break(expected.clause.to_string(), mismatch.signature.clone());
            if seen <= OF_ONE {
                self.keep(measured, Some((*expected).clone()), mismatch.clone());
            }
        }
        if let (true, Some(trouble)) = (measured.broken.is_empty(), measured.trouble) {
            let cause = trouble.cause().into_owned();
            let seen = self.count_break(String::new(), cause.clone());
            if seen <= OF_ONE {
                self.keep(measured, None, Mismatch::fail("an answer", cause));
            }
        }
    }

    fn count_break(&mut self, clause: String, came: String) -> u64 {
        let full = self.broken.len() >= MOST_KINDS;
        let key = (clause, came);
        if full && !self.broken.contains_key(&key) {
            return u64::MAX;
        }
        let count = self.broken.entry(key).or_default();
        *count += 1;
        *count
    }

    fn keep(&mut self, measured: &Measured<'_>, expected: Option<Expected>, mismatch: Mismatch) {
        if self.breaks.len() < MOST_BREAKS {
            let exchange = (measured.exchange)();
            self.breaks.push(Break { journey: measured.journey.to_owned(), step: measured.step.to_owned(), expected, mismatch, exchange });
        }
    }
}
