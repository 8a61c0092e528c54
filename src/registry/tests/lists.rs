//! Lists, page by page.

use serde_json::json;

use super::support::{INDEX, MANIFEST, Served, descriptor, refused, sha256};
use crate::registry::Limits;

/// A registry with one manifest under these tags.
async fn tagged(tags: &[&str]) -> Served {
    let served = Served::open().await;
    served.blob("a", b"{}").await;
    let image = super::support::image("x", None);
    for tags in tags.chunks(64) {
        let query: String = tags.iter().map(|tag| ["tag=", tag, "&"].concat()).collect();
        assert_eq!(served.put_manifest("a", &format!("{}?{query}", sha256(&image)), MANIFEST, &image).await.status, 201);
    }
    served
}

/// Every item of a list, by its links, and the sizes of its pages.
async fn walk(served: &Served, first: &str, pointer: &str) -> (Vec<String>, Vec<usize>) {
    let (mut items, mut sizes, mut path) = (Vec::new(), Vec::new(), Some(first.to_owned()));
    while let Some(here) = path {
        let answer = served.just(&format!("GET {here}")).await;
        assert_eq!(answer.status, 200, "{here}");
        let page = answer.strings(pointer);
        sizes.push(page.len());
        items.extend(page);
        path = answer.next();
        assert!(sizes.len() < 100, "the pages end");
    }
    (items, sizes)
}

#[tokio::test]
async fn tags_are_listed_letters_before_case_and_pages_join_to_the_whole() {
    let served = tagged(&["b", "C", "A", "a", "B", "c", "_x", "1", "a.b", "a-b", "latest"]).await;
    let whole = served.just("GET /v2/a/tags/list").await;
    assert_eq!(whole.json()["name"], "a");
    assert_eq!(whole.next(), None);
    let expected = ["1", "_x", "A", "a", "a-b", "a.b", "B", "b", "C", "c", "latest"];
    assert_eq!(whole.strings("/tags"), expected);
    for n in 1..=12 {
        let (tags, sizes) = walk(&served, &format!("/v2/a/tags/list?n={n}"), "/tags").await;
        assert_eq!(tags, expected, "n={n}");
        assert!(sizes.iter().all(|size| (1..=n).contains(size)), "n={n}: {sizes:?}");
    }
}

#[tokio::test]
async fn a_page_starts_after_last_whether_or_not_there_is_such_a_tag() {
    let served = tagged(&["a", "B", "c", "D"]).await;
    let cases = [("a", vec!["B", "c", "D"]), ("A", vec!["a", "B", "c", "D"]), ("bb", vec!["c", "D"]), ("D", vec!["d"]), ("", vec![])];
    for (last, expected) in cases {
        let expected = if last.is_empty() { vec!["a", "B", "c", "D"] } else { expected };
        let expected: Vec<&str> = expected.into_iter().filter(|tag| *tag != "d").collect();
        assert_eq!(served.just(&format!("GET /v2/a/tags/list?last={last}")).await.strings("/tags"), expected, "last={last}");
    }
    let page = served.just("GET /v2/a/tags/list?n=1&last=a").await;
    assert_eq!((page.strings("/tags"), page.next().unwrap().as_str()), (vec!["B".to_owned()], "/v2/a/tags/list?n=1&last=B"));
    for odd in ["%00", "%ff", "no%20tag", "%F0%9F%90%B3"] {
        assert_eq!(served.status(&format!("GET /v2/a/tags/list?last={odd}")).await, 200, "{odd}");
    }
}

#[tokio::test]
async fn n_is_a_number_and_none_of_nothing_has_no_next_page() {
    let served = tagged(&["a", "b"]).await;
    let none = served.just("GET /v2/a/tags/list?n=0").await;
    assert_eq!((none.status, none.strings("/tags").len(), none.next()), (200, 0, None));
    for n in ["-1", "+1", "x", "1.5", "%20", "0x2"] {
        for path in ["a/tags/list", "_catalog"] {
            assert_eq!(served.just(&format!("GET /v2/{path}?n={n}")).await.status, 400, "{path} {n}");
        }
    }
    for n in ["", "2", "99999999999999999999999", "02"] {
        assert_eq!(served.just(&format!("GET /v2/a/tags/list?n={n}")).await.strings("/tags"), ["a", "b"], "{n}");
    }
}

