//! What is under way, so that a run can end without cutting it off.

use std::sync::{Mutex, PoisonError};

use http::Method;
use tokio::sync::watch;

use crate::exchange::Request;

/// The requests of clients that were made from one another.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    state: watch::Sender<State>,
    abandoned: Mutex<Vec<Request>>,
}

#[derive(Debug, Default)]
struct State {
    held: bool,
    under_way: usize,
}

/// One request on its way. Dropped before its end, it is abandoned.
pub(super) struct UnderWay<'a> {
    traffic: &'a Traffic,
    request: &'a Request,
    ended: bool,
}

impl Traffic {
    pub(super) fn hold(&self) {
        self.state.send_modify(|state| state.held = true);
    }

    /// Ends at once, and once requests are held never.
    pub(super) async fn admitted(&self) {
        if self.state.borrow().held {
            std::future::pending::<()>().await;
        }
    }

    pub(super) fn begin<'a>(&'a self, request: &'a Request) -> UnderWay<'a> {
        self.state.send_modify(|state| state.under_way += 1);
        UnderWay { traffic: self, request, ended: false }
    }

    pub(super) async fn quiet(&self) {
        // The sender is ours, so it does not go away.
        let _ = self.state.subscribe().wait_for(|state| state.under_way == 0).await;
    }

    pub(super) fn abandoned(&self) -> Vec<Request> {
        self.abandoned.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl UnderWay<'_> {
    pub(super) fn end(mut self) {
        self.ended = true;
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.traffic.state.send_modify(|state| state.under_way = state.under_way.saturating_sub(1));
        if !self.ended && matches!(self.request.method, Method::PUT | Method::POST) {
            self.traffic.abandoned.lock().unwrap_or_else(PoisonError::into_inner).push(self.request.clone());
        }
    }
}
