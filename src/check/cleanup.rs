//! Taking away what a run has pushed: best effort, and a list of what stays.

use std::collections::{BTreeMap, BTreeSet};

use std::time::Instant;

use http::{Method, Uri};

use crate::client::{Ask, Call, Client};
use crate::clock;
use crate::exchange::Exchange;
use crate::oci::Digest;

/// One thing that a registry took.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pushed {
    /// Its repository.
    pub repository: String,
    /// What it is.
    pub kind: Kind,
    /// By what it is deleted.
    pub digest: String,
}

/// What was taken. Manifests go before blobs, which they hold on to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A manifest or an index.
    Manifest,
    /// A blob.
    Blob,
}

/// What an exchange has left in the registry: a 201 to a PUT or POST of content.
pub(super) fn pushed(exchange: &Exchange) -> Option<Pushed> {
    let response = exchange.response().filter(|response| response.status == 201)?;
    let request = &exchange.request;
    let path = request.url.path().strip_prefix("/v2/")?;
    let header = response.headers.get("docker-content-digest").and_then(|value| value.to_str().ok()).map(str::to_owned);
    // From the right: `manifests` and `blobs/uploads` may be parts of a repository's name.
    if let Some((repository, reference)) = path.rsplit_once("/manifests/").filter(|(_, reference)| !reference.contains('/'))
        && request.method == Method::PUT
    {
        let named = reference.contains(':').then(|| reference.to_owned());
        let digest = named.or(header).unwrap_or_else(|| Digest::sha256(&request.body.bytes).to_string());
        return Some(Pushed { repository: repository.to_owned(), kind: Kind::Manifest, digest });
    }
    let (repository, _) = path.rsplit_once("/blobs/uploads")?;
    let asked = query_value(&request.url, "digest").or_else(|| query_value(&request.url, "mount"));
    Some(Pushed { repository: repository.to_owned(), kind: Kind::Blob, digest: asked.or(header)? })
}

fn query_value(url: &Uri, name: &str) -> Option<String> {
    let value = url.query()?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    percent_encoding::percent_decode_str(value).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// Deletes what was pushed and gives what stays, a line per repository. A kind whose delete is refused outright is not tried again.
pub async fn clean_up(client: &Client, base: &Uri, pushed: BTreeSet<Pushed>, kept: &BTreeSet<String>, deadline: Instant) -> Vec<String> {
    let mut refused: BTreeSet<Kind> = BTreeSet::new();
    let mut left: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for kind in [Kind::Manifest, Kind::Blob] {
        for item in pushed.iter().filter(|item| item.kind == kind) {
            let gone = clock::instant() < deadline
                && !refused.contains(&kind)
                && !kept.contains(&item.repository)
                && delete(client, base, item, &mut refused).await;
            if !gone {
                let counts = left.entry(item.repository.clone()).or_default();
                match kind {
                    Kind::Manifest => counts.0 += 1,
                    Kind::Blob => counts.1 += 1,
                }
            }
        }
    }
    left.into_iter().map(|(repository, (manifests, blobs))| line(&repository, manifests, blobs)).collect()
}

fn line(repository: &str, manifests: u64, blobs: u64) -> String {
    let count = |n: u64, what: &str| (n > 0).then(|| format!("{n} {what}{}", if n == 1 { "" } else { "s" }));
    let parts: Vec<String> = [count(manifests, "manifest"), count(blobs, "blob")].into_iter().flatten().collect();
    format!("{repository} ({})", parts.join(", "))
}

async fn delete(client: &Client, base: &Uri, item: &Pushed, refused: &mut BTreeSet<Kind>) -> bool {
    let area = if item.kind == Kind::Manifest { "manifests" } else { "blobs" };
    let url = format!("{}/v2/{}/{area}/{}", base.to_string().trim_end_matches('/'), item.repository, item.digest);
    let Ok(url) = url.parse::<Uri>() else { return false };
    match client.ask(Ask { redirects: 0, ..Ask::new(Call::new(Method::DELETE, url)) }).await.exchange.status() {
        Some(200..=299 | 404 | 410) => true,
        Some(400 | 401 | 403 | 405 | 501) | None => {
            refused.insert(item.kind);
            false
        }
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;
    use crate::exchange::{BodySent, Received, Request, Response, Timings};

    #[test]
    fn what_stays_is_told_by_repository() {
        assert_eq!(line("a/b", 1, 2), "a/b (1 manifest, 2 blobs)");
        assert_eq!(line("a/b", 0, 1), "a/b (1 blob)");
    }

    #[test]
    fn a_query_value_is_decoded() {
        let url: Uri = "http://h/v2/a/blobs/uploads/1?_state=x&digest=sha256%3Aab".parse().unwrap();
        assert_eq!(query_value(&url, "digest").as_deref(), Some("sha256:ab"));
        assert_eq!(query_value(&url, "mount"), None);
    }

    #[test]
    fn what_was_pushed_is_read_from_the_right_of_its_path() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (method, path, repository, kind) in [
            (Method::PUT, format!("/v2/a/manifests/{digest}"), "a", Kind::Manifest),
            (Method::PUT, format!("/v2/a/manifests/manifests/{digest}"), "a/manifests", Kind::Manifest),
            (Method::PUT, format!("/v2/a/manifests/b/blobs/uploads/1?digest={digest}"), "a/manifests/b", Kind::Blob),
            (Method::POST, format!("/v2/blobs/uploads/b/blobs/uploads/?digest={digest}"), "blobs/uploads/b", Kind::Blob),
        ] {
            let url = format!("http://h{path}").parse().unwrap();
            let request = Request { method, url, headers: HeaderMap::new(), body: BodySent::default() };
            let response = Response { status: 201, headers: HeaderMap::new(), body: Received::default() };
            let seen = pushed(&Exchange { request, answer: Ok(response), timings: Timings::default() });
            assert_eq!(seen, Some(Pushed { repository: repository.into(), kind, digest: digest.clone() }), "{path}");
        }
    }
}
