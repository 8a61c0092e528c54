//! Bytes that are made while they are sent.
//!
//! A stream is put together from pieces of one noise buffer, each from a place of its own that follows from the stream's key: nothing
//! is copied, and within a window of gzip nothing repeats. Its last 64 bytes belong to one blob alone, so that no two blobs have the
//! same digest; the hasher's state before them is kept.

use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::sizes::LEAST;
use crate::seed::{Seed, mix};

/// The noise, and the length of a piece of it.
const NOISE: usize = 4 << 20;
const PIECE: usize = 64 << 10;

/// Where all content comes from.
#[derive(Clone, Debug)]
pub struct Source {
    noise: Bytes,
    /// Tells this run's tails from those of all others.
    run: u64,
}

impl Source {
    /// The source of a seed; `run` makes tails that no other run has.
    #[must_use]
    pub fn new(seed: &Seed, run: u64) -> Self {
        Self { noise: seed.child("noise").bytes(NOISE).into(), run }
    }

    /// The piece at `index` of the stream `key`, `len` bytes of it.
    fn piece(&self, key: u64, index: u64, len: usize) -> Bytes {
        let place = mix(key, index) % (NOISE - PIECE) as u64;
        let start = usize::try_from(place).unwrap_or_default();
        self.noise.slice(start..start + len)
    }

    fn tail(&self, number: u64) -> [u8; 64] {
        let mut tail = [0; 64];
        for (n, part) in (0_u64..).zip(tail.chunks_mut(8)) {
            part.copy_from_slice(&mix(self.run.wrapping_add(n), number).to_le_bytes());
        }
        // Whatever the mixing does, the number itself stands in it.
        tail[..8].copy_from_slice(&number.to_le_bytes());
        tail
    }
}

/// A stream of a certain length, its tail left open.
#[derive(Clone, Debug)]
pub(super) struct Stem {
    key: u64,
    /// Without the tail.
    len: u64,
    state: Sha256,
}

impl Stem {
    /// Hashes the stream once.
    pub(super) fn new(source: &Source, key: u64, size: u64) -> Self {
        let len = size.max(LEAST) - LEAST;
        let mut state = Sha256::new();
        let mut flow = Flowing { source: Arc::new(source.clone()), key, index: 0, left: len, tail: None };
        while let Some(piece) = flow.piece() {
            state.update(&piece);
        }
        Self { key, len, state }
    }

    /// The length with the tail.
    pub(super) fn size(&self) -> u64 {
        self.len + LEAST
    }

    /// The digest with the tail of `number`.
    pub(super) fn digest(&self, source: &Source, number: u64) -> [u8; 32] {
        let mut state = self.state.clone();
        state.update(source.tail(number));
        state.finalize().into()
    }

    /// The bytes with the tail of `number`.
    pub(super) fn flow(&self, source: &Arc<Source>, number: u64) -> Flowing {
        Flowing { source: Arc::clone(source), key: self.key, index: 0, left: self.len, tail: Some(source.tail(number)) }
    }
}

/// A blob's bytes on their way out.
#[derive(Clone, Debug)]
pub struct Flowing {
    source: Arc<Source>,
    key: u64,
    index: u64,
    left: u64,
    tail: Option<[u8; 64]>,
}

impl Flowing {
    /// The next piece, at most 64 KiB; none at the end.
    pub fn piece(&mut self) -> Option<Bytes> {
        if self.left == 0 {
            return self.tail.take().map(|tail| Bytes::copy_from_slice(&tail));
        }
        let len = usize::try_from(self.left).unwrap_or(usize::MAX).min(PIECE);
        let piece = self.source.piece(self.key, self.index, len);
        self.index += 1;
        self.left -= len as u64;
        Some(piece)
    }

    /// Bytes still to come.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.left + if self.tail.is_some() { LEAST } else { 0 }
    }
}
