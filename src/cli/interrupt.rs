//! SIGINT and SIGTERM.

use super::output::Output;
use crate::check::Interrupt;

/// What follows the signals that this process gets from now on; the person is told what each of them does.
pub(super) fn heard(output: Output) -> Interrupt {
    let (interrupter, interrupt) = Interrupt::pair();
    let mut signals = Signals::new();
    tokio::spawn(async move {
        while signals.next().await {
            output.progress_line("");
            match interrupter.ask() {
                1 => Output::notice("interrupted; cleaning up (again to stop at once)…"),
                _ => Output::notice("interrupted again: what was pushed stays"),
            }
        }
    });
    interrupt
}

/// What is listened to; what the system does not let us hear is left out.
#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self([SignalKind::interrupt(), SignalKind::terminate()].into_iter().filter_map(|kind| signal(kind).ok()).collect())
    }

    /// Waits for the next one; `false` where there is none to be heard any more.
    async fn next(&mut self) -> bool {
        let each = self.0.iter_mut().map(|signal| Box::pin(signal.recv()));
        let each: Vec<_> = each.collect();
        !each.is_empty() && futures_util::future::select_all(each).await.0.is_some()
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
