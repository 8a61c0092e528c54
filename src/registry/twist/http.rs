//! Faults of HTTP and of what every reply has in common.

use super::change::{Fault, fault};
use super::hooks::{Kind, after, before, content, header, instead, is, json, refusal, reply, say, status, written};
use crate::oci::ErrorCode;

pub(super) const FAULTS: &[Fault] = &[
    fault("http/ping-forbidden", "The base endpoint answers 403.", &["http/ping", "offers/pull"], || {
        reply("GET", Kind::Base, 200, |request, reply| instead(request, reply, 403, ErrorCode::DENIED))
    }),
    fault("http/ping-head-not-allowed", "HEAD of the base endpoint is answered 405, though GET is not.", &["http/ping-head"], || {
        reply("HEAD", Kind::Base, 200, |_, reply| {
            status(reply, 405);
            header(reply, "allow", "GET");
        })
    })
    .seen("gitea#37326"),
    fault(
        "http/version-other",
        "The base endpoint names another version of the API.",
        &["docker/api-version", "http/version-header"],
        || reply("GET", Kind::Base, 200, |_, reply| header(reply, "docker-distribution-api-version", "registry/1.0")),
    ),
    fault("http/version-absent", "The base endpoint names no version of the API.", &["docker/api-version"], || {
        reply("", Kind::Base, 0, |_, reply| header(reply, "docker-distribution-api-version", ""))
    }),
    fault("http/head-with-body", "The answer to a HEAD of a manifest has a body.", &["http/head-no-body"], || {
        reply("HEAD", Kind::Manifest, 200, |_, reply| {
            let bytes = written(reply, b"{}");
            say(reply, bytes);
        })
    }),
    fault(
        "http/newline-uncounted",
        "The base endpoint's body ends in a line break that Content-Length does not count.",
        &["http/content-length"],
        || {
            reply("GET", Kind::Base, 200, |_, reply| {
                let bytes = written(reply, b"{}\n");
                say(reply, bytes);
            })
        },
    ),
    fault("http/digest-of-nothing", "A manifest comes with a Docker-Content-Digest that is not its own.", &["http/digest-header"], || {
        reply("GET", Kind::Manifest, 200, |_, reply| {
            header(reply, "docker-content-digest", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        })
    }),
    fault("http/error-single", "An error for a blob is an object named error, not a list named errors.", &["http/error-shape"], || {
        reply("GET", Kind::Blob, 404, |request, reply| {
            json(request, reply, |value| *value = serde_json::json!({ "error": { "code": "BLOB_UNKNOWN", "message": "not found" } }));
        })
    }),
    fault("http/error-null", "The list of errors for tags that are not there is null.", &["http/error-shape"], || {
        reply("GET", Kind::Tags, 404, |request, reply| json(request, reply, |value| value["errors"] = serde_json::Value::Null))
    }),
    fault(
        "http/error-lower-case",
        "The codes of errors for manifests are in lower case.",
        &["http/code-manifest-unknown", "http/error-code-form"],
        || {
            reply("GET", Kind::Manifest, 404, |request, reply| {
                json(request, reply, |value| value["errors"][0]["code"] = "manifest_unknown".into());
            })
        },
    ),
    fault(
        "http/error-number",
        "The code of an error is its status, a number.",
        &["http/code-blob-unknown", "http/error-code-form"],
        || reply("GET", Kind::Blob, 404, |request, reply| json(request, reply, |value| value["errors"][0]["code"] = 404.into())),
    ),
    fault(
        "http/error-invented",
        "An error for a blob has a code of the registry's own.",
        &["http/code-blob-unknown", "http/error-code-known"],
        || reply("GET", Kind::Blob, 404, |request, reply| json(request, reply, |value| value["errors"][0]["code"] = "NOT_FOUND".into())),
    ),
    fault("http/error-message-object", "The message of an error is an object.", &["http/error-message"], || {
        reply("GET", Kind::Blob, 404, |request, reply| {
            json(request, reply, |value| value["errors"][0]["message"] = serde_json::json!({ "text": "not found" }));
        })
    }),
    fault("http/method-taken", "A method that a resource does not offer is answered 200.", &["http/method-unsupported"], || {
        after(|request, reply| {
            if reply.status() == 405 {
                status(reply, 200);
                content(request, reply, "");
            }
        })
    }),
    fault("http/method-error", "A method that a resource does not offer is answered 500.", &["http/method-unsupported"], || {
        after(|_, reply| {
            if reply.status() == 405 {
                status(reply, 500);
            }
        })
    }),
    fault("http/allow-absent", "A 405 has no Allow.", &["http/allow-header"], || after(|_, reply| header(reply, "allow", ""))),
    fault("http/ns-not-found", "A request with the parameter ns finds nothing.", &["http/ns-ignored"], || {
        before(|request| request.uri.query().is_some_and(|query| query.contains("ns=")).then(|| refusal(404, ErrorCode::NAME_UNKNOWN)))
    }),
    fault("http/warning-code", "A Warning has a code of its own and a date.", &["http/warning-form"], || {
        reply("GET", Kind::Manifest, 200, |_, reply| {
            header(reply, "warning", "199 registry \"old format\" \"Mon, 23 Nov 2026 18:16:00 GMT\"");
        })
    }),
    fault("http/malformed-digest-error", "A malformed digest is answered 500.", &["pull/digest-malformed"], || {
        before(|request| {
            let malformed =
                request.method == "GET" && is(request, "GET", Kind::Nowhere) && request.uri.path().contains("/manifests/sha256:");
            malformed.then(|| refusal(500, ErrorCode::UNKNOWN))
        })
    })
    .seen("distribution#4945"),
    fault("http/invalid-name-error", "An invalid name is answered 500.", &["naming/invalid-name"], || {
        after(|_, reply| {
            if String::from_utf8_lossy(&reply.body().bytes()).contains("NAME_INVALID") {
                status(reply, 500);
            }
        })
    })
    .seen("harbor#11744"),
];
