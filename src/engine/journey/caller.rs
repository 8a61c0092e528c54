//! One client of a load: its connections, what it knows of logging in, and the layers that it holds.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::{HeaderValue, Method};

use crate::client::Client;
use crate::client::Origin;
use crate::client::line::Line;
use crate::clock;

/// How a client behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Manner {
    /// Bytes per second that it reads at most.
    pub speed: Option<f64>,
    /// The share of pulled layers that it gives up in the middle.
    pub abort: f64,
    /// How often it sends again what was refused for the moment, or broke off.
    pub retries: u32,
    /// Whether it keeps layers, and does not pull them again.
    pub keeps_layers: bool,
}

/// How long a login is used without asking whether it still lives.
const TRUSTED: Duration = Duration::from_secs(1);

/// A client. One journey at a time.
pub struct Caller {
    /// Fetches tokens; shares nothing with other callers but how it connects.
    pub(super) client: Client,
    pub(super) manner: Manner,
    #[expect(clippy::vec_box, reason = "a connection moves through every future on its way; boxed, that is a pointer")]
    lines: Mutex<Vec<Box<Line>>>,
    logins: Mutex<HashMap<(u32, Kind), Login>>,
    held: Mutex<Vec<u64>>,
}

/// A login, none where none was needed, and when it was asked for.
type Login = (Option<HeaderValue>, Instant);

/// What is known of a login.
pub(super) enum Known {
    /// Nothing that could be trusted.
    Nothing,
    /// This is what to send.
    Header(Option<HeaderValue>),
}

/// What a login is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Read,
    Write,
    Delete,
}

impl Kind {
    pub(super) fn of(method: &Method) -> Self {
        match *method {
            Method::GET | Method::HEAD => Self::Read,
            Method::DELETE => Self::Delete,
            _ => Self::Write,
        }
    }
}

impl Caller {
    /// A client that knows nothing yet.
    #[must_use]
    pub fn new(client: &Client, manner: Manner) -> Self {
        let client = client.afresh();
        Self { client, manner, lines: Mutex::default(), logins: Mutex::default(), held: Mutex::default() }
    }

    /// The same client after a restart: no connection, no login, no layer.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self::new(&self.client, self.manner)
    }

    /// A connection that waits for its next exchange.
    pub(super) async fn idle(&self, origin: &Origin) -> Option<Box<Line>> {
        loop {
            let mut line = {
                let mut lines = locked(&self.lines);
                let at = lines.iter().rposition(|line| line.origin() == origin)?;
                lines.swap_remove(at)
            };
            if line.is_open().await {
                return Some(line);
            }
        }
    }

    pub(super) fn keep(&self, line: Box<Line>) {
        locked(&self.lines).push(line);
    }

    /// The login that was last used for such requests, where it was asked for a moment ago.
    pub(super) fn login(&self, repository: u32, kind: Kind) -> Known {
        match locked(&self.logins).get(&(repository, kind)) {
            Some((header, at)) if at.elapsed() < TRUSTED => Known::Header(header.clone()),
            _ => Known::Nothing,
        }
    }

    pub(super) fn learn(&self, repository: u32, kind: Kind, header: Option<HeaderValue>) {
        locked(&self.logins).insert((repository, kind), (header, clock::instant()));
    }

    pub(super) fn holds(&self, blob: u32) -> bool {
        locked(&self.held).get(blob as usize / 64).is_some_and(|word| word >> (blob % 64) & 1 == 1)
    }

    pub(super) fn hold(&self, blob: u32) {
        if !self.manner.keeps_layers {
            return;
        }
        let mut held = locked(&self.held);
        let at = blob as usize / 64;
        if held.len() <= at {
            held.resize(at + 1, 0);
        }
        held[at] |= 1 << (blob % 64);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
