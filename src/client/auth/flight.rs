//! One token, fetched by one of all who need it.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::HeaderValue;

use crate::clock::Clock;

/// A token as it is sent, and when it is no longer used.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// `Bearer …`, marked as sensitive.
    pub(super) header: HeaderValue,
    /// Seconds since 1970.
    pub(super) stale_at: u64,
}

/// The place of one token. Whoever finds it empty fetches; the others wait, and share what came, a failure too.
#[derive(Debug, Default)]
pub(super) struct Flight {
    gate: tokio::sync::Mutex<()>,
    landed: Mutex<Landed>,
}

#[derive(Debug, Default)]
struct Landed {
    token: Option<Token>,
    failure: Option<String>,
    /// How many fetches have ended.
    count: u64,
}

impl Flight {
    /// A token that lives and is not `rejected`, from here or from `fetch`.
    pub(super) async fn token<F>(&self, clock: &Clock, rejected: Option<&HeaderValue>, fetch: F) -> Result<HeaderValue, String>
    where
        F: Future<Output = Result<Token, String>>,
    {
        let before = {
            let landed = self.landed();
            if let Some(header) = landed.usable(clock, rejected) {
                return Ok(header);
            }
            landed.count
        };
        let _gate = self.gate.lock().await;
        {
            let landed = self.landed();
            if let Some(header) = landed.usable(clock, rejected) {
                return Ok(header);
            }
            // A fetch that ended while we waited speaks for us too, or a hundred would wait for a hundred time-outs.
            if let (true, Some(failure)) = (landed.count != before, &landed.failure) {
                return Err(failure.clone());
            }
        }
        let came = fetch.await;
        let mut landed = self.landed();
        landed.count += 1;
        landed.failure = came.as_ref().err().cloned();
        landed.token = came.as_ref().ok().cloned();
        came.map(|token| token.header)
    }

    fn landed(&self) -> MutexGuard<'_, Landed> {
        self.landed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Landed {
    fn usable(&self, clock: &Clock, rejected: Option<&HeaderValue>) -> Option<HeaderValue> {
        let token = self.token.as_ref().filter(|token| clock.unix_seconds() < token.stale_at)?;
        (rejected != Some(&token.header)).then(|| token.header.clone())
    }
}
