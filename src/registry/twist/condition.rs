//! Faults of conditions, of ranges that are rare, and of what HEAD says.

use super::Wire;
use super::change::{Fault, fault};
use super::hooks::{Kind, before, header, is, page, refusal, reply, set_request, status, text_of_request};
use crate::oci::ErrorCode;

/// Has every reading request come with another value of a header, where it has one at all.
fn replaced(name: &'static str, value: &'static str) -> super::change::Made {
    before(move |request| {
        if is(request, "GET HEAD", Kind::Any) && !text_of_request(request, name).is_empty() {
            set_request(request, name, value);
        }
        None
    })
}

/// Whether a range can be read: `bytes=FIRST-LAST`, with a first or a last or both, in that order.
fn reads(range: &str) -> bool {
    let Some(parts) = range.strip_prefix("bytes=") else { return true };
    parts.split(',').all(|part| match part.split_once('-') {
        Some(("", last)) => last.parse::<u64>().is_ok(),
        Some((first, "")) => first.parse::<u64>().is_ok(),
        Some((first, last)) => first.parse::<u64>().is_ok_and(|first| last.parse().is_ok_and(|last| first <= last)),
        None => false,
    })
}

pub(super) const FAULTS: &[Fault] = &[
    // Conditions
    fault("condition/match-ignored", "Content comes again though the client names it by its ETag.", &["pull/etag-match"], || {
        replaced("if-none-match", "")
    }),
    fault(
        "condition/always-known",
        "Whatever content the client has, it is told that nothing has changed.",
        &["pull/if-none-match-other"],
        || replaced("if-none-match", "*"),
    ),
    fault("condition/if-range-ignored", "A range comes though the client has part of other content.", &["pull/if-range"], || {
        replaced("if-range", "")
    }),
    // Ranges
    fault("range/head-partial", "HEAD of a blob with a range has the length of the range.", &["pull/range-head"], || {
        reply("HEAD", Kind::Blob, 200, |request, reply| {
            if text_of_request(request, "range").starts_with("bytes=0-") {
                status(reply, 206);
                header(reply, "content-length", "100");
            }
        })
    }),
    fault("range/invalid-error", "A range that makes no sense is answered 500.", &["pull/range-invalid"], || {
        before(|request| {
            let wrong = is(request, "GET", Kind::Blob) && !reads(&text_of_request(request, "range"));
            wrong.then(|| refusal(500, ErrorCode::UNKNOWN))
        })
    }),
    fault("blob/range-several-silent", "A request for several ranges is never answered.", &["pull/range-several"], || {
        reply("GET", Kind::Blob, 206, |request, reply| {
            if text_of_request(request, "range").contains(',') {
                reply.extensions_mut().insert(Wire::Silence);
            }
        })
    }),
    fault("blob/range-several-error", "A request for several ranges is answered 500.", &["pull/range-several"], || {
        reply("GET", Kind::Blob, 206, |request, reply| {
            if text_of_request(request, "range").contains(',') {
                status(reply, 500);
                page(request, reply);
            }
        })
    }),
    fault("range/parts-reversed", "Of several ranges the last comes first.", &["pull/range-parts"], || {
        before(|request| {
            let asked = text_of_request(request, "range");
            if let Some(parts) = asked.strip_prefix("bytes=").filter(|parts| parts.contains(',')) {
                let turned: Vec<&str> = parts.rsplit(',').map(str::trim).collect();
                set_request(request, "range", &format!("bytes={}", turned.join(",")));
            }
            None
        })
    }),
    fault("range/parts-with-range", "Several ranges come under one Content-Range for all.", &["pull/range-parts-header"], || {
        reply("GET", Kind::Blob, 206, |request, reply| {
            if text_of_request(request, "range").contains(',') {
                header(reply, "content-range", "bytes 0-4095/4096");
            }
        })
    }),
    fault("range/beyond-untold", "The 416 does not say how long the blob is.", &["pull/range-unsatisfiable-told"], || {
        reply("GET", Kind::Blob, 416, |_, reply| header(reply, "content-range", ""))
    }),
    // What HEAD says
    fault("head/blob-other-etag", "HEAD of a blob has another ETag than GET.", &["pull/blob-head-like-get"], || {
        reply("HEAD", Kind::Blob, 200, |_, reply| header(reply, "etag", "\"of-the-head\""))
    }),
    fault("head/manifest-other-etag", "HEAD of a manifest has another ETag than GET.", &["pull/manifest-head-like-get"], || {
        reply("HEAD", Kind::Manifest, 200, |_, reply| header(reply, "etag", "\"of-the-head\""))
    }),
    fault(
        "manifest/get-no-type",
        "GET of a manifest by its digest says no media type.",
        &[
            "docker/manifest-type",
            "lists/child-type",
            "lists/type",
            "pull/manifest-head-like-get",
            "pull/manifest-type",
            "pull/manifest-type-told",
        ],
        || {
            reply("GET", Kind::Manifest, 200, |request, reply| {
                if request.uri.path().contains("sha256:") {
                    header(reply, "content-type", "");
                }
            })
        },
    ),
];
