//! Manifests.

use super::super::change::{ALWAYS, OCI, Variant, variant};
use super::super::hooks::{Kind, before, close, configured, failure, header, is, json, push, refusal, reply, status};
use crate::oci::{Algorithm, Descriptor, Digest, ErrorCode, MediaType, Reference};
use crate::registry::operations::{Push, Stored};

pub(in super::super) const VARIANTS: &[Variant] = &[
    variant(35, "manifest/missing-taken", "A manifest that refers to what is not there is taken.", ALWAYS, || {
        let kept: std::sync::Arc<std::sync::Mutex<std::collections::BTreeMap<String, Stored>>> = std::sync::Arc::default();
        let there = std::sync::Arc::clone(&kept);
        [
            push(move |inner, name, push| {
                let again = push.clone();
                inner.push_manifest(name, push).or_else(|refused| {
                    let missing = refused.errors.iter().any(|error| error.code == ErrorCode::MANIFEST_BLOB_UNKNOWN);
                    if !missing {
                        return Err(refused);
                    }
                    let Push { reference, tags, media_type, bytes } = again;
                    let digest = match &reference {
                        Reference::Digest(digest) => *digest,
                        Reference::Tag(_) => Digest::sha256(&bytes),
                    };
                    let stored = Stored { media_type, digest, bytes };
                    let mut kept = kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    kept.insert(format!("{name} {reference}"), stored.clone());
                    kept.insert(format!("{name} {digest}"), stored);
                    Ok(crate::registry::operations::Pushed { digest, subject: None, tags })
                })
            }),
            super::super::hooks::manifest(move |inner, name, reference| {
                inner.manifest(name, reference).or_else(|refused| {
                    let there = there.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    there.get(&format!("{name} {reference}")).cloned().ok_or(refused)
                })
            }),
        ]
        .concat()
    }),
    variant(
        35,
        "manifest/missing-blob-unknown",
        "A manifest whose blobs are not there is refused with 1.0's BLOB_UNKNOWN.",
        &["oci-1.0", "docker-v2"],
        || {
            reply("PUT", Kind::Manifest, 404, |request, reply| {
                json(request, reply, |value| {
                    for error in value["errors"].as_array_mut().into_iter().flatten() {
                        *error = serde_json::json!({ "code": "BLOB_UNKNOWN" });
                    }
                });
            })
        },
    ),
    variant(35, "manifest/missing-bad-request", "A manifest whose blobs are not there is refused with 400.", ALWAYS, || {
        reply("PUT", Kind::Manifest, 404, |_, reply| status(reply, 400))
    }),
    variant(36, "manifest/docker-declined", "Docker's manifests are refused with 415.", OCI, || {
        push(|inner, name, push| {
            if push.media_type.as_str().contains("docker") {
                Err(failure(415, ErrorCode::MANIFEST_INVALID))
            } else {
                inner.push_manifest(name, push)
            }
        })
    }),
    variant(36, "manifest/oci-declined", "OCI's manifests are refused with 415.", &["docker-v2"], || {
        push(|inner, name, push| {
            if push.media_type.as_str().contains("oci") {
                Err(failure(415, ErrorCode::MANIFEST_INVALID))
            } else {
                inner.push_manifest(name, push)
            }
        })
    }),
    variant(36, "manifest/lists-declined", "Docker's manifest lists are refused with 415.", OCI, || {
        push(|inner, name, push| {
            if push.media_type == MediaType::DOCKER_LIST {
                Err(failure(415, ErrorCode::MANIFEST_INVALID))
            } else {
                inner.push_manifest(name, push)
            }
        })
    }),
    variant(36, "manifest/type-refused-otherwise", "A manifest of an unknown type is refused with 400 UNSUPPORTED.", ALWAYS, || {
        reply("PUT", Kind::Manifest, 415, |request, reply| {
            status(reply, 400);
            json(request, reply, |value| value["errors"][0]["code"] = "UNSUPPORTED".into());
        })
    }),
    variant(36, "manifest/content-type-wanted", "A manifest without Content-Type is refused with 400.", ALWAYS, || {
        before(|request| {
            let bare = is(request, "PUT", Kind::Manifest) && !request.headers.contains_key("content-type");
            bare.then(|| refusal(400, ErrorCode::MANIFEST_INVALID))
        })
    }),
    variant(36, "manifest/media-type-wanted", "A manifest whose document does not name its own type is refused with 400.", ALWAYS, || {
        push(|inner, name, push| {
            let value: serde_json::Value = serde_json::from_slice(&push.bytes).unwrap_or_default();
            if value.is_object() && value.get("mediaType").is_none() {
                Err(failure(400, ErrorCode::MANIFEST_INVALID))
            } else {
                inner.push_manifest(name, push)
            }
        })
    }),
    variant(37, "digest/sha512-declined", "sha512 is refused with 415.", &["oci-1.0", "oci-1.1", "docker-v2"], || sha512_refused(415)),
    variant(37, "digest/sha512-bad-request", "sha512 is refused with 400.", ALWAYS, || sha512_refused(400)),
    variant(38, "manifest/no-limit", "A manifest of 64 megabytes is taken.", ALWAYS, || {
        configured(|config| config.limits.manifest = 64 << 20)
    }),
    variant(38, "manifest/small-limit", "A manifest above 64 KiB is refused with 413.", &["oci-1.0", "docker-v2"], || {
        configured(|config| config.limits.manifest = 64 << 10)
    }),
    variant(38, "manifest/limit-bad-request", "A manifest above the limit is refused with 400 in place of 413.", ALWAYS, || {
        reply("PUT", Kind::Manifest, 413, |_, reply| status(reply, 400))
    }),
    variant(47, "referrer/index-unnamed", "The 201 for an index with a subject has no OCI-Subject.", OCI, || {
        reply("PUT", Kind::Manifest, 201, |request, reply| {
            if request.headers.get("content-type").is_some_and(|value| value.to_str().is_ok_and(|text| text.contains("index"))) {
                header(reply, "oci-subject", "");
            }
        })
    }),
    variant(47, "referrer/removed-with-subject", "With a manifest its referrers are deleted.", OCI, || {
        super::super::hooks::delete(|inner, name, reference| {
            let digest = inner.manifest(name, reference)?.digest;
            inner.delete_manifest(name, reference)?;
            if let Reference::Digest(_) = reference {
                let all = crate::registry::operations::Cut { after: None, limit: 10_000 };
                let listed: Vec<Descriptor> = inner.referrers(name, &digest, None, &all).map(|page| page.items).unwrap_or_default();
                for descriptor in listed {
                    let _ = inner.delete_manifest(name, &Reference::Digest(descriptor.digest));
                }
            }
            Ok(())
        })
    }),
];

fn sha512_refused(code: u16) -> super::super::change::Made {
    [
        close(move |inner, writer, digest| {
            if digest.algorithm() == Algorithm::Sha512 {
                Err(failure(code, ErrorCode::DIGEST_INVALID))
            } else {
                inner.close_upload(writer, digest)
            }
        }),
        push(move |inner, name, push| match &push.reference {
            Reference::Digest(digest) if digest.algorithm() == Algorithm::Sha512 => Err(failure(code, ErrorCode::DIGEST_INVALID)),
            _ => inner.push_manifest(name, push),
        }),
        before(move |request| {
            request
                .uri
                .query()
                .is_some_and(|query| query.contains("digest-algorithm=sha512"))
                .then(|| refusal(code, ErrorCode::DIGEST_INVALID))
        }),
    ]
    .concat()
}
