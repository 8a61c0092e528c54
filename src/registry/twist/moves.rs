//! Faults of tags themselves.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::change::{Fault, fault};
use super::hooks::{Kind, Memory, ask_for, before, failure, header, is, manifest, push, refusal, reply, text_of};
use super::tag::lower;
use crate::oci::{ErrorCode, Reference};
use crate::registry::operations::{Cut, Push};

pub(super) const FAULTS: &[Fault] = &[
    // Tags themselves
    fault(
        "tag/move-lost",
        "A tag that is pushed again stays where it was, though the push is answered 201.",
        &["lists/tag-moves", "tags/moved"],
        || {
            push(|inner, name, push| {
                let Reference::Tag(tag) = &push.reference else { return inner.push_manifest(name, push) };
                match inner.manifest(name, &push.reference) {
                    Ok(_) => {
                        inner.push_manifest(name, Push { reference: Reference::Digest(crate::oci::Digest::sha256(&push.bytes)), ..push })
                    }
                    Err(_) => inner.push_manifest(name, Push { reference: Reference::Tag(tag.clone()), ..push }),
                }
            })
        },
    )
    .seen("harbor#23118: one update is silently lost"),
    fault("tag/move-refused", "A tag that is in use is not moved: the push is refused with 409.", &["offers/tag-overwrite"], || {
        push(|inner, name, push| {
            let Reference::Tag(_) = &push.reference else { return inner.push_manifest(name, push) };
            let there = inner.manifest(name, &push.reference).is_ok_and(|stored| stored.bytes != push.bytes);
            if there { Err(failure(409, ErrorCode::DENIED)) } else { inner.push_manifest(name, push) }
        })
    }),
    fault(
        "tag/move-drops-old",
        "A tag that moves takes the manifest that it leaves out of the repository.",
        &["tags/old-digest", "tags/sibling-unmoved"],
        || {
            push(|inner, name, push| {
                let Reference::Tag(_) = &push.reference else { return inner.push_manifest(name, push) };
                let old = inner.manifest(name, &push.reference).ok();
                let pushed = inner.push_manifest(name, push)?;
                if let Some(old) = old.filter(|old| old.digest != pushed.digest) {
                    inner.delete_manifest(name, &Reference::Digest(old.digest))?;
                }
                Ok(pushed)
            })
        },
    ),
    fault("tag/case-folded", "Tags that differ by case are one tag.", &["tags/case", "tags/list-complete"], || {
        [
            push(|inner, name, push| {
                let reference = match &push.reference {
                    Reference::Tag(tag) => Reference::Tag(lower(tag)),
                    Reference::Digest(digest) => Reference::Digest(*digest),
                };
                inner.push_manifest(name, Push { reference, ..push })
            }),
            manifest(|inner, name, reference| match reference {
                Reference::Tag(tag) => inner.manifest(name, &Reference::Tag(lower(tag))),
                Reference::Digest(_) => inner.manifest(name, reference),
            }),
        ]
        .concat()
    }),
    fault(
        "tag/long-refused",
        "A tag of more than 64 characters is refused with 400.",
        &["naming/valid-tag", "push/manifest-created"],
        || {
            push(|inner, name, push| match &push.reference {
                Reference::Tag(tag) if tag.as_str().len() > 64 => Err(failure(400, ErrorCode::MANIFEST_INVALID)),
                _ => inner.push_manifest(name, push),
            })
        },
    ),
    fault("tag/long-cut", "A tag of more than 128 characters is cut to 128.", &["naming/tag-whole"], || {
        before(|request| {
            let path = request.uri.path().to_owned();
            if let Some((name, tag)) = path.rsplit_once("/manifests/")
                && tag.len() > 128
                && !tag.contains(':')
                && tag.is_ascii()
            {
                ask_for(request, &format!("{name}/manifests/{}", &tag[..128]));
            }
            None
        })
    }),
    fault(
        "tag/eight-at-most",
        "A repository takes eight tags, and refuses the ninth.",
        &["naming/any-number-of-tags", "push/manifest-created"],
        || {
            push(|inner, name, push| {
                let held = inner.tags(name, &Cut { after: None, limit: 9 }).map_or(0, |page| page.items.len());
                match &push.reference {
                    Reference::Tag(_) if held >= 8 && inner.manifest(name, &push.reference).is_err() => {
                        Err(failure(403, ErrorCode::DENIED))
                    }
                    _ => inner.push_manifest(name, push),
                }
            })
        },
    ),
    fault(
        "tag/once",
        "A tag can be pulled once; the second GET finds nothing.",
        &[
            "docker/accept-lines",
            "docker/vary",
            "lists/asked-for",
            "lists/tag-moves",
            "pull/etag-match",
            "pull/if-none-match-other",
            "tags/holds",
            "tags/moved",
        ],
        || {
            let pulled = Memory::default();
            before(move |request| {
                let by_tag = is(request, "GET", Kind::Manifest) && !request.uri.path().contains("sha");
                (by_tag && !pulled.first(request.uri.path())).then(|| refusal(404, ErrorCode::MANIFEST_UNKNOWN))
            })
        },
    ),
    fault("tag/head-stale", "HEAD of a tag tells for ever the digest that the first HEAD of it told.", &["tags/moved"], || {
        let told: Mutex<HashMap<String, String>> = Mutex::default();
        reply("HEAD", Kind::Manifest, 200, move |request, reply| {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            let first = told.entry(request.uri.path().to_owned()).or_insert_with(|| text_of(reply, "docker-content-digest"));
            header(reply, "docker-content-digest", first);
        })
    })
    .seen("caches in front of registries that keep the answer to a HEAD"),
];
