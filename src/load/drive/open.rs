//! The open model: journeys begin when they are due, whatever became of those before.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::job::Crew;
use super::pace::Pacer;
use super::phase::Phase;
use crate::clock;
use crate::load::schedule::Cursor;

/// The most journeys of a thread that wait for a free client; more are given up and counted.
const MOST_WAITING: usize = 20_000;

/// Journeys under way.
#[derive(Default)]
struct UnderWay {
    count: AtomicUsize,
    waiting: AtomicUsize,
    one_ended: Notify,
}

/// Begins journeys until the schedule, the budget or the run is over, and waits for those under way.
pub(super) async fn run(crew: &Arc<Crew>, arrivals: Cursor, pacer: &Pacer) {
    let under_way = Arc::new(UnderWay::default());
    let mut heard = crew.heard.clone();
    for arrival in arrivals {
        let due = crew.shared.start + arrival.at;
        tokio::select! {
            biased;
            () = pacer.until(due) => {}
            () = heard.reached(Phase::Draining) => break,
        }
        if heard.is(Phase::Draining) {
            break;
        }
        // The schedule has its own numbers; the budget only says whether there may be one more.
        if crew.shared.budget.begin().is_none() {
            break;
        }
        begin(crew, &under_way, arrival.index, due);
        // Arrivals that are all due already must not keep the runtime from what is under way.
        if clock::instant() >= due {
            tokio::task::consume_budget().await;
        }
    }
    drain(crew, &under_way).await;
}

fn begin(crew: &Arc<Crew>, under_way: &Arc<UnderWay>, number: u64, due: std::time::Instant) {
    let (crew, under_way) = (Arc::clone(crew), Arc::clone(under_way));
    if under_way.waiting.load(Ordering::Relaxed) >= MOST_WAITING {
        crew.recorder.waited(due, false);
        return;
    }
    under_way.count.fetch_add(1, Ordering::Relaxed);
    tokio::spawn(async move {
        let task = crew.draw(number, due);
        crew.recorder.begun(due, clock::instant().saturating_duration_since(due));
        let mut busy = crew.fleet.try_take();
        if busy.is_none() {
            crew.recorder.waited(due, true);
            under_way.waiting.fetch_add(1, Ordering::Relaxed);
            busy = crew.fleet.take().await;
            under_way.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(busy) = busy {
            crew.work(task, busy).await;
        }
        under_way.count.fetch_sub(1, Ordering::Relaxed);
        under_way.one_ended.notify_one();
    });
}

/// Waits until nothing is under way, or the run is over.
async fn drain(crew: &Crew, under_way: &UnderWay) {
    let mut heard = crew.heard.clone();
    while under_way.count.load(Ordering::Relaxed) > 0 {
        tokio::select! {
            () = under_way.one_ended.notified() => {}
            () = heard.reached(Phase::Over) => return,
        }
    }
}
