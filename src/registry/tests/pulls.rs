//! Blobs, in whole and in pieces.

use super::support::{Served, refused, sha512};

const CONTENT: &[u8] = b"0123456789abcdef";

#[tokio::test]
async fn a_pulled_blob_comes_whole_with_its_digest_in_both_headers() {
    let served = Served::open().await;
    let digest = served.blob("a/b", CONTENT).await;
    let answer = served.just(&format!("GET /v2/a/b/blobs/{digest}")).await;
    assert_eq!((answer.status, &answer.body[..]), (200, CONTENT));
    assert_eq!(answer.header("docker-content-digest"), digest.to_string());
    assert_eq!(answer.header("etag"), format!("\"{digest}\""));
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert_eq!(answer.header("content-type"), "application/octet-stream");
}

#[tokio::test]
async fn a_head_says_what_a_get_would_and_has_no_body() {
    let served = Served::open().await;
    let digest = served.blob("a", CONTENT).await;
    let image = served.image("a", "v1", "x").await;
    let mut wire = served.wire().await;
    for path in [format!("blobs/{digest}"), "manifests/v1".into(), "tags/list".into(), "manifests/none".into(), "blobs/sha256:0".into()] {
        let get = served.just(&format!("GET /v2/a/{path}")).await;
        wire.send(&format!("HEAD /v2/a/{path} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        let head = wire.hear(true).await;
        assert_eq!(head.status, get.status, "{path}");
        for name in ["content-length", "content-type", "docker-content-digest", "etag"] {
            assert_eq!(head.header(name), get.header(name), "{path}: {name}");
        }
    }
    assert_eq!(served.just("HEAD /v2/a/manifests/v1").await.header("content-length"), image.len().to_string());
}

#[tokio::test]
async fn a_head_ignores_ranges() {
    let served = Served::open().await;
    let digest = served.blob("a", CONTENT).await;
    let answer = served.ask(&format!("HEAD /v2/a/blobs/{digest}"), &[("range", "bytes=0-1")], "").await;
    assert_eq!((answer.status, answer.header("content-length")), (200, "16"));
}

#[tokio::test]
async fn one_range_comes_as_a_piece() {
    let served = Served::open().await;
    let digest = served.blob("a", CONTENT).await;
    let cases: [(&str, &[u8], &str); 5] = [
        ("bytes=0-0", b"0", "bytes 0-0/16"),
        ("bytes=3-5", b"345", "bytes 3-5/16"),
        ("bytes=14-", b"ef", "bytes 14-15/16"),
        ("bytes=-3", b"def", "bytes 13-15/16"),
        ("Bytes = 15-99, 20-", b"f", "bytes 15-15/16"),
    ];
    for (range, body, told) in cases {
        let answer = served.ask(&format!("GET /v2/a/blobs/{digest}"), &[("range", range)], "").await;
        assert_eq!((answer.status, &answer.body[..]), (206, body), "{range}");
        assert_eq!(answer.header("content-range"), told, "{range}");
        assert_eq!(answer.header("docker-content-digest"), digest.to_string());
    }
}

#[tokio::test]
async fn a_range_that_is_malformed_or_of_another_unit_is_ignored() {
    let served = Served::open().await;
    let digest = served.blob("a", CONTENT).await;
    for range in ["bytes=5-3", "bytes=x-3", "bytes=+1-3", "bytes=--1", "bytes=", "bytes=,", "lines=0-1", "bytes 0-1", "bytes=1", "\u{ff}"] {
        let answer = served.ask(&format!("GET /v2/a/blobs/{digest}"), &[("range", range)], "").await;
        assert_eq!((answer.status, &answer.body[..]), (200, CONTENT), "{range}");
    }
}

#[tokio::test]
async fn a_range_past_the_end_is_refused_with_the_length() {
    let served = Served::open().await;
    let digest = served.blob("a", CONTENT).await;
    for range in ["bytes=16-", "bytes=16-20", "bytes=-0", "bytes=99999999999999999999999-"] {
        let answer = served.ask(&format!("GET /v2/a/blobs/{digest}"), &[("range", range)], "").await;
        assert_eq!(answer.refusal(), refused(416, "UNSUPPORTED"), "{range}");
        assert_eq!(answer.header("content-range"), "bytes */16", "{range}");
    }
}

#[tokio::test]
async fn several_ranges_come_as_parts_in_the_order_asked() {
    let served = Served::open().await;
    let digest = served.blob("a", CONTENT).await;
    let answer = served.ask(&format!("GET /v2/a/blobs/{digest}"), &[("range", "bytes=10-11, 0-2")], "").await;
    assert_eq!(answer.status, 206);
    let boundary = answer.header("content-type").strip_prefix("multipart/byteranges; boundary=").unwrap();
    let part = |told: &str, body: &str| {
        format!("--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {told}/16\r\n\r\n{body}\r\n")
    };
    let expected = format!("{}{}--{boundary}--\r\n", part("10-11", "ab"), part("0-2", "012"));
    assert_eq!(answer.body, expected.as_bytes());
    assert_eq!(answer.header("content-length"), expected.len().to_string());
}

#[tokio::test]
async fn ranges_that_outweigh_the_blob_get_the_whole() {
    let served = Served::open().await;
    let digest = served.blob("a", CONTENT).await;
    for range in [["0-"; 3].join(","), ["0-0"; 65].join(",")] {
        let answer = served.ask(&format!("GET /v2/a/blobs/{digest}"), &[("range", &format!("bytes={range}"))], "").await;
        assert_eq!((answer.status, answer.body.len()), (200, 16), "{range}");
    }
}

#[tokio::test]
async fn a_range_holds_only_if_the_tag_in_if_range_is_the_blobs() {
    let served = Served::open().await;
    let digest = served.blob("a", CONTENT).await;
    let strong = format!("\"{digest}\"");
    let weak = format!("W/{strong}");
    for (tag, status) in [(strong.as_str(), 206), (&weak, 200), ("Mon, 23 Nov 2026 18:16:00 GMT", 200), ("\u{e9}", 200), ("", 200)] {
        let answer = served.ask(&format!("GET /v2/a/blobs/{digest}"), &[("range", "bytes=0-1"), ("if-range", tag)], "").await;
        assert_eq!(answer.status, status, "{tag}");
    }
}

#[tokio::test]
async fn an_empty_blob_is_pulled_like_any_other() {
    let served = Served::open().await;
    let digest = served.blob("a", b"").await;
    let answer = served.just(&format!("GET /v2/a/blobs/{digest}")).await;
    assert_eq!((answer.status, answer.header("content-length"), answer.body.len()), (200, "0", 0));
    for (range, status) in [("bytes=0-", 416), ("bytes=-1", 200), ("bytes=-0", 416)] {
        assert_eq!(served.ask(&format!("GET /v2/a/blobs/{digest}"), &[("range", range)], "").await.status, status, "{range}");
    }
}

#[tokio::test]
async fn a_blob_is_pulled_only_from_where_it_was_pushed() {
    let served = Served::open().await;
    let digest = served.blob("a", CONTENT).await;
    for path in [format!("b/blobs/{digest}"), format!("a/b/blobs/{digest}"), format!("a/blobs/{}", sha512(CONTENT))] {
        assert_eq!(served.just(&format!("GET /v2/{path}")).await.refusal(), refused(404, "BLOB_UNKNOWN"), "{path}");
    }
}

#[tokio::test]
async fn a_deleted_blob_is_gone_from_its_repository_alone() {
    let served = Served::open().await;
    let digest = served.blob("a", CONTENT).await;
    served.blob("b", CONTENT).await;
    assert_eq!(served.status(&format!("DELETE /v2/a/blobs/{digest}")).await, 202);
    assert_eq!(served.status(&format!("GET /v2/a/blobs/{digest}")).await, 404);
    assert_eq!(served.status(&format!("DELETE /v2/a/blobs/{digest}")).await, 404);
    assert_eq!(served.just(&format!("GET /v2/b/blobs/{digest}")).await.body, CONTENT);
}
