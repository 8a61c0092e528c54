//! What is taken away, in which order, and what is told to stay.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;

use super::support::sent;
use crate::check::cleanup::{Cleaning, Kept, Kind, Pushed, note_session, pushed};
use crate::client::{Client, Options};
use crate::engine::tests::support::{Server, answer};
use crate::exchange::Exchange;

fn thing(repository: &str, kind: Kind, digest: &str) -> Pushed {
    Pushed { repository: repository.into(), kind, at: digest.into() }
}

#[test]
fn what_an_exchange_left_behind_is_seen_in_it() {
    let blob = Some(thing("a/b", Kind::Blob, "sha256:ab"));
    let empty = crate::oci::Digest::sha256(b"").to_string();
    for (method, path, status, left) in [
        (Method::PUT, "/v2/a/b/blobs/uploads/1?digest=sha256:ab", 201, blob.clone()),
        (Method::POST, "/v2/a/b/blobs/uploads/?mount=sha256%3Aab&from=c", 201, blob),
        (Method::POST, "/v2/a/b/blobs/uploads/?mount=sha256:ab&from=c", 202, None),
        (Method::PUT, "/v2/a/b/manifests/sha256:cd", 201, Some(thing("a/b", Kind::Manifest, "sha256:cd"))),
        (Method::PUT, "/v2/a/b/manifests/v1", 201, Some(thing("a/b", Kind::Manifest, &empty))),
        (Method::PUT, "/v2/a/b/manifests/v1", 400, None),
        (Method::GET, "/v2/a/b/manifests/v1", 201, None),
        (Method::PUT, "/elsewhere/1?digest=sha256:ab", 201, None),
    ] {
        assert_eq!(pushed(&sent(method, &format!("http://r{path}"), status)), left, "{path} {status}");
    }
}

async fn cleaned(things: BTreeSet<Pushed>, kept: Kept, answers: impl Fn(&str) -> u16 + Send + Sync + 'static) -> (Vec<String>, Server) {
    let server = Server::new(move |heard, _| answer(answers(&heard.line), "", "")).await;
    let client = Client::new(Options::default()).unwrap();
    let base = server.url().parse().unwrap();
    let host = server.url();
    let left = things.into_iter().map(|thing| Pushed { at: thing.at.replace("HOST", &host), ..thing }).collect();
    let mut cleaning = Cleaning { client: &client, base: &base, left, kept, perhaps: BTreeMap::new() };
    cleaning.run().await;
    (cleaning.told(), server)
}

fn things() -> BTreeSet<Pushed> {
    let all = [("a", Kind::Blob, "b1"), ("a", Kind::Manifest, "m1"), ("b", Kind::Manifest, "m2"), ("b", Kind::Blob, "b2")];
    BTreeSet::from(all.map(|(repository, kind, digest)| thing(repository, kind, digest)))
}

#[tokio::test]
async fn manifests_go_before_blobs_and_what_is_refused_or_kept_is_listed() {
    for (manifests, blobs, kept, lines, left) in [
        (202, 202, "", 4, &[][..]),
        (405, 202, "", 3, &["a (1 manifest)", "b (1 manifest)"]),
        (202, 405, "", 3, &["a (1 blob)", "b (1 blob)"]),
        (500, 202, "", 4, &["a (1 manifest)", "b (1 manifest)"]),
        (202, 202, "a", 2, &["a (1 manifest, 1 blob), kept as --keep-failed asks"]),
    ] {
        let kept = Kept { failed: BTreeSet::from([kept.to_owned()]), pinned: None };
        let (told, server) = cleaned(things(), kept, move |line| if line.contains("/manifests/") { manifests } else { blobs }).await;
        assert_eq!(told, left, "{manifests} {blobs}");
        let asked = server.lines();
        assert_eq!(asked.len(), lines, "{asked:?}");
        let first_blob = asked.iter().position(|line| line.contains("/blobs/")).unwrap_or(asked.len());
        assert!(asked[first_blob..].iter().all(|line| line.contains("/blobs/")), "{asked:?}");
    }
}

