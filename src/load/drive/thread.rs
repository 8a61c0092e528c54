//! One thread of the driver.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::fleet::Fleet;
use super::job::{Crew, Shared};
use super::order::Model;
use super::pace::{Pacer, Pacing};
use super::phase::Heard;
use super::recorder::{Recorder, Window};
use super::usage::thread_time;
use crate::client::Client;
use crate::clock;
use crate::seed::Seed;

/// Which thread of how many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pub(super) index: usize,
    pub(super) of: usize,
}

impl Share {
    /// This thread's part of so many.
    pub(super) fn part(self, whole: usize) -> usize {
        whole / self.of + usize::from(self.index < whole % self.of)
    }
}

/// What a thread was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spent {
    /// Processor time, and how long the thread ran.
    pub(super) cpu: Duration,
    pub(super) wall: Duration,
    pub(super) pacing: Pacing,
}

/// Makes the crew of a thread.
pub(super) fn crew(shared: &Arc<Shared>, client: &Client, heard: Heard, share: Share, seed: &Seed) -> Arc<Crew> {
    let order = &shared.order;
    let opens = shared.start + order.warm_up;
    let open_model = matches!(order.model, Model::Open(_));
    let window = Window { opens, closes: opens + order.window, open_model };
    let program = &shared.setup.program;
    let seed = seed.child("thread").child(&share.index.to_string());
    let total: f64 = order.journeys.iter().map(|(_, weight)| weight).sum();
    let mut sum = 0.0;
    let upto = order.journeys.iter().map(|(_, weight)| {
        sum += weight / total;
        sum
    });
    let clients = share.part(order.clients as usize).max(1);
    Arc::new(Crew {
        recorder: Recorder::new(window, program.operations.len(), program.scripts.len()),
        fleet: Fleet::new(client, (order.manner, order.speeds, order.fresh), clients, seed.child("clients").draws()),
        heard,
        upto: upto.collect(),
        draws: Mutex::new(seed.child("tasks").draws()),
        shared: Arc::clone(shared),
    })
}

/// Runs a thread's part on a runtime of its own.
pub(super) fn run(crew: &Arc<Crew>, share: Share) -> std::io::Result<Spent> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (began, before) = (clock::instant(), thread_time());
    let pacing = runtime.block_on(drive(crew, share));
    let spent = Spent { cpu: thread_time().saturating_sub(before), wall: began.elapsed(), pacing };
    // What is still under way is given up, and its connections are closed.
    runtime.shutdown_background();
    Ok(spent)
}

async fn drive(crew: &Arc<Crew>, share: Share) -> Pacing {
    let pacer = Pacer::new();
    let order = &crew.shared.order;
    let until: Instant = crew.shared.start + order.warm_up + order.window;
    match &order.model {
        Model::Open(schedule) => super::open::run(crew, schedule.share(share.index, share.of), &pacer).await,
        Model::Closed { workers, think } => super::closed::run(crew, share.part(*workers as usize), *think, until).await,
    }
    pacer.kind()
}
