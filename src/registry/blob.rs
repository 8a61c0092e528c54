//! `/v2/<name>/blobs/<digest>`: pulls in whole and in ranges, deletes.

use std::ops::Range;

use bytes::Bytes;
use http::header::{ACCEPT_RANGES, CONTENT_RANGE, CONTENT_TYPE, IF_RANGE, RANGE};
use http::{HeaderMap, Method, StatusCode};

use super::condition::not_modified;
use super::failure::Failure;
use super::operations::Operations;
use super::range::{Asked, asked};
use super::reply::{Body, Reply, empty, name_content, set, typed};
use crate::oci::{Digest, RepositoryName};
use crate::seed::nonce;

const OCTETS: &str = "application/octet-stream";

pub(crate) fn get(
    operations: &dyn Operations,
    name: &RepositoryName,
    digest: &Digest,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Reply, Failure> {
    let content = operations.blob(name, digest)?;
    if let Some(reply) = not_modified(headers, digest) {
        return Ok(reply);
    }
    let mut reply = match wanted(method, headers, digest, content.len()) {
        Asked::Whole => typed(StatusCode::OK, OCTETS, content),
        Asked::Pieces(pieces) => partial(&content, &pieces),
        Asked::Unsatisfiable => return Err(Failure::range_unsatisfiable(content.len())),
    };
    set(&mut reply, ACCEPT_RANGES, "bytes");
    name_content(&mut reply, digest);
    Ok(reply)
}

/// What is asked for. A range is for GET alone, and only of the content that the client has part of (RFC 9110, sections 14.2 and 13.1.5).
fn wanted(method: &Method, headers: &HeaderMap, digest: &Digest, len: usize) -> Asked {
    let other = headers.get(IF_RANGE).is_some_and(|tag| tag.as_bytes().trim_ascii() != format!("\"{digest}\"").as_bytes());
    let header = headers.get(RANGE).and_then(|value| value.to_str().ok()).filter(|_| method == Method::GET && !other);
    asked(header, len)
}

fn partial(content: &Bytes, pieces: &[Range<usize>]) -> Reply {
    let told = |piece: &Range<usize>| format!("bytes {}-{}/{}", piece.start, piece.end - 1, content.len());
    if let [piece] = pieces {
        let mut reply = typed(StatusCode::PARTIAL_CONTENT, OCTETS, content.slice(piece.clone()));
        set(&mut reply, CONTENT_RANGE, &told(piece));
        return reply;
    }
    let boundary = nonce(24);
    let mut body = Body::default();
    for piece in pieces {
        body.push(format!("--{boundary}\r\nContent-Type: {OCTETS}\r\nContent-Range: {}\r\n\r\n", told(piece)));
        body.push(content.slice(piece.clone()));
        body.push("\r\n");
    }
    body.push(format!("--{boundary}--\r\n"));
    let mut reply = empty(StatusCode::PARTIAL_CONTENT);
    set(&mut reply, CONTENT_TYPE, &format!("multipart/byteranges; boundary={boundary}"));
    *reply.body_mut() = body;
    reply
}

pub(crate) fn delete(operations: &dyn Operations, name: &RepositoryName, digest: &Digest) -> Result<Reply, Failure> {
    operations.delete_blob(name, digest)?;
    Ok(empty(StatusCode::ACCEPTED))
}
