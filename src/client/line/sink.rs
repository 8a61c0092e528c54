//! Where the body of an answer goes.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};

use crate::clock;
use crate::exchange::Failure;

/// What is kept of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Its length alone.
    Nothing,
    /// Length and SHA-256.
    Hash,
    /// Length, and the bytes up to so many.
    Bytes(usize),
}

/// Bytes of an answer's body that are kept where the answer is no success.
const KEPT_OF_ERRORS: usize = 64 << 10;

/// A client that takes its time, or hangs up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slow {
    /// Bytes per second that are read at most; `None`: as fast as they come.
    pub rate: Option<f64>,
    /// After so many bytes of the body the connection is closed.
    pub hang_up: Option<u64>,
}

/// Takes a body in.
pub struct Sink {
    keep: Keep,
    cap: u64,
    slow: Option<Slow>,
    len: u64,
    hash: Option<Sha256>,
    kept: BytesMut,
    began: Option<Instant>,
}

/// What came of a body.
#[derive(Clone, Debug, Default)]
pub struct Arrived {
    /// Bytes received.
    pub len: u64,
    /// The SHA-256 of all of them, where it was asked for.
    pub sha256: Option<[u8; 32]>,
    /// What was kept.
    pub bytes: Bytes,
    /// Whether the reading was given up, as it was meant to be.
    pub hung_up: bool,
}

impl Sink {
    /// A sink that keeps so much, and refuses bodies of more than `cap` bytes.
    #[must_use]
    pub fn new(keep: Keep, cap: u64) -> Self {
        Self { keep, cap, slow: None, len: 0, hash: (keep == Keep::Hash).then(Sha256::new), kept: BytesMut::new(), began: None }
    }

    /// Read by a client that takes its time.
    #[must_use]
    pub fn slowed(self, slow: Option<Slow>) -> Self {
        Self { slow, ..self }
    }

    /// What is asked for is kept of a success; of any other answer the beginning, to tell what it says.
    pub(super) fn begin(&mut self, status: u16) {
        if status >= 300 && self.keep != Keep::Nothing {
            (self.keep, self.hash, self.slow) = (Keep::Bytes(KEPT_OF_ERRORS), None, None);
        }
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Takes a piece; the time to wait before the next, and whether to hang up.
    pub(super) fn take(&mut self, piece: &Bytes) -> Result<After, Failure> {
        self.len += piece.len() as u64;
        if self.len > self.cap {
            return Err(Failure::TooLong { limit: self.cap });
        }
        if let Some(hash) = &mut self.hash {
            hash.update(piece);
        }
        if let Keep::Bytes(limit) = self.keep {
            let room = limit.saturating_sub(self.kept.len());
            self.kept.extend_from_slice(&piece[..room.min(piece.len())]);
        }
        Ok(self.slow.map_or(After::GoOn, |slow| self.pace(slow)))
    }

    fn pace(&mut self, slow: Slow) -> After {
        if slow.hang_up.is_some_and(|at| self.len >= at) {
            return After::HangUp;
        }
        let now = clock::instant();
        let began = *self.began.get_or_insert(now);
        let Some(rate) = slow.rate.filter(|rate| *rate > 0.0) else { return After::GoOn };
        #[expect(clippy::cast_precision_loss, reason = "a body of 2^52 bytes is none")]
        let due = began + Duration::from_secs_f64((self.len as f64 / rate).min(86_400.0));
        if due > now { After::Wait(due) } else { After::GoOn }
    }

    pub(super) fn finish(self, hung_up: bool) -> Arrived {
        Arrived { len: self.len, sha256: self.hash.map(|hash| hash.finalize().into()), bytes: self.kept.freeze(), hung_up }
    }
}

/// What follows a piece.
pub(super) enum After {
    GoOn,
    Wait(Instant),
    HangUp,
}
