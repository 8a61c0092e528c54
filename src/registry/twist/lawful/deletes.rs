//! Deletes.

use super::super::change::{ALWAYS, Made, OCI, Variant, variant};
use super::super::hooks::{Kind, Memory, before, delete, delete_blob, failure, header, is, refusal, reply, status};
use crate::oci::{Document, ErrorCode, Reference};
use crate::registry::operations::Cut;

fn refused(code: u16, fits: fn(&http::request::Parts) -> bool) -> Made {
    before(move |request| {
        fits(request).then(|| {
            let mut reply = refusal(code, ErrorCode::UNSUPPORTED);
            if code == 405 {
                header(&mut reply, "allow", "GET, HEAD");
            }
            reply
        })
    })
}

fn of_content(request: &http::request::Parts) -> bool {
    is(request, "DELETE", Kind::Manifest) || is(request, "DELETE", Kind::Blob)
}

fn of_tag(request: &http::request::Parts) -> bool {
    is(request, "DELETE", Kind::Manifest) && !request.uri.path().contains(':')
}

fn of_digest(request: &http::request::Parts) -> bool {
    is(request, "DELETE", Kind::Manifest) && request.uri.path().contains(':')
}

pub(in super::super) const VARIANTS: &[Variant] = &[
    variant(48, "delete/not-allowed", "Deletes are refused with 405, even those of unknown content.", ALWAYS, || refused(405, of_content)),
    variant(48, "delete/bad-request", "Deletes are refused with 400, even those of unknown content.", OCI, || refused(400, of_content)),
    variant(48, "delete/digests-only", "Manifests are deleted by digest alone; a tag is refused with 400.", ALWAYS, || {
        refused(400, of_tag)
    }),
    variant(48, "delete/tags-only", "Tags are deleted, and manifests by digest are not: 405.", OCI, || refused(405, of_digest)),
    variant(49, "delete/unknown-accepted", "A delete of a manifest or tag that is not there is answered 202.", OCI, || {
        delete(|inner, name, reference| {
            inner.tags(name, &Cut { after: None, limit: 1 })?;
            let _ = inner.delete_manifest(name, reference);
            Ok(())
        })
    }),
    variant(50, "delete/seen-a-while", "What was deleted can be pulled once more.", ALWAYS, || {
        let late = std::sync::Arc::new(Memory::default());
        let noted = std::sync::Arc::clone(&late);
        let told = Memory::default();
        [
            reply("DELETE", Kind::Any, 202, move |request, _| {
                noted.first(request.uri.path());
            }),
            reply("GET HEAD", Kind::Any, 404, move |request, reply| {
                if late.knows(request.uri.path()) && told.first(format!("{} {}", request.method, request.uri.path())) {
                    status(reply, 200);
                    header(reply, "content-type", "application/octet-stream");
                }
            }),
        ]
        .concat()
    }),
    variant(50, "delete/referenced-blob-refused", "A blob that a manifest refers to is not deleted: 405.", OCI, || {
        delete_blob(|inner, name, digest| {
            let tags = inner.tags(name, &Cut { after: None, limit: 10_000 }).map(|page| page.items).unwrap_or_default();
            let manifests = tags.into_iter().filter_map(|tag| inner.manifest(name, &Reference::Tag(tag)).ok());
            let held = manifests.into_iter().any(|stored| {
                let document = Document::read(&stored.media_type, &stored.bytes).ok();
                document.is_some_and(|document| document.blobs().iter().any(|blob| blob.digest == *digest))
            });
            if held { Err(failure(405, ErrorCode::DENIED)) } else { inner.delete_blob(name, digest) }
        })
    }),
];
