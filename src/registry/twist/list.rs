//! Faults of manifest lists and indexes.

use super::change::{Fault, Ground, Made, fault};
use super::hooks::{
    Kind, Memory, after, before, content, failure, header, is, manifest, push, refusal, reply, route, status, text_of, text_of_request,
};
use crate::oci::{Digest, Document, ErrorCode, Reference, RepositoryName};
use crate::registry::operations::{Operations, Push, Stored};
use crate::registry::reply::Reply;
use crate::registry::route::Route;

/// The first image of a list that is there.
fn first_child(inner: &dyn Operations, name: &RepositoryName, stored: &Stored) -> Option<Stored> {
    let document = Document::read(&stored.media_type, &stored.bytes).ok()?;
    document.children().iter().find_map(|child| inner.manifest(name, &Reference::Digest(child.digest)).ok())
}

fn children(push: &Push) -> usize {
    Document::read(&push.media_type, &push.bytes).map_or(0, |document| document.children().len())
}

fn is_list(reply: &Reply) -> bool {
    let kind = text_of(reply, "content-type");
    kind.contains("index") || kind.contains("manifest.list")
}

fn by_tag(request: &http::request::Parts) -> bool {
    matches!(route(request), Some(Route::Manifest { reference: Reference::Tag(_), .. }))
}

