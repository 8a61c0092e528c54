//! Uploads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::header::CONTENT_RANGE;

use super::super::change::{ALWAYS, OCI, Variant, variant};
use super::super::hooks::{
    Kind, ask_for, before, close, content, header, is, mount, open, refusal, refuse, reply, status, text_of, text_of_request,
};
use crate::oci::ErrorCode;

/// Whether the session has no bytes, by what its reply says: `0-0` is said of none as of one.
fn is_start(request: &http::request::Parts) -> bool {
    is(request, "POST", Kind::Uploads)
}

pub(in super::super) const VARIANTS: &[Variant] = &[
    variant(26, "upload/location-absolute", "The Location of a session is a whole URL.", ALWAYS, || {
        reply("", Kind::Any, 202, |request, reply| {
            let location = text_of(reply, "location");
            if location.starts_with('/') {
                header(reply, "location", &format!("http://{}{location}", text_of_request(request, "host")));
            }
        })
    }),
    variant(
        26,
        "upload/location-state",
        "The Location of a session has a query without which it is not known, new after each chunk.",
        ALWAYS,
        || {
            let count = Arc::new(AtomicU64::new(0));
            let valid = Arc::new(std::sync::Mutex::new(std::collections::BTreeMap::<String, String>::new()));
            let known = Arc::clone(&valid);
            [
                before(move |request| {
                    let state = request
                        .uri
                        .query()
                        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("_state=")).map(str::to_owned));
                    let right = known.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(request.uri.path()).cloned();
                    let wrong = is(request, "", Kind::Upload) && right.is_some() && right != state;
                    wrong.then(|| refusal(404, ErrorCode::BLOB_UPLOAD_UNKNOWN))
                }),
                reply("", Kind::Any, 0, move |request, reply| {
                    let location = text_of(reply, "location");
                    if !location.contains("/blobs/uploads/") {
                        return;
                    }
                    let mut valid = valid.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    let renewed = reply.status() == 202 && (request.method == "POST" || request.method == "PATCH");
                    if renewed {
                        valid.insert(location.clone(), format!("s{}", count.fetch_add(1, Ordering::SeqCst)));
                    }
                    let state = valid.get(&location).cloned().unwrap_or_default();
                    header(reply, "location", &format!("{location}?_state={state}"));
                }),
            ]
            .concat()
        },
    ),
    variant(
        26,
        "upload/location-opaque",
        "The Location of a session tells neither its repository nor a UUID, and no other header does.",
        ALWAYS,
        || {
            let sessions: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
            let known = Arc::clone(&sessions);
            [
                before(move |request| {
                    let path = request.uri.path().to_owned();
                    let number: usize = path.strip_prefix("/sessions/")?.parse().ok()?;
                    let location = known.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(number)?.clone();
                    let query = request.uri.query().map_or_else(String::new, |query| format!("?{query}"));
                    ask_for(request, &format!("{location}{query}"));
                    None
                }),
                reply("", Kind::Any, 0, move |_, reply| {
                    let location = text_of(reply, "location");
                    header(reply, "docker-upload-uuid", "");
                    if location.contains("/blobs/uploads/") {
                        let mut sessions = sessions.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                        header(reply, "location", &format!("/sessions/{}", sessions.len()));
                        sessions.push(location);
                    }
                }),
            ]
            .concat()
        },
    )
    .undone(&["docker/upload-uuid"]),
    variant(28, "upload/single-post-session", "A blob in one POST is answered 202 with a session, its body ignored.", ALWAYS, || {
        before(|request| {
            let single = is(request, "POST", Kind::Uploads) && request.uri.query().is_some_and(|query| query.contains("digest=sha"));
            if single {
                let path = request.uri.path().to_owned();
                ask_for(request, &path);
            }
            None
        })
    }),
    variant(29, "upload/chunk-no-range", "The 202 for a chunk has no Range, and a session has no status.", &["oci-1.0"], || {
        [
            reply("PATCH", Kind::Upload, 202, |_, reply| header(reply, "range", "")),
            refuse("GET", Kind::Upload, 404, ErrorCode::BLOB_UPLOAD_UNKNOWN),
        ]
        .concat()
    }),
    variant(29, "upload/empty-range-minus", "A session without bytes says 0--1.", ALWAYS, || {
        reply("", Kind::Any, 202, |request, reply| {
            if is_start(request) {
                header(reply, "range", "0--1");
            }
        })
    }),
    variant(29, "upload/empty-range-absent", "A session without bytes has no Range.", ALWAYS, || {
        reply("", Kind::Any, 202, |request, reply| {
            if is_start(request) {
                header(reply, "range", "");
            }
        })
    }),
    variant(30, "upload/stream-refused", "A PATCH without Content-Range is refused with 400.", OCI, || {
        before(|request| {
            let stream = is(request, "PATCH", Kind::Upload) && !request.headers.contains_key(CONTENT_RANGE);
            stream.then(|| refusal(400, ErrorCode::BLOB_UPLOAD_INVALID))
        })
    }),
    variant(31, "upload/chunk-minimum", "A chunk below the announced minimum of 64 KiB is refused with 416.", ALWAYS, || {
        [
            reply("POST", Kind::Uploads, 202, |_, reply| header(reply, "oci-chunk-min-length", "65536")),
            before(|request| {
                let asked = text_of_request(request, "content-range");
                let bounds = asked.split_once('-').and_then(|(first, last)| Some((first.parse::<u64>().ok()?, last.parse::<u64>().ok()?)));
                let small = bounds.is_some_and(|(first, last)| last >= first && last - first < 65535);
                (is(request, "PATCH", Kind::Upload) && small).then(|| refusal(416, ErrorCode::SIZE_INVALID))
            }),
        ]
        .concat()
    }),
    variant(
        32,
        "upload/final-chunk-bad-request",
        "A closing PUT with a chunk out of order is refused with 400.",
        &["oci-1.0", "oci-1.1", "docker-v2"],
        || reply("PUT", Kind::Upload, 416, |_, reply| status(reply, 400)),
    ),
    variant(32, "upload/out-of-order-bare", "The 416 for a chunk out of order has neither Range nor Location.", ALWAYS, || {
        reply("PATCH PUT", Kind::Upload, 416, |_, reply| {
            header(reply, "range", "");
            header(reply, "location", "");
            header(reply, "docker-upload-uuid", "");
        })
    }),
    variant(33, "upload/mismatch-ends-session", "After a wrong digest the session is gone.", ALWAYS, || {
        close(|inner, writer, digest| {
            let (name, id) = (writer.name().clone(), writer.id().to_owned());
            inner.close_upload(writer, digest).inspect_err(|_| drop(inner.cancel_upload(&name, &id)))
        })
    }),
    variant(33, "upload/cancel-not-allowed", "A session cannot be cancelled: DELETE is answered 405.", &["oci-1.0", "oci-1.1"], || {
        before(|request| {
            is(request, "DELETE", Kind::Upload).then(|| {
                let mut reply = refusal(405, ErrorCode::UNSUPPORTED);
                header(&mut reply, "allow", "GET, PATCH, PUT");
                reply
            })
        })
    }),
    variant(33, "upload/cancel-ok", "A cancelled session is answered 200.", &["oci-1.0", "oci-1.1"], || {
        reply("DELETE", Kind::Upload, 204, |request, reply| {
            status(reply, 200);
            content(request, reply, "");
        })
    }),
    variant(31, "upload/session-expires", "A session that has been refused a chunk is gone.", &["oci-1.0"], || {
        open(|inner, name, id, opening| inner.open_upload(name, id, opening).inspect_err(|_| drop(inner.cancel_upload(name, id))))
    }),
    variant(34, "mount/never", "Every mount is answered 202 with a session.", ALWAYS, || mount(|_, _, _, _| Ok(false))),
    variant(34, "mount/found-elsewhere", "A mount from a repository that does not have the blob finds it in another.", ALWAYS, || {
        mount(|inner, to, from, digest| {
            if inner.mount(to, from, digest)? {
                return Ok(true);
            }
            let other = inner.holders(digest).into_iter().next();
            other.map_or(Ok(false), |other| inner.mount(to, &other, digest))
        })
    }),
    variant(34, "mount/from-wanted", "A mount without from is answered 202 with a session.", ALWAYS, || {
        before(|request| {
            let path = request.uri.path().to_owned();
            if request.uri.query().is_some_and(|query| query.contains("mount=") && !query.contains("from=")) {
                ask_for(request, &path);
            }
            None
        })
    }),
];
