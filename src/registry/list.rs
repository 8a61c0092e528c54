//! What is listed: tags, referrers, repositories, page by page.

use http::header::LINK;
use http::{HeaderName, StatusCode};
use serde_json::json;

use super::failure::Failure;
use super::operations::{Cut, Operations, Page};
use super::query::{Query, encode};
use super::reply::{Reply, json_reply, set, typed};
use crate::oci::{Digest, ErrorCode, MediaType, RepositoryName};

const FILTERS_APPLIED: HeaderName = HeaderName::from_static("oci-filters-applied");

/// `/v2/<name>/tags/list`
pub(crate) fn tags(operations: &dyn Operations, name: &RepositoryName, query: &Query, most: usize) -> Result<Reply, Failure> {
    let cut = cut(query, most)?;
    let page = operations.tags(name, &cut)?;
    let tags: Vec<&str> = page.items.iter().map(crate::oci::Tag::as_str).collect();
    let mut reply = json_reply(StatusCode::OK, &json!({ "name": name.as_str(), "tags": tags }));
    link(&mut reply, &page, &cut, &format!("/v2/{name}/tags/list"), tags.last().copied());
    Ok(reply)
}

/// `/v2/_catalog`
pub(crate) fn catalog(operations: &dyn Operations, query: &Query, most: usize) -> Result<Reply, Failure> {
    let cut = cut(query, most)?;
    let page = operations.catalog(&cut)?;
    let names: Vec<&str> = page.items.iter().map(RepositoryName::as_str).collect();
    let mut reply = json_reply(StatusCode::OK, &json!({ "repositories": names }));
    link(&mut reply, &page, &cut, "/v2/_catalog", names.last().copied());
    Ok(reply)
}

/// `/v2/<name>/referrers/<digest>`
pub(crate) fn referrers(
    operations: &dyn Operations,
    name: &RepositoryName,
    subject: &Digest,
    query: &Query,
    most: usize,
) -> Result<Reply, Failure> {
    let of = query.get("artifactType").filter(|of| !of.is_empty());
    let cut = Cut { after: query.get("last").filter(|last| !last.is_empty()).map(str::to_owned), limit: most };
    let page = operations.referrers(name, subject, of, &cut)?;
    let index = json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX.as_str(), "manifests": page.items });
    let mut reply = typed(StatusCode::OK, MediaType::OCI_INDEX.as_str(), index.to_string());
    if of.is_some() {
        set(&mut reply, FILTERS_APPLIED, "artifactType");
    }
    if let (true, Some(last)) = (page.more, page.items.last()) {
        let filter = of.map_or_else(String::new, |of| format!("artifactType={}&", encode(of)));
        let next = format!("</v2/{name}/referrers/{subject}?{filter}last={}>; rel=\"next\"", encode(&last.digest.to_string()));
        set(&mut reply, LINK, &next);
    }
    Ok(reply)
}

/// Where a list is to start, and how much of it is wanted.
fn cut(query: &Query, most: usize) -> Result<Cut, Failure> {
    let invalid = |text: &str| {
        let message = format!("`n` is a number of entries, and `{text}` is none");
        // Docker's PAGINATION_NUMBER_INVALID is not among OCI's codes, and no other code comes nearer.
        Failure::new(StatusCode::BAD_REQUEST, ErrorCode::UNSUPPORTED, message)
    };
    let limit = match query.get("n").filter(|text| !text.is_empty()) {
        None => most,
        Some(text) if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().unwrap_or(usize::MAX).min(most),
        Some(text) => return Err(invalid(text)),
    };
    Ok(Cut { after: query.get("last").filter(|last| !last.is_empty()).map(str::to_owned), limit })
}

/// The way to the next page, where there is one and this page has an end to go on from.
fn link<T>(reply: &mut Reply, page: &Page<T>, cut: &Cut, path: &str, last: Option<&str>) {
    if let (true, Some(last)) = (page.more, last) {
        set(reply, LINK, &format!("<{path}?n={}&last={}>; rel=\"next\"", cut.limit, encode(last)));
    }
}
