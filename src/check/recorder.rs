//! What an item's run showed, as it came.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::broadcast;

use super::cleanup::{Pushed, note_session, perhaps_pushed, pushed};
use crate::engine::{Judgement, Observer};
use crate::exchange::Exchange;
use crate::plan::{Expected, Step};

/// One judgement.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// The step's number and title; none where no step was reached.
    pub(super) step: Option<(usize, Arc<str>)>,
    /// The expectation's number in its item (or among the `always` statements).
    pub(super) expected: usize,
    /// What came of it.
    pub(super) judgement: Judgement,
    /// What it was judged on, kept for failures and errors.
    pub(super) exchange: Option<Arc<Exchange>>,
}

/// What a step that decides a capability came to.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    pub(super) capability: String,
    /// The outcome; none where the answer was one that no outcome has.
    pub(super) outcome: Option<String>,
    /// `status 404 NAME_UNKNOWN`.
    pub(super) observed: String,
}

/// What one run of an item left.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    pub(super) events: Vec<Event>,
    pub(super) decisions: Vec<Decision>,
    pub(super) pushed: Vec<Pushed>,
    /// What was sent and never answered.
    pub(super) unanswered: Vec<Pushed>,
    /// Upload sessions that are still open.
    pub(super) sessions: Vec<Pushed>,
    /// The first preparation that did not work: the step's title and what came.
    pub(super) unprepared: Option<(usize, String)>,
    pub(super) exchanges: u64,
    pub(super) wall_ms: u64,
    /// Whether the item ran to its end.
    pub(super) finished: bool,
}

impl Heard {
    /// A step's title, written once for all that is judged of it one after the other.
    fn title(&self, step: &Step) -> Arc<str> {
        let last = self.events.last().and_then(|event| event.step.as_ref());
        match last.filter(|(number, _)| *number == step.number) {
            Some((_, title)) => Arc::clone(title),
            None => step.title.as_str().into(),
        }
    }
}

/// How much of an answer's body is held until the record is made: more than it shows, so that a secret at its edge is seen whole.
const HELD: usize = 64 << 10;

/// An exchange as it is held for evidence: a hostile target could answer megabytes to each of thousands of requests.
fn kept(exchange: &Exchange) -> Exchange {
    let mut kept = exchange.clone();
    if let Ok(response) = &mut kept.answer
        && response.body.bytes.len() > HELD
    {
        response.body.bytes = Bytes::copy_from_slice(&response.body.bytes[..HELD]);
        response.body.truncated = true;
    }
    kept
}

/// Listens to one item; can be read while the item still runs.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    heard: Mutex<Heard>,
    waits: Option<broadcast::Sender<Duration>>,
}

impl Recorder {
    /// One that tells on the way how long it waits for the target.
    pub(super) fn telling(waits: &broadcast::Sender<Duration>) -> Self {
        Self { waits: Some(waits.clone()), ..Self::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was heard so far.
    pub(super) fn heard(&self) -> Heard {
        self.lock().clone()
    }

    /// What a look at what was heard so far gives.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Heard) -> T) -> T {
        look(&self.lock())
    }

    /// Notes that the item ran to its end.
    pub(super) fn finish(&self, wall_ms: u64) {
        let mut heard = self.lock();
        heard.finished = true;
        heard.wall_ms = wall_ms;
    }
}

impl Observer for Recorder {
    fn exchanged(&self, exchange: &Exchange) {
        let mut heard = self.lock();
        heard.exchanges += 1;
        heard.pushed.extend(pushed(exchange));
        heard.unanswered.extend(perhaps_pushed(exchange));
        note_session(&mut heard.sessions, exchange);
    }

    fn judged(&self, step: Option<&Step>, expected: &Expected, judgement: Judgement, exchange: Option<&Exchange>) {
        let keep = judgement.wants_evidence();
        let exchange =
            exchange.filter(|_| keep || step.is_some_and(|step| step.capability.is_some())).map(|exchange| Arc::new(kept(exchange)));
        let mut heard = self.lock();
        let step = step.map(|step| (step.number, heard.title(step)));
        heard.events.push(Event { step, expected: expected.number, judgement, exchange });
    }

    fn waiting(&self, wait: Duration) {
        // Nobody need listen.
        self.waits.iter().for_each(|waits| drop(waits.send(wait)));
    }

    fn unprepared(&self, step: &Step, exchange: &Exchange) {
        let told = format!("{}: {}", step.title, crate::judge::observed(exchange));
        self.lock().unprepared.get_or_insert((step.number, told));
    }

    fn decided(&self, capability: &str, outcome: Option<&str>, exchange: &Exchange) {
        let observed = crate::judge::observed(exchange);
        self.lock().decisions.push(Decision { capability: capability.to_owned(), outcome: outcome.map(str::to_owned), observed });
    }
}
