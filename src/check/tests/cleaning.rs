//! What is taken away, in which order, and what is told to stay.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Method;

use super::support::sent;
use crate::check::cleanup::{Kind, Pushed, clean_up, pushed};
use crate::client::{Client, Options};
use crate::clock;
use crate::engine::tests::support::{Server, answer};

fn thing(repository: &str, kind: Kind, digest: &str) -> Pushed {
    Pushed { repository: repository.into(), kind, digest: digest.into() }
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

#[tokio::test]
async fn manifests_go_before_blobs_and_what_is_refused_kept_or_too_late_is_listed() {
    let things = || {
        let all = [("a", Kind::Blob, "b1"), ("a", Kind::Manifest, "m1"), ("b", Kind::Manifest, "m2"), ("b", Kind::Blob, "b2")];
        BTreeSet::from(all.map(|(repository, kind, digest)| thing(repository, kind, digest)))
    };
    for (manifests, blobs, kept, late, lines, left) in [
        (202, 404, "", false, 4, &[][..]),
        (405, 202, "", false, 3, &["a (1 manifest)", "b (1 manifest)"]),
        (202, 405, "", false, 3, &["a (1 blob)", "b (1 blob)"]),
        (500, 202, "", false, 4, &["a (1 manifest)", "b (1 manifest)"]),
        (202, 202, "a", false, 2, &["a (1 manifest, 1 blob)"]),
        (202, 202, "", true, 0, &["a (1 manifest, 1 blob)", "b (1 manifest, 1 blob)"]),
    ] {
        let server = Server::new(move |heard, _| answer(if heard.line.contains("/manifests/") { manifests } else { blobs }, "", "")).await;
        let client = Client::new(Options::default()).unwrap();
        let kept = BTreeSet::from([kept.to_owned()]);
        let deadline = if late { clock::instant() } else { clock::instant() + Duration::from_mins(1) };
        let told = clean_up(&client, &server.url().parse().unwrap(), things(), &kept, deadline).await;
        assert_eq!(told, left, "{manifests} {blobs}");
        let asked = server.lines();
        assert_eq!(asked.len(), lines, "{asked:?}");
        let first_blob = asked.iter().position(|line| line.contains("/blobs/")).unwrap_or(asked.len());
        assert!(asked[first_blob..].iter().all(|line| line.contains("/blobs/")), "{asked:?}");
    }
}
