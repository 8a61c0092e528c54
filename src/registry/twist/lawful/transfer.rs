//! Headers and transfer.

use std::io::Write;

use http::header::{ACCEPT, CONTENT_LENGTH};

use super::super::change::{ALWAYS, OCI, Variant, variant};
use super::super::hooks::{
    Kind, after, before, blob_digest, content, header, is, refusal, reply, say, set_request, status, text_of, text_of_request,
};
use crate::oci::{Algorithm, Digest, ErrorCode};
use crate::registry::reply::{Reply, empty};

/// Has the reply sent in chunks, without its length.
fn chunked(reply: &mut Reply) {
    let body = reply.body().bytes();
    reply.headers_mut().remove(CONTENT_LENGTH);
    header(reply, "transfer-encoding", "chunked");
    header(reply, "connection", "close");
    let head = super::super::hooks::written(reply, b"");
    let mut bytes = head;
    for piece in body.chunks(1000) {
        bytes.extend(format!("{:x}\r\n", piece.len()).into_bytes());
        bytes.extend(piece);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    say(reply, bytes);
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    // Writing to memory does not fail; were it to, nothing would be coded.
    let _ = out.write_all(bytes);
    out.finish().unwrap_or_default()
}

/// The address of this registry under another name, with a signature.
fn elsewhere(request: &http::request::Parts, path: &str) -> String {
    let port = text_of_request(request, "host").rsplit_once(':').map_or_else(String::new, |(_, port)| format!(":{port}"));
    format!("http://localhost{port}{path}?signature=abc")
}

fn redirected(methods: &'static str, code: u16) -> super::super::change::Made {
    before(move |request| {
        let plain = is(request, methods, Kind::Blob) && request.uri.query().is_none();
        let there = elsewhere(request, request.uri.path());
        plain.then(|| {
            let mut reply = empty(http::StatusCode::from_u16(code).unwrap_or_default());
            header(&mut reply, "location", &there);
            reply
        })
    })
}

/// Answers with this status where a manifest has a type that `Accept` does not list.
fn accept_strict(code: u16) -> super::super::change::Made {
    reply("GET HEAD", Kind::Manifest, 200, move |request, reply| {
        let lines = request.headers.get_all(ACCEPT).iter();
        let accepted = lines.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect::<Vec<_>>().join(",");
        let listed = accepted.is_empty() || accepted.contains("*/*") || accepted.contains(&text_of(reply, "content-type"));
        if !listed {
            *reply = refusal(code, ErrorCode::MANIFEST_UNKNOWN);
        }
    })
}

pub(in super::super) const VARIANTS: &[Variant] = &[
    variant(16, "header/no-digest", "No reply has Docker-Content-Digest.", &["oci-1.0", "oci-1.1"], || {
        after(|_, reply| header(reply, "docker-content-digest", ""))
    })
    .undone(&[
        "pull/blob-digest-header",
        "pull/blob-head-digest-header",
        "pull/manifest-digest-header",
        "pull/manifest-head-digest-header",
    ]),
    variant(16, "header/put-no-digest", "The 201 for a manifest or a blob has no Docker-Content-Digest.", OCI, || {
        reply("PUT POST", Kind::Any, 201, |_, reply| header(reply, "docker-content-digest", ""))
    }),
    variant(17, "header/other-algorithm", "A blob is named by its sha512 in Docker-Content-Digest.", OCI, || {
        reply("GET", Kind::Blob, 200, |_, reply| {
            let other = Digest::of(Algorithm::Sha512, &reply.body().bytes()).to_string();
            header(reply, "docker-content-digest", &other);
        })
    }),
    variant(18, "header/head-no-length", "HEAD has no Content-Length.", &["oci-1.0"], || {
        after(|request, reply| {
            if request.method == "HEAD" {
                header(reply, "content-length", "");
            }
        })
    }),
    variant(18, "header/get-chunked", "GET of a manifest comes in chunks, without a length.", ALWAYS, || {
        reply("GET", Kind::Manifest, 200, |_, reply| chunked(reply))
    }),
    variant(19, "header/no-api-version", "No reply has Docker-Distribution-API-Version.", OCI, || {
        after(|_, reply| header(reply, "docker-distribution-api-version", ""))
    }),
    variant(19, "header/more", "Every reply has headers that nobody knows, and a Warning as the specification has it.", ALWAYS, || {
        after(|_, reply| {
            header(reply, "x-registry-mood", "fair");
            header(reply, "warning", "299 - \"this registry will move\"");
        })
    }),
    variant(20, "content/blob-type", "A blob is served as text.", ALWAYS, || {
        reply("GET HEAD", Kind::Blob, 200, |_, reply| header(reply, "content-type", "text/plain"))
    }),
    variant(20, "content/blob-no-type", "A blob is served without a media type.", ALWAYS, || {
        reply("GET HEAD", Kind::Blob, 200, |_, reply| header(reply, "content-type", ""))
    }),
    variant(20, "content/manifest-type-parameters", "The media type of a manifest comes with a charset.", OCI, || {
        reply("GET HEAD", Kind::Manifest, 200, |_, reply| {
            let kind = text_of(reply, "content-type");
            header(reply, "content-type", &format!("{kind}; charset=utf-8"));
        })
    })
    .undone(&["pull/manifest-type-bare"]),
    variant(21, "content/gzip", "What a client takes in gzip is sent in gzip.", ALWAYS, || {
        after(|request, reply| {
            let offered = text_of_request(request, "accept-encoding").contains("gzip");
            if offered && reply.status() == 200 && is(request, "GET", Kind::Any) && reply.body().len() > 0 {
                let bytes = gzipped(&reply.body().bytes());
                header(reply, "content-encoding", "gzip");
                content(request, reply, bytes);
            }
        })
    }),
    variant(21, "content/no-etag", "No reply has an ETag.", ALWAYS, || after(|_, reply| header(reply, "etag", ""))),
    variant(21, "content/weak-etag", "ETags are weak, and what is known is answered 304.", ALWAYS, || {
        after(|request, reply| {
            let etag = text_of(reply, "etag");
            if etag.starts_with('"') {
                let weak = format!("W/{etag}");
                header(reply, "etag", &weak);
                let known = text_of_request(request, "if-none-match");
                if is(request, "GET HEAD", Kind::Any) && !known.is_empty() && (known == "*" || known.contains(&etag)) {
                    status(reply, 304);
                    *reply.body_mut() = String::new().into();
                    header(reply, "content-length", "");
                }
            }
        })
    }),
    variant(22, "content/blob-redirected", "GET and HEAD of a blob are redirected to another host with 307.", ALWAYS, || {
        redirected("GET HEAD", 307)
    }),
    variant(22, "content/blob-bare-store", "A blob is redirected to a store that knows no Docker-Content-Digest.", ALWAYS, || {
        after(|request, reply| match request.uri.query() {
            None if is(request, "GET HEAD", Kind::Blob) && reply.status().is_success() => {
                *reply = empty(http::StatusCode::TEMPORARY_REDIRECT);
                header(reply, "location", &elsewhere(request, request.uri.path()));
            }
            Some(_) if is(request, "GET HEAD", Kind::Blob) => header(reply, "docker-content-digest", ""),
            _ => {}
        })
    }),
    variant(22, "content/blob-found-elsewhere", "GET of a blob is redirected with 302, HEAD is answered.", ALWAYS, || {
        redirected("GET", 302)
    }),
    variant(22, "content/blob-moved", "GET of a blob is redirected with 301.", ALWAYS, || redirected("GET", 301)),
    variant(22, "content/blob-see-other", "GET of a blob is redirected with 303.", ALWAYS, || redirected("GET", 303)),
    variant(22, "content/blob-moved-for-good", "GET of a blob is redirected with 308.", ALWAYS, || redirected("GET", 308)),
    variant(23, "content/range-ignored", "A range is ignored: the whole blob comes with 200.", ALWAYS, || {
        before(|request| {
            set_request(request, "range", "");
            None
        })
    }),
    variant(23, "content/ranges-whole", "Several ranges are answered with the whole blob.", ALWAYS, || {
        before(|request| {
            if text_of_request(request, "range").contains(',') {
                set_request(request, "range", "");
            }
            None
        })
    }),
    variant(23, "content/ranges-refused", "Several ranges are answered 416.", ALWAYS, || {
        before(|request| {
            let several = is(request, "GET", Kind::Blob) && text_of_request(request, "range").contains(',');
            several.then(|| refusal(416, ErrorCode::UNSUPPORTED))
        })
    }),
    variant(24, "content/accept-strict", "A manifest of a type that Accept does not list is answered 406.", ALWAYS, || accept_strict(406)),
    variant(24, "content/accept-not-found", "A manifest of a type that Accept does not list is answered 404.", ALWAYS, || {
        accept_strict(404)
    }),
    variant(25, "http/closes-after-error", "The connection is closed after every refusal.", ALWAYS, || {
        after(|_, reply| {
            if reply.status().is_client_error() {
                header(reply, "connection", "close");
            }
        })
    }),
    variant(25, "http/colon-encoded-refused", "A path with a percent-encoded colon is refused with 404.", ALWAYS, || {
        before(|request| request.uri.path().to_ascii_lowercase().contains("%3a").then(|| refusal(404, ErrorCode::UNSUPPORTED)))
    }),
    variant(27, "content/location-elsewhere", "The Location of a finished blob is on another host, with a signature.", ALWAYS, || {
        reply("PUT POST", Kind::Any, 201, |request, reply| {
            let location = text_of(reply, "location");
            if blob_digest(&location).is_some() {
                header(reply, "location", &elsewhere(request, &location));
            }
        })
    }),
];
