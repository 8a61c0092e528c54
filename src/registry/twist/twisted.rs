//! Twists at work: operations with one twist around them, and the hooks of several in their order.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;

use super::seams::{Attached, Twist};
use crate::oci::{Algorithm, Descriptor, Digest, Reference, RepositoryName, Tag};
use crate::registry::access::Access;
use crate::registry::failure::Failure;
use crate::registry::operations::{Cut, Opening, Operations, Page, Push, Pushed, Stored};
use crate::registry::query::Query;
use crate::registry::reply::Reply;
use crate::registry::store::Writer;

/// The twists of one registry. A registry as it should be has none.
#[derive(Clone, Default)]
pub(crate) struct Twists(pub(super) Vec<Arc<dyn Twist>>);

impl Twists {
    /// The operations with each twist around those before it.
    pub(crate) fn around(&self, operations: Arc<dyn Operations>) -> Arc<dyn Operations> {
        self.0.iter().fold(operations, |inner, twist| Arc::new(Twisted { inner, twist: Arc::clone(twist) }))
    }

    /// See [`Twist::before`]; the first that answers, answers.
    pub(crate) fn before(&self, request: &mut Parts) -> Option<Reply> {
        self.0.iter().find_map(|twist| twist.before(request))
    }

    /// See [`Twist::wanted`].
    pub(crate) fn wanted(&self, request: &Parts, wanted: &mut Vec<Access>) {
        self.0.iter().for_each(|twist| twist.wanted(request, wanted));
    }

    /// See [`Twist::admitted`].
    pub(crate) fn admitted(&self, request: &Parts, verdict: Result<(), Failure>) -> Result<(), Failure> {
        self.0.iter().fold(verdict, |verdict, twist| twist.admitted(request, verdict))
    }

    /// See [`Twist::form`].
    pub(crate) fn form(&self, form: &mut Query) {
        self.0.iter().for_each(|twist| twist.form(form));
    }

    /// See [`Twist::after`].
    pub(crate) fn after(&self, request: &Parts, reply: &mut Reply) {
        self.0.iter().for_each(|twist| twist.after(request, reply));
    }
}

struct Twisted {
    inner: Arc<dyn Operations>,
    twist: Arc<dyn Twist>,
}

impl Operations for Twisted {
    fn blob(&self, name: &RepositoryName, digest: &Digest) -> Result<Bytes, Failure> {
        self.twist.blob(&*self.inner, name, digest)
    }

    fn delete_blob(&self, name: &RepositoryName, digest: &Digest) -> Result<(), Failure> {
        self.twist.delete_blob(&*self.inner, name, digest)
    }

    fn holders(&self, digest: &Digest) -> Vec<RepositoryName> {
        self.twist.holders(&*self.inner, digest)
    }

    fn mount(&self, to: &RepositoryName, from: &RepositoryName, digest: &Digest) -> Result<bool, Failure> {
        self.twist.mount(&*self.inner, to, from, digest)
    }

    fn begin_upload(&self, name: &RepositoryName, algorithm: Algorithm) -> Result<String, Failure> {
        self.twist.begin_upload(&*self.inner, name, algorithm)
    }

    fn upload_offset(&self, name: &RepositoryName, id: &str) -> Result<u64, Failure> {
        self.twist.upload_offset(&*self.inner, name, id)
    }

    fn open_upload(&self, name: &RepositoryName, id: &str, opening: Opening) -> Result<Writer, Failure> {
        self.twist.open_upload(&*self.inner, name, id, opening)
    }

    fn keep_chunk(&self, writer: Writer) -> Result<u64, Failure> {
        self.twist.keep_chunk(&*self.inner, writer)
    }

    fn close_upload(&self, writer: Writer, digest: &Digest) -> Result<(), Failure> {
        self.twist.close_upload(&*self.inner, writer, digest)
    }

    fn cancel_upload(&self, name: &RepositoryName, id: &str) -> Result<(), Failure> {
        self.twist.cancel_upload(&*self.inner, name, id)
    }

    fn manifest(&self, name: &RepositoryName, reference: &Reference) -> Result<Stored, Failure> {
        self.twist.manifest(&*self.inner, name, reference)
    }

    fn push_manifest(&self, name: &RepositoryName, push: Push) -> Result<Pushed, Failure> {
        self.twist.push_manifest(&*self.inner, name, push)
    }

    fn delete_manifest(&self, name: &RepositoryName, reference: &Reference) -> Result<(), Failure> {
        self.twist.delete_manifest(&*self.inner, name, reference)
    }

    fn tags(&self, name: &RepositoryName, cut: &Cut) -> Result<Page<Tag>, Failure> {
        self.twist.tags(&*self.inner, name, cut)
    }

    fn referrers(&self, name: &RepositoryName, subject: &Digest, of: Option<&str>, cut: &Cut) -> Result<Page<Descriptor>, Failure> {
        self.twist.referrers(&*self.inner, name, Attached { to: subject, of, cut })
    }

    fn catalog(&self, cut: &Cut) -> Result<Page<RepositoryName>, Failure> {
        self.twist.catalog(&*self.inner, cut)
    }
}
