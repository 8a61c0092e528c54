//! Faults of deletes.

use super::change::{Fault, Ground, Made, fault};
use super::hooks::{Kind, Memory, before, blob, delete, delete_blob, failure, header, is, manifest, push, refusal, reply, status, tags};
use crate::oci::{Digest, ErrorCode, Reference, RepositoryName, Tag};
use crate::registry::failure::Failure;
use crate::registry::operations::{Cut, Operations, Stored};

/// Tags that are gone, by repository.
type Gone = std::sync::Arc<std::sync::Mutex<std::collections::BTreeMap<String, Vec<Tag>>>>;

/// The tags that hold the manifest of that digest; none where the reference is a tag.
fn held_by(inner: &dyn Operations, name: &RepositoryName, reference: &Reference) -> Result<Vec<Tag>, Failure> {
    let tags = inner.tags(name, &Cut { after: None, limit: 10_000 })?.items;
    let holds =
        |tag: &Tag| inner.manifest(name, &Reference::Tag(tag.clone())).is_ok_and(|stored| Reference::Digest(stored.digest) == *reference);
    Ok(tags.into_iter().filter(holds).collect())
}

/// Lists tags that are gone along with those that are there.
fn still_listed(gone: Gone) -> Made {
    tags(move |inner, name, cut| {
        let mut page = inner.tags(name, cut)?;
        let gone = gone.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        page.items.extend(gone.get(name.as_str()).cloned().unwrap_or_default());
        page.items.sort();
        page.items.dedup();
        Ok(page)
    })
}

/// Refuses what was deleted once, though it was pushed again.
fn lost_for_good(deleted: &Memory, name: &RepositoryName, digest: &Digest, code: ErrorCode) -> Result<(), Failure> {
    if deleted.knows(&format!("{name}@{digest}")) { Err(failure(404, code)) } else { Ok(()) }
}

