//! The bound on what is kept: honest when it is reached, and never eaten up by what failed.

use std::time::Duration;

use bytes::Bytes;

use super::support::{MANIFEST, Served, image, refused, within};
use crate::oci::Digest;
use crate::registry::Limits;

const FULL: (u16, &str) = (413, "DENIED");

/// A registry with room for one blob of 8000 bytes and some records, not for two.
async fn small() -> Served {
    Served::with(|config| config.max_storage = 10_000).await
}

fn large(filler: u8) -> Vec<u8> {
    vec![filler; 8000]
}

/// Takes all but a little less than the smallest record takes.
async fn fill(served: &Served, session: &str) {
    let mut len = 10_000;
    while served.ask(&format!("PATCH {session}"), &[], vec![0; len]).await.status == 413 {
        len -= 100;
    }
}

async fn fits(served: &Served) {
    assert_eq!(served.push_blob("check", &large(b'#')).await.status, 201);
    assert_eq!(served.status(&format!("DELETE /v2/check/blobs/{}", Digest::sha256(&large(b'#')))).await, 202);
}

#[tokio::test]
async fn a_full_registry_says_so_and_takes_more_once_something_is_deleted() {
    let served = small().await;
    let digest = served.blob("a", &large(b'a')).await;
    assert_eq!(served.push_blob("a", &large(b'b')).await.refusal(), refused(FULL.0, FULL.1));
    assert_eq!(served.status(&format!("GET /v2/a/blobs/{}", Digest::sha256(&large(b'b')))).await, 404);
    assert_eq!(served.just(&format!("GET /v2/a/blobs/{digest}")).await.body, large(b'a'));
    assert_eq!(served.status(&format!("DELETE /v2/a/blobs/{digest}")).await, 202);
    assert_eq!(served.push_blob("a", &large(b'b')).await.status, 201);
}

#[tokio::test]
async fn a_blob_in_many_repositories_takes_its_room_once() {
    let served = small().await;
    let digest = served.blob("a", &large(b'a')).await;
    assert_eq!(served.status(&format!("POST /v2/b/blobs/uploads/?mount={digest}&from=a")).await, 201);
    assert_eq!(served.status(&format!("DELETE /v2/a/blobs/{digest}")).await, 202);
    assert_eq!(served.push_blob("c", &large(b'c')).await.status, 413);
    assert_eq!(served.status(&format!("DELETE /v2/b/blobs/{digest}")).await, 202);
    fits(&served).await;
}

#[tokio::test]
async fn failed_uploads_give_their_room_back() {
    let served = small().await;
    let body = large(b'a');
    let wrong = Digest::sha256(b"wrong");
    for _ in 0..50 {
        assert_eq!(served.ask(&format!("POST /v2/a/blobs/uploads/?digest={wrong}"), &[], body.clone()).await.status, 400);
    }
    let session = served.session("a").await;
    for _ in 0..5 {
        assert_eq!(served.ask(&format!("PUT {session}?digest={wrong}"), &[], body.clone()).await.status, 400);
        assert_eq!(served.ask(&format!("PATCH {session}"), &[("content-range", "7-8006")], body.clone()).await.status, 416);
    }
    fits(&served).await;
    assert_eq!(served.ask(&format!("PATCH {session}"), &[], body.clone()).await.status, 202);
    assert_eq!(served.push_blob("b", &large(b'b')).await.status, 413);
    assert_eq!(served.status(&format!("DELETE {session}")).await, 204);
    fits(&served).await;
}

#[tokio::test]
async fn a_stream_that_outgrows_the_room_leaves_the_session_as_it_was() {
    let served = small().await;
    let session = served.session("a").await;
    assert_eq!(served.ask(&format!("PATCH {session}"), &[], "abc").await.status, 202);
    let pieces = (0..20).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 1000])));
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    assert_eq!(served.ask(&format!("PATCH {session}"), &[], stream).await.refusal(), refused(FULL.0, FULL.1));
    assert_eq!(served.just(&format!("GET {session}")).await.header("range"), "0-2");
    assert_eq!(served.ask(&format!("PUT {session}?digest={}", Digest::sha256(b"abc")), &[], "").await.status, 201);
    fits(&served).await;
}

#[tokio::test]
async fn what_cannot_fit_is_refused_before_it_is_sent() {
    let served = small().await;
    let digest = Digest::sha256(b"x");
    let mut wire = served.wire().await;
    wire.send(&format!("POST /v2/a/blobs/uploads/?digest={digest} HTTP/1.1\r\nContent-Length: 20000\r\nExpect: 100-continue\r\n\r\n"))
        .await;
    assert_eq!(wire.hear(false).await.refusal(), refused(FULL.0, FULL.1));
    fits(&served).await;
}

#[tokio::test]
async fn a_length_that_no_machine_has_memory_for_is_refused() {
    let served = Served::with(|config| config.max_storage = u64::MAX).await;
    let session = served.session("a").await;
    for len in [9_000_000_000_000_000_000_u64, u64::MAX - 2, 1 << 62, 1 << 50] {
        let mut wire = served.wire().await;
        wire.send(&format!("PATCH {session} HTTP/1.1\r\nContent-Length: {len}\r\nExpect: 100-continue\r\n\r\n")).await;
        assert_eq!(wire.hear(false).await.refusal(), refused(FULL.0, FULL.1), "{len}");
    }
    assert_eq!(served.ask(&format!("PUT {session}?digest={}", Digest::sha256(b"abc")), &[], "abc").await.status, 201);
}

