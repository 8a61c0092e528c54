//! Manners that are not the specification's: GitHub Package Registry for Docker, as it stood in 2019.

use bytes::Bytes;
use http::StatusCode;
use http::header::ALLOW;

use super::failure::Failure;
use super::operations::{Cut, Opening, Operations, Page, Push, Pushed, Stored};
use super::store::Writer;
use crate::oci::{Algorithm, Descriptor, Digest, Document, Reference, RepositoryName, Tag};

/// How many components a name has: OWNER/REPOSITORY/IMAGE.
const COMPONENTS: usize = 3;

/// Operations under those rules: other names are refused, manifest lists and indexes are declined, nothing is deleted.
pub(crate) struct GithubPackages<O>(pub(crate) O);

fn named(name: &RepositoryName) -> Result<(), Failure> {
    if name.components().count() == COMPONENTS {
        return Ok(());
    }
    Err(Failure::name_invalid(format!("`{name}` is not OWNER/REPOSITORY/IMAGE, all three in lower case")))
}

fn not_deleted(allowed: &str) -> Failure {
    Failure::unsupported(StatusCode::METHOD_NOT_ALLOWED, "nothing is deleted over this API").with(ALLOW, allowed)
}

impl<O: Operations> Operations for GithubPackages<O> {
    fn blob(&self, name: &RepositoryName, digest: &Digest) -> Result<Bytes, Failure> {
        named(name).and_then(|()| self.0.blob(name, digest))
    }

    fn delete_blob(&self, _: &RepositoryName, _: &Digest) -> Result<(), Failure> {
        Err(not_deleted("GET, HEAD"))
    }

    fn holders(&self, digest: &Digest) -> Vec<RepositoryName> {
        self.0.holders(digest)
    }

    fn mount(&self, to: &RepositoryName, from: &RepositoryName, digest: &Digest) -> Result<bool, Failure> {
        named(to).and_then(|()| self.0.mount(to, from, digest))
    }

    fn begin_upload(&self, name: &RepositoryName, algorithm: Algorithm) -> Result<String, Failure> {
        named(name).and_then(|()| self.0.begin_upload(name, algorithm))
    }

    fn upload_offset(&self, name: &RepositoryName, id: &str) -> Result<u64, Failure> {
        self.0.upload_offset(name, id)
    }

    fn open_upload(&self, name: &RepositoryName, id: &str, opening: Opening) -> Result<Writer, Failure> {
        self.0.open_upload(name, id, opening)
    }

    fn keep_chunk(&self, writer: Writer) -> Result<u64, Failure> {
        self.0.keep_chunk(writer)
    }

    fn close_upload(&self, writer: Writer, digest: &Digest) -> Result<(), Failure> {
        self.0.close_upload(writer, digest)
    }

    fn cancel_upload(&self, name: &RepositoryName, id: &str) -> Result<(), Failure> {
        self.0.cancel_upload(name, id)
    }

    fn manifest(&self, name: &RepositoryName, reference: &Reference) -> Result<Stored, Failure> {
        named(name).and_then(|()| self.0.manifest(name, reference))
    }

    fn push_manifest(&self, name: &RepositoryName, push: Push) -> Result<Pushed, Failure> {
        named(name)?;
        if push.media_type.is_index() {
            return Err(Failure::manifest_type("manifest lists are not supported"));
        }
        if Document::read(&push.media_type, &push.bytes).is_ok_and(|document| document.blobs().iter().any(|blob| blob.is_elsewhere())) {
            return Err(Failure::manifest_invalid("layers that are kept elsewhere are not supported"));
        }
        self.0.push_manifest(name, push)
    }

    fn delete_manifest(&self, _: &RepositoryName, _: &Reference) -> Result<(), Failure> {
        Err(not_deleted("GET, HEAD, PUT"))
    }

    fn tags(&self, name: &RepositoryName, cut: &Cut) -> Result<Page<Tag>, Failure> {
        named(name).and_then(|()| self.0.tags(name, cut))
    }

    fn referrers(&self, name: &RepositoryName, subject: &Digest, of: Option<&str>, cut: &Cut) -> Result<Page<Descriptor>, Failure> {
        named(name).and_then(|()| self.0.referrers(name, subject, of, cut))
    }

    fn catalog(&self, cut: &Cut) -> Result<Page<RepositoryName>, Failure> {
        self.0.catalog(cut)
    }
}