#[tokio::test]
async fn a_page_has_no_more_than_the_limit_says() {
    let limits = Limits { page: 2, ..Limits::default() };
    let served = Served::with(|config| config.limits = limits).await;
    for name in ["a", "a/b", "a-b", "b", "c"] {
        served.blob(name, b"{}").await;
    }
    let (names, sizes) = walk(&served, "/v2/_catalog?n=100", "/repositories").await;
    assert_eq!((names, sizes), (["a", "a-b", "a/b", "b", "c"].map(str::to_owned).to_vec(), vec![2, 2, 1]));
    let after = served.just("GET /v2/_catalog?last=a%2Fb&n=1").await;
    assert_eq!((after.strings("/repositories"), after.next().unwrap().as_str()), (vec!["b".to_owned()], "/v2/_catalog?n=1&last=b"));
    assert_eq!(served.just("GET /v2/_catalog?last=zzz").await.strings("/repositories"), [""; 0]);
}

#[tokio::test]
async fn an_unknown_repository_has_no_tags_but_an_empty_list_of_referrers() {
    let served = Served::open().await;
    assert_eq!(served.just("GET /v2/no/tags/list").await.refusal(), refused(404, "NAME_UNKNOWN"));
    let answer = served.just(&format!("GET /v2/no/referrers/{}", sha256("x"))).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, INDEX));
    assert_eq!(answer.json(), json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [] }));
}

/// Pushes `count` indexes that refer to one subject, every third of another artifact type; gives their digests in order of type.
async fn referring(served: &Served, count: usize) -> (Vec<String>, Vec<String>) {
    let (mut sboms, mut others) = (Vec::new(), Vec::new());
    for n in 0..count {
        let kind = if n % 3 == 0 { "text/other" } else { "application/spdx+json" };
        let subject = descriptor(MANIFEST, sha256("subject"), 1);
        let text =
            json!({ "schemaVersion": 2, "artifactType": kind, "manifests": [], "subject": subject, "annotations": { "n": n.to_string() } });
        let text = text.to_string();
        let digest = sha256(&text).to_string();
        assert_eq!(served.put_manifest("a", &digest, INDEX, &text).await.status, 201);
        if n % 3 == 0 { others.push(digest) } else { sboms.push(digest) }
    }
    sboms.sort();
    others.sort();
    (sboms, others)
}

async fn walk_referrers(served: &Served, query: &str) -> (Vec<String>, usize) {
    let (mut digests, mut pages, mut path) = (Vec::new(), 0, Some(format!("/v2/a/referrers/{}{query}", sha256("subject"))));
    while let Some(here) = path {
        let answer = served.just(&format!("GET {here}")).await;
        assert_eq!(answer.header("oci-filters-applied"), if query.contains("artifactType=a") { "artifactType" } else { "" });
        let page = answer.json()["manifests"].as_array().unwrap().clone();
        digests.extend(page.iter().map(|item| item["digest"].as_str().unwrap().to_owned()));
        (pages, path) = (pages + 1, answer.next());
        assert!(pages < 100, "the pages end");
    }
    (digests, pages)
}

#[tokio::test]
async fn referrers_are_filtered_and_come_in_pages_that_keep_the_filter() {
    let limits = Limits { referrers_page: 2, ..Limits::default() };
    let served = Served::with(|config| config.limits = limits).await;
    let (sboms, others) = referring(&served, 10).await;
    let mut all = [sboms.clone(), others].concat();
    all.sort();
    assert_eq!(walk_referrers(&served, "").await, (all.clone(), 5));
    assert_eq!(walk_referrers(&served, "?artifactType=").await, (all.clone(), 5));
    assert_eq!(walk_referrers(&served, "?last=").await, (all, 5));
    assert_eq!(walk_referrers(&served, "?artifactType=application/spdx+json").await, (sboms.clone(), 3));
    assert_eq!(walk_referrers(&served, "?artifactType=application%2Fspdx%2Bjson").await, (sboms, 3));
    assert_eq!(walk_referrers(&served, "?artifactType=a/none").await, (vec![], 1));
}

#[tokio::test]
async fn referrers_of_what_is_no_digest_are_a_bad_request() {
    let served = Served::open().await;
    for digest in ["latest", "sha256:abc", "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709", "sha256:%00", ""] {
        assert_eq!(served.just(&format!("GET /v2/a/referrers/{digest}")).await.refusal(), refused(400, "DIGEST_INVALID"), "{digest}");
    }
    let last = served.just(&format!("GET /v2/a/referrers/{}?last=v1", sha256("x"))).await;
    assert_eq!(last.refusal(), refused(400, "DIGEST_INVALID"));
}
