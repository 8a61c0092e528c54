//! The closed model: each worker begins its next journey when the one before is done.

use std::sync::Arc;
use std::time::Duration;

use super::job::Crew;
use super::phase::Phase;
use crate::clock;

/// Runs workers until the window closes, the budget is used up or the run is over.
pub(super) async fn run(crew: &Arc<Crew>, workers: usize, think: Duration, until: std::time::Instant) {
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..workers {
        let crew = Arc::clone(crew);
        all.spawn(async move { work(&crew, think, until).await });
    }
    let mut heard = crew.heard.clone();
    loop {
        tokio::select! {
            one = all.join_next() => if one.is_none() { return },
            () = heard.reached(Phase::Over) => return,
        }
    }
}

async fn work(crew: &Crew, think: Duration, until: std::time::Instant) {
    let mut heard = crew.heard.clone();
    while !heard.is(Phase::Draining) {
        let now = clock::instant();
        let Some(number) = (now < until).then(|| crew.shared.budget.begin()).flatten() else { return };
        let task = crew.draw(number, now);
        let Some(busy) = crew.fleet.take().await else { return };
        crew.recorder.begun(now, Duration::ZERO);
        crew.work(task, busy).await;
        if !think.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(think) => {}
                () = heard.reached(Phase::Draining) => {}
            }
        }
    }
}
