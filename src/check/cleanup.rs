//! Taking away what a run has left in a registry: best effort, and a list of what stays.

use std::collections::{BTreeMap, BTreeSet};

use http::header::LOCATION;
use http::{Method, Uri};

use crate::client::{Ask, Call, Client};
use crate::exchange::{Exchange, Failure, Phase, Request, resolve};
use crate::oci::Digest;

/// One thing that a registry keeps for us.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pushed {
    pub(crate) repository: String,
    pub(crate) kind: Kind,
    /// The digest; of an upload session its URL.
    pub(crate) at: String,
}

/// What it is, in the order in which it goes: manifests hold on to blobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Session,
    Manifest,
    Blob,
}

/// What an exchange has left in the registry: a 201 to a PUT or POST of content.
pub(super) fn pushed(exchange: &Exchange) -> Option<Pushed> {
    let response = exchange.response().filter(|response| response.status == 201)?;
    content_of(&exchange.request, response.headers.get("docker-content-digest").and_then(|value| value.to_str().ok()))
}

/// What an exchange may have left although no answer came: the request went out, and nobody knows what came of it.
pub(super) fn perhaps_pushed(exchange: &Exchange) -> Option<Pushed> {
    let unsent = |failure: &Failure| {
        matches!(failure, Failure::Connect { .. } | Failure::Tls { .. } | Failure::Login(_) | Failure::Unsendable(_))
            || matches!(failure, Failure::TimedOut { phase: Phase::Connect, .. })
    };
    exchange.answer.as_ref().err().filter(|failure| !unsent(failure))?;
    perhaps_left(&exchange.request)
}

/// What a request may have left: the content that it pushes, or else an upload session without an address that we know.
pub(super) fn perhaps_left(request: &Request) -> Option<Pushed> {
    let session = || {
        let repository = request.url.path().trim_end_matches('/').strip_prefix("/v2/")?.strip_suffix("/blobs/uploads")?;
        let kind = Kind::Session;
        (request.method == Method::POST).then(|| Pushed { repository: repository.to_owned(), kind, at: String::new() })
    };
    content_of(request, None).or_else(session)
}

/// The content that a request pushes, where it is one; `header` is the digest that the answer named.
fn content_of(request: &Request, header: Option<&str>) -> Option<Pushed> {
    let path = request.url.path().strip_prefix("/v2/")?;
    let header = header.map(str::to_owned);
    // From the right: `manifests` and `blobs/uploads` may be parts of a repository's name.
    if let Some((repository, reference)) = path.rsplit_once("/manifests/").filter(|(_, reference)| !reference.contains('/'))
        && request.method == Method::PUT
    {
        let named = reference.contains(':').then(|| reference.to_owned());
        let digest = named.or(header).unwrap_or_else(|| Digest::sha256(&request.body.bytes).to_string());
        return Some(Pushed { repository: repository.to_owned(), kind: Kind::Manifest, at: digest });
    }
    let (repository, _) = path.rsplit_once("/blobs/uploads")?;
    let asked = query_value(&request.url, "digest").or_else(|| query_value(&request.url, "mount"));
    Some(Pushed { repository: repository.to_owned(), kind: Kind::Blob, at: asked.or(header)? })
}

fn query_value(url: &Uri, name: &str) -> Option<String> {
    let value = url.query()?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    percent_encoding::percent_decode_str(value).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// Notes which upload sessions are open after an exchange: a 202 opens one or moves it on, the end of an upload or of the session closes it.
pub(super) fn note_session(open: &mut Vec<Pushed>, exchange: &Exchange) {
    let Some(response) = exchange.response() else { return };
    let request = &exchange.request;
    let is_same =
        |at: &str| at.parse::<Uri>().is_ok_and(|url| url.authority() == request.url.authority() && url.path() == request.url.path());
    let location = || resolve(&request.url, std::str::from_utf8(response.headers.get(LOCATION)?.as_bytes()).ok()?).ok();
    if let Some(known) = open.iter().position(|session| is_same(&session.at)) {
        let ended = matches!(request.method, Method::PUT | Method::DELETE) && (200..300).contains(&response.status);
        if ended || matches!(response.status, 404 | 410) {
            open.swap_remove(known);
        } else if let (200..=299, Some(moved)) = (response.status, location()) {
            open[known].at = moved.to_string();
        }
        return;
    }
    let path = request.url.path().trim_end_matches('/');
    let repository = path.strip_prefix("/v2/").and_then(|path| path.strip_suffix("/blobs/uploads"));
    if let (Some(repository), Some(url), 202, &Method::POST) = (repository, location(), response.status, &request.method) {
        open.push(Pushed { repository: repository.to_owned(), kind: Kind::Session, at: url.to_string() });
    }
}

/// How many requests in a row may go unanswered until the clean-up gives up.
const MOST_SILENCE: u32 = 3;

/// What stays on purpose.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    /// Repositories that a failed scenario wrote to, with `--keep-failed`.
    pub(crate) failed: BTreeSet<String>,
    /// The repository of `--repository`. Somebody else's content may stand in it, and a delete by digest would take its tags along; but
    /// nobody else knows our upload sessions.
    pub(crate) pinned: Option<String>,
}

impl Kept {
    fn why(&self, thing: &Pushed) -> Option<&'static str> {
        if self.pinned.as_ref() == Some(&thing.repository) && thing.kind != Kind::Session {
            Some(", not touched, since --repository pins it")
        } else {
            self.failed.contains(&thing.repository).then_some(", kept as --keep-failed asks")
        }
    }
}

