//! Faults of what an upload session says and remembers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::change::{Fault, fault};
use super::hooks::{Kind, Memory, before, blob, close, content, header, is, refusal, reply, set_request, status, text_of_request};
use crate::oci::ErrorCode;

/// The bounds of a chunk, both included.
fn bounds(range: &str) -> Option<(u64, u64)> {
    let (first, last) = range.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

pub(super) const FAULTS: &[Fault] = &[
    fault("session/chunk-with-body", "The 202 for a chunk has a body.", &["docker/upload-empty-body"], || {
        reply("PATCH", Kind::Upload, 202, |request, reply| content(request, reply, "{}"))
    }),
    fault("session/uuid-changes", "A session has another Docker-Upload-UUID after its first bytes.", &["docker/upload-uuid-kept"], || {
        reply("PATCH", Kind::Upload, 202, |_, reply| header(reply, "docker-upload-uuid", "00000000-0000-4000-8000-000000000000"))
    }),
    fault("session/open-range-ahead", "A session that has just been opened says that it has bytes.", &["push/open-range"], || {
        reply("POST", Kind::Uploads, 202, |_, reply| header(reply, "range", "0-1023"))
    }),
    fault(
        "session/refused-range-ahead",
        "The 416 for a chunk out of order says that the chunk was kept.",
        &["push/refused-chunk-range"],
        || {
            reply("PATCH", Kind::Upload, 416, |request, reply| {
                if let Some((_, last)) = bounds(&text_of_request(request, "content-range")) {
                    header(reply, "range", &format!("0-{last}"));
                }
            })
        },
    ),
    fault("session/chunk-short-taken", "A chunk that is shorter than its range is taken.", &["push/chunk-size"], || {
        before(|request| {
            let length: u64 = text_of_request(request, "content-length").parse().ok()?;
            let (first, last) = bounds(&text_of_request(request, "content-range"))?;
            if is(request, "PATCH", Kind::Upload) && length > 0 && length < last.saturating_sub(first).saturating_add(1) {
                set_request(request, "content-range", &format!("{first}-{}", first + length - 1));
            }
            None
        })
    }),
    fault(
        "session/put-chunk-refused",
        "A session whose status was asked for takes no chunk with the PUT that closes it.",
        &["push/final-chunk-in-put"],
        || {
            let asked = Memory::default();
            before(move |request| {
                let path = request.uri.path();
                if is(request, "GET", Kind::Upload) {
                    asked.first(path);
                }
                let chunk = is(request, "PUT", Kind::Upload) && !text_of_request(request, "content-range").is_empty();
                (chunk && asked.knows(path)).then(|| refusal(400, ErrorCode::BLOB_UPLOAD_INVALID))
            })
        },
    ),
    fault(
        "session/careless-after-error",
        "A session whose digest was wrong once closes without its last byte, and nobody looks.",
        &["http/digest-header", "push/session-after-error"],
        || {
            let refused = Memory::default();
            let kept: Arc<Mutex<BTreeMap<String, Vec<u8>>>> = Arc::default();
            let there = Arc::clone(&kept);
            [
                close(move |inner, writer, digest| {
                    let (name, id, bytes) = (writer.name().clone(), writer.id().to_owned(), writer.bytes().to_vec());
                    if refused.knows(&id) {
                        let cut = bytes.get(..bytes.len().saturating_sub(1)).unwrap_or_default().to_vec();
                        kept.lock().unwrap_or_else(PoisonError::into_inner).insert(format!("{name}@{digest}"), cut);
                        return Ok(());
                    }
                    inner.close_upload(writer, digest).inspect_err(|_| {
                        refused.first(id);
                    })
                }),
                blob(move |inner, name, digest| {
                    let bytes = there.lock().unwrap_or_else(PoisonError::into_inner).get(&format!("{name}@{digest}")).cloned();
                    bytes.map_or_else(|| inner.blob(name, digest), |bytes| Ok(bytes.into()))
                }),
            ]
            .concat()
        },
    ),
    fault("session/over-bad-request", "The status of a session that is over is answered 400.", &["push/session-unknown-404"], || {
        reply("GET", Kind::Upload, 404, |_, reply| status(reply, 400))
    }),
];
