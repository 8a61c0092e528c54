//! Faults of chunked and streamed uploads.

use super::change::{Fault, fault};
use super::hooks::{Kind, Memory, before, header, is, keep, open};
use super::hooks::{refusal, reply, set_request, status, text_of, text_of_request};
use super::upload::{is_chunk, longer};
use crate::oci::ErrorCode;
use crate::registry::operations::Opening;

pub(super) const FAULTS: &[Fault] = &[
    // Chunks
    fault(
        "upload/chunk-created",
        "A chunk is answered 201.",
        &["push/chunk-status", "push/session-after-416", "push/sessions-apart"],
        || {
            reply("PATCH", Kind::Upload, 202, |request, reply| {
                if is_chunk(request) {
                    status(reply, 201);
                }
            })
        },
    ),
    fault("upload/chunk-no-location", "The 202 for a chunk has no Location.", &["push/chunk-location"], || {
        reply("PATCH", Kind::Upload, 202, |request, reply| {
            if is_chunk(request) {
                header(reply, "location", "");
            }
        })
    }),
    fault("upload/chunk-no-range", "The 202 for a chunk has no Range.", &["push/chunk-range"], || {
        reply("PATCH", Kind::Upload, 202, |request, reply| {
            if is_chunk(request) {
                header(reply, "range", "");
            }
        })
    }),
    fault("upload/chunk-range-unit", "The Range of a session is written with a unit.", &["push/chunk-range-form"], || {
        reply("PATCH", Kind::Upload, 202, |request, reply| {
            let told = text_of(reply, "range");
            if is_chunk(request) {
                header(reply, "range", &format!("bytes={told}"));
            }
        })
    }),
    fault("upload/chunk-range-exclusive", "The Range after a chunk ends one byte past the last.", &["push/chunk-range"], || {
        reply("PATCH", Kind::Upload, 202, |request, reply| {
            if is_chunk(request) {
                longer(reply);
            }
        })
    }),
    fault("upload/chunk-range-own", "The Range after a chunk counts the bytes of that chunk alone.", &["push/chunk-range"], || {
        reply("PATCH", Kind::Upload, 202, |request, reply| {
            let asked = text_of_request(request, "content-range");
            let bounds = asked.split_once('-').and_then(|(first, last)| Some((first.parse::<u64>().ok()?, last.parse::<u64>().ok()?)));
            if let Some((first, last)) = bounds {
                header(reply, "range", &format!("0-{}", last - first));
            }
        })
    }),
    fault(
        "upload/chunk-order-ignored",
        "A chunk is appended wherever it says that it belongs.",
        &["push/chunk-order", "push/final-chunk-order"],
        || open(|inner, name, id, opening| inner.open_upload(name, id, Opening { at: None, ..opening })),
    )
    .seen("distribution#3141"),
    fault("upload/chunk-order-bad-request", "A chunk out of order is refused with 400.", &["push/chunk-order"], || {
        reply("PATCH", Kind::Upload, 416, |_, reply| status(reply, 400))
    }),
    fault(
        "upload/chunk-order-forgets",
        "A chunk out of order ends the session.",
        &["push/session-after-416", "push/status-location", "push/status-range"],
        || {
            open(|inner, name, id, opening| {
                let opened = inner.open_upload(name, id, opening);
                if opened.as_ref().is_err_and(|failure| failure.status == 416) {
                    inner.cancel_upload(name, id)?;
                }
                opened
            })
        },
    ),
    fault(
        "upload/final-chunk-bad-request",
        "A closing PUT with a chunk out of order is refused with 400.",
        &["push/final-chunk-order"],
        || reply("PUT", Kind::Upload, 416, |_, reply| status(reply, 400)),
    )
    .seen("distribution-spec#590"),
    fault(
        "upload/final-chunk-dropped",
        "A closing PUT with a chunk out of order is answered 201, and the chunk is dropped.",
        &["push/final-chunk-refused"],
        || reply("PUT", Kind::Upload, 416, |_, reply| status(reply, 201)),
    ),
    fault("upload/chunk-range-unread", "A chunk whose Content-Range cannot be read is appended.", &["push/chunk-range-malformed"], || {
        before(|request| {
            let told = text_of_request(request, "content-range");
            let read = told.split_once('-').is_some_and(|(first, last)| first.parse::<u64>().is_ok() && last.parse::<u64>().is_ok());
            if !read {
                set_request(request, "content-range", "");
            }
            None
        })
    }),
    fault(
        "upload/last-chunk-alone",
        "A chunk takes the place of those before it.",
        &["push/algorithm-parameter", "push/blob-created", "push/chunk-status", "push/final-chunk-in-put", "push/status-range"],
        || {
            keep(|inner, mut writer| {
                let offset = inner.upload_offset(writer.name(), writer.id())?;
                let last = writer.bytes().get(usize::try_from(offset).unwrap_or_default()..).unwrap_or_default().to_vec();
                let whole = writer.bytes().len();
                writer.replace(&last)?;
                inner.keep_chunk(writer)?;
                Ok(whole as u64)
            })
        },
    )
    .seen("field notes: the last PATCH overwrites earlier chunks"),
    // Streams
    fault("upload/stream-refused", "A PATCH without Content-Range is refused with 400.", &["offers/streamed-upload"], || {
        before(|request| (is(request, "PATCH", Kind::Upload) && !is_chunk(request)).then(|| refusal(400, ErrorCode::BLOB_UPLOAD_INVALID)))
    }),
    fault("upload/stream-once", "A second PATCH without Content-Range is refused.", &["push/stream-again"], || {
        let streamed = Memory::default();
        before(move |request| {
            let again = is(request, "PATCH", Kind::Upload) && !is_chunk(request) && !streamed.first(request.uri.path());
            again.then(|| refusal(416, ErrorCode::BLOB_UPLOAD_INVALID))
        })
    }),
    fault(
        "upload/stream-range-exclusive",
        "The Range after streamed bytes ends one byte past the last.",
        &["push/stream-again", "push/stream-range"],
        || {
            reply("PATCH", Kind::Upload, 202, |request, reply| {
                if !is_chunk(request) {
                    longer(reply);
                }
            })
        },
    ),
    fault("upload/stream-range-unit", "The Range after streamed bytes is written with a unit.", &["docker/stream-range"], || {
        reply("PATCH", Kind::Upload, 202, |request, reply| {
            let told = text_of(reply, "range");
            if !is_chunk(request) {
                header(reply, "range", &format!("bytes={told}"));
            }
        })
    }),
];
