//! The store as the operations see it.

use std::sync::Arc;

use bytes::Bytes;

use super::quota::keep;
use super::repository::{Checked, Repository};
use super::session::Writer;
use super::state::Shared;
use crate::clock::Clock;
use crate::oci::{Algorithm, Descriptor, Digest, Document, DocumentError, Reference, RepositoryName, Tag};
use crate::registry::config::Limits;
use crate::registry::failure::Failure;
use crate::registry::operations::{Cut, Opening, Operations, Page, Push, Pushed, Stored};

/// How many bytes of annotations a page of referrers may carry before it ends early.
const REFERRERS_BYTES: usize = 4 << 20;

/// Everything the registry keeps.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(super) shared: Arc<Shared>,
}

impl Store {
    pub(crate) fn new(max_storage: u64, clock: Clock, limits: Limits) -> Self {
        Self { shared: Shared::new(max_storage, clock, limits) }
    }

    /// How many bytes are counted against the quota.
    #[cfg(test)]
    pub(crate) fn used(&self) -> u64 {
        self.shared.quota.used()
    }
}

impl Operations for Store {
    fn blob(&self, name: &RepositoryName, digest: &Digest) -> Result<Bytes, Failure> {
        let state = self.shared.lock();
        let link = state.repositories.get(name).and_then(|repository| repository.blobs.get(digest));
        link.map(|link| link.content.clone()).ok_or_else(|| Failure::blob_unknown(digest))
    }

    fn delete_blob(&self, name: &RepositoryName, digest: &Digest) -> Result<(), Failure> {
        let mut state = self.shared.lock();
        state.repository(name)?;
        if state.unlink(name, digest) { Ok(()) } else { Err(Failure::blob_unknown(digest)) }
    }

    fn holders(&self, digest: &Digest) -> Vec<RepositoryName> {
        let state = self.shared.lock();
        if !state.blobs.contains_key(digest) {
            return Vec::new();
        }
        let holding = state.repositories.iter().filter(|(_, repository)| repository.blobs.contains_key(digest));
        holding.map(|(name, _)| name.clone()).collect()
    }

    fn mount(&self, to: &RepositoryName, from: &RepositoryName, digest: &Digest) -> Result<bool, Failure> {
        self.shared.sweep();
        let mut state = self.shared.lock();
        let found = state.repositories.get(from).and_then(|repository| repository.blobs.get(digest));
        let Some(content) = found.map(|link| link.content.clone()) else { return Ok(false) };
        let room = state.room_for_link(to, digest, &self.shared.quota)?;
        state.link(to, *digest, content, room);
        Ok(true)
    }

    fn begin_upload(&self, name: &RepositoryName, algorithm: Algorithm) -> Result<String, Failure> {
        self.begin(name, algorithm)
    }

    fn upload_offset(&self, name: &RepositoryName, id: &str) -> Result<u64, Failure> {
        self.offset(name, id)
    }

    fn open_upload(&self, name: &RepositoryName, id: &str, opening: Opening) -> Result<Writer, Failure> {
        self.open(name, id, opening)
    }

    fn keep_chunk(&self, writer: Writer) -> Result<u64, Failure> {
        self.keep(writer)
    }

    fn close_upload(&self, writer: Writer, digest: &Digest) -> Result<(), Failure> {
        self.close(writer, digest)
    }

    fn cancel_upload(&self, name: &RepositoryName, id: &str) -> Result<(), Failure> {
        self.cancel(name, id)
    }

    fn manifest(&self, name: &RepositoryName, reference: &Reference) -> Result<Stored, Failure> {
        let state = self.shared.lock();
        let found = state.repositories.get(name).and_then(|repository| repository.manifest(reference));
        found.ok_or_else(|| Failure::manifest_unknown(reference))
    }

