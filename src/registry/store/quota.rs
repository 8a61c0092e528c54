//! The bound on memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;

use crate::registry::failure::Failure;

/// What a record costs beside the content and the names in it: an estimate, so that a million empty tags are not free.
const RECORD: u64 = 256;

/// How many bytes may be kept, and how many are.
#[derive(Debug)]
pub(crate) struct Quota {
    limit: u64,
    used: AtomicU64,
}

impl Quota {
    pub(crate) fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self { limit, used: AtomicU64::new(0) })
    }

    /// Room for `bytes` of content.
    pub(crate) fn reserve(self: &Arc<Self>, bytes: u64) -> Result<Reservation, Failure> {
        let mut reservation = Reservation { quota: Arc::clone(self), bytes: 0 };
        reservation.grow_to(bytes)?;
        Ok(reservation)
    }

    /// Room for a record with names of `bytes` bytes.
    pub(crate) fn record(self: &Arc<Self>, bytes: usize) -> Result<Reservation, Failure> {
        self.reserve(RECORD + bytes as u64)
    }

    #[cfg(test)]
    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::SeqCst)
    }
}

/// Room that is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    quota: Arc<Quota>,
    bytes: u64,
}

impl Reservation {
    /// Makes it at least `bytes`, or leaves it as it is.
    pub(crate) fn grow_to(&mut self, bytes: u64) -> Result<(), Failure> {
        let more = bytes.saturating_sub(self.bytes);
        let fits = |used: u64| used.checked_add(more).filter(|sum| *sum <= self.quota.limit);
        self.quota.used.try_update(Ordering::SeqCst, Ordering::SeqCst, fits).map_err(|_| Failure::storage_full(self.quota.limit))?;
        self.bytes += more;
        Ok(())
    }

    /// Makes it at most `bytes`.
    pub(crate) fn shrink_to(&mut self, bytes: u64) {
        let less = self.bytes.saturating_sub(bytes);
        self.quota.used.fetch_sub(less, Ordering::SeqCst);
        self.bytes -= less;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.shrink_to(0);
    }
}

/// Content that owns its room: the last slice of it, in the store or on its way to a client, gives the room back.
pub(crate) fn keep(mut content: Vec<u8>, mut room: Reservation) -> Bytes {
    struct Kept {
        content: Vec<u8>,
        _room: Reservation,
    }
    impl AsRef<[u8]> for Kept {
        fn as_ref(&self) -> &[u8] {
            &self.content
        }
    }
    content.shrink_to_fit();
    room.shrink_to(content.len() as u64);
    Bytes::from_owner(Kept { content, _room: room })
}