pub(super) const FAULTS: &[Fault] = &[
    fault("delete/manifest-ok", "A manifest that is deleted is answered 200.", &["management/manifest-deleted"], || {
        reply("DELETE", Kind::Manifest, 202, |request, reply| {
            if request.uri.path().contains("sha256:") {
                status(reply, 200);
            }
        })
    }),
    fault("delete/tag-ok", "A tag that is deleted is answered 200.", &["management/tag-deleted"], || {
        reply("DELETE", Kind::Manifest, 202, |request, reply| {
            if !request.uri.path().contains(':') {
                status(reply, 200);
            }
        })
    }),
    fault("delete/blob-ok", "A blob that is deleted is answered 200.", &["management/blob-deleted"], || {
        reply("DELETE", Kind::Blob, 202, |_, reply| status(reply, 200))
    }),
    fault(
        "delete/manifest-kept",
        "A delete of a manifest is answered 202 and does nothing.",
        &[
            "management/head-gone",
            "management/manifest-gone",
            "management/manifest-tags-gone",
            "management/manifest-tags-unlisted",
            "referrers/deleted",
            "referrers/filter-after-delete",
        ],
        || {
            delete(|inner, name, reference| match reference {
                Reference::Digest(_) => inner.manifest(name, reference).map(drop),
                Reference::Tag(_) => inner.delete_manifest(name, reference),
            })
        },
    ),
    fault(
        "delete/tag-kept",
        "A delete of a tag is answered 202 and does nothing.",
        &["management/tag-gone", "management/tag-unlisted"],
        || {
            delete(|inner, name, reference| match reference {
                Reference::Tag(_) => inner.manifest(name, reference).map(drop),
                Reference::Digest(_) => inner.delete_manifest(name, reference),
            })
        },
    ),
    fault("delete/tag-listed", "A deleted tag is still listed.", &["management/tag-unlisted"], || {
        let gone = Gone::default();
        let noted = std::sync::Arc::clone(&gone);
        [
            delete(move |inner, name, reference| {
                inner.delete_manifest(name, reference)?;
                if let Reference::Tag(tag) = reference {
                    noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).entry(name.to_string()).or_default().push(tag.clone());
                }
                Ok(())
            }),
            still_listed(gone),
        ]
        .concat()
    }),
    fault(
        "delete/tag-with-manifest",
        "A delete of a tag deletes its manifest, and with it the other tags.",
        &["management/tag-sibling", "tags/list-complete"],
        || {
            delete(|inner, name, reference| {
                let digest = inner.manifest(name, reference)?.digest;
                inner.delete_manifest(name, &Reference::Digest(digest))
            })
        },
    ),
    fault("delete/tags-outlive", "The tags of a deleted manifest can still be pulled.", &["management/manifest-tags-gone"], || {
        let kept: std::sync::Arc<std::sync::Mutex<std::collections::BTreeMap<String, Stored>>> = std::sync::Arc::default();
        let noted = std::sync::Arc::clone(&kept);
        [
            delete(move |inner, name, reference| {
                let stored = inner.manifest(name, reference)?;
                for tag in held_by(inner, name, reference)? {
                    noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(format!("{name}:{tag}"), stored.clone());
                }
                inner.delete_manifest(name, reference)
            }),
            manifest(move |inner, name, reference| {
                inner.manifest(name, reference).or_else(|refused| {
                    let kept = kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    kept.get(&format!("{name}:{reference}")).cloned().ok_or(refused)
                })
            }),
        ]
        .concat()
    }),
    fault(
        "delete/manifest-with-layers",
        "A delete of a manifest deletes the blobs that it names, though others name them too.",
        &["management/manifest-sibling"],
        || {
            delete(|inner, name, reference| {
                let stored = inner.manifest(name, reference)?;
                inner.delete_manifest(name, reference)?;
                if let (Reference::Digest(_), Ok(document)) = (reference, crate::oci::Document::read(&stored.media_type, &stored.bytes)) {
                    document.blobs().iter().for_each(|blob| drop(inner.delete_blob(name, &blob.digest)));
                }
                Ok(())
            })
        },
    ),
    fault(
        "delete/manifest-everywhere",
        "A delete of a manifest deletes it in every repository.",
        &["management/manifest-elsewhere"],
        || {
            delete(|inner, name, reference| {
                inner.delete_manifest(name, reference)?;
                if let Reference::Digest(_) = reference {
                    let all = inner.catalog(&Cut { after: None, limit: 10_000 })?;
                    all.items.iter().for_each(|other| drop(inner.delete_manifest(other, reference)));
                }
                Ok(())
            })
        },
    ),
    fault("delete/blob-everywhere", "A delete of a blob deletes it in every repository.", &["management/blob-elsewhere"], || {
        delete_blob(|inner, name, digest| {
            inner.delete_blob(name, digest)?;
            inner.holders(digest).iter().for_each(|other| drop(inner.delete_blob(other, digest)));
            Ok(())
        })
    }),
    fault(
        "delete/manifest-tags-listed",
        "The tags of a deleted manifest are still listed.",
        &["management/manifest-tags-unlisted"],
        || {
            let gone = Gone::default();
            let noted = std::sync::Arc::clone(&gone);
            [
                delete(move |inner, name, reference| {
                    let held = held_by(inner, name, reference).unwrap_or_default();
                    inner.delete_manifest(name, reference)?;
                    noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).entry(name.to_string()).or_default().extend(held);
                    Ok(())
                }),
                still_listed(gone),
            ]
            .concat()
        },
    ),
    fault("delete/head-found", "HEAD finds a blob that was deleted.", &["management/blob-gone", "management/head-gone"], || {
        let deleted = std::sync::Arc::new(Memory::default());
        let noted = std::sync::Arc::clone(&deleted);
        [
            reply("DELETE", Kind::Blob, 202, move |request, _| {
                noted.first(request.uri.path());
            }),
            reply("HEAD", Kind::Blob, 404, move |request, reply| {
                if deleted.knows(request.uri.path()) {
                    status(reply, 200);
                }
            }),
        ]
        .concat()
    }),
    fault(
        "delete/other-digest",
        "The 202 for the delete of a blob carries a digest that is not the blob's.",
        &["management/delete-digest-true"],
        || {
            reply("DELETE", Kind::Blob, 202, |_, reply| {
                header(reply, "docker-content-digest", &Digest::sha256(b"another").to_string());
            })
        },
    ),
    fault(
        "delete/blob-kept",
        "A delete of a blob is answered 202 and does nothing.",
        &["management/blob-gone", "management/head-gone"],
        || delete_blob(|inner, name, digest| inner.blob(name, digest).map(drop)),
    ),
    fault("delete/blob-unknown-accepted", "A delete of a blob that is not there is answered 202.", &["management/blob-unknown"], || {
        delete_blob(|inner, name, digest| {
            let _ = inner.delete_blob(name, digest);
            Ok(())
        })
    }),
    fault(
        "delete/manifest-again-gone",
        "A manifest that was deleted and pushed again is not found.",
        &["management/manifest-again"],
        || {
            let deleted = std::sync::Arc::new(Memory::default());
            let noted = std::sync::Arc::clone(&deleted);
            [
                delete(move |inner, name, reference| {
                    if let Reference::Digest(digest) = reference {
                        noted.first(format!("{name}@{digest}"));
                    }
                    inner.delete_manifest(name, reference)
                }),
                manifest(move |inner, name, reference| {
                    let stored = inner.manifest(name, reference)?;
                    lost_for_good(&deleted, name, &stored.digest, ErrorCode::MANIFEST_UNKNOWN).map(|()| stored)
                }),
            ]
            .concat()
        },
    )
    .seen("distribution#4489: a deleted manifest is served broken for ever"),
    fault("delete/blob-again-gone", "A blob that was deleted and pushed again is not found.", &["management/blob-again"], || {
        let deleted = std::sync::Arc::new(Memory::default());
        let noted = std::sync::Arc::clone(&deleted);
        [
            delete_blob(move |inner, name, digest| {
                noted.first(format!("{name}@{digest}"));
                inner.delete_blob(name, digest)
            }),
            blob(move |inner, name, digest| {
                lost_for_good(&deleted, name, digest, ErrorCode::BLOB_UNKNOWN)?;
                inner.blob(name, digest)
            }),
        ]
        .concat()
    }),
    fault(
        "delete/unknown-error",
        "A delete of a manifest that is not there is answered 500.",
        &["management/manifest-unknown", "management/repository-unknown", "management/tag-unknown"],
        || reply("DELETE", Kind::Manifest, 404, |_, reply| status(reply, 500)),
    ),
    fault(
        "delete/repository-unknown-accepted",
        "A delete from a repository that does not exist is answered 202.",
        &["management/repository-unknown"],
        || {
            reply("DELETE", Kind::Any, 404, |request, reply| {
                if String::from_utf8_lossy(&reply.body().bytes()).contains("NAME_UNKNOWN") && !is(request, "DELETE", Kind::Upload) {
                    status(reply, 202);
                }
            })
        },
    ),
    fault("delete/refused-not-found", "A manifest that has tags is not deleted, and the refusal is 404.", &["management/refusal"], || {
        delete(|inner, name, reference| {
            if held_by(inner, name, reference)?.len() > 1 {
                Err(failure(404, ErrorCode::UNSUPPORTED))
            } else {
                inner.delete_manifest(name, reference)
            }
        })
    }),
    fault(
        "delete/refused-done",
        "A delete is refused with 405 and done all the same.",
        &["auth/refused-changes-nothing", "docker/refused-delete-keeps"],
        || {
            let gone = Memory::default();
            before(move |request| {
                let path = request.uri.path().to_owned();
                if is(request, "DELETE", Kind::Manifest) || is(request, "DELETE", Kind::Blob) {
                    gone.first(path);
                } else if gone.knows(&path) && !is(request, "PUT", Kind::Any) {
                    return Some(refusal(404, ErrorCode::MANIFEST_UNKNOWN));
                }
                None
            })
        },
    )
    .on(Ground::GithubPackages),
    fault(
        "delete/allowed",
        "A manifest is deleted where nothing is to be deleted.",
        &[
            "auth/delete-anonymous",
            "docker/no-deletes",
            "management/repository-unknown",
            "offers/delete-manifest",
            "offers/delete-tag",
            "tags/holds",
        ],
        || {
            let gone = Memory::default();
            before(move |request| {
                let path = request.uri.path().to_owned();
                if is(request, "DELETE", Kind::Manifest) {
                    gone.first(path);
                    let mut reply = crate::registry::reply::empty(http::StatusCode::ACCEPTED);
                    header(&mut reply, "content-length", "0");
                    return Some(reply);
                }
                (gone.knows(&path) && is(request, "GET HEAD", Kind::Manifest)).then(|| refusal(404, ErrorCode::MANIFEST_UNKNOWN))
            })
        },
    )
    .on(Ground::GithubPackages),
    fault("delete/pushed-back", "A push after a delete is answered 201 and lost.", &["management/manifest-again"], || {
        let deleted = std::sync::Arc::new(Memory::default());
        let noted = std::sync::Arc::clone(&deleted);
        [
            delete(move |inner, name, reference| {
                if let Reference::Digest(digest) = reference {
                    noted.first(format!("{name}@{digest}"));
                }
                inner.delete_manifest(name, reference)
            }),
            push(move |inner, name, push| {
                let digest = Digest::sha256(&push.bytes);
                let reference = push.reference.clone();
                let pushed = inner.push_manifest(name, push)?;
                if deleted.knows(&format!("{name}@{digest}")) {
                    inner.delete_manifest(name, &reference)?;
                }
                Ok(pushed)
            }),
        ]
        .concat()
    })
    .seen("nora#653: a PUT and a DELETE of one tag interleave"),
];