fn child_types(push: &Push) -> Vec<String> {
    let value: serde_json::Value = serde_json::from_slice(&push.bytes).unwrap_or_default();
    let entries = value["manifests"].as_array().cloned().unwrap_or_default();
    entries.iter().map(|entry| entry["mediaType"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Answers so where a list names an image that is not there.
fn missing_image(code: u16, error: ErrorCode) -> Made {
    push(move |inner, name, push| {
        let list = push.media_type.is_index();
        inner
            .push_manifest(name, push)
            .map_err(|refused| if list && refused.status == 404 { failure(code, error.clone()) } else { refused })
    })
}

/// Whether a request lists types of lists among those that it accepts, or takes any.
fn accepts_lists(request: &http::request::Parts) -> bool {
    let mut lines = request.headers.get_all("accept").iter().map(|value| String::from_utf8_lossy(value.as_bytes())).peekable();
    lines.peek().is_none() || lines.any(|line| line.contains("index") || line.contains("list") || line.contains("*/*"))
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "list/push-error",
        "A manifest list or index is answered 500.",
        &["lists/answer", "offers/manifest-lists", "offers/oci-index", "push/manifest-refusal"],
        || {
            push(
                |inner, name, push| {
                    if push.media_type.is_index() { Err(failure(500, ErrorCode::UNKNOWN)) } else { inner.push_manifest(name, push) }
                },
            )
        },
    )
    .seen("docker/buildx#217, harbor#11932"),
    fault("list/push-not-found", "An OCI index is answered 404, though its images are there.", &["offers/oci-index"], || {
        push(|inner, name, push| {
            if push.media_type.as_str().contains("oci") && push.media_type.is_index() {
                Err(failure(404, ErrorCode::MANIFEST_INVALID))
            } else {
                inner.push_manifest(name, push)
            }
        })
    })
    .seen("gitea#37093"),
    fault(
        "list/child-served",
        "Whoever asks for a list by its tag is served its first image.",
        &[
            "lists/asked-for",
            "lists/exact",
            "lists/fields-kept",
            "lists/head-digest",
            "lists/head-type",
            "lists/tag-moves",
            "lists/type",
            "referrers/tag-schema-kept",
        ],
        || {
            manifest(|inner, name, reference| {
                let stored = inner.manifest(name, reference)?;
                let by_tag = matches!(reference, Reference::Tag(_));
                let child = if by_tag && stored.media_type.is_index() { first_child(inner, name, &stored) } else { None };
                Ok(child.unwrap_or(stored))
            })
        },
    )
    .seen("containerd#4520"),
    fault(
        "list/child-served-by-digest",
        "A list asked for by its digest is replaced by its first image.",
        &["lists/asked-for", "lists/digest-holds", "lists/exact", "lists/location", "lists/type"],
        || {
            manifest(|inner, name, reference| {
                let stored = inner.manifest(name, reference)?;
                let by_digest = matches!(reference, Reference::Digest(_));
                let child = if by_digest && stored.media_type.is_index() { first_child(inner, name, &stored) } else { None };
                Ok(child.unwrap_or(stored))
            })
        },
    ),
    fault("list/as-image", "A list is served under the media type of an image.", &["lists/type"], || {
        reply("GET", Kind::Manifest, 200, |_, reply| {
            if is_list(reply) {
                header(reply, "content-type", "application/vnd.oci.image.manifest.v1+json");
            }
        })
    }),
    fault("list/head-as-image", "HEAD of a list says that it is an image.", &["lists/head-type"], || {
        reply("HEAD", Kind::Manifest, 200, |_, reply| {
            if is_list(reply) {
                header(reply, "content-type", "application/vnd.oci.image.manifest.v1+json");
            }
        })
    }),
    fault("list/head-not-found", "HEAD of a list by its tag is answered 404.", &["lists/head"], || {
        reply("HEAD", Kind::Manifest, 200, |request, reply| {
            if is_list(reply) && by_tag(request) {
                status(reply, 404);
            }
        })
    }),
    fault("list/head-child-digest", "HEAD of a list carries the digest of something else.", &["lists/head-digest"], || {
        reply("HEAD", Kind::Manifest, 200, |_, reply| {
            if is_list(reply) {
                header(reply, "docker-content-digest", &Digest::sha256(b"an image").to_string());
            }
        })
    })
    .seen("field notes: one tag gives two digests"),
    fault(
        "list/rewritten",
        "A list is served as a parser would write it again.",
        &[
            "http/digest-header",
            "lists/asked-for",
            "lists/digest-holds",
            "lists/exact",
            "lists/fields-kept",
            "lists/location",
            "lists/not-another",
            "lists/tag-moves",
            "referrers/tag-schema-kept",
        ],
        || {
            reply("GET", Kind::Manifest, 200, |request, reply| {
                if is_list(reply) {
                    let bytes = [reply.body().bytes().to_vec(), b"\n".to_vec()].concat();
                    content(request, reply, bytes);
                }
            })
        },
    ),
    fault(
        "list/get-not-found",
        "GET of a list by its digest is answered 404.",
        &["lists/asked-for", "lists/exact", "lists/location", "lists/status", "lists/type"],
        || {
            reply("GET", Kind::Manifest, 200, |request, reply| {
                if is_list(reply) && !by_tag(request) {
                    *reply = refusal(404, ErrorCode::MANIFEST_UNKNOWN);
                }
            })
        },
    ),
    fault("list/no-location", "The 201 for a list has no Location, that for an image has.", &["lists/location"], || {
        reply("PUT", Kind::Manifest, 201, |request, reply| {
            let kind = text_of_request(request, "content-type");
            if kind.contains("index") || kind.contains("manifest.list") {
                header(reply, "location", "");
            }
        })
    }),
    fault("list/images-tagged", "The images of a list are listed as tags of the repository.", &["lists/listed"], || {
        let listed = std::sync::Arc::new(Memory::default());
        let noted = std::sync::Arc::clone(&listed);
        [
            push(move |inner, name, push| {
                if push.media_type.is_index() {
                    noted.first(name.to_string());
                }
                inner.push_manifest(name, push)
            }),
            super::hooks::tags(move |inner, name, cut| {
                let mut page = inner.tags(name, cut)?;
                if listed.knows(name.as_str()) {
                    page.items.extend("zz-image-of-a-list".parse().ok());
                }
                Ok(page)
            }),
        ]
        .concat()
    }),
    fault(
        "list/not-asked-for-error",
        "Who accepts images alone and asks for a list is answered 500.",
        &["lists/digest-holds", "lists/not-asked-for"],
        || {
            after(|request, reply| {
                if is(request, "GET", Kind::Manifest) && reply.status() == 200 && is_list(reply) && !accepts_lists(request) {
                    *reply = refusal(500, ErrorCode::UNKNOWN);
                }
            })
        },
    ),
    fault(
        "list/not-asked-for-other",
        "Who accepts images alone is served an image that the list does not have.",
        &["lists/not-another"],
        || {
            after(|request, reply| {
                if is(request, "GET", Kind::Manifest)
                    && by_tag(request)
                    && reply.status() == 200
                    && is_list(reply)
                    && !accepts_lists(request)
                {
                    let other = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[]}"#;
                    header(reply, "content-type", "application/vnd.oci.image.manifest.v1+json");
                    header(reply, "docker-content-digest", &Digest::sha256(other).to_string());
                    content(request, reply, &other[..]);
                }
            })
        },
    ),
    fault("list/missing-image-error", "A list with an image that is not there is answered 500.", &["lists/missing-image"], || {
        missing_image(500, ErrorCode::UNKNOWN)
    }),
    fault(
        "list/missing-image-code",
        "A list refused for an image that is not there gets MANIFEST_UNKNOWN.",
        &["lists/missing-image-code"],
        || missing_image(404, ErrorCode::MANIFEST_UNKNOWN),
    ),
    fault(
        "list/refused-for-good",
        "A list that was refused once is refused for ever, though its images are there by then.",
        &["lists/completed"],
        || {
            let refused = Memory::default();
            push(move |inner, name, push| {
                let key = format!("{name} {}", Digest::sha256(&push.bytes));
                if push.media_type.is_index() && refused.knows(&key) {
                    return Err(failure(400, ErrorCode::MANIFEST_INVALID));
                }
                let pushed = inner.push_manifest(name, push);
                if pushed.is_err() {
                    refused.first(key);
                }
                pushed
            })
        },
    ),
    fault("list/nested-error", "A list in a list is answered 500.", &["lists/nested"], || {
        push(|inner, name, push| {
            let nested = child_types(&push).iter().any(|kind| kind.contains("index") || kind.contains("manifest.list"));
            if nested { Err(failure(500, ErrorCode::UNKNOWN)) } else { inner.push_manifest(name, push) }
        })
    }),
    fault("list/empty-error", "A list of nothing is answered 500.", &["lists/empty", "push/manifest-refusal"], || {
        push(|inner, name, push| {
            if push.media_type.is_index() && children(&push) == 0 {
                Err(failure(500, ErrorCode::UNKNOWN))
            } else {
                inner.push_manifest(name, push)
            }
        })
    }),
    fault("list/mixed-error", "An OCI index with a Docker image in it is answered 500.", &["lists/mixed"], || {
        push(|inner, name, push| {
            let mixed = push.media_type.as_str().contains("oci") && child_types(&push).iter().any(|kind| kind.contains("docker"));
            if mixed { Err(failure(500, ErrorCode::UNKNOWN)) } else { inner.push_manifest(name, push) }
        })
    }),
    fault("list/attestation-refused", "An index with an image for a platform unknown is refused with 400.", &["lists/attestation"], || {
        push(|inner, name, push| {
            let unknown = push.media_type.is_index() && String::from_utf8_lossy(&push.bytes).contains("\"unknown\"");
            if unknown { Err(failure(400, ErrorCode::MANIFEST_INVALID)) } else { inner.push_manifest(name, push) }
        })
    }),
    fault("list/build-cache-refused", "An index whose entries are layers is refused with 400.", &["lists/build-cache"], || {
        push(|inner, name, push| {
            let layers = push.media_type.is_index() && child_types(&push).iter().any(|kind| kind.contains("layer"));
            if layers { Err(failure(400, ErrorCode::MANIFEST_INVALID)) } else { inner.push_manifest(name, push) }
        })
    }),
    fault(
        "list/child-not-found",
        "The images of a list are not found by their digests once the list is there.",
        &["lists/child", "lists/child-type", "lists/exact"],
        || {
            let swallowed = std::sync::Arc::new(Memory::default());
            let noted = std::sync::Arc::clone(&swallowed);
            [
                push(move |inner, name, push| {
                    let document = Document::read(&push.media_type, &push.bytes);
                    let digests: Vec<Digest> =
                        document.map(|document| document.children().iter().map(|child| child.digest).collect()).unwrap_or_default();
                    let pushed = inner.push_manifest(name, push)?;
                    for digest in digests {
                        noted.first(format!("/v2/{name}/manifests/{digest}"));
                    }
                    Ok(pushed)
                }),
                before(move |request| {
                    (request.method == "GET" && swallowed.knows(request.uri.path())).then(|| refusal(404, ErrorCode::MANIFEST_UNKNOWN))
                }),
            ]
            .concat()
        },
    ),
    fault(
        "list/tag-stays",
        "A tag that holds an image does not move to a list, though the push is answered 201.",
        &["lists/tag-moves"],
        || {
            push(|inner, name, push| {
                let there = inner.manifest(name, &push.reference);
                let image = there.is_ok_and(|stored| !stored.media_type.is_index());
                if image && push.media_type.is_index() && matches!(push.reference, Reference::Tag(_)) {
                    return inner.push_manifest(name, Push { reference: Reference::Digest(Digest::sha256(&push.bytes)), ..push });
                }
                inner.push_manifest(name, push)
            })
        },
    ),
    // Where lists are declined
    fault("list/declined-tagged", "A list that is declined leaves its tag behind.", &["lists/no-trace", "push/refused-not-stored"], || {
        let left = std::sync::Arc::new(Memory::default());
        let noted = std::sync::Arc::clone(&left);
        [
            push(move |inner, name, push| {
                if push.media_type.is_index() {
                    noted.first(format!("/v2/{name}/manifests/{}", push.reference));
                }
                inner.push_manifest(name, push)
            }),
            reply("GET HEAD", Kind::Manifest, 404, move |request, reply| {
                if left.knows(request.uri.path()) {
                    status(reply, 200);
                }
            }),
        ]
        .concat()
    })
    .on(Ground::GithubPackages),
    fault(
        "list/declined-error",
        "A list is answered 500 where it is to be declined.",
        &["lists/answer", "offers/manifest-lists", "offers/oci-index", "push/manifest-refusal"],
        || {
            push(
                |inner, name, push| {
                    if push.media_type.is_index() { Err(failure(500, ErrorCode::UNKNOWN)) } else { inner.push_manifest(name, push) }
                },
            )
        },
    )
    .seen("docker/buildx#217")
    .on(Ground::GithubPackages),
    fault(
        "list/declined-with-images",
        "The images of a list that is declined are gone after it.",
        &["lists/images-outlive-refusal"],
        || {
            let gone = std::sync::Arc::new(Memory::default());
            let noted = std::sync::Arc::clone(&gone);
            [
                push(move |inner, name, push| {
                    if let Ok(document) = Document::read(&push.media_type, &push.bytes) {
                        for child in document.children() {
                            noted.first(format!("/v2/{name}/manifests/{}", child.digest));
                        }
                    }
                    inner.push_manifest(name, push)
                }),
                before(move |request| {
                    (request.method == "GET" && gone.knows(request.uri.path())).then(|| refusal(404, ErrorCode::MANIFEST_UNKNOWN))
                }),
            ]
            .concat()
        },
    )
    .on(Ground::GithubPackages),
];
