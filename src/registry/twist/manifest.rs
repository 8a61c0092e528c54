//! Faults of pushing and pulling manifests.

use super::change::{Fault, fault};
use super::hooks::{Kind, Memory, before, content, failure, header, is, json, push, refusal, reply, status};
use super::hooks::{text_of, text_of_request};
use crate::oci::{Algorithm, Digest, ErrorCode, MediaType, Reference};
use crate::registry::operations::Push;

/// The document as it would come out of a parser.
fn rewritten(push: &Push) -> Vec<u8> {
    let value: Option<serde_json::Value> = serde_json::from_slice(&push.bytes).ok();
    value.map_or_else(|| push.bytes.to_vec(), |value| value.to_string().into_bytes())
}

pub(super) fn field<'a>(value: &'a serde_json::Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default()
}

pub(super) fn document(push: &Push) -> serde_json::Value {
    serde_json::from_slice(&push.bytes).unwrap_or_default()
}

pub(super) const FAULTS: &[Fault] = &[
    // Push
    fault(
        "manifest/put-ok",
        "A manifest that is taken is answered 200.",
        &[
            "docker/same-again",
            "push/artifact-type-unknown",
            "push/config-type-unknown",
            "push/layer-type-unknown",
            "push/manifest-created",
            "push/manifest-refusal",
            "push/manifest-size",
            "push/property-unknown",
            "push/tag-parameter",
            "push/type-parameters",
            "referrers/subject-unknown",
        ],
        || reply("PUT", Kind::Manifest, 201, |_, reply| status(reply, 200)),
    ),
    fault("manifest/put-no-location", "The 201 for a manifest has no Location.", &["lists/location", "push/manifest-location"], || {
        reply("PUT", Kind::Manifest, 201, |_, reply| header(reply, "location", ""))
    }),
    fault(
        "manifest/put-location-moved",
        "The Location of a manifest leads where nothing is.",
        &["lists/location", "push/manifest-location"],
        || {
            reply("PUT", Kind::Manifest, 201, |_, reply| {
                let location = text_of(reply, "location").replace("/manifests/", "/blobs/");
                header(reply, "location", &location);
            })
        },
    ),
    fault("manifest/put-no-digest", "The 201 for a manifest has no Docker-Content-Digest.", &["push/manifest-digest-header"], || {
        reply("PUT", Kind::Manifest, 201, |_, reply| header(reply, "docker-content-digest", ""))
    })
    .seen("distribution#3792"),
    fault(
        "manifest/put-other-digest",
        "The 201 for a manifest carries a digest that is not its own.",
        &["push/manifest-digest-equal", "push/manifest-digest-true"],
        || reply("PUT", Kind::Manifest, 201, |_, reply| header(reply, "docker-content-digest", &Digest::sha256(b"another").to_string())),
    ),
    fault(
        "manifest/put-sha256-only",
        "The 201 for a manifest pushed by its sha512 names it by its sha256.",
        &["push/manifest-digest-equal"],
        || {
            let known: std::sync::Arc<std::sync::Mutex<std::collections::BTreeMap<String, String>>> = std::sync::Arc::default();
            let noted = std::sync::Arc::clone(&known);
            [
                push(move |inner, name, push| {
                    if let Reference::Digest(digest) = &push.reference {
                        let sha256 = Digest::sha256(&push.bytes).to_string();
                        noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(digest.to_string(), sha256);
                    }
                    inner.push_manifest(name, push)
                }),
                reply("PUT", Kind::Manifest, 201, move |_, reply| {
                    let known = known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    if let Some(sha256) = known.get(&text_of(reply, "docker-content-digest")) {
                        header(reply, "docker-content-digest", sha256);
                    }
                }),
            ]
            .concat()
        },
    ),
    fault("manifest/put-with-body", "The 201 for a manifest has a body.", &["docker/put-empty-body"], || {
        reply("PUT", Kind::Manifest, 201, |request, reply| content(request, reply, "{}"))
    }),
    fault(
        "manifest/rewritten",
        "A manifest pushed by tag is stored as a parser would write it again.",
        &[
            "docker/manifest-exact",
            "lists/exact",
            "lists/fields-kept",
            "pull/manifest-status",
            "push/fields-kept",
            "push/manifest-digest-true",
            "push/manifest-exact",
            "push/manifest-location",
        ],
        || {
            push(|inner, name, push| {
                let bytes = rewritten(&push).into();
                let by_tag = matches!(push.reference, Reference::Tag(_));
                inner.push_manifest(name, if by_tag { Push { bytes, ..push } } else { push })
            })
        },
    ),
    fault(
        "manifest/again-refused",
        "The same manifest, pushed to the same tag again, is refused with 409.",
        &["docker/same-again", "push/manifest-created", "push/tag-parameter"],
        || {
            let pushed = Memory::default();
            push(move |inner, name, push| {
                if !pushed.first(format!("{name} {} {}", push.reference, Digest::sha256(&push.bytes))) {
                    return Err(failure(409, ErrorCode::DENIED));
                }
                inner.push_manifest(name, push)
            })
        },
    ),
    fault(
        "manifest/wrong-digest-taken",
        "A manifest pushed under a digest that is not its own is taken.",
        &["push/manifest-wrong-digest"],
        || {
            push(|inner, name, push| match &push.reference {
                Reference::Digest(digest) => {
                    let found = Digest::of(digest.algorithm(), &push.bytes);
                    inner.push_manifest(name, Push { reference: Reference::Digest(found), ..push })
                }
                Reference::Tag(_) => inner.push_manifest(name, push),
            })
        },
    ),
    fault(
        "manifest/malformed-error",
        "A manifest that is no JSON is answered 500.",
        &["push/manifest-malformed", "push/manifest-refusal"],
        || {
            push(|inner, name, push| {
                if serde_json::from_slice::<serde_json::Value>(&push.bytes).is_err() {
                    Err(failure(500, ErrorCode::UNKNOWN))
                } else {
                    inner.push_manifest(name, push)
                }
            })
        },
    ),
    fault(
        "manifest/missing-error",
        "A manifest whose blobs are not there is answered 500.",
        &["lists/missing-image", "push/missing-blob"],
        || reply("PUT", Kind::Manifest, 404, |_, reply| status(reply, 500)),
    )
    .seen("harbor#8855"),
    fault(
        "manifest/missing-invalid",
        "A manifest refused for a missing blob gets MANIFEST_INVALID.",
        &["docker/missing-blob-each", "lists/missing-image-code", "push/missing-blob-code", "push/missing-blob-code-old"],
        || {
            reply("PUT", Kind::Manifest, 404, |request, reply| {
                json(request, reply, |value| value["errors"] = serde_json::json!([{ "code": "MANIFEST_INVALID" }]));
                status(reply, 400);
            })
        },
    ),
    fault(
        "manifest/missing-blob-unknown",
        "A manifest refused for a missing blob gets 1.0's BLOB_UNKNOWN.",
        &["lists/missing-image-code", "push/missing-blob-code"],
        || {
            reply("PUT", Kind::Manifest, 404, |request, reply| {
                json(request, reply, |value| {
                    for error in value["errors"].as_array_mut().into_iter().flatten() {
                        error["code"] = "BLOB_UNKNOWN".into();
                    }
                });
            })
        },
    ),
    fault("manifest/large-refused", "A manifest above one megabyte is refused with 413.", &["push/manifest-size"], || {
        super::hooks::configured(|config| config.limits.manifest = 1 << 20)
    }),
    fault(
        "manifest/parameters-refused",
        "A manifest whose Content-Type has parameters is refused with 415.",
        &["push/type-parameters"],
        || {
            before(|request| {
                let with = is(request, "PUT", Kind::Manifest) && text_of_request(request, "content-type").contains(';');
                with.then(|| refusal(415, ErrorCode::MANIFEST_INVALID))
            })
        },
    ),
    fault(
        "manifest/config-type-refused",
        "A manifest with a config of an unknown type is refused with 400.",
        &["docker/helm-chart", "push/config-type-unknown"],
        || {
            push(|inner, name, push| {
                let value = document(&push);
                let kind = field(&value, "/config/mediaType");
                let known = [
                    "",
                    "application/vnd.oci.image.config.v1+json",
                    "application/vnd.docker.container.image.v1+json",
                    "application/vnd.oci.empty.v1+json",
                ];
                if known.contains(&kind) { inner.push_manifest(name, push) } else { Err(failure(400, ErrorCode::MANIFEST_INVALID)) }
            })
        },
    ),
    fault(
        "manifest/layer-type-refused",
        "A manifest with a layer of an unknown type is refused with 400.",
        &["docker/helm-chart", "offers/artifact-manifest", "push/layer-type-unknown"],
        || {
            push(|inner, name, push| {
                let value = document(&push);
                let layers = value["layers"].as_array().cloned().unwrap_or_default();
                let known = |kind: &str| kind.contains("image.layer") || kind.contains("rootfs") || kind.contains("empty");
                if layers.iter().all(|layer| known(field(layer, "/mediaType"))) {
                    inner.push_manifest(name, push)
                } else {
                    Err(failure(400, ErrorCode::MANIFEST_INVALID))
                }
            })
        },
    ),
    fault("manifest/artifact-refused", "A manifest with an artifactType is refused with 400.", &["offers/artifact-manifest"], || {
        push(|inner, name, push| {
            if document(&push).get("artifactType").is_some() {
                Err(failure(400, ErrorCode::MANIFEST_INVALID))
            } else {
                inner.push_manifest(name, push)
            }
        })
    })
    .seen("gitea#25846"),
    fault(
        "manifest/artifact-type-refused",
        "A second artifactType is refused with 400: one kind of artifact is enough.",
        &["lists/artifact-type", "push/artifact-type-unknown", "push/data-field", "push/manifest-location"],
        || {
            let first: std::sync::OnceLock<String> = std::sync::OnceLock::new();
            push(move |inner, name, push| {
                let value = document(&push);
                let kind = field(&value, "/artifactType");
                if kind.is_empty() || first.get_or_init(|| kind.to_owned()) == kind || value.get("subject").is_some() {
                    return inner.push_manifest(name, push);
                }
                Err(failure(400, ErrorCode::MANIFEST_INVALID))
            })
        },
    ),
    fault(
        "manifest/tag-parameter-lost",
        "Of several tags in a push by digest, OCI-Tag names the first alone.",
        &["push/tag-parameter"],
        || {
            reply("PUT", Kind::Manifest, 201, |_, reply| {
                let first = text_of(reply, "oci-tag");
                header(reply, "oci-tag", &first);
            })
        },
    ),
    fault("manifest/unknown-type-error", "A manifest of an unknown type is answered 500.", &["docker/unknown-type"], || {
        reply("PUT", Kind::Manifest, 415, |_, reply| status(reply, 500))
    }),
    fault(
        "manifest/unknown-type-code",
        "A manifest of an unknown type is refused with UNSUPPORTED.",
        &["docker/unknown-type-code"],
        || {
            reply("PUT", Kind::Manifest, 415, |request, reply| {
                json(request, reply, |value| value["errors"][0]["code"] = "UNSUPPORTED".into());
            })
        },
    ),
    fault("manifest/sha512-refused", "A manifest under sha512 is refused with 400.", &["offers/sha512-manifest"], || {
        push(|inner, name, push| match &push.reference {
            Reference::Digest(digest) if digest.algorithm() == Algorithm::Sha512 => Err(failure(400, ErrorCode::DIGEST_INVALID)),
            _ => inner.push_manifest(name, push),
        })
    })
    .seen("distribution#4420"),
    fault("manifest/helm-refused", "A manifest with Helm's config is refused with 400.", &["docker/helm-chart"], || {
        push(|inner, name, push| {
            if field(&document(&push), "/config/mediaType").contains("helm") {
                Err(failure(400, ErrorCode::MANIFEST_INVALID))
            } else {
                inner.push_manifest(name, push)
            }
        })
    }),
    fault("manifest/foreign-error", "A manifest with a layer that is kept elsewhere is answered 500.", &["offers/foreign-layers"], || {
        push(|inner, name, push| {
            let value = document(&push);
            let foreign = value["layers"].as_array().is_some_and(|layers| layers.iter().any(|layer| layer.get("urls").is_some()));
            if foreign { Err(failure(500, ErrorCode::UNKNOWN)) } else { inner.push_manifest(name, push) }
        })
    })
    .seen("docker-registry 2.8.2"),
    fault("manifest/docker-refused", "A Docker image manifest is refused with 415.", &["offers/docker-manifest"], || {
        push(|inner, name, push| {
            if push.media_type == MediaType::DOCKER_MANIFEST {
                Err(failure(415, ErrorCode::MANIFEST_INVALID))
            } else {
                inner.push_manifest(name, push)
            }
        })
    }),
    fault("manifest/oci-refused", "An OCI image manifest is refused with 415.", &["offers/oci-manifest"], || {
        push(|inner, name, push| {
            if push.media_type == MediaType::OCI_MANIFEST {
                Err(failure(415, ErrorCode::MANIFEST_INVALID))
            } else {
                inner.push_manifest(name, push)
            }
        })
    }),
];
