//! Faults of pulling manifests.

use super::change::{Fault, fault};
use super::hooks::text_of;
use super::hooks::{
    Kind, Memory, after, before, content, delete, failure, header, is, manifest, push, refusal, refuse, reply, route, status,
};
use crate::oci::{Digest, ErrorCode, MediaType, Reference};
use crate::registry::route::Route;
use http::header::ACCEPT;

pub(super) const FAULTS: &[Fault] = &[
    // Pull
    fault(
        "manifest/get-other-bytes",
        "A manifest pulled by its tag comes as a parser would write it again.",
        &[
            "docker/accept-lines",
            "docker/accepted-type",
            "docker/manifest-exact",
            "http/content-length",
            "http/digest-header",
            "http/ns-ignored",
            "lists/asked-for",
            "lists/exact",
            "lists/fields-kept",
            "lists/not-another",
            "lists/tag-moves",
            "management/manifest-again",
            "management/manifest-elsewhere",
            "management/manifest-sibling",
            "management/tag-sibling",
            "naming/many-images",
            "naming/same-name",
            "pull/manifest-body",
            "push/fields-kept",
            "push/layer-elsewhere",
            "push/manifest-exact",
            "push/manifest-location",
            "push/tag-parameter",
            "push/tag-parameter-made",
            "referrers/tag-schema-kept",
            "tags/apart",
            "tags/case",
            "tags/holds",
            "tags/moved",
            "tags/sibling-unmoved",
        ],
        || {
            reply("GET", Kind::Manifest, 200, |request, reply| {
                if !request.uri.path().contains("sha256:") {
                    let bytes = [reply.body().bytes().to_vec(), b"\n".to_vec()].concat();
                    content(request, reply, bytes);
                }
            })
        },
    ),
    fault(
        "manifest/get-plain-type",
        "A manifest is served as application/json.",
        &[
            "docker/accepted-type",
            "docker/manifest-type",
            "lists/child-type",
            "lists/type",
            "pull/manifest-head-like-get",
            "pull/manifest-head-type",
            "pull/manifest-type",
            "push/type-parameters",
        ],
        || reply("GET", Kind::Manifest, 200, |_, reply| header(reply, "content-type", "application/json")),
    ),
    fault("manifest/get-charset", "The media type of a manifest comes with a charset.", &["pull/manifest-type-bare"], || {
        reply("GET HEAD", Kind::Manifest, 200, |_, reply| {
            let kind = text_of(reply, "content-type");
            header(reply, "content-type", &format!("{kind}; charset=utf-8"));
        })
    }),
    fault("manifest/get-no-digest", "GET of a manifest has no Docker-Content-Digest.", &["pull/manifest-digest-header"], || {
        reply("GET", Kind::Manifest, 200, |_, reply| header(reply, "docker-content-digest", ""))
    }),
    fault(
        "manifest/head-no-digest",
        "HEAD of a manifest has no Docker-Content-Digest.",
        &["docker/head-digest", "pull/manifest-head-digest-header"],
        || reply("HEAD", Kind::Manifest, 200, |_, reply| header(reply, "docker-content-digest", "")),
    ),
    fault("manifest/head-no-length", "HEAD of a manifest has no Content-Length.", &["pull/manifest-head-length"], || {
        reply("HEAD", Kind::Manifest, 200, |_, reply| header(reply, "content-length", ""))
    })
    .seen("harbor#13793"),
    fault(
        "manifest/head-length-zero",
        "HEAD of a manifest says that it has no bytes.",
        &["http/content-length", "pull/manifest-head-length"],
        || reply("HEAD", Kind::Manifest, 200, |_, reply| header(reply, "content-length", "0")),
    )
    .seen("field notes: HEAD says Content-Length 0"),
    fault(
        "manifest/head-no-type",
        "HEAD of a manifest has no media type.",
        &["docker/head-type", "lists/head-type", "pull/manifest-head-type"],
        || reply("HEAD", Kind::Manifest, 200, |_, reply| header(reply, "content-type", "")),
    )
    .seen("harbor#13793"),
    fault(
        "manifest/head-not-allowed",
        "HEAD of a manifest is answered 405.",
        &[
            "docker/existence-head",
            "docker/head-digest",
            "docker/head-type",
            "docker/signature-lookup",
            "http/content-length",
            "lists/head",
            "lists/head-type",
            "management/manifest-gone",
            "management/tag-gone",
            "naming/any-number-of-tags",
            "pull/manifest-head-status",
            "pull/manifest-head-unknown",
            "pull/repository-unknown",
            "tags/apart",
            "tags/holds",
            "tags/moved",
        ],
        || {
            before(|request| {
                is(request, "HEAD", Kind::Manifest).then(|| {
                    let mut reply = refusal(405, ErrorCode::UNSUPPORTED);
                    header(&mut reply, "allow", "GET, PUT, DELETE");
                    reply
                })
            })
        },
    )
    .seen("containerd#5860"),
    fault(
        "manifest/head-other-digest",
        "HEAD of a manifest carries a digest that is not its own.",
        &["docker/head-digest", "lists/head-digest", "pull/head-digest-true", "tags/holds", "tags/moved"],
        || reply("HEAD", Kind::Manifest, 200, |_, reply| header(reply, "docker-content-digest", &Digest::sha256(b"another").to_string())),
    ),
    fault(
        "manifest/unknown-forbidden",
        "GET of a manifest that is not there is answered 403.",
        &[
            "docker/signature-lookup",
            "lists/no-trace",
            "management/manifest-gone",
            "management/manifest-tags-gone",
            "management/tag-gone",
            "pull/manifest-head-unknown",
            "pull/manifest-unknown",
            "push/manifest-wrong-digest-not-stored",
            "push/refused-not-stored",
            "tags/apart",
        ],
        || reply("GET", Kind::Manifest, 404, |_, reply| status(reply, 403)),
    ),
    fault(
        "manifest/unknown-head-ok",
        "HEAD of a manifest that is not there is answered 200.",
        &[
            "docker/existence-head",
            "docker/signature-lookup",
            "management/head-gone",
            "management/manifest-gone",
            "management/tag-gone",
            "pull/manifest-head-unknown",
            "pull/repository-unknown",
            "tags/apart",
        ],
        || reply("HEAD", Kind::Manifest, 404, |_, reply| status(reply, 200)),
    ),
    fault(
        "manifest/signature-unauthorized",
        "The tag of a signature that is not there is answered 403.",
        &["docker/signature-lookup"],
        || {
            reply("GET HEAD", Kind::Manifest, 404, |request, reply| {
                if request.uri.path().contains(".sig") {
                    status(reply, 403);
                }
            })
        },
    )
    .seen("podman's look-up of signatures"),
    fault(
        "manifest/blob-served",
        "A blob is served as a manifest when its digest is asked for as one.",
        &["pull/manifest-unknown"],
        || {
            manifest(|inner, name, reference| {
                inner.manifest(name, reference).or_else(|refused| match reference {
                    Reference::Digest(digest) => {
                        let bytes = inner.blob(name, digest).map_err(|_| refused)?;
                        Ok(crate::registry::operations::Stored { media_type: MediaType::OCI_MANIFEST, digest: *digest, bytes })
                    }
                    Reference::Tag(_) => Err(refused),
                })
            })
        },
    )
    .seen("distribution#3122"),
    fault(
        "manifest/by-digest-only",
        "A manifest is found by its digest, and by its tag it is answered 404.",
        &[
            "docker/accept-lines",
            "docker/accepted-type",
            "docker/manifest-exact",
            "docker/manifest-type",
            "lists/asked-for",
            "lists/exact",
            "lists/status",
            "lists/type",
            "offers/push-manifest",
            "pull/manifest-status",
            "push/manifest-exact",
            "referrers/tag-schema-kept",
        ],
        || {
            before(|request| {
                let by_tag = matches!(route(request), Some(Route::Manifest { reference: Reference::Tag(_), .. }));
                (by_tag && request.method == "GET").then(|| refusal(404, ErrorCode::MANIFEST_UNKNOWN))
            })
        },
    ),
    fault(
        "manifest/accept-first-line",
        "Of several Accept lines the first alone is read.",
        &[
            "docker/accept-lines",
            "docker/accepted-type",
            "docker/manifest-exact",
            "docker/manifest-type",
            "docker/vary",
            "lists/asked-for",
            "lists/child",
        ],
        || {
            after(|request, reply| {
                let first = request.headers.get(ACCEPT).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
                let kind = text_of(reply, "content-type");
                if is(request, "GET", Kind::Manifest)
                    && reply.status() == 200
                    && first.is_some_and(|first| !first.contains(&kind) && !first.contains("*/*"))
                {
                    *reply = refusal(404, ErrorCode::MANIFEST_UNKNOWN);
                }
            })
        },
    ),
    fault("manifest/tag-cached", "What a tag gives may be kept by a cache for a day.", &["docker/tag-cache-life"], || {
        reply("GET HEAD", Kind::Manifest, 200, |_, reply| header(reply, "cache-control", "public, max-age=86400"))
    }),
    fault(
        "manifest/refused-kept",
        "A manifest that is refused for its blobs is stored under its tag all the same.",
        &["lists/no-trace", "push/manifest-wrong-digest-not-stored", "push/refused-not-stored"],
        || {
            let refused: std::sync::Arc<Memory> = std::sync::Arc::default();
            let noted = std::sync::Arc::clone(&refused);
            [
                push(move |inner, name, push| {
                    let reference = push.reference.clone();
                    let pushed = inner.push_manifest(name, push);
                    if pushed.is_err() {
                        noted.first(format!("/v2/{name}/manifests/{reference}"));
                    }
                    pushed
                }),
                reply("GET HEAD", Kind::Manifest, 404, move |request, reply| {
                    if refused.knows(request.uri.path()) {
                        status(reply, 200);
                    }
                }),
            ]
            .concat()
        },
    ),
    fault(
        "manifest/delete-not-allowed",
        "A delete of a manifest is answered 500 where 405 is meant.",
        &["docker/delete-answer", "management/manifest-deleted", "offers/delete-manifest", "offers/delete-tag"],
        || delete(|_, _, _| Err(failure(500, ErrorCode::UNSUPPORTED))),
    ),
    fault(
        "manifest/push-forbidden",
        "Every manifest is refused with 403.",
        &["offers/docker-manifest", "offers/oci-manifest", "offers/push-manifest"],
        || refuse("PUT", Kind::Manifest, 403, ErrorCode::DENIED),
    ),
];