    fn push_manifest(&self, name: &RepositoryName, push: Push) -> Result<Pushed, Failure> {
        self.shared.sweep();
        let document = read(&push)?;
        let digest = match &push.reference {
            Reference::Digest(named) => verified(named, &push.bytes)?,
            Reference::Tag(_) => Digest::sha256(&push.bytes),
        };
        let subject = document.subject().map(|descriptor| descriptor.digest);
        let quota = &self.shared.quota;
        let record = quota.record(digest.hash().len() * 2)?;
        let room = quota.reserve(push.bytes.len() as u64)?;
        let bytes = keep(push.bytes.to_vec(), room);
        let checked = Checked { media_type: push.media_type, digest, bytes, subject, record };
        let tags: Vec<&Tag> = match &push.reference {
            Reference::Digest(_) => push.tags.iter().collect(),
            Reference::Tag(tag) => vec![tag],
        };
        let mut state = self.shared.lock();
        let result = state.make_repository(name, quota).and_then(|repository| {
            let missing = repository.missing(&document);
            if !missing.is_empty() {
                return Err(Failure::references_unknown(&missing));
            }
            let records = Repository::room_for(&tags, quota)?;
            repository.put(checked);
            tags.iter().zip(records).for_each(|(tag, record)| repository.point(tag, digest, record));
            Ok(Pushed { digest, subject, tags: push.tags.clone() })
        });
        state.forget_if_empty(name);
        result
    }

    fn delete_manifest(&self, name: &RepositoryName, reference: &Reference) -> Result<(), Failure> {
        let mut state = self.shared.lock();
        let deleted = state.repository_mut(name)?.delete(reference);
        state.forget_if_empty(name);
        if deleted { Ok(()) } else { Err(Failure::manifest_unknown(reference)) }
    }

    fn tags(&self, name: &RepositoryName, cut: &Cut) -> Result<Page<Tag>, Failure> {
        Ok(self.shared.lock().repository(name)?.tags(cut))
    }

    fn referrers(&self, name: &RepositoryName, subject: &Digest, of: Option<&str>, cut: &Cut) -> Result<Page<Descriptor>, Failure> {
        let found = self.shared.lock().repositories.get(name).map(|repository| repository.referrers(subject));
        let after: Option<Digest> = match &cut.after {
            Some(text) => Some(text.parse().map_err(|error| Failure::digest_malformed(&error))?),
            None => None,
        };
        let later = found.unwrap_or_default().into_iter().filter(|stored| after.is_none_or(|after| stored.digest > after));
        let described = later.filter_map(|stored| describe(&stored).map(|descriptor| (descriptor, stored.bytes.len())));
        let mut wanted = described.filter(|(descriptor, _)| of.is_none_or(|of| descriptor.artifact_type.as_deref() == Some(of))).peekable();
        let (mut items, mut bytes) = (Vec::new(), 0);
        while items.len() < cut.limit && bytes < REFERRERS_BYTES {
            let Some((descriptor, size)) = wanted.next() else { break };
            items.push(descriptor);
            bytes += size;
        }
        Ok(Page { items, more: wanted.peek().is_some() })
    }

    fn catalog(&self, cut: &Cut) -> Result<Page<RepositoryName>, Failure> {
        let state = self.shared.lock();
        let names = state.repositories.keys().filter(|name| cut.after.as_deref().is_none_or(|after| name.as_str() > after));
        Ok(Page::first(names.cloned(), cut.limit))
    }
}

fn read(push: &Push) -> Result<Document, Failure> {
    Document::read(&push.media_type, &push.bytes).map_err(|error| match error {
        DocumentError::UnknownType(_) => Failure::manifest_type(error.to_string()),
        _ => Failure::manifest_invalid(error.to_string()),
    })
}

fn verified(named: &Digest, bytes: &[u8]) -> Result<Digest, Failure> {
    let found = Digest::of(named.algorithm(), bytes);
    if found == *named { Ok(found) } else { Err(Failure::digest_mismatch(named, &found)) }
}

/// A stored manifest as a referrers list shows it. What was stored was read once, so it reads again.
fn describe(stored: &Stored) -> Option<Descriptor> {
    let document = Document::read(&stored.media_type, &stored.bytes).ok()?;
    let mut descriptor = Descriptor::new(stored.media_type.clone(), stored.digest, stored.bytes.len() as u64);
    descriptor.artifact_type = document.artifact_type().map(str::to_owned);
    descriptor.annotations = document.annotations().cloned();
    Some(descriptor)
}
