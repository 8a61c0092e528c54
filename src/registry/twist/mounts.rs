//! Faults of mounts, and of blobs that are there already.

use super::change::{Fault, fault};
use super::hooks::{Kind, Memory, after, ask_for, before, close, failure, header, is, mount};
use super::hooks::{refusal, reply, route, status};
use super::upload::{is_mount, says};
use crate::oci::{Digest, ErrorCode};
use crate::registry::route::Route;

pub(super) const FAULTS: &[Fault] = &[
    // Mounts
    fault(
        "upload/mount-ok",
        "A mount that worked is answered 200.",
        &["docker/mount-spellings", "push/mount-anonymous", "push/mount-created", "push/mount-fallback"],
        || {
            reply("POST", Kind::Uploads, 201, |request, reply| {
                if is_mount(request) {
                    status(reply, 200);
                }
            })
        },
    ),
    fault("upload/mount-no-location", "The 201 for a mount has no Location.", &["push/mount-location"], || {
        reply("POST", Kind::Uploads, 201, |request, reply| {
            if is_mount(request) {
                header(reply, "location", "");
            }
        })
    }),
    fault("upload/mount-other-digest", "The 201 for a mount carries a digest that is not the blob's.", &["push/mount-digest-true"], || {
        reply("POST", Kind::Uploads, 201, |request, reply| {
            if is_mount(request) {
                header(reply, "docker-content-digest", &Digest::sha256(b"another").to_string());
            }
        })
    }),
    fault("upload/mount-unknown-refused", "A mount of a blob that is not there is refused with 404.", &["push/mount-fallback"], || {
        reply("POST", Kind::Uploads, 202, |request, reply| {
            if is_mount(request) {
                *reply = refusal(404, ErrorCode::BLOB_UNKNOWN);
            }
        })
    }),
    fault(
        "upload/mount-promised",
        "A mount is answered 201 and not done.",
        &["push/manifest-created", "push/mount-location", "push/mount-readable"],
        || mount(|inner, _, from, digest| Ok(inner.blob(from, digest).is_ok())),
    ),
    fault(
        "upload/mount-plain-unread",
        "A mount whose parameters are not percent-encoded falls back to an upload.",
        &["docker/mount-spellings", "push/mount-readable"],
        || {
            before(|request| {
                let query = request.uri.query().unwrap_or_default();
                let path = request.uri.path().to_owned();
                if query.contains("mount=") && !query.contains('%') {
                    ask_for(request, &path);
                }
                None
            })
        },
    ),
    fault(
        "upload/digest-encoded-unread",
        "The digest of a blob in one POST is not read when its colon is percent-encoded in lower case.",
        &["docker/digest-spellings"],
        || {
            before(|request| {
                let encoded =
                    is(request, "POST", Kind::Uploads) && request.uri.query().is_some_and(|query| query.contains("digest=sha256%3a"));
                encoded.then(|| refusal(400, ErrorCode::DIGEST_INVALID))
            })
        },
    ),
    fault(
        "upload/shared-blob-refused",
        "The empty JSON blob is refused with 409 once it is there.",
        &["docker/shared-empty-blob", "push/empty-config"],
        || {
            close(|inner, writer, digest| {
                let again = writer.bytes() == b"{}" && !inner.holders(digest).is_empty();
                if again { Err(failure(409, ErrorCode::BLOB_UPLOAD_INVALID)) } else { inner.close_upload(writer, digest) }
            })
        },
    )
    .seen("distribution#2077: concurrent pushes of the same blob"),
    fault("upload/cut-kept", "What arrived of an upload that broke off is served as the blob.", &["push/cut-not-stored"], || {
        let claimed = Memory::default();
        after(move |request, reply| {
            let Some(Route::Blob { digest, .. }) = route(request) else {
                if is(request, "PUT", Kind::Upload) && says(reply, "SIZE_INVALID") {
                    claimed.first(request.uri.query().unwrap_or_default().replace("%3A", ":"));
                }
                return;
            };
            if is(request, "GET HEAD", Kind::Blob) && claimed.knows(&format!("digest={digest}")) {
                status(reply, 200);
            }
        })
    }),
];
