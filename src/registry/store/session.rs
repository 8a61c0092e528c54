//! Upload sessions, and the one writer that each can have.

use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use super::quota::Reservation;
use super::state::Shared;
use crate::oci::{Algorithm, Hasher, RepositoryName};
use crate::registry::failure::Failure;

/// What has come so far.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    pub(crate) hasher: Hasher,
    pub(crate) room: Reservation,
}

impl Content {
    /// Memory for `more` bytes: exactly that for a blob that comes in one piece, in growing steps for one that comes in many.
    fn prepare(&mut self, more: usize) -> Result<(), Failure> {
        let exactly = |bytes: &mut Vec<u8>| bytes.try_reserve_exact(more);
        let done = if self.bytes.is_empty() { exactly(&mut self.bytes) } else { self.bytes.try_reserve(more) };
        done.or_else(|_| exactly(&mut self.bytes)).map_err(|_| Failure::no_memory())
    }
}

/// An open upload.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) name: RepositoryName,
    pub(crate) offset: u64,
    pub(crate) touched: SystemTime,
    /// Away while a writer has it.
    pub(crate) content: Option<Content>,
    /// Room for this record.
    pub(crate) _record: Reservation,
}

impl Session {
    /// Whether nobody has touched it for longer than `life`. One that is being written to lives.
    pub(crate) fn is_expired(&self, life: Duration, now: SystemTime) -> bool {
        self.content.is_some() && now.duration_since(self.touched).unwrap_or_default() > life
    }
}

/// The right to go on with a session. Bytes are hashed and counted as they are written, outside of any lock. Dropped without having
/// been kept or closed, it puts the session back as it was.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(super) id: String,
    pub(super) name: RepositoryName,
    pub(super) shared: Weak<Shared>,
    pub(super) content: Option<Content>,
    pub(super) before: Before,
}

/// What to put back.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) len: usize,
    pub(super) hasher: Hasher,
}

impl Writer {
    pub(super) fn new(id: &str, name: &RepositoryName, shared: &Arc<Shared>, content: Content) -> Self {
        let before = Before { len: content.bytes.len(), hasher: content.hasher.clone() };
        Self { id: id.to_owned(), name: name.clone(), shared: Arc::downgrade(shared), content: Some(content), before }
    }

    /// Makes room for `len` bytes to come, so that what cannot fit is refused before it is sent.
    pub(crate) fn expect(&mut self, len: u64) -> Result<(), Failure> {
        let Some(content) = &mut self.content else { return Ok(()) };
        let whole = (content.bytes.len() as u64).saturating_add(len);
        content.room.grow_to(whole)?;
        content.prepare(usize::try_from(len).map_err(|_| Failure::no_memory())?)
    }

    /// The session's id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The session's repository.
    pub(crate) fn name(&self) -> &RepositoryName {
        &self.name
    }

    /// All that has come, what came before this writer included.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.content.as_ref().map_or(&[], |content| &content.bytes)
    }

    /// Has other bytes in place of all that has come.
    pub(crate) fn replace(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if let Some(content) = &mut self.content {
            content.bytes.clear();
            content.hasher = Hasher::new(content.hasher.algorithm());
        }
        self.write(bytes)
    }

    /// The next bytes.
    pub(crate) fn write(&mut self, piece: &[u8]) -> Result<(), Failure> {
        let Some(content) = &mut self.content else { return Ok(()) };
        content.room.grow_to((content.bytes.len() + piece.len()) as u64)?;
        content.prepare(piece.len())?;
        content.hasher.update(piece);
        content.bytes.extend_from_slice(piece);
        Ok(())
    }

    /// How many bytes were written by this writer.
    pub(crate) fn written(&self) -> u64 {
        self.content.as_ref().map_or(0, |content| content.bytes.len() - self.before.len) as u64
    }

    /// Hashes anew where the session was begun for another algorithm.
    pub(super) fn hash_with(&mut self, algorithm: Algorithm) {
        let Some(content) = self.content.as_mut().filter(|content| content.hasher.algorithm() != algorithm) else { return };
        content.hasher = Hasher::new(algorithm);
        content.hasher.update(&content.bytes);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let Some(mut content) = self.content.take() else { return };
        content.bytes.truncate(self.before.len);
        content.bytes.shrink_to_fit();
        content.room.shrink_to(self.before.len as u64);
        content.hasher = self.before.hasher.clone();
        if let Some(shared) = self.shared.upgrade() {
            shared.put_back(&self.id, content);
        }
    }
}
