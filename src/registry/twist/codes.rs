//! Faults of error codes, and of HTTP's small print.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::change::{Fault, Made, fault};
use super::hooks::{Kind, before, header, is, json, name_of, refusal, reply, say, text_of_request, written};
use crate::oci::ErrorCode;

/// Has the errors of such replies carry another code.
fn coded(methods: &'static str, on: Kind, code: u16, fits: fn(&http::request::Parts) -> bool, name: &'static str) -> Made {
    reply(methods, on, code, move |request, reply| {
        if fits(request) {
            json(request, reply, |value| value["errors"][0]["code"] = name.into());
        }
    })
}

/// The length that a request says its body has.
fn told_length(request: &http::request::Parts) -> u64 {
    text_of_request(request, "content-length").parse().unwrap_or_default()
}

pub(super) const FAULTS: &[Fault] = &[
    fault("code/blob-as-manifest", "A blob that is not there is told of as MANIFEST_UNKNOWN.", &["http/code-blob-unknown"], || {
        coded("GET", Kind::Blob, 404, |_| true, "MANIFEST_UNKNOWN")
    }),
    fault("code/tag-as-blob", "A tag that is not there is told of as BLOB_UNKNOWN.", &["http/code-manifest-unknown"], || {
        coded("GET", Kind::Manifest, 404, |request| !request.uri.path().contains("sha256:"), "BLOB_UNKNOWN")
    }),
    fault(
        "code/repository-as-manifest",
        "A repository that is not there is told of as MANIFEST_UNKNOWN.",
        &["http/code-name-unknown"],
        || coded("GET", Kind::Tags, 404, |_| true, "MANIFEST_UNKNOWN"),
    ),
    fault("code/digest-as-manifest", "A blob whose digest is wrong is told of as MANIFEST_INVALID.", &["http/code-digest-invalid"], || {
        coded("PUT", Kind::Upload, 400, |_| true, "MANIFEST_INVALID")
    }),
    fault("code/session-as-blob", "A session that is over is told of as BLOB_UNKNOWN.", &["http/code-upload-unknown"], || {
        coded("PUT PATCH GET", Kind::Upload, 404, |_| true, "BLOB_UNKNOWN")
    }),
    // Messages
    fault(
        "http/body-left-on-connection",
        "A body that was refused unread is taken for the next request, which gets a 400.",
        &["http/after-error"],
        || {
            let spoilt: Arc<Mutex<BTreeSet<String>>> = Arc::default();
            let noted = Arc::clone(&spoilt);
            let lock = |set: &Mutex<BTreeSet<String>>| set.lock().unwrap_or_else(PoisonError::into_inner).clone();
            [
                before(move |request| {
                    let name = name_of(request)?;
                    let hit = lock(&spoilt).contains(&name) && request.method == "GET";
                    hit.then(|| {
                        spoilt.lock().unwrap_or_else(PoisonError::into_inner).remove(&name);
                        refusal(400, ErrorCode::UNSUPPORTED)
                    })
                }),
                reply("POST", Kind::Any, 405, move |request, _| {
                    if let Some(name) = name_of(request).filter(|_| told_length(request) > 10_000) {
                        noted.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
                    }
                }),
            ]
            .concat()
        },
    )
    .seen("field notes: a refused body is read as the next request"),
    fault("http/chunked-refused", "A manifest that comes in chunks of HTTP is refused with 400.", &["http/chunked-body"], || {
        before(|request| {
            let chunked = is(request, "PUT", Kind::Manifest) && text_of_request(request, "transfer-encoding").contains("chunked");
            chunked.then(|| refusal(400, ErrorCode::SIZE_INVALID))
        })
    }),
    fault("http/expect-refused", "An upload that announces itself is refused with 400.", &["http/expect-continue"], || {
        before(|request| {
            let announced = is(request, "PUT PATCH", Kind::Upload) && !text_of_request(request, "expect").is_empty();
            announced.then(|| refusal(400, ErrorCode::UNSUPPORTED))
        })
    }),
    fault("http/namespace-other", "OCI-Namespace names a registry that was not asked for.", &["http/namespace-true"], || {
        reply("GET HEAD", Kind::Manifest, 200, |request, reply| {
            if request.uri.query().is_some_and(|query| query.contains("ns=")) {
                header(reply, "oci-namespace", "upstream.example");
            }
        })
    }),
    fault("http/no-content-with-body", "A 204 for a session has a body.", &["http/no-content"], || {
        reply("GET", Kind::Upload, 204, |_, reply| {
            header(reply, "content-length", "2");
            let bytes = written(reply, b"{}");
            say(reply, bytes);
        })
    }),
    fault("http/percent-error", "A tag with a percent-encoded digit is answered 500.", &["http/percent-encoding"], || {
        before(|request| {
            let encoded = request.method == "GET" && request.uri.path().contains("/manifests/") && request.uri.path().contains("%31");
            encoded.then(|| refusal(500, ErrorCode::UNKNOWN))
        })
    }),
    fault("http/percent-other", "A tag whose last digit is percent-encoded finds another tag.", &["http/percent-encoding"], || {
        before(|request| {
            let path = request.uri.path().to_owned();
            if request.method == "GET" && path.ends_with("/manifests/v%31") {
                super::hooks::ask_for(request, &path.replace("v%31", "v2"));
            }
            None
        })
    }),
    fault("http/warning-long", "A Warning has five thousand bytes.", &["http/warning-length"], || {
        reply("GET", Kind::Manifest, 200, |_, reply| header(reply, "warning", &format!("299 - \"{}\"", "old ".repeat(1250))))
    }),
];
