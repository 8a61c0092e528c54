//! Faults of pulling blobs.

use bytes::Bytes;
use http::header::{CONTENT_RANGE, RANGE};

use super::change::{Fault, fault};
use super::hooks::{Kind, Memory, before, blob, content, header, instead, is, refusal, refuse, reply, say, set_request, status, text_of};
use super::hooks::{text_of_request, written};
use crate::oci::{Algorithm, ErrorCode};
use crate::registry::reply::Reply;

/// What a large blob is to these faults.
const LARGE: usize = 1 << 20;

fn with_last_byte_changed(bytes: &Bytes) -> Bytes {
    let mut bytes = bytes.to_vec();
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    bytes.into()
}

/// Changes the body of a 206 for one range and says its true length.
fn part(reply: &mut Reply, change: impl FnOnce(Bytes) -> Bytes) {
    let bytes = change(reply.body().bytes());
    header(reply, "content-length", &bytes.len().to_string());
    *reply.body_mut() = bytes.into();
}

pub(super) const FAULTS: &[Fault] = &[
    fault("blob/large-changed", "One byte of a large blob is another one.", &["http/digest-header", "pull/blob-body"], || {
        blob(|inner, name, digest| {
            inner.blob(name, digest).map(|bytes| if bytes.len() >= LARGE { with_last_byte_changed(&bytes) } else { bytes })
        })
    }),
    fault(
        "blob/sha512-cut",
        "A blob under sha512 comes without its last byte.",
        &["http/digest-header", "pull/blob-body", "pull/blob-head-length", "push/algorithm-parameter", "push/blob-location"],
        || {
            blob(|inner, name, digest| {
                let bytes = inner.blob(name, digest)?;
                Ok(if digest.algorithm() == Algorithm::Sha512 { bytes.slice(..bytes.len().saturating_sub(1)) } else { bytes })
            })
        },
    ),
    fault(
        "blob/get-no-content",
        "GET of a blob is answered 203.",
        &[
            "management/blob-again",
            "management/blob-elsewhere",
            "management/manifest-elsewhere",
            "management/manifest-sibling",
            "pull/blob-status",
            "pull/range-unit",
            "push/algorithm-parameter",
            "push/blob-location",
            "push/mount-location",
            "push/mount-readable",
            "push/sessions-apart",
            "push/single-post-location",
        ],
        || reply("GET", Kind::Blob, 200, |_, reply| status(reply, 203)),
    ),
    fault("blob/get-no-digest", "GET of a blob has no Docker-Content-Digest.", &["pull/blob-digest-header"], || {
        reply("GET", Kind::Blob, 200, |_, reply| header(reply, "docker-content-digest", ""))
    })
    .seen("distribution#3792"),
    fault("blob/head-no-digest", "HEAD of a blob has no Docker-Content-Digest.", &["pull/blob-head-digest-header"], || {
        reply("HEAD", Kind::Blob, 200, |_, reply| header(reply, "docker-content-digest", ""))
    }),
    fault("blob/head-no-length", "HEAD of a blob has no Content-Length.", &["docker/stat-after-put", "pull/blob-head-length"], || {
        reply("HEAD", Kind::Blob, 200, |_, reply| header(reply, "content-length", ""))
    }),
    fault(
        "blob/head-length-off-by-one",
        "HEAD of a blob says one byte too many.",
        &["docker/layer-known", "docker/stat-after-put", "http/content-length", "pull/blob-head-length"],
        || {
            reply("HEAD", Kind::Blob, 200, |_, reply| {
                let len: u64 = text_of(reply, "content-length").parse().unwrap_or_default();
                header(reply, "content-length", &(len + 1).to_string());
            })
        },
    ),
    fault("blob/head-other-digest", "HEAD of a blob carries a digest that is not the blob's.", &["pull/head-digest-true"], || {
        reply("HEAD", Kind::Blob, 200, |_, reply| header(reply, "docker-content-digest", EMPTY))
    }),
    fault(
        "blob/head-not-allowed",
        "HEAD of a blob is answered 405.",
        &[
            "docker/existence-head",
            "docker/layer-known",
            "docker/stat-after-put",
            "http/content-length",
            "http/ns-ignored",
            "management/blob-gone",
            "pull/blob-head-status",
            "pull/blob-head-unknown",
            "pull/repository-unknown",
            "push/cancelled-gone",
            "push/cut-not-stored",
            "push/mismatch-not-stored",
            "push/put-without-digest",
        ],
        || {
            before(|request| {
                is(request, "HEAD", Kind::Blob).then(|| {
                    let mut reply = refusal(405, ErrorCode::UNSUPPORTED);
                    header(&mut reply, "allow", "GET, DELETE");
                    reply
                })
            })
        },
    ),
    fault(
        "blob/unknown-forbidden",
        "GET of a blob that is not there is answered 403.",
        &["management/blob-gone", "pull/blob-unknown"],
        || reply("GET", Kind::Blob, 404, |_, reply| status(reply, 403)),
    )
    .seen("field notes: 403 where 404 is due"),
    fault(
        "blob/unknown-empty",
        "GET of a blob that is not there is answered 200 with nothing.",
        &["management/blob-gone", "pull/blob-unknown", "pull/repository-unknown"],
        || {
            reply("GET", Kind::Blob, 404, |request, reply| {
                status(reply, 200);
                header(reply, "content-type", "application/octet-stream");
                content(request, reply, "");
            })
        },
    ),
    fault(
        "blob/unknown-head-unauthorized",
        "HEAD of a blob that is not there is answered 401.",
        &[
            "auth/challenge",
            "docker/existence-head",
            "management/blob-gone",
            "pull/blob-head-unknown",
            "push/cancelled-gone",
            "push/cut-not-stored",
            "push/mismatch-not-stored",
            "push/put-without-digest",
        ],
        || reply("HEAD", Kind::Blob, 404, |_, reply| status(reply, 401)),
    )
    .seen("harbor#22363"),
    fault(
        "blob/once",
        "A blob can be pulled once; the second GET finds nothing.",
        &[
            "http/after-error",
            "pull/blob-status",
            "pull/etag-match",
            "pull/if-none-match-other",
            "pull/if-range",
            "pull/range-answer",
            "pull/range-unsatisfiable",
            "push/mount-readable",
        ],
        || {
            let pulled = Memory::default();
            before(move |request| {
                let gone = is(request, "GET", Kind::Blob) && !pulled.first(request.uri.path());
                gone.then(|| refusal(404, ErrorCode::BLOB_UNKNOWN))
            })
        },
    ),
    fault(
        "blob/stale-head",
        "The first HEAD of a blob after its upload finds nothing; later ones do.",
        &["docker/layer-known", "docker/stat-after-put", "http/ns-ignored", "pull/blob-head-status"],
        || {
            let asked = Memory::default();
            reply("HEAD", Kind::Blob, 200, move |request, reply| {
                if asked.first(request.uri.path()) {
                    status(reply, 404);
                }
            })
        },
    )
    .seen("distribution#61: a read right after a write fails"),
    fault("blob/gzip-coded", "A blob is sent with a content coding that its bytes do not have.", &["docker/no-coding"], || {
        reply("GET", Kind::Blob, 200, |request, reply| {
            if text_of_request(request, "accept-encoding").contains("gzip") {
                header(reply, "content-encoding", "gzip");
            }
        })
    }),
    fault(
        "blob/range-one-too-many",
        "A range of a blob has one byte more than was asked for.",
        &["pull/range-body", "pull/range-length"],
        || {
            before(|request| {
                widen(request);
                None
            })
        },
    ),
    fault(
        "blob/range-shifted",
        "A range of a blob begins one byte too early, under the right Content-Range.",
        &["pull/range-body"],
        || {
            reply("GET", Kind::Blob, 206, |_, reply| {
                if text_of(reply, "content-type").starts_with("multipart") {
                    return;
                }
                part(reply, |bytes| {
                    [bytes.slice(bytes.len().saturating_sub(1)..), bytes.slice(..bytes.len().saturating_sub(1))].concat().into()
                });
            })
        },
    ),
    fault("blob/range-no-header", "The 206 for one range has no Content-Range.", &["pull/range-header"], || {
        reply("GET", Kind::Blob, 206, |_, reply| header(reply, "content-range", ""))
    }),
    fault("blob/range-total-off", "The Content-Range of a 206 gives the part's length for the whole's.", &["pull/range-header"], || {
        reply("GET", Kind::Blob, 206, |_, reply| {
            let len = reply.body().len();
            let told = text_of(reply, "content-range");
            if let Some((range, _)) = told.split_once('/') {
                header(reply, "content-range", &format!("{range}/{len}"));
            }
        })
    }),
    fault("blob/range-no-unit", "The Content-Range of a 206 is written without its unit.", &["pull/range-header"], || {
        reply("GET", Kind::Blob, 206, |_, reply| {
            let told = text_of(reply, "content-range").replace("bytes ", "");
            header(reply, "content-range", &told);
        })
    }),
    fault(
        "blob/range-as-whole",
        "A range of a blob is answered 200 with the part alone.",
        &["http/digest-header", "offers/ranges", "pull/blob-body"],
        || {
            reply("GET", Kind::Blob, 206, |_, reply| {
                status(reply, 200);
                reply.headers_mut().remove(CONTENT_RANGE);
            })
        },
    ),
    fault("blob/range-refused", "A range of a blob is refused with 400.", &["offers/ranges"], || {
        reply("GET", Kind::Blob, 206, |request, reply| {
            let refused = refusal(400, ErrorCode::UNSUPPORTED);
            let bytes = refused.body().bytes();
            *reply = refused;
            content(request, reply, bytes);
        })
    }),
    fault("blob/range-suffix-as-prefix", "The last bytes of a blob are asked for, and the first ones come.", &["pull/range-body"], || {
        before(|request| {
            let asked = text_of_request(request, "range");
            if let Some(count) = asked.strip_prefix("bytes=-").and_then(|count| count.parse::<u64>().ok()) {
                set_request(request, "range", &format!("bytes=0-{}", count.saturating_sub(1)));
            }
            None
        })
    }),
    fault(
        "blob/range-open-short",
        "A range that is open at its end lacks the last byte.",
        &["pull/range-body", "pull/range-length"],
        || {
            reply("GET", Kind::Blob, 206, |request, reply| {
                if text_of_request(request, "range").ends_with('-') {
                    part(reply, |bytes| bytes.slice(..bytes.len().saturating_sub(1)));
                }
            })
        },
    ),
    fault("blob/range-beyond-resets", "A range past the end of a blob breaks the connection.", &["pull/range-unsatisfiable"], || {
        reply("GET", Kind::Blob, 416, |_, reply| say(reply, Vec::new()))
    })
    .seen("docker-registry 2.8.2"),
    fault("blob/range-beyond-error", "A range past the end of a blob is answered 500.", &["pull/range-unsatisfiable"], || {
        reply("GET", Kind::Blob, 416, |_, reply| status(reply, 500))
    }),
    fault(
        "blob/range-beyond-size",
        "The 416 tells a size that is not the blob's.",
        &["pull/range-unsatisfiable-length", "pull/range-unsatisfiable-told"],
        || reply("GET", Kind::Blob, 416, |_, reply| header(reply, "content-range", "bytes */1")),
    ),
    fault("blob/range-any-unit", "A range in a unit that nobody knows is read as bytes.", &["pull/range-unit"], || {
        before(|request| {
            if let Some((unit, range)) = text_of_request(request, "range").split_once('=')
                && unit != "bytes"
            {
                set_request(request, "range", &format!("bytes={range}"));
            }
            None
        })
    }),
    fault(
        "blob/range-whole-length",
        "The 206 for the end of a blob gives the whole blob's length for its own.",
        &["pull/range-answer", "pull/range-body", "pull/range-partial"],
        || {
            reply("GET", Kind::Blob, 206, |request, reply| {
                let told = text_of(reply, "content-range");
                if let Some((_, whole)) = told.split_once('/').filter(|_| !text_of_request(request, "range").contains("=0-")) {
                    let body = reply.body().bytes();
                    header(reply, "content-length", whole);
                    let bytes = written(reply, &body);
                    say(reply, bytes);
                }
            })
        },
    ),
    fault("blob/range-end-refused", "The last bytes of a blob are refused with 400.", &["pull/range-answer"], || {
        reply("GET", Kind::Blob, 206, |request, reply| {
            if text_of_request(request, "range").starts_with("bytes=-") {
                instead(request, reply, 400, ErrorCode::UNSUPPORTED);
            }
        })
    }),
    fault(
        "blob/range-end-ignored",
        "A range with no end is answered with the whole blob, though others are not.",
        &["pull/range-partial"],
        || {
            before(|request| {
                if text_of_request(request, "range").ends_with('-') {
                    set_request(request, "range", "");
                }
                None
            })
        },
    ),
    fault(
        "blob/repository-unknown-error",
        "A blob of a repository that does not exist is answered 500.",
        &["pull/repository-unknown"],
        || {
            let made = Memory::default();
            reply("", Kind::Any, 0, move |request, reply| {
                let path = request.uri.path();
                let name = path.rsplit_once("/blobs/").or_else(|| path.rsplit_once("/manifests/")).map_or("", |(name, _)| name);
                if reply.status().is_success() {
                    made.first(name.trim_end_matches("/blobs"));
                } else if is(request, "GET", Kind::Blob) && reply.status() == 404 && !made.knows(name) {
                    status(reply, 500);
                }
            })
        },
    ),
    fault(
        "blob/get-refused",
        "GET of a blob is refused with 403, though HEAD is not.",
        &[
            "docker/shared-empty-blob",
            "http/content-length",
            "management/blob-again",
            "management/blob-elsewhere",
            "management/blob-gone",
            "management/manifest-elsewhere",
            "management/manifest-sibling",
            "naming/same-name",
            "offers/ranges",
            "pull/blob-body",
            "pull/blob-status",
            "pull/blob-unknown",
            "push/algorithm-parameter",
            "push/blob-location",
            "push/mount-location",
            "push/mount-readable",
            "push/sessions-apart",
            "push/single-post-location",
            "tags/old-digest",
        ],
        || refuse("GET", Kind::Blob, 403, ErrorCode::DENIED),
    ),
];

/// The digest of nothing, which is never that of what a scenario pushes as a layer.
const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn widen(request: &mut http::request::Parts) {
    let asked = request.headers.get(RANGE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default();
    let bounds = asked.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    if let Some((first, last)) = bounds.and_then(|(first, last)| Some((first.parse::<u64>().ok()?, last.parse::<u64>().ok()?))) {
        set_request(request, "range", &format!("bytes={first}-{}", last + 1));
    }
}
