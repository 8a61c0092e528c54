//! Connections that wait for their next exchange.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::{Connection, Origin};

/// More than these are not kept for one origin.
const KEPT: usize = 256;

/// Idle connections by origin; the one used last is used first.
#[derive(Default)]
#[expect(clippy::vec_box, reason = "a connection moves through every future on its way; boxed, that is a pointer")]
pub(in crate::client) struct Pool(Mutex<HashMap<Origin, Vec<Box<Connection>>>>);

impl Pool {
    /// A connection that seems to be open still.
    pub(in crate::client) async fn take(&self, origin: &Origin) -> Option<Box<Connection>> {
        loop {
            let mut connection = self.pop(origin)?;
            if connection.is_open().await {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection for later.
    pub(in crate::client) fn put(&self, origin: &Origin, connection: Box<Connection>) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.entry(origin.clone()).or_default();
        if kept.len() < KEPT {
            kept.push(connection);
        }
    }

    fn pop(&self, origin: &Origin) -> Option<Box<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(origin)?.pop()
    }
}
