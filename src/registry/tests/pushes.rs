//! Upload sessions, chunks and mounts.

use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, TestRunner};

use super::support::{Answer, Served, refused, sha512};
use crate::oci::Digest;

async fn patch(served: &Served, session: &str, range: Option<&str>, body: &[u8]) -> Answer {
    let headers: Vec<(&str, &str)> = range.map(|range| ("content-range", range)).into_iter().collect();
    served.ask(&format!("PATCH {session}"), &headers, body.to_vec()).await
}

async fn close(served: &Served, session: &str, digest: impl std::fmt::Display, body: &[u8]) -> Answer {
    served.ask(&format!("PUT {session}?digest={digest}"), &[], body.to_vec()).await
}

#[tokio::test]
async fn a_blob_in_one_request_is_where_the_answer_says() {
    let served = Served::open().await;
    let answer = served.push_blob("a/b", b"content").await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("docker-content-digest"), Digest::sha256(b"content").to_string());
    assert_eq!(served.just(&format!("GET {}", answer.header("location"))).await.body, "content");
}

#[tokio::test]
async fn a_session_is_named_by_a_uuid_and_stands_at_nothing() {
    let served = Served::open().await;
    let answer = served.just("POST /v2/a/blobs/uploads/").await;
    let id = answer.header("docker-upload-uuid").to_owned();
    assert_eq!((answer.status, answer.header("range")), (202, "0-0"));
    assert_eq!(answer.header("location"), format!("/v2/a/blobs/uploads/{id}"));
    let lens: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!((lens, &id[14..15]), (vec![8, 4, 4, 4, 12], "4"));
}

#[tokio::test]
async fn chunks_and_a_last_piece_in_the_put_make_one_blob() {
    let served = Served::open().await;
    for close_with in ["", "-end"] {
        let session = served.session("a").await;
        let first = patch(&served, &session, Some("0-3"), b"abcd").await;
        assert_eq!((first.status, first.header("range")), (202, "0-3"));
        let second = patch(&served, first.header("location"), Some("4-5"), b"ef").await;
        assert_eq!((second.status, second.header("range")), (202, "0-5"));
        let whole = format!("abcdef{close_with}");
        let closed = close(&served, second.header("location"), Digest::sha256(whole.as_bytes()), close_with.as_bytes()).await;
        assert_eq!(closed.status, 201);
        assert_eq!(served.just(&format!("GET {}", closed.header("location"))).await.body, whole);
        assert_eq!(served.status(&format!("GET {session}")).await, 404);
    }
}

#[tokio::test]
async fn a_stream_of_unknown_length_is_one_chunk() {
    let served = Served::open().await;
    let session = served.session("a").await;
    let pieces = [Ok::<_, std::io::Error>(Bytes::from_static(b"one ")), Ok(Bytes::from_static(b"two"))];
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let answer = served.ask(&format!("PATCH {session}"), &[], body).await;
    assert_eq!((answer.status, answer.header("range")), (202, "0-6"));
    assert_eq!(close(&served, &session, Digest::sha256(b"one two"), b"").await.status, 201);
}

#[tokio::test]
async fn a_chunk_out_of_order_is_refused_with_the_sessions_state_and_changes_nothing() {
    let served = Served::open().await;
    let session = served.session("a").await;
    patch(&served, &session, Some("0-3"), b"abcd").await;
    for range in ["0-3", "3-6", "5-8", "99-102"] {
        let answer = patch(&served, &session, Some(range), b"wxyz").await;
        assert_eq!(answer.refusal(), refused(416, "BLOB_UPLOAD_INVALID"), "{range}");
        assert_eq!((answer.header("range"), answer.header("location")), ("0-3", session.as_str()));
    }
    let put = served.ask(&format!("PUT {session}?digest={}", Digest::sha256(b"abcdwxyz")), &[("content-range", "8-11")], "wxyz").await;
    assert_eq!(put.status, 416);
    let state = served.just(&format!("GET {session}")).await;
    assert_eq!((state.status, state.header("range"), state.header("location")), (204, "0-3", session.as_str()));
}