#[tokio::test]
async fn a_dropped_connection_gives_room_and_session_back() {
    let limits = Limits { uploads: 1, ..Limits::default() };
    let served = Served::with(|config| (config.max_storage, config.limits) = (10_000, limits)).await;
    for _ in 0..5 {
        let mut wire = served.wire().await;
        let head = "HTTP/1.1\r\nContent-Length: 8000\r\nExpect: 100-continue\r\n\r\n";
        // While an earlier one is still being noticed to be gone, its session is the one that there may be.
        within(async {
            loop {
                wire.send(&format!("POST /v2/a/blobs/uploads/?digest={} {head}", Digest::sha256(b"x"))).await;
                if wire.hear(false).await.status == 100 {
                    break;
                }
                wire = served.wire().await;
            }
        })
        .await;
        wire.send("only a part of it").await;
    }
    within(async { while served.push_blob("a", &large(b'a')).await.status != 201 {} }).await;
}

#[tokio::test]
async fn a_session_that_cannot_be_closed_for_want_of_room_can_be_closed_later() {
    let served = small().await;
    let (session, other) = (served.session("a").await, served.session("b").await);
    assert_eq!(served.ask(&format!("PATCH {session}"), &[], "abc").await.status, 202);
    fill(&served, &other).await;
    let close = format!("PUT {session}?digest={}", Digest::sha256(b"abc"));
    assert_eq!(served.just(&close).await.refusal(), refused(FULL.0, FULL.1));
    assert_eq!(served.just(&format!("GET {session}")).await.header("range"), "0-2");
    assert_eq!(served.status(&format!("DELETE {other}")).await, 204);
    assert_eq!(served.status(&close).await, 201);
    assert_eq!(served.just(&format!("GET /v2/a/blobs/{}", Digest::sha256(b"abc"))).await.body, "abc");
}

#[tokio::test]
async fn manifests_and_tags_are_counted_too() {
    let served = small().await;
    served.blob("a", b"{}").await;
    let mut pushed = Vec::new();
    let refusal = loop {
        let image = image(&pushed.len().to_string(), None);
        let answer = served.put_manifest("a", &format!("v{}", pushed.len()), MANIFEST, &image).await;
        if answer.status != 201 {
            break answer.refusal();
        }
        pushed.push(Digest::sha256(image.as_bytes()));
        assert!(pushed.len() < 40, "it is full some time");
    };
    assert_eq!(refusal, refused(FULL.0, FULL.1));
    assert_eq!(served.just("GET /v2/a/tags/list").await.strings("/tags").len(), pushed.len());
    for digest in pushed {
        assert_eq!(served.status(&format!("DELETE /v2/a/manifests/{digest}")).await, 202);
    }
    fits(&served).await;
}

#[tokio::test]
async fn a_session_that_nobody_touches_expires_and_gives_its_room_back() {
    let served = small().await;
    let session = served.session("a").await;
    fill(&served, &session).await;
    assert_eq!(served.just("POST /v2/b/blobs/uploads/").await.refusal(), refused(FULL.0, FULL.1));
    served.clock.advance(Duration::from_mins(61));
    fits(&served).await;
    assert_eq!(served.just(&format!("GET {session}")).await.refusal(), refused(404, "BLOB_UPLOAD_UNKNOWN"));
}

#[tokio::test]
async fn expired_sessions_make_way_for_a_manifest_too() {
    let served = small().await;
    served.blob("a", b"{}").await;
    let session = served.session("a").await;
    fill(&served, &session).await;
    assert_eq!(served.put_manifest("a", "v1", MANIFEST, &image("x", None)).await.status, 413);
    served.clock.advance(Duration::from_mins(61));
    assert_eq!(served.put_manifest("a", "v1", MANIFEST, &image("x", None)).await.status, 201);
}

#[tokio::test]
async fn a_session_that_is_touched_lives_on() {
    let served = Served::open().await;
    let session = served.session("a").await;
    for line in [format!("PATCH {session}"), format!("GET {session}"), format!("PATCH {session}")] {
        served.clock.advance(Duration::from_mins(59));
        assert!([202, 204].contains(&served.status(&line).await), "{line}");
    }
    served.clock.advance(Duration::from_mins(61));
    assert_eq!(served.status(&format!("GET {session}")).await, 404);
}

#[tokio::test]
async fn more_sessions_than_the_limit_are_refused_until_one_ends() {
    let limits = Limits { uploads: 2, ..Limits::default() };
    let served = Served::with(|config| config.limits = limits).await;
    let first = served.session("a").await;
    served.session("b").await;
    let answer = served.just("POST /v2/c/blobs/uploads/").await;
    assert_eq!((answer.refusal(), answer.header("retry-after")), (refused(429, "TOOMANYREQUESTS"), "60"));
    assert_eq!(served.push_blob("c", b"x").await.status, 429);
    assert_eq!(served.status(&format!("DELETE {first}")).await, 204);
    for _ in 0..5 {
        assert_eq!(served.push_blob("c", b"x").await.status, 201);
        assert_eq!(served.status(&format!("POST /v2/c/blobs/uploads/?digest={}", Digest::sha256(b"y"))).await, 400);
    }
    served.session("c").await;
    served.clock.advance(Duration::from_mins(61));
    served.session("d").await;
}
