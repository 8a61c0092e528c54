//! The seams of the registry, as one trait: each hook does nothing unless a twist says otherwise.

use bytes::Bytes;
use http::request::Parts;

use crate::oci::{Algorithm, Descriptor, Digest, Reference, RepositoryName, Tag};
use crate::registry::access::Access;
use crate::registry::config::Config;
use crate::registry::failure::Failure;
use crate::registry::operations::{Cut, Opening, Operations, Page, Push, Pushed, Stored};
use crate::registry::query::Query;
use crate::registry::reply::Reply;
use crate::registry::store::Writer;

/// What a reply is to the connection, where it is not to be written as it stands. Goes with a reply as an extension.
#[derive(Clone, Debug)]
pub(crate) enum Wire {
    /// These bytes, head and all, and then the end of the connection.
    Raw(Bytes),
    /// Nothing, for ever.
    Silence,
}

/// One change of behaviour. `inner` is the registry as it would be without this twist.
pub(crate) trait Twist: Send + Sync + 'static {
    /// Before the registry starts.
    fn configure(&self, _: &mut Config) {}

    /// Before a request is routed: its head can be changed, or answered at once.
    fn before(&self, _: &mut Parts) -> Option<Reply> {
        None
    }

    /// Before a request is admitted: what it is held to.
    fn wanted(&self, _: &Parts, _: &mut Vec<Access>) {}

    /// After admission has spoken.
    fn admitted(&self, _: &Parts, verdict: Result<(), Failure>) -> Result<(), Failure> {
        verdict
    }

    /// Before a form posted to the token service is read.
    fn form(&self, _: &mut Query) {}

    /// A whole reply, as it would go out.
    fn after(&self, _: &Parts, _: &mut Reply) {}

    fn blob(&self, inner: &dyn Operations, name: &RepositoryName, digest: &Digest) -> Result<Bytes, Failure> {
        inner.blob(name, digest)
    }

    fn delete_blob(&self, inner: &dyn Operations, name: &RepositoryName, digest: &Digest) -> Result<(), Failure> {
        inner.delete_blob(name, digest)
    }

    fn holders(&self, inner: &dyn Operations, digest: &Digest) -> Vec<RepositoryName> {
        inner.holders(digest)
    }

    fn mount(&self, inner: &dyn Operations, to: &RepositoryName, from: &RepositoryName, digest: &Digest) -> Result<bool, Failure> {
        inner.mount(to, from, digest)
    }

    fn begin_upload(&self, inner: &dyn Operations, name: &RepositoryName, algorithm: Algorithm) -> Result<String, Failure> {
        inner.begin_upload(name, algorithm)
    }

    fn upload_offset(&self, inner: &dyn Operations, name: &RepositoryName, id: &str) -> Result<u64, Failure> {
        inner.upload_offset(name, id)
    }

    fn open_upload(&self, inner: &dyn Operations, name: &RepositoryName, id: &str, opening: Opening) -> Result<Writer, Failure> {
        inner.open_upload(name, id, opening)
    }

    fn keep_chunk(&self, inner: &dyn Operations, writer: Writer) -> Result<u64, Failure> {
        inner.keep_chunk(writer)
    }

    fn close_upload(&self, inner: &dyn Operations, writer: Writer, digest: &Digest) -> Result<(), Failure> {
        inner.close_upload(writer, digest)
    }

    fn cancel_upload(&self, inner: &dyn Operations, name: &RepositoryName, id: &str) -> Result<(), Failure> {
        inner.cancel_upload(name, id)
    }

    fn manifest(&self, inner: &dyn Operations, name: &RepositoryName, reference: &Reference) -> Result<Stored, Failure> {
        inner.manifest(name, reference)
    }

    fn push_manifest(&self, inner: &dyn Operations, name: &RepositoryName, push: Push) -> Result<Pushed, Failure> {
        inner.push_manifest(name, push)
    }

    fn delete_manifest(&self, inner: &dyn Operations, name: &RepositoryName, reference: &Reference) -> Result<(), Failure> {
        inner.delete_manifest(name, reference)
    }

    fn tags(&self, inner: &dyn Operations, name: &RepositoryName, cut: &Cut) -> Result<Page<Tag>, Failure> {
        inner.tags(name, cut)
    }

    fn referrers(&self, inner: &dyn Operations, name: &RepositoryName, asked: Attached<'_>) -> Result<Page<Descriptor>, Failure> {
        inner.referrers(name, asked.to, asked.of, asked.cut)
    }

    fn catalog(&self, inner: &dyn Operations, cut: &Cut) -> Result<Page<RepositoryName>, Failure> {
        inner.catalog(cut)
    }
}

/// Which referrers are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attached<'a> {
    /// The subject.
    pub(crate) to: &'a Digest,
    /// The artifact type, where one is named.
    pub(crate) of: Option<&'a str>,
    /// Which part of the list.
    pub(crate) cut: &'a Cut,
}