#[tokio::test]
async fn a_content_range_that_is_none_or_not_the_bodys_is_refused_and_changes_nothing() {
    let served = Served::open().await;
    let session = served.session("a").await;
    let cases = [
        ("bytes 0-3/4", "BLOB_UPLOAD_INVALID"),
        ("bytes=0-3", "BLOB_UPLOAD_INVALID"),
        ("3-0", "BLOB_UPLOAD_INVALID"),
        ("-3", "BLOB_UPLOAD_INVALID"),
        ("0-", "BLOB_UPLOAD_INVALID"),
        ("", "BLOB_UPLOAD_INVALID"),
        ("\u{fc}", "BLOB_UPLOAD_INVALID"),
        ("0-18446744073709551615", "BLOB_UPLOAD_INVALID"),
        ("0-4", "SIZE_INVALID"),
        ("0-2", "SIZE_INVALID"),
    ];
    for (range, code) in cases {
        assert_eq!(patch(&served, &session, Some(range), b"abcd").await.refusal(), refused(400, code), "{range}");
    }
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"abcd"))]));
    let answer = served.ask(&format!("PATCH {session}"), &[("content-range", "0-2")], stream).await;
    assert_eq!(answer.refusal(), refused(400, "SIZE_INVALID"));
    assert_eq!(close(&served, &session, Digest::sha256(b""), b"").await.status, 201);
}

#[tokio::test]
async fn a_wrong_digest_leaves_the_session_as_it_was() {
    let served = Served::open().await;
    let session = served.session("a").await;
    patch(&served, &session, None, b"abc").await;
    let wrong = close(&served, &session, Digest::sha256(b"other"), b"def").await;
    assert_eq!(wrong.refusal(), refused(400, "DIGEST_INVALID"));
    for digest in ["", "sha256:abc", "md5:900150983cd24fb0d6963f7d28e17f72", "sha256", "%00"] {
        assert_eq!(close(&served, &session, digest, b"").await.refusal(), refused(400, "DIGEST_INVALID"), "{digest}");
    }
    assert_eq!(served.just(&format!("PUT {session}")).await.refusal(), refused(400, "DIGEST_INVALID"));
    assert_eq!(close(&served, &session, Digest::sha256(b"abc"), b"").await.status, 201);
}

#[tokio::test]
async fn a_session_belongs_to_one_repository_and_ends_when_cancelled() {
    let served = Served::open().await;
    let session = served.session("a").await;
    let elsewhere = session.replace("/v2/a/", "/v2/b/");
    for line in ["GET", "PATCH", "PUT", "DELETE"].map(|method| format!("{method} {elsewhere}")) {
        assert_eq!(served.just(&line).await.refusal(), refused(404, "BLOB_UPLOAD_UNKNOWN"), "{line}");
    }
    assert_eq!(served.status(&format!("DELETE {session}")).await, 204);
    for line in ["GET", "PATCH", "PUT", "DELETE"].map(|method| format!("{method} {session}")) {
        assert_eq!(served.just(&line).await.refusal(), refused(404, "BLOB_UPLOAD_UNKNOWN"), "{line}");
    }
}

#[tokio::test]
async fn a_blob_is_named_by_sha512_whether_or_not_that_was_told_before() {
    let served = Served::open().await;
    let told = served.just("POST /v2/a/blobs/uploads/?digest-algorithm=sha512").await.header("location").to_owned();
    for (session, content) in [(told, b"told"), (served.session("a").await, b"late")] {
        patch(&served, &session, None, &content[..2]).await;
        let closed = close(&served, &session, sha512(content), &content[2..]).await;
        assert_eq!((closed.status, closed.header("docker-content-digest")), (201, sha512(content).to_string().as_str()));
        assert_eq!(served.just(&format!("GET {}", closed.header("location"))).await.body, content[..]);
    }
    let unknown = served.just("POST /v2/a/blobs/uploads/?digest-algorithm=md5").await;
    assert_eq!(unknown.refusal(), refused(400, "DIGEST_INVALID"));
}

#[tokio::test]
async fn a_session_begun_for_sha512_can_be_closed_by_sha256() {
    let served = Served::open().await;
    let session = served.just("POST /v2/a/blobs/uploads/?digest-algorithm=sha512").await.header("location").to_owned();
    patch(&served, &session, None, b"abc").await;
    assert_eq!(close(&served, &session, Digest::sha256(b"abc"), b"").await.status, 201);
}

#[tokio::test]
async fn a_blob_is_mounted_with_or_without_a_source() {
    let served = Served::open().await;
    let digest = served.blob("from/here", b"content").await;
    for (to, query) in [("one", "&from=from/here"), ("two", ""), ("three", "&from=from%2Fhere"), ("from/here", "&from=from/here")] {
        let answer = served.just(&format!("POST /v2/{to}/blobs/uploads/?mount={digest}{query}")).await;
        assert_eq!((answer.status, answer.header("location")), (201, format!("/v2/{to}/blobs/{digest}").as_str()), "{to}");
        assert_eq!(served.just(&format!("GET /v2/{to}/blobs/{digest}")).await.body, "content");
    }
    assert_eq!(served.status(&format!("DELETE /v2/from/here/blobs/{digest}")).await, 202);
    assert_eq!(served.just(&format!("GET /v2/one/blobs/{digest}")).await.body, "content");
}

