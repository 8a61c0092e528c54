//! What a registry does, in values: the seam between HTTP and what is stored.

use bytes::Bytes;

use super::failure::Failure;
use super::store::Writer;
use crate::oci::{Algorithm, Descriptor, Digest, MediaType, Reference, RepositoryName, Tag};

/// A manifest as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) media_type: MediaType,
    pub(crate) digest: Digest,
    pub(crate) bytes: Bytes,
}

/// A manifest that is to be stored.
#[derive(Clone, Debug)]
pub(crate) struct Push {
    /// The tag or digest of the path.
    pub(crate) reference: Reference,
    /// The tags of the query, which go with a digest.
    pub(crate) tags: Vec<Tag>,
    pub(crate) media_type: MediaType,
    pub(crate) bytes: Bytes,
}

/// A manifest that was stored.
#[derive(Clone, Debug)]
pub(crate) struct Pushed {
    pub(crate) digest: Digest,
    /// What it is attached to.
    pub(crate) subject: Option<Digest>,
    /// The tags of the query that now point to it.
    pub(crate) tags: Vec<Tag>,
}

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Cut {
    /// Only what comes after this.
    pub(crate) after: Option<String>,
    /// At most so many.
    pub(crate) limit: usize,
}

/// A part of a list.
#[derive(Clone, Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Whether the list goes on.
    pub(crate) more: bool,
}

impl<T> Page<T> {
    /// The first `limit` of `items`, which come from where the cut starts.
    pub(crate) fn first(items: impl Iterator<Item = T>, limit: usize) -> Self {
        let mut items: Vec<T> = items.take(limit.saturating_add(1)).collect();
        let more = items.len() > limit;
        items.truncate(limit);
        Self { items, more }
    }
}

/// How an upload session is gone on with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Opening {
    /// Where the client thinks that the session stands.
    pub(crate) at: Option<u64>,
    /// What the blob will be named by, if that is known before its bytes.
    pub(crate) algorithm: Option<Algorithm>,
}

/// Every operation takes effect at one instant, wholly or not at all.
pub(crate) trait Operations: Send + Sync + 'static {
    fn blob(&self, name: &RepositoryName, digest: &Digest) -> Result<Bytes, Failure>;
    fn delete_blob(&self, name: &RepositoryName, digest: &Digest) -> Result<(), Failure>;
    /// The repositories that have a blob, in order.
    fn holders(&self, digest: &Digest) -> Vec<RepositoryName>;
    /// Gives `to` a blob that `from` has; tells whether `from` has it.
    fn mount(&self, to: &RepositoryName, from: &RepositoryName, digest: &Digest) -> Result<bool, Failure>;

    /// Opens a session and gives its id.
    fn begin_upload(&self, name: &RepositoryName, algorithm: Algorithm) -> Result<String, Failure>;
    /// How many bytes the session has.
    fn upload_offset(&self, name: &RepositoryName, id: &str) -> Result<u64, Failure>;
    /// Takes the session for writing. While the writer lives nobody else can take it; dropped, it leaves the session as it was.
    fn open_upload(&self, name: &RepositoryName, id: &str, opening: Opening) -> Result<Writer, Failure>;
    /// Keeps what was written and gives the new offset.
    fn keep_chunk(&self, writer: Writer) -> Result<u64, Failure>;
    /// Makes a blob of the session, if it is what `digest` names.
    fn close_upload(&self, writer: Writer, digest: &Digest) -> Result<(), Failure>;
    fn cancel_upload(&self, name: &RepositoryName, id: &str) -> Result<(), Failure>;

    fn manifest(&self, name: &RepositoryName, reference: &Reference) -> Result<Stored, Failure>;
    fn push_manifest(&self, name: &RepositoryName, push: Push) -> Result<Pushed, Failure>;
    /// By tag: the tag alone. By digest: the manifest and every tag on it.
    fn delete_manifest(&self, name: &RepositoryName, reference: &Reference) -> Result<(), Failure>;
    fn tags(&self, name: &RepositoryName, cut: &Cut) -> Result<Page<Tag>, Failure>;
    /// The manifests attached to `subject`, by digest, of that artifact type if one is named.
    fn referrers(&self, name: &RepositoryName, subject: &Digest, of: Option<&str>, cut: &Cut) -> Result<Page<Descriptor>, Failure>;
    fn catalog(&self, cut: &Cut) -> Result<Page<RepositoryName>, Failure>;
}
