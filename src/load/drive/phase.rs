//! Where a run stands.

use tokio::sync::watch;

/// How far a run has come, as every thread sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Journeys begin.
    #[default]
    Running,
    /// None begins any more; those under way end.
    Draining,
    /// What is under way is given up.
    Over,
}

/// Tells all threads.
#[derive(Debug)]
pub(super) struct Signal(watch::Sender<Phase>);

/// Hears it.
#[derive(Clone, Debug)]
pub(super) struct Heard(watch::Receiver<Phase>);

impl Signal {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Phase::Running))
    }

    pub(super) fn heard(&self) -> Heard {
        Heard(self.0.subscribe())
    }

    /// Never back.
    pub(super) fn go_on_to(&self, phase: Phase) {
        self.0.send_if_modified(|now| {
            let later = phase > *now;
            *now = (*now).max(phase);
            later
        });
    }
}

impl Heard {
    pub(super) fn is(&self, phase: Phase) -> bool {
        *self.0.borrow() >= phase
    }

    /// Waits until the run has come so far.
    pub(super) async fn reached(&mut self, phase: Phase) {
        // The sender lives as long as the run.
        let _ = self.0.wait_for(|now| *now >= phase).await;
    }
}
