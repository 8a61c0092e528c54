//! Faults of uploads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::header::CONTENT_RANGE;

use super::change::{Fault, fault};
use super::hooks::{Kind, Memory, after, before, begin, blob, cancel, close, content, failure, header, is};
use super::hooks::{refusal, refuse, reply, status, text_of};
use crate::oci::{Algorithm, Digest, ErrorCode};
use crate::registry::reply::Reply;

/// `0-9` → `0-10`
pub(super) fn longer(reply: &mut Reply) {
    let told = text_of(reply, "range");
    if let Some(last) = told.strip_prefix("0-").and_then(|last| last.parse::<u64>().ok()) {
        header(reply, "range", &format!("0-{}", last + 1));
    }
}

pub(super) fn is_chunk(request: &http::request::Parts) -> bool {
    request.headers.contains_key(CONTENT_RANGE)
}

pub(super) const FAULTS: &[Fault] = &[
    // Sessions
    fault(
        "upload/post-created",
        "The POST that opens a session is answered 201.",
        &["push/algorithm-parameter", "push/mount-location", "push/mount-readable", "push/session-status"],
        || reply("POST", Kind::Uploads, 202, |_, reply| status(reply, 201)),
    ),
    fault("upload/post-no-location", "The 202 that opens a session has no Location.", &["push/session-location"], || {
        reply("POST", Kind::Uploads, 202, |_, reply| header(reply, "location", ""))
    }),
    fault("upload/location-bare", "The Location of a session has neither scheme nor leading slash.", &["docker/location-form"], || {
        reply("POST", Kind::Uploads, 202, |_, reply| {
            let bare = text_of(reply, "location").rsplit('/').next().unwrap_or_default().to_owned();
            header(reply, "location", &bare);
        })
    }),
    fault("upload/no-uuid", "No session is named in Docker-Upload-UUID.", &["docker/upload-uuid"], || {
        after(|_, reply| header(reply, "docker-upload-uuid", ""))
    }),
    fault(
        "upload/one-session-for-all",
        "A second session of a repository is the first one again.",
        &["docker/shared-empty-blob", "push/sessions-apart"],
        || {
            let open: Mutex<BTreeMap<String, String>> = Mutex::default();
            begin(move |inner, name, algorithm| {
                let mut open = lock(&open);
                if let Some(id) = open.get(name.as_str()).filter(|id| inner.upload_offset(name, id).is_ok()) {
                    return Ok(id.clone());
                }
                let id = inner.begin_upload(name, algorithm)?;
                open.insert(name.to_string(), id.clone());
                Ok(id)
            })
        },
    ),
    // The closing PUT
    fault(
        "upload/put-ok",
        "The PUT that completes a blob is answered 200.",
        &[
            "docker/shared-empty-blob",
            "push/algorithm-parameter",
            "push/blob-created",
            "push/blob-size",
            "push/empty-blob",
            "push/empty-blob-taken",
            "push/empty-config",
            "push/sessions-apart",
        ],
        || reply("PUT", Kind::Upload, 201, |_, reply| status(reply, 200)),
    ),
    fault("upload/put-no-location", "The 201 for a blob has no Location.", &["push/blob-location"], || {
        reply("PUT", Kind::Upload, 201, |_, reply| header(reply, "location", ""))
    }),
    fault("upload/put-location-session", "The 201 for a blob gives the session's Location.", &["push/blob-location"], || {
        reply("PUT", Kind::Upload, 201, |request, reply| header(reply, "location", request.uri.path()))
    }),
    fault("upload/put-other-digest", "The 201 for a blob carries a digest that is not the blob's.", &["push/blob-digest-true"], || {
        reply("PUT", Kind::Upload, 201, |_, reply| header(reply, "docker-content-digest", &Digest::sha256(b"another").to_string()))
    }),
    fault("upload/put-without-digest-taken", "A PUT without a digest completes the blob.", &["push/put-without-digest"], || {
        before(|request| {
            let bare = is(request, "PUT", Kind::Upload) && !request.uri.query().unwrap_or_default().contains("digest=");
            bare.then(|| {
                let mut reply = Reply::default();
                status(&mut reply, 201);
                reply
            })
        })
    }),
    fault(
        "upload/digest-unchecked",
        "A blob is taken under a digest that is not its own, and served under it.",
        &["push/digest-mismatch"],
        || {
            let kept: Arc<Mutex<BTreeMap<String, Vec<u8>>>> = Arc::default();
            let there = Arc::clone(&kept);
            [
                close(move |inner, writer, digest| {
                    let (name, bytes) = (writer.name().clone(), writer.bytes().to_vec());
                    if Digest::of(digest.algorithm(), &bytes) == *digest {
                        return inner.close_upload(writer, digest);
                    }
                    lock(&kept).insert(format!("{name}@{digest}"), bytes);
                    Ok(())
                }),
                blob(move |inner, name, digest| {
                    let bytes = lock(&there).get(&format!("{name}@{digest}")).cloned();
                    bytes.map_or_else(|| inner.blob(name, digest), |bytes| Ok(bytes.into()))
                }),
            ]
            .concat()
        },
    ),
    fault(
        "upload/mismatch-error",
        "A blob whose digest is not the one given is answered 500.",
        &["push/digest-mismatch", "push/manifest-wrong-digest"],
        || {
            reply("PUT POST", Kind::Any, 400, |_, reply| {
                if says(reply, "DIGEST_INVALID") && says(reply, "the content is") {
                    status(reply, 500);
                }
            })
        },
    ),
    fault(
        "upload/mismatch-not-found",
        "A blob whose digest is not the one given is refused with 404.",
        &["push/digest-mismatch-400"],
        || {
            reply("PUT POST", Kind::Any, 400, |request, reply| {
                if says(reply, "the content is") && !is(request, "PUT", Kind::Manifest) {
                    status(reply, 404);
                }
            })
        },
    ),
    fault(
        "upload/malformed-digest-error",
        "A blob with a malformed digest is answered 500.",
        &["push/algorithm-unknown", "push/digest-malformed"],
        || {
            reply("PUT POST", Kind::Any, 400, |request, reply| {
                if says(reply, "DIGEST_INVALID")
                    && request.uri.query().is_some_and(|query| query.contains("digest="))
                    && !says(reply, "the content is")
                {
                    status(reply, 500);
                }
            })
        },
    )
    .seen("distribution#4945"),
    fault(
        "upload/unknown-algorithm-unsupported",
        "A digest in an unknown algorithm is refused with 415.",
        &["push/algorithm-unknown-400", "push/digest-malformed-400"],
        || {
            reply("PUT POST", Kind::Any, 400, |request, reply| {
                let known = request.uri.query().is_some_and(|query| query.contains("sha256") || query.contains("sha512"));
                if says(reply, "DIGEST_INVALID") && !known && !is(request, "PUT", Kind::Manifest) {
                    status(reply, 415);
                }
            })
        },
    ),
    fault("upload/algorithm-ignored", "The parameter digest-algorithm is refused.", &["push/algorithm-parameter"], || {
        before(|request| {
            let named = request.uri.query().is_some_and(|query| query.contains("digest-algorithm="));
            named.then(|| refusal(400, ErrorCode::UNSUPPORTED))
        })
    }),
    fault("upload/sha512-refused", "A blob under sha512 is refused with 400.", &["offers/sha512"], || {
        close(|inner, writer, digest| {
            if digest.algorithm() == Algorithm::Sha512 {
                Err(failure(400, ErrorCode::DIGEST_INVALID))
            } else {
                inner.close_upload(writer, digest)
            }
        })
    })
    .seen("docker-registry 2.8.2"),
    fault("upload/empty-error", "A blob of no bytes is answered 500.", &["push/empty-blob", "push/empty-blob-taken"], || {
        close(
            |inner, writer, digest| {
                if writer.bytes().is_empty() { Err(failure(500, ErrorCode::UNKNOWN)) } else { inner.close_upload(writer, digest) }
            },
        )
    }),
    // One POST
    fault(
        "upload/single-post-refused",
        "A blob in one POST is refused with 400.",
        &["offers/single-post", "push/single-post-fallback"],
        || before(|request| is_single_post(request).then(|| refusal(400, ErrorCode::UNSUPPORTED))),
    ),
    fault(
        "upload/single-post-ok",
        "The first blob in one POST is answered 201, later ones 200.",
        &["docker/digest-spellings", "push/single-post-created"],
        || {
            let posted = Memory::default();
            reply("POST", Kind::Uploads, 201, move |request, reply| {
                if is_single_post(request) && !posted.first("one") {
                    status(reply, 200);
                }
            })
        },
    ),
    fault("upload/single-post-no-location", "The 201 for a blob in one POST has no Location.", &["push/single-post-location"], || {
        reply("POST", Kind::Uploads, 201, |request, reply| {
            if is_single_post(request) {
                header(reply, "location", "");
            }
        })
    }),
    fault(
        "upload/single-post-session-lost",
        "A blob in one POST is answered 202, without the Location of a session.",
        &["offers/single-post", "push/single-post-fallback"],
        || {
            before(|request| {
                is_single_post(request).then(|| {
                    let mut reply = Reply::default();
                    status(&mut reply, 202);
                    reply
                })
            })
        },
    ),
    // Status, cancel, unknown sessions
    fault("upload/status-ok", "GET of an open session is answered 200.", &["push/session-after-416", "push/status-code"], || {
        reply("GET", Kind::Upload, 204, |request, reply| {
            status(reply, 200);
            content(request, reply, "");
        })
    }),
    fault("upload/status-no-location", "The 204 for an open session has no Location.", &["push/status-location"], || {
        reply("GET", Kind::Upload, 204, |_, reply| header(reply, "location", ""))
    }),
    fault("upload/status-stale", "The status of a session tells how far it was before the last chunk.", &["push/status-range"], || {
        reply("GET", Kind::Upload, 204, |_, reply| {
            let told = text_of(reply, "range");
            let last = told.strip_prefix("0-").and_then(|last| last.parse::<u64>().ok()).unwrap_or_default();
            header(reply, "range", &format!("0-{}", last / 2));
        })
    })
    .seen("distribution#3755"),
    fault("upload/cancel-accepted", "A DELETE that cancels a session is answered 202.", &["push/cancel-status"], || {
        reply("DELETE", Kind::Upload, 204, |request, reply| {
            status(reply, 202);
            content(request, reply, "");
        })
    }),
    fault("upload/cancel-nothing", "A session that was cancelled goes on.", &["push/cancelled-gone"], || cancel(|_, _, _| Ok(()))),
    fault(
        "upload/unknown-taken",
        "Bytes for a session that was never opened are answered 202.",
        &["push/session-closed", "push/session-unknown"],
        || {
            reply("PATCH", Kind::Upload, 404, |_, reply| {
                if says(reply, "BLOB_UPLOAD_UNKNOWN") {
                    status(reply, 202);
                }
            })
        },
    ),
    fault(
        "upload/closed-taken",
        "A session that is closed takes more bytes.",
        &["push/session-closed", "push/session-unknown-404"],
        || {
            let closed = Memory::default();
            after(move |request, reply| {
                let path = request.uri.path();
                if is(request, "PUT", Kind::Upload) && reply.status() == 201 {
                    closed.first(path);
                } else if is(request, "PATCH PUT", Kind::Upload) && reply.status() == 404 && closed.knows(path) {
                    status(reply, if request.method == "PUT" { 201 } else { 202 });
                }
            })
        },
    ),
    fault("upload/offset-unknown", "The status of a session is not known: GET of it is answered 404.", &["offers/upload-status"], || {
        refuse("GET", Kind::Upload, 404, ErrorCode::BLOB_UPLOAD_UNKNOWN)
    }),
    fault("upload/offset-zero", "The status of a session says that nothing has come.", &["push/status-range"], || {
        reply("GET", Kind::Upload, 204, |_, reply| header(reply, "range", "0-0"))
    }),
];

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a refusal says this.
pub(super) fn says(reply: &Reply, text: &str) -> bool {
    String::from_utf8_lossy(&reply.body().bytes()).contains(text)
}

fn is_single_post(request: &http::request::Parts) -> bool {
    is(request, "POST", Kind::Uploads)
        && request.uri.query().is_some_and(|query| query.starts_with("digest=") || query.contains("&digest="))
}

pub(super) fn is_mount(request: &http::request::Parts) -> bool {
    request.uri.query().is_some_and(|query| query.contains("mount="))
}
