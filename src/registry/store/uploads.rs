//! Upload sessions in the store.

use super::quota::keep;
use super::session::{Content, Session, Writer};
use super::state::{Shared, State};
use super::whole::Store;
use crate::oci::{Algorithm, Digest, Hasher, RepositoryName};
use crate::registry::failure::Failure;
use crate::registry::operations::Opening;
use crate::seed::nonce;

impl Store {
    pub(super) fn begin(&self, name: &RepositoryName, algorithm: Algorithm) -> Result<String, Failure> {
        let shared = &self.shared;
        shared.sweep();
        let now = shared.clock.now();
        let id = uuid();
        let record = shared.quota.record(id.len() + name.as_str().len())?;
        let content = Content { bytes: Vec::new(), hasher: Hasher::new(algorithm), room: shared.quota.reserve(0)? };
        let mut state = shared.lock();
        if state.sessions.len() >= shared.limits.uploads {
            state.drop_expired(shared.limits.upload_life, now);
        }
        if state.sessions.len() >= shared.limits.uploads {
            return Err(Failure::too_many_uploads());
        }
        let session = Session { name: name.clone(), offset: 0, touched: now, content: Some(content), _record: record };
        state.sessions.insert(id.clone(), session);
        Ok(id)
    }

    pub(super) fn offset(&self, name: &RepositoryName, id: &str) -> Result<u64, Failure> {
        session(&mut self.shared.lock(), &self.shared, name, id).map(|session| session.offset)
    }

    pub(super) fn open(&self, name: &RepositoryName, id: &str, opening: Opening) -> Result<Writer, Failure> {
        self.shared.sweep();
        let mut state = self.shared.lock();
        let session = session(&mut state, &self.shared, name, id)?;
        if let Some(at) = opening.at.filter(|at| *at != session.offset) {
            let message = format!("the session has {} bytes, and the chunk begins at {at}", session.offset);
            return Err(Failure::chunk_out_of_order(message));
        }
        let Some(mut content) = session.content.take() else {
            return Err(Failure::chunk_out_of_order("another request is writing to this session"));
        };
        if let Some(algorithm) = opening.algorithm.filter(|_| content.bytes.is_empty()) {
            content.hasher = Hasher::new(algorithm);
        }
        drop(state);
        Ok(Writer::new(id, name, &self.shared, content))
    }

    pub(super) fn keep(&self, mut writer: Writer) -> Result<u64, Failure> {
        let Some(mut content) = writer.content.take() else { return Err(Failure::upload_unknown()) };
        content.room.shrink_to(content.bytes.len() as u64);
        self.shared.put_back(&writer.id, content).ok_or_else(Failure::upload_unknown)
    }

    pub(super) fn close(&self, mut writer: Writer, digest: &Digest) -> Result<(), Failure> {
        writer.hash_with(digest.algorithm());
        let Some(content) = &mut writer.content else { return Err(Failure::upload_unknown()) };
        let found = content.hasher.clone().finish();
        if found != *digest {
            return Err(Failure::digest_mismatch(digest, &found));
        }
        content.bytes.shrink_to_fit();
        // A failure from here on lets go of the lock before the writer, which then puts the session back: arguments are dropped last.
        let mut state = self.shared.lock();
        if !state.sessions.contains_key(&writer.id) {
            return Err(Failure::upload_unknown());
        }
        let room = state.room_for_link(&writer.name, digest, &self.shared.quota)?;
        let Some(content) = writer.content.take() else { return Err(Failure::upload_unknown()) };
        state.sessions.remove(&writer.id);
        state.link(&writer.name, *digest, keep(content.bytes, content.room), room);
        Ok(())
    }

    pub(super) fn cancel(&self, name: &RepositoryName, id: &str) -> Result<(), Failure> {
        let mut state = self.shared.lock();
        session(&mut state, &self.shared, name, id)?;
        let gone = state.sessions.remove(id);
        drop(state);
        drop(gone);
        Ok(())
    }
}

/// A live session of that repository.
fn session<'a>(state: &'a mut State, shared: &Shared, name: &RepositoryName, id: &str) -> Result<&'a mut Session, Failure> {
    let now = shared.clock.now();
    if state.sessions.get(id).is_some_and(|session| session.is_expired(shared.limits.upload_life, now)) {
        state.sessions.remove(id);
    }
    let session = state.sessions.get_mut(id).filter(|session| session.name == *name).ok_or_else(Failure::upload_unknown)?;
    session.touched = now;
    Ok(session)
}

/// A random UUID, version 4: the specification wants one in every upload's location.
fn uuid() -> String {
    let mut hash = [0_u8; 16];
    hash.copy_from_slice(&Digest::sha256(nonce(32).as_bytes()).hash()[..16]);
    hash[6] = hash[6] & 0x0f | 0x40;
    hash[8] = hash[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(hash));
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
