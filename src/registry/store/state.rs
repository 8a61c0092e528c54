//! What the lock guards.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;

use super::quota::Quota;
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

impl State {
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

    /// Links a blob into a repository. The first copy of its content is kept, a second one is dropped.
    pub(crate) fn link(&mut self, name: &RepositoryName, digest: Digest, content: Bytes, quota: &Arc<Quota>) -> Result<(), Failure> {
        if self.repositories.get(name).is_some_and(|repository| repository.blobs.contains_key(&digest)) {
            return Ok(());
        }
        let record = quota.record(digest.hash().len())?;
        self.make_repository(name, quota)?;
        let (kept, holders) = self.blobs.entry(digest).or_insert((content, 0));
        *holders += 1;
        let link = Link { content: kept.clone(), _record: record };
        self.repository_mut(name)?.blobs.insert(digest, link);
        Ok(())
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
