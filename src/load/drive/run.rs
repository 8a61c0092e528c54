//! A run from its first journey to its last answer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::budget::Budget;
use super::job::{Crew, Shared};
use super::live::{Live, Recent, Watch};
use super::order::{LoadError, Model, Order};
use super::phase::{Phase, Signal};
use super::tally::Tally;
use super::thread::{Share, Spent, crew, run};
use crate::check::Interrupt;
use crate::client::Client;
use crate::clock;
use crate::engine::journey::Setup;
use crate::seed::Seed;

/// How often the display is told.
const GLANCE: Duration = Duration::from_millis(250);

/// What a run gave.
pub struct Driven {
    /// What was counted.
    pub tally: Tally,
    /// How long the window really was.
    pub window: Duration,
    /// How long the last journeys took after it.
    pub drained: Duration,
    /// Why it ended before its time.
    pub partial: Option<String>,
    /// Manifests that journeys have pushed: repository and digest.
    pub pushed: Vec<(usize, Box<str>)>,
}

/// Drives a load in a target that is prepared, and waits for its end.
///
/// # Errors
/// A thread or its runtime could not be made.
pub async fn drive(
    setup: &Arc<Setup>,
    order: &Order,
    client: &Client,
    seed: &Seed,
    (watch, interrupt): (&dyn Watch, &Interrupt),
) -> Result<Driven, LoadError> {
    let budget = Budget::new(order.max_requests, order.max_bytes, order.iterations.unwrap_or(u64::MAX));
    let start = clock::instant();
    let shared = Arc::new(Shared { setup: Arc::clone(setup), order: order.clone(), budget, start, pushed: Mutex::default() });
    let signal = Signal::new();
    let of = order.threads;
    let all = (0..of).map(|index| Share { index, of });
    let crews: Vec<Arc<Crew>> = all.clone().map(|share| crew(&shared, client, signal.heard(), share, seed)).collect();
    let (done, mut ended) = mpsc::unbounded_channel();
    for (crew, share) in crews.iter().zip(all) {
        let (crew, done) = (Arc::clone(crew), done.clone());
        let body = move || drop(done.send((share.index, run(&crew, share))));
        let spawned = std::thread::Builder::new().name(format!("load-{}", share.index)).spawn(body);
        spawned.map_err(|why| LoadError::Broken(format!("a thread could not be made: {why}")))?;
    }
    drop(done);
    let mut spent: Vec<Option<Spent>> = vec![None; of];
    let interrupted = AtomicBool::new(false);
    let watching = watched(&shared, &crews, (&signal, &interrupted), (watch, interrupt));
    tokio::pin!(watching);
    let mut partial = None;
    loop {
        tokio::select! {
            thread = ended.recv() => match thread {
                Some((index, one)) => spent[index] = Some(one.map_err(|why| LoadError::Broken(format!("a runtime could not be made: {why}")))?),
                None => break,
            },
            why = &mut watching, if partial.is_none() => partial = Some(why),
        }
    }
    let over = clock::instant();
    let asked = || interrupted.load(Ordering::Relaxed).then(|| "it was interrupted".to_owned());
    let partial = partial.or_else(asked).or_else(|| shared.budget.used_up());
    Ok(gather(&shared, &crews, spent, (over, partial)))
}

/// Shows how it goes, and hears the interrupts; why the run was cut short, in the end.
async fn watched(
    shared: &Shared,
    crews: &[Arc<Crew>],
    (signal, interrupted): (&Signal, &AtomicBool),
    (watch, interrupt): (&dyn Watch, &Interrupt),
) -> String {
    let end = shared.start + shared.order.warm_up + shared.order.window;
    let mut tick = tokio::time::interval(GLANCE);
    let mut errors = 0;
    let mut asked = 0;
    loop {
        tokio::select! {
            () = interrupt.asked(asked + 1) => {
                asked += 1;
                interrupted.store(true, Ordering::Relaxed);
                signal.go_on_to(if asked == 1 { Phase::Draining } else { Phase::Over });
                if asked > 1 {
                    return "it was interrupted twice: what was under way was given up".to_owned();
                }
            }
            _ = tick.tick() => {
                let live = glance(shared, crews, &mut errors);
                watch.glance(&live);
                let now = clock::instant();
                if now >= end {
                    signal.go_on_to(Phase::Draining);
                }
                if now >= end + shared.order.drain {
                    signal.go_on_to(Phase::Over);
                    return format!("what was still under way {:?} after the end was given up", shared.order.drain);
                }
            }
        }
    }
}

fn glance(shared: &Shared, crews: &[Arc<Crew>], errors: &mut u64) -> Live {
    let mut all = Recent::default();
    for crew in crews {
        all.take(&mut crew.recorder.state().recent);
    }
    let (elapsed, order) = (shared.start.elapsed(), &shared.order);
    let whole = order.warm_up + order.window;
    let offered = match &order.model {
        Model::Open(schedule) => Some(schedule.curve().rate(elapsed)),
        Model::Closed { .. } => None,
    };
    let stage = match elapsed {
        elapsed if elapsed < order.warm_up => "warming up",
        elapsed if elapsed < whole => "measuring",
        _ => "draining",
    };
    let live = all.shown(GLANCE);
    *errors += live.errors;
    Live { stage, elapsed, whole, offered, errors: *errors, ..live }
}

fn gather(shared: &Shared, crews: &[Arc<Crew>], spent: Vec<Option<Spent>>, (over, partial): (Instant, Option<String>)) -> Driven {
    let mut tally = Tally::new(shared.setup.program.operations.len(), shared.setup.program.scripts.len());
    for (crew, spent) in crews.iter().zip(spent) {
        if let Some(spent) = spent {
            tally.add(crew.recorder.take(), spent);
        }
    }
    let opens = shared.start + shared.order.warm_up;
    let closes = opens + shared.order.window;
    let pushed = std::mem::take(&mut *shared.pushed.lock().unwrap_or_else(PoisonError::into_inner));
    Driven {
        tally,
        window: if partial.is_some() { over.min(closes).saturating_duration_since(opens) } else { shared.order.window },
        drained: over.saturating_duration_since(closes),
        partial,
        pushed,
    }
}
