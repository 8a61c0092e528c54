//! Requests side by side.

use std::sync::Arc;

use futures_util::future::join_all;

use super::support::{MANIFEST, Served, image, refused, sha256};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pushes_to_one_tag_all_succeed_and_none_is_lost() {
    let served = Served::open().await;
    served.blob("a", b"{}").await;
    let images: Vec<String> = (0..32).map(|n| image(&n.to_string(), None)).collect();
    let answers = join_all(images.iter().map(|image| served.put_manifest("a", "v1", MANIFEST, image))).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    let tagged = served.just("GET /v2/a/manifests/v1").await.body;
    assert!(images.iter().any(|image| tagged == image.as_bytes()));
    for image in &images {
        assert_eq!(served.just(&format!("GET /v2/a/manifests/{}", sha256(image))).await.body, *image);
    }
    assert_eq!(served.just("GET /v2/a/tags/list").await.strings("/tags"), ["v1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn puts_and_deletes_of_one_tag_never_leave_a_tag_without_its_manifest() {
    let served = Arc::new(Served::open().await);
    served.blob("a", b"{}").await;
    let image = image("x", None);
    for _ in 0..10 {
        let tasks = (0..12).map(|n| {
            let (served, image) = (Arc::clone(&served), image.clone());
            tokio::spawn(async move {
                match n % 3 {
                    0 => served.put_manifest("a", "v1", MANIFEST, &image).await.status == 201,
                    1 => [202, 404].contains(&served.status("DELETE /v2/a/manifests/v1").await),
                    _ => [202, 404].contains(&served.status(&format!("DELETE /v2/a/manifests/{}", sha256(&image))).await),
                }
            })
        });
        assert!(join_all(tasks).await.into_iter().all(|fine| fine.unwrap()));
        let tags = served.just("GET /v2/a/tags/list").await.strings("/tags");
        let tagged = served.just("GET /v2/a/manifests/v1").await;
        assert_eq!(tagged.status, if tags.is_empty() { 404 } else { 200 });
        if tagged.status == 200 {
            assert_eq!(served.just(&format!("GET /v2/a/manifests/{}", sha256(&image))).await.body, image);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_blob_is_pushed_by_many_at_once() {
    let served = Served::open().await;
    let content = vec![7; 100_000];
    let names: Vec<String> = (0..16).map(|n| format!("a/{}", n % 4)).collect();
    let answers = join_all(names.iter().map(|name| served.push_blob(name, &content))).await;
    assert!(answers.iter().all(|answer| answer.status == 201));
    for answer in answers {
        assert_eq!(served.just(&format!("GET {}", answer.header("location"))).await.body, content);
    }
}

#[tokio::test]
async fn two_chunks_at_once_do_not_mix() {
    let served = Served::open().await;
    let session = served.session("a").await;
    assert_eq!(served.ask(&format!("PATCH {session}"), &[], "ab").await.status, 202);
    let mut first = served.wire().await;
    first.send(&format!("PATCH {session} HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")).await;
    assert_eq!(first.hear(false).await.status, 100);
    first.send("cd").await;
    for line in [format!("PATCH {session}"), format!("PUT {session}?digest={}", sha256("abXY"))] {
        let second = served.ask(&line, &[], "XY").await;
        assert_eq!(second.refusal(), refused(416, "BLOB_UPLOAD_INVALID"), "{line}");
        assert_eq!((second.header("range"), second.header("location")), ("0-1", session.as_str()));
    }
    assert_eq!(served.just(&format!("GET {session}")).await.header("range"), "0-1");
    first.send("ef").await;
    assert_eq!(first.hear(false).await.header("range"), "0-5");
    assert_eq!(served.status(&format!("PUT {session}?digest={}", sha256("abcdef"))).await, 201);
}

#[tokio::test]
async fn a_session_cancelled_under_a_chunk_is_gone() {
    let served = Served::open().await;
    let session = served.session("a").await;
    let mut wire = served.wire().await;
    wire.send(&format!("PUT {session}?digest={} HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", sha256("ab"))).await;
    assert_eq!(wire.hear(false).await.status, 100);
    assert_eq!(served.status(&format!("DELETE {session}")).await, 204);
    wire.send("ab").await;
    assert_eq!(wire.hear(false).await.refusal(), refused(404, "BLOB_UPLOAD_UNKNOWN"));
    assert_eq!(served.status(&format!("GET /v2/a/blobs/{}", sha256("ab"))).await, 404);
}
