//! `/v2/<name>/manifests/<reference>`.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;

use super::condition::not_modified;
use super::failure::Failure;
use super::operations::{Operations, Push};
use super::pages::Pages;
use super::query::Query;
use super::reply::{DOCKER_CONTENT_DIGEST, Reply, empty, name_content, set, typed};
use crate::oci::{MediaType, Reference, RepositoryName, Tag};

const SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
const TAG: HeaderName = HeaderName::from_static("oci-tag");

/// The most tags that one PUT may name in its query.
const MAX_TAGS: usize = 64;

/// What is stored is served, whatever `Accept` says: the digest would not be true of anything else.
pub(crate) fn get(
    operations: &dyn Operations,
    name: &RepositoryName,
    reference: &Reference,
    headers: &HeaderMap,
) -> Result<Reply, Failure> {
    let stored = operations.manifest(name, reference)?;
    if let Some(reply) = not_modified(headers, &stored.digest) {
        return Ok(reply);
    }
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
    let tags = match reference {
        Reference::Digest(_) => tags(query)?,
        // Only a push by digest has more tags than its own.
        Reference::Tag(_) => Vec::new(),
    };
    Ok(Push { reference: reference.clone(), tags, media_type, bytes })
}

fn tags(query: &Query) -> Result<Vec<Tag>, Failure> {
    if query.all("tag").count() > MAX_TAGS {
        return Err(Failure::unsupported(StatusCode::URI_TOO_LONG, format!("a push names at most {MAX_TAGS} tags")));
    }
    let tags = query.all("tag").map(str::parse).collect::<Result<Vec<Tag>, _>>();
    tags.map_err(|error| Failure::manifest_invalid(error.to_string()))
}

pub(crate) fn put(operations: &dyn Operations, name: &RepositoryName, push: Push, pages: Option<&Pages>) -> Result<Reply, Failure> {
    // The bytes are shared, so a copy for the pages costs nothing.
    let told = pages.map(|pages| (pages, push.clone()));
    let pushed = operations.push_manifest(name, push)?;
    if let Some((pages, push)) = told {
        pages.pushed(name, &push, &pushed);
    }
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

/// As much of a document as tells its type.
#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "mediaType")]
    media_type: Option<MediaType>,
}

/// The type that the client names, or else the document itself.
fn media_type(headers: &HeaderMap, bytes: &Bytes) -> Result<MediaType, Failure> {
    if let Some(value) = headers.get(CONTENT_TYPE) {
        return Ok(MediaType::parse(&String::from_utf8_lossy(value.as_bytes())));
    }
    let document: Option<Typed> = serde_json::from_slice(bytes).ok();
    let named = document.and_then(|document| document.media_type);
    named.ok_or_else(|| Failure::manifest_invalid("neither Content-Type nor the document names its type"))
}