#[tokio::test]
async fn a_mount_that_cannot_be_done_opens_a_session() {
    let served = Served::open().await;
    let digest = served.blob("from/here", b"content").await;
    let absent = Digest::sha256(b"absent");
    for query in [format!("{digest}&from=nowhere"), format!("{digest}&from=NO_NAME"), format!("{digest}&from="), format!("{absent}")] {
        let answer = served.just(&format!("POST /v2/to/blobs/uploads/?mount={query}")).await;
        assert_eq!(answer.status, 202, "{query}");
        assert_eq!(served.status(&format!("GET {}", answer.header("location"))).await, 204, "{query}");
    }
    assert_eq!(served.just("POST /v2/to/blobs/uploads/?mount=x&from=from/here").await.refusal(), refused(400, "DIGEST_INVALID"));
    assert_eq!(served.status(&format!("GET /v2/to/blobs/{digest}")).await, 404);
}

/// One request about a session.
#[derive(Clone, Debug)]
enum Step {
    /// A chunk, with its place told, or told wrongly by so much, or not told.
    Patch(Vec<u8>, Option<u64>),
    Status,
    Cancel,
    /// The last piece, with the right digest or another.
    Put(Vec<u8>, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let body = || proptest::collection::vec(any::<u8>(), 0..6);
    let place = prop_oneof![3 => Just(None), 3 => Just(Some(0)), 1 => (1_u64..5).prop_map(Some)];
    prop_oneof![
        6 => (body(), place).prop_map(|(body, place)| Step::Patch(body, place)),
        2 => Just(Step::Status),
        1 => Just(Step::Cancel),
        2 => (body(), any::<bool>()).prop_map(|(body, right)| Step::Put(body, right)),
    ]
}

/// Takes `step` with the registry and with `model`, the bytes of a live session, and tells where they differ.
async fn take(served: &Served, session: &str, model: &mut Option<Vec<u8>>, step: Step) -> Result<(), TestCaseError> {
    let told = |content: &[u8]| format!("0-{}", content.len().saturating_sub(1));
    match step {
        Step::Patch(body, place) => {
            // An empty chunk has no place to tell.
            let at = place.filter(|_| !body.is_empty()).map(|off| model.as_ref().map_or(0, Vec::len) as u64 + off);
            let range = at.map(|at| format!("{at}-{}", at + body.len() as u64 - 1));
            let answer = patch(served, session, range.as_deref(), &body).await;
            let Some(content) = model else { return same(answer.status, 404) };
            let expected = if at.is_some_and(|at| at != content.len() as u64) { 416 } else { 202 };
            if expected == 202 {
                content.extend(&body);
            }
            same(answer.status, expected)?;
            same(answer.header("range"), told(content).as_str())
        }
        Step::Status => {
            let answer = served.just(&format!("GET {session}")).await;
            let Some(content) = model else { return same(answer.status, 404) };
            same(answer.status, 204)?;
            same(answer.header("range"), told(content).as_str())
        }
        Step::Cancel => same(served.status(&format!("DELETE {session}")).await, if model.take().is_some() { 204 } else { 404 }),
        Step::Put(body, right) => {
            let whole = [model.clone().unwrap_or_default(), body.clone()].concat();
            let digest = if right { Digest::sha256(&whole) } else { Digest::sha256(b"something else") };
            let answer = close(served, session, digest, &body).await;
            match (&model, right) {
                (None, _) => same(answer.status, 404),
                (Some(_), false) => same(answer.status, 400),
                (Some(_), true) => {
                    *model = None;
                    same(answer.status, 201)?;
                    same(&served.just(&format!("GET /v2/a/blobs/{digest}")).await.body[..], &whole[..])
                }
            }
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<(), TestCaseError> {
    prop_assert_eq!(found, expected);
    Ok(())
}

#[test]
fn any_sequence_of_requests_leaves_a_session_where_a_model_says() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let served = runtime.block_on(Served::open());
    let runs = Runs { cases: 64, failure_persistence: None, ..Runs::default() };
    let checked = TestRunner::new(runs).run(&proptest::collection::vec(step(), 1..12), |steps| {
        runtime.block_on(async {
            let (session, mut model) = (served.session("a").await, Some(Vec::new()));
            for step in steps {
                take(&served, &session, &mut model, step).await?;
            }
            Ok(())
        })
    });
    checked.unwrap();
}
