//! What the lock guards.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::quota::{Quota, Reservation};
use super::repository::{Link, Repository};
use super::session::{Content, Session};
use crate::clock::Clock;
use crate::oci::{Digest, RepositoryName};
use crate::registry::config::Limits;
use crate::registry::failure::Failure;

/// The state with all that is needed to change it.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) quota: Arc<Quota>,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
}

impl Shared {
    pub(crate) fn new(max_storage: u64, clock: Clock, limits: Limits) -> Arc<Self> {
        let last_sweep = clock.now();
        let state = State { repositories: BTreeMap::new(), blobs: HashMap::new(), sessions: HashMap::new(), last_sweep };
        Arc::new(Self { state: Mutex::new(state), quota: Quota::new(max_storage), clock, limits })
    }

    /// Nothing under the lock panics; if it did, the state would still be whole between statements.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the room of expired sessions back: not at every turn, for that would be a walk over all of them, but whenever a sixteenth of a
    /// life has gone by.
    pub(crate) fn sweep(&self) {
        let now = self.clock.now();
        let mut state = self.lock();
        if now.duration_since(state.last_sweep).unwrap_or_default() > self.limits.upload_life / 16 {
            state.drop_expired(self.limits.upload_life, now);
        }
    }

    /// Gives a session its content back, with what the writer added to it; if it was cancelled meanwhile the content is dropped.
    pub(crate) fn put_back(&self, id: &str, content: Content) -> Option<u64> {
        let mut state = self.lock();
        let session = state.sessions.get_mut(id)?;
        session.offset = content.bytes.len() as u64;
        session.touched = self.clock.now();
        session.content = Some(content);
        Some(session.offset)
    }
}

/// Everything there is.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) repositories: BTreeMap<RepositoryName, Repository>,
    /// Every blob once, with the number of repositories that have it.
    pub(crate) blobs: HashMap<Digest, (Bytes, usize)>,
    pub(crate) sessions: HashMap<String, Session>,
    pub(crate) last_sweep: SystemTime,
}

/// Room for a link, and for its repository where there is none yet.
#[derive(Debug)]
pub(crate) struct LinkRoom {
    link: Reservation,
    repository: Reservation,
}

impl State {
    pub(crate) fn drop_expired(&mut self, life: Duration, now: SystemTime) {
        self.last_sweep = now;
        self.sessions.retain(|_, session| !session.is_expired(life, now));
    }

    pub(crate) fn repository(&self, name: &RepositoryName) -> Result<&Repository, Failure> {
        self.repositories.get(name).ok_or_else(|| Failure::name_unknown(name))
    }

    pub(crate) fn repository_mut(&mut self, name: &RepositoryName) -> Result<&mut Repository, Failure> {
        self.repositories.get_mut(name).ok_or_else(|| Failure::name_unknown(name))
    }

    /// The repository, made if it is not there. Whoever makes one puts something in it: an empty one is no repository.
    pub(crate) fn make_repository(&mut self, name: &RepositoryName, quota: &Arc<Quota>) -> Result<&mut Repository, Failure> {
        if !self.repositories.contains_key(name) {
            let record = quota.record(name.as_str().len())?;
            self.repositories.insert(name.clone(), Repository::new(record));
        }
        self.repository_mut(name)
    }

    /// All that [`State::link`] will need, taken before anything is changed: a link is never half made.
    pub(crate) fn room_for_link(&self, name: &RepositoryName, digest: &Digest, quota: &Arc<Quota>) -> Result<LinkRoom, Failure> {
        let there = self.repositories.get(name);
        let linked = there.is_some_and(|repository| repository.blobs.contains_key(digest));
        let link = if linked { quota.reserve(0)? } else { quota.record(digest.hash().len())? };
        let repository = if there.is_some() { quota.reserve(0)? } else { quota.record(name.as_str().len())? };
        Ok(LinkRoom { link, repository })
    }

    /// Links a blob into a repository. The first copy of its content is kept, a second one is dropped.
    pub(crate) fn link(&mut self, name: &RepositoryName, digest: Digest, content: Bytes, room: LinkRoom) {
        let repository = self.repositories.entry(name.clone()).or_insert_with(|| Repository::new(room.repository));
        if repository.blobs.contains_key(&digest) {
            return;
        }
        let (kept, holders) = self.blobs.entry(digest).or_insert((content, 0));
        *holders += 1;
        repository.blobs.insert(digest, Link { content: kept.clone(), _record: room.link });
    }

    /// Takes a blob out of a repository; tells whether it was there.
    pub(crate) fn unlink(&mut self, name: &RepositoryName, digest: &Digest) -> bool {
        let gone = self.repositories.get_mut(name).and_then(|repository| repository.blobs.remove(digest));
        if gone.is_some()
            && let Some((_, holders)) = self.blobs.get_mut(digest)
        {
            *holders -= 1;
            if *holders == 0 {
                self.blobs.remove(digest);
            }
        }
        self.forget_if_empty(name);
        gone.is_some()
    }

    pub(crate) fn forget_if_empty(&mut self, name: &RepositoryName) {
        if self.repositories.get(name).is_some_and(Repository::is_empty) {
            self.repositories.remove(name);
        }
    }
}
