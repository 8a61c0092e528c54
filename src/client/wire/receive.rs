//! The body of a response, as it comes in.

use bytes::{Bytes, BytesMut};
use sha2::{Digest, Sha256};

use super::Limits;
use crate::exchange::{Failure, Received};

/// Counts and hashes all, keeps the beginning.
pub(super) struct Receiver {
    kept: BytesMut,
    len: u64,
    hash: Sha256,
    limit: usize,
    cap: u64,
}

impl Receiver {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { kept: BytesMut::new(), len: 0, hash: Sha256::new(), limit: limits.body_limit, cap: limits.body_cap }
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn take(&mut self, bytes: &Bytes) -> Result<(), Failure> {
        self.len += bytes.len() as u64;
        if self.len > self.cap {
            return Err(Failure::TooLong { limit: self.cap });
        }
        self.hash.update(bytes);
        let room = self.limit - self.kept.len();
        self.kept.extend_from_slice(&bytes[..room.min(bytes.len())]);
        Ok(())
    }

    pub(super) fn finish(self, surplus: u64) -> Received {
        let truncated = self.len > self.kept.len() as u64;
        Received { bytes: self.kept.freeze(), len: self.len, sha256: hex(&self.hash.finalize()), truncated, surplus }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
