//! Waking at a moment, to some 0.1 ms.
//!
//! Tokio's timer counts whole milliseconds and would answer up to 1 ms late, five service times of 200 µs. A thread that waits on a condition is
//! woken by the system's own timer, within 0.05 to 0.1 ms where a core is free, and costs nothing while it waits; spinning would
//! take a core from the driver that this is to measure.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use crate::clock::instant;

/// Who waits, by moment and order of coming.
type Waiting = BTreeMap<(Instant, u64), oneshot::Sender<()>>;

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: Waiting,
    count: u64,
    ended: bool,
}

/// Wakes at given moments. Its thread ends with it.
#[derive(Debug)]
pub(super) struct Alarm(Arc<Shared>);

impl Alarm {
    /// An alarm with a thread of its own.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn start() -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let ringing = Arc::clone(&shared);
        std::thread::Builder::new().name("pace".into()).spawn(move || ring(&ringing))?;
        Ok(Self(shared))
    }

    /// Waits until that moment.
    pub(super) async fn until(&self, moment: Instant) {
        if moment <= instant() {
            return;
        }
        let (sender, receiver) = oneshot::channel();
        {
            let mut state = lock(&self.0.state);
            state.count += 1;
            let key = (moment, state.count);
            state.waiting.insert(key, sender);
            if state.waiting.first_key_value().is_some_and(|(first, _)| *first == key) {
                self.0.changed.notify_one();
            }
        }
        // It errs only where the thread has ended, and then nobody waits for an answer.
        let _ = receiver.await;
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        lock(&self.0.state).ended = true;
        self.0.changed.notify_one();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakes whoever is due, and waits for the next.
fn ring(shared: &Shared) {
    let mut state = lock(&shared.state);
    while !state.ended {
        let now = instant();
        while let Some(due) = state.waiting.first_entry().filter(|first| first.key().0 <= now) {
            // Whoever no longer waits has gone away.
            let _ = due.remove().send(());
        }
        state = match state.waiting.first_key_value().map(|((moment, _), _)| moment.saturating_duration_since(now)) {
            Some(wait) => shared.changed.wait_timeout(state, wait).map_or_else(|error| error.into_inner().0, |(state, _)| state),
            None => shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
        };
    }
}
