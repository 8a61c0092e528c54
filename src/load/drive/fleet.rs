//! The clients of one thread.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client::Client;
use crate::engine::journey::{Caller, Manner};
use crate::seed::Draws;

/// Clients that wait, those that were busy last at the end of the line; more are made while there may be more.
pub(super) struct Fleet {
    client: Client,
    manner: Manner,
    speeds: Option<(f64, f64)>,
    fresh: bool,
    places: Arc<Semaphore>,
    idle: Mutex<std::collections::VecDeque<Caller>>,
    draws: Mutex<Draws>,
}

/// A client at work, and its place.
pub(super) struct Busy {
    pub(super) caller: Caller,
    _place: OwnedSemaphorePermit,
}

impl Fleet {
    pub(super) fn new(client: &Client, (manner, speeds, fresh): (Manner, Option<(f64, f64)>, bool), most: usize, draws: Draws) -> Self {
        let places = Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)));
        Self { client: client.clone(), manner, speeds, fresh, places, idle: Mutex::default(), draws: Mutex::new(draws) }
    }

    /// A client, if one is free.
    pub(super) fn try_take(&self) -> Option<Busy> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Busy { caller: self.one(), _place: place })
    }

    /// A client, once one is free.
    pub(super) async fn take(&self) -> Option<Busy> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        Some(Busy { caller: self.one(), _place: place })
    }

    /// A client has done its journey.
    pub(super) fn put(&self, busy: Busy) {
        if !self.fresh {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push_back(busy.caller);
        }
    }

    fn one(&self) -> Caller {
        let waiting = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        waiting.unwrap_or_else(|| Caller::new(&self.client, Manner { speed: self.speed(), ..self.manner }))
    }

    /// Evenly in the logarithm between the slowest and the fastest.
    fn speed(&self) -> Option<f64> {
        let (from, to) = self.speeds?;
        let u = self.draws.lock().unwrap_or_else(PoisonError::into_inner).unit();
        Some(from * (to / from).powf(u))
    }
}