#[tokio::test]
async fn a_404_to_a_delete_is_believed_only_where_the_content_is_gone_indeed() {
    let (told, _) = cleaned(things(), Kept::default(), |_| 404).await;
    assert_eq!(told, [""; 0]);
    let (told, server) = cleaned(things(), Kept::default(), |line| if line.starts_with("HEAD") { 200 } else { 404 }).await;
    assert_eq!(told, ["a (1 manifest, 1 blob)", "b (1 manifest, 1 blob)"]);
    assert_eq!(server.lines().len(), 4, "one look at each kind is enough: {:?}", server.lines());
}

#[tokio::test]
async fn open_uploads_are_cancelled_even_in_a_pinned_repository_and_else_listed() {
    let with_session = || {
        let mut all = things();
        all.insert(thing("a", Kind::Session, "HOST/up/1?x=y"));
        all
    };
    let kept = Kept { pinned: Some("a".into()), ..Kept::default() };
    let (told, server) = cleaned(with_session(), kept, |_| 204).await;
    assert_eq!(told, ["a (1 manifest, 1 blob), not touched, since --repository pins it"]);
    assert_eq!(server.lines()[0], "DELETE /up/1?x=y");
    let (told, _) = cleaned(with_session(), Kept::default(), |line| if line.contains("/up/") { 405 } else { 202 }).await;
    assert_eq!(told, ["a (1 open upload)"]);
}

#[test]
fn a_session_is_open_from_its_202_until_its_upload_or_the_session_ends() {
    let started = located(Method::POST, "http://r/v2/a/b/blobs/uploads/", 202, "/up/1?s=1");
    for (then, open) in [
        (vec![], vec!["http://r/up/1?s=1"]),
        (vec![located(Method::PATCH, "http://r/up/1?s=1", 202, "/up/2")], vec!["http://r/up/2"]),
        (vec![located(Method::PUT, "http://r/up/1?s=1&digest=sha256:ab", 201, "/v2/a/b/blobs/x")], vec![]),
        (vec![located(Method::PUT, "http://r/up/1?s=1", 400, "")], vec!["http://r/up/1?s=1"]),
        (vec![located(Method::DELETE, "http://r/up/1", 204, "")], vec![]),
        (vec![located(Method::GET, "http://r/up/1", 404, "")], vec![]),
        (vec![located(Method::PATCH, "http://other/up/1", 404, "")], vec!["http://r/up/1?s=1"]),
    ] {
        let mut known = Vec::new();
        note_session(&mut known, &started);
        for exchange in &then {
            note_session(&mut known, exchange);
        }
        assert_eq!(known.iter().map(|session| session.at.as_str()).collect::<Vec<_>>(), open);
    }
}

fn located(method: Method, url: &str, status: u16, location: &str) -> Exchange {
    let mut exchange = sent(method, url, status);
    if let Ok(response) = &mut exchange.answer
        && !location.is_empty()
    {
        response.headers.insert("location", location.parse().unwrap());
    }
    exchange
}

#[tokio::test]
async fn a_target_that_has_fallen_silent_is_left_alone_and_the_rest_is_listed() {
    let server = Server::new(|_, _| String::new()).await;
    let short = std::time::Duration::from_millis(50);
    let client = Client::new(Options { request_timeout: short, ..Options::default() }).unwrap();
    let base = server.url().parse().unwrap();
    let left: BTreeSet<Pushed> = (0..9).map(|n| thing("a", Kind::Blob, &format!("b{n}"))).collect();
    let mut cleaning = Cleaning { client: &client, base: &base, left, kept: Kept::default(), perhaps: BTreeMap::new() };
    cleaning.run().await;
    assert_eq!((cleaning.told(), server.lines().len()), (vec!["a (9 blobs)".to_owned()], 3));
}