/// The clean-up of one run; it can be stopped anywhere, and then tells what it did not come to.
pub(crate) struct Cleaning<'a> {
    pub(crate) client: &'a Client,
    pub(crate) base: &'a Uri,
    pub(crate) left: BTreeSet<Pushed>,
    pub(crate) kept: Kept,
    /// What was sent and never answered, and so may be there.
    pub(crate) perhaps: BTreeMap<Pushed, Unanswered>,
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// The target gave none in time. By now it has carried it out, or never will.
    Silence,
    /// We broke it off: it may still be carried out after we have looked.
    BrokenOff,
}

impl Cleaning<'_> {
    /// Deletes what may go. A kind whose delete is refused outright is not tried again, and a target that has fallen silent is left alone.
    pub(crate) async fn run(&mut self) {
        self.look_for_unanswered().await;
        let mut silence = 0;
        let mut refused: BTreeSet<Kind> = BTreeSet::new();
        let mut things: Vec<Pushed> = self.left.iter().filter(|thing| self.kept.why(thing).is_none()).cloned().collect();
        things.sort_by_key(|thing| thing.kind);
        for thing in things {
            if refused.contains(&thing.kind) || silence == MOST_SILENCE {
                continue;
            }
            let deleted = self.delete(&thing).await;
            silence = if matches!(deleted, Deleted::Unanswered) { silence + 1 } else { 0 };
            match deleted {
                Deleted::Gone => drop(self.left.remove(&thing)),
                Deleted::Stays | Deleted::Unanswered => {}
                Deleted::Refused => drop(refused.insert(thing.kind)),
            }
        }
    }

    /// Settles for each thing that was never answered for whether it is there: then it is deleted like the rest. What can't be settled
    /// stays in the list of what is perhaps there.
    async fn look_for_unanswered(&mut self) {
        let mut silence = 0;
        let things: Vec<(Pushed, Unanswered)> = self.perhaps.iter().map(|(thing, why)| (thing.clone(), *why)).collect();
        for (thing, why) in things {
            if self.left.contains(&thing) {
                self.perhaps.remove(&thing);
                continue;
            }
            if thing.at.is_empty() || silence == MOST_SILENCE {
                continue;
            }
            let status = self.ask(Method::HEAD, &thing).await;
            silence = if status.is_none() { silence + 1 } else { 0 };
            match status {
                Some(200..=299) => {
                    self.perhaps.remove(&thing);
                    self.left.insert(thing);
                }
                Some(404 | 410) if why == Unanswered::Silence => drop(self.perhaps.remove(&thing)),
                _ => {}
            }
        }
    }

    async fn delete(&self, thing: &Pushed) -> Deleted {
        match self.ask(Method::DELETE, thing).await {
            Some(200..=299 | 410) => Deleted::Gone,
            // It may be gone, or this registry may know no such request at all.
            Some(404) => {
                let look = if thing.kind == Kind::Session { Method::GET } else { Method::HEAD };
                if matches!(self.ask(look, thing).await, Some(404 | 410)) { Deleted::Gone } else { Deleted::Refused }
            }
            Some(400 | 401 | 403 | 405 | 501) => Deleted::Refused,
            None => Deleted::Unanswered,
            Some(_) => Deleted::Stays,
        }
    }

    /// The status of the answer.
    async fn ask(&self, method: Method, thing: &Pushed) -> Option<u16> {
        let base = self.base.to_string();
        let base = base.trim_end_matches('/');
        let url = match thing.kind {
            Kind::Session => thing.at.clone(),
            Kind::Manifest => format!("{base}/v2/{}/manifests/{}", thing.repository, thing.at),
            Kind::Blob => format!("{base}/v2/{}/blobs/{}", thing.repository, thing.at),
        };
        let call = Call::new(method, url.parse().ok()?);
        let ask = Ask { redirects: 0, repository: Some(thing.repository.clone()), ..Ask::new(call) };
        self.client.ask_patiently(ask, |_| {}).await.exchange.status()
    }

    /// What stays, a line per repository, with the reason where that is on purpose.
    pub(crate) fn told(&self) -> Vec<String> {
        let mut counts: BTreeMap<(&str, &str), [u64; 3]> = BTreeMap::new();
        let perhaps = self.perhaps.keys().filter(|thing| !self.left.contains(thing)).map(|thing| (thing, PERHAPS));
        for (thing, why) in self.left.iter().map(|thing| (thing, self.kept.why(thing).unwrap_or_default())).chain(perhaps) {
            counts.entry((&thing.repository, why)).or_default()[thing.kind as usize] += 1;
        }
        counts.into_iter().map(|((repository, why), counts)| line(repository, counts) + why).collect()
    }
}

/// What is said of what was sent and never answered.
const PERHAPS: &str = ", perhaps: sent, and never answered";

/// What came of a delete.
enum Deleted {
    Gone,
    Stays,
    Unanswered,
    /// And there is no use in trying it on others.
    Refused,
}

fn line(repository: &str, [sessions, manifests, blobs]: [u64; 3]) -> String {
    let count = |n: u64, what: &str| (n > 0).then(|| format!("{n} {what}{}", if n == 1 { "" } else { "s" }));
    let parts = [count(manifests, "manifest"), count(blobs, "blob"), count(sessions, "open upload")];
    format!("{repository} ({})", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;
    use crate::exchange::{BodySent, Received, Request, Response, Timings};

    #[test]
    fn what_stays_is_told_by_repository() {
        assert_eq!(line("a/b", [0, 1, 2]), "a/b (1 manifest, 2 blobs)");
        assert_eq!(line("a/b", [1, 0, 1]), "a/b (1 blob, 1 open upload)");
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
            assert_eq!(seen, Some(Pushed { repository: repository.into(), kind, at: digest.clone() }), "{path}");
        }
    }
}
