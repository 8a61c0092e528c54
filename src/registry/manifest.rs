//! `/v2/<name>/manifests/<reference>`.

use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::failure::Failure;
use super::operations::{Operations, Push};
use super::query::Query;
use super::reply::{DOCKER_CONTENT_DIGEST, Reply, empty, name_content, set, typed};
use crate::oci::{MediaType, Reference, RepositoryName, Tag};
use bytes::Bytes;

const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
const TAG: HeaderName = HeaderName::from_static("oci-tag");

/// The most tags that one PUT may name in its query.
const MAX_TAGS: usize = 64;

/// What is stored is served, whatever `Accept` says: the digest would not be true of anything else.
pub(crate) fn get(operations: &dyn Operations, name: &RepositoryName, reference: &Reference) -> Result<Reply, Failure> {
    let stored = operations.manifest(name, reference)?;
    let mut reply = typed(StatusCode::OK, stored.media_type.as_str(), stored.bytes);
    name_content(&mut reply, &stored.digest);
    Ok(reply)
}

pub(crate) fn delete(operations: &dyn Operations, name: &RepositoryName, reference: &Reference) -> Result<Reply, Failure> {
    operations.delete_manifest(name, reference)?;
    Ok(empty(StatusCode::ACCEPTED))
}

/// What a PUT wants stored.
pub(crate) fn push(headers: &HeaderMap, query: &Query, reference: &Reference, bytes: Bytes) -> Result<Push, Failure> {
    let media_type = media_type(headers, &bytes)?;
    let tags = query.all("tag").map(str::parse::<Tag>).collect::<Result<Vec<_>, _>>();
    let tags = tags.map_err(|error| Failure::manifest_invalid(error.to_string()))?;
    if tags.len() > MAX_TAGS {
        return Err(Failure::manifest_invalid(format!("a push names at most {MAX_TAGS} tags")));
    }
    Ok(Push { reference: reference.clone(), tags, media_type, bytes })
}

pub(crate) fn put(operations: &dyn Operations, name: &RepositoryName, push: Push) -> Result<Reply, Failure> {
    let pushed = operations.push_manifest(name, push)?;
    let mut reply = empty(StatusCode::CREATED);
    set(&mut reply, LOCATION, &format!("/v2/{name}/manifests/{}", pushed.digest));
    set(&mut reply, DOCKER_CONTENT_DIGEST, &pushed.digest.to_string());
    if let Some(subject) = pushed.subject {
        set(&mut reply, SUBJECT, &subject.to_string());
    }
    for tag in &pushed.tags {
        if let Ok(value) = HeaderValue::from_str(tag.as_str()) {
            reply.headers_mut().append(TAG, value);
        }
    }
    Ok(reply)
}

/// The type that the client names, or else the document itself.
fn media_type(headers: &HeaderMap, bytes: &Bytes) -> Result<MediaType, Failure> {
    if let Some(value) = headers.get(CONTENT_TYPE) {
        return Ok(MediaType::parse(&String::from_utf8_lossy(value.as_bytes())));
    }
    let document: Option<serde_json::Value> = serde_json::from_slice(bytes).ok();
    let named = document.as_ref().and_then(|document| document.get("mediaType")).and_then(serde_json::Value::as_str);
    named.map(MediaType::parse).ok_or_else(|| Failure::manifest_invalid("neither Content-Type nor the document names its type"))
}
