//! One repository: its links to blobs, its manifests, its tags, and who refers to whom.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;

use super::quota::{Quota, Reservation};
use crate::oci::{Digest, Document, MediaType, Reference, Tag};
use crate::registry::failure::Failure;
use crate::registry::operations::{Cut, Page, Stored};

/// A blob that this repository has.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) content: Bytes,
    pub(crate) _record: Reservation,
}

#[derive(Debug)]
struct Kept {
    media_type: MediaType,
    bytes: Bytes,
    subject: Option<Digest>,
    _record: Reservation,
}

#[derive(Debug)]
struct Pointer {
    to: Digest,
    _record: Reservation,
}

/// A tag in the order of lists: letters before case, which is lexical by 1.1 and by main.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    folded: String,
    text: String,
}

impl Place {
    fn of(text: &str) -> Self {
        Self { folded: text.to_ascii_lowercase(), text: text.to_owned() }
    }
}

/// A manifest that was checked and has its room.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) media_type: MediaType,
    pub(crate) digest: Digest,
    pub(crate) bytes: Bytes,
    pub(crate) subject: Option<Digest>,
    pub(crate) record: Reservation,
}

#[derive(Debug)]
pub(crate) struct Repository {
    pub(crate) blobs: HashMap<Digest, Link>,
    manifests: HashMap<Digest, Kept>,
    tags: BTreeMap<Place, Pointer>,
    referrers: HashMap<Digest, BTreeSet<Digest>>,
    _record: Reservation,
}

impl Repository {
    pub(crate) fn new(record: Reservation) -> Self {
        let (blobs, manifests, referrers) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { blobs, manifests, tags: BTreeMap::new(), referrers, _record: record }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.blobs.is_empty() && self.manifests.is_empty() && self.tags.is_empty()
    }

    fn resolve(&self, reference: &Reference) -> Option<Digest> {
        match reference {
            Reference::Digest(digest) => Some(*digest),
            Reference::Tag(tag) => self.tags.get(&Place::of(tag.as_str())).map(|pointer| pointer.to),
        }
    }

    pub(crate) fn manifest(&self, reference: &Reference) -> Option<Stored> {
        self.stored(self.resolve(reference)?)
    }

    fn stored(&self, digest: Digest) -> Option<Stored> {
        let kept = self.manifests.get(&digest)?;
        Some(Stored { media_type: kept.media_type.clone(), digest, bytes: kept.bytes.clone() })
    }

    /// What `document` refers to and this repository lacks. A child of an index may be a blob: build caches are written so.
    pub(crate) fn missing(&self, document: &Document) -> Vec<Digest> {
        let blobs = document.blobs().into_iter().filter(|d| !d.is_elsewhere() && !self.blobs.contains_key(&d.digest));
        let known = |digest: &Digest| self.manifests.contains_key(digest) || self.blobs.contains_key(digest);
        let children = document.children().iter().filter(|d| !d.is_elsewhere() && !known(&d.digest));
        let all: BTreeSet<Digest> = blobs.chain(children).map(|descriptor| descriptor.digest).collect();
        all.into_iter().collect()
    }

    pub(crate) fn put(&mut self, checked: Checked) {
        let Checked { media_type, digest, bytes, subject, record } = checked;
        if let Some(subject) = subject {
            self.referrers.entry(subject).or_default().insert(digest);
        }
        self.manifests.insert(digest, Kept { media_type, bytes, subject, _record: record });
    }

    /// Room for as many tags. One that is there already gives its own back once it is replaced.
    pub(crate) fn room_for(tags: &[&Tag], quota: &Arc<Quota>) -> Result<Vec<Reservation>, Failure> {
        tags.iter().map(|tag| quota.record(tag.as_str().len() * 2)).collect()
    }

    pub(crate) fn point(&mut self, tag: &Tag, to: Digest, record: Reservation) {
        self.tags.insert(Place::of(tag.as_str()), Pointer { to, _record: record });
    }

    /// Tells whether there was something to delete.
    pub(crate) fn delete(&mut self, reference: &Reference) -> bool {
        match reference {
            Reference::Tag(tag) => self.tags.remove(&Place::of(tag.as_str())).is_some(),
            Reference::Digest(digest) => self.delete_manifest(digest),
        }
    }

    fn delete_manifest(&mut self, digest: &Digest) -> bool {
        let Some(kept) = self.manifests.remove(digest) else { return false };
        self.tags.retain(|_, pointer| pointer.to != *digest);
        if let Some(subject) = kept.subject
            && let Some(referrers) = self.referrers.get_mut(&subject)
        {
            referrers.remove(digest);
            if referrers.is_empty() {
                self.referrers.remove(&subject);
            }
        }
        true
    }

    pub(crate) fn tags(&self, cut: &Cut) -> Page<Tag> {
        let start = cut.after.as_deref().map_or(Bound::Unbounded, |after| Bound::Excluded(Place::of(after)));
        let tags = self.tags.range((start, Bound::Unbounded)).filter_map(|(place, _)| place.text.parse().ok());
        Page::first(tags, cut.limit)
    }

    /// The manifests attached to `subject`, by digest.
    pub(crate) fn referrers(&self, subject: &Digest) -> Vec<Stored> {
        let digests = self.referrers.get(subject).into_iter().flatten();
        digests.filter_map(|digest| self.stored(*digest)).collect()
    }
}
