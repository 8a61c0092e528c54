//! Requests that nobody would think of.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config as Runs, TestRunner};

use super::support::{Served, sha256};

fn method() -> impl Strategy<Value = String> {
    let known = select(vec!["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT"]).prop_map(str::to_owned);
    prop_oneof![8 => known, 1 => "[A-Za-z!#$%&'*+.^_`|~-]{1,10}"]
}

fn target() -> impl Strategy<Value = String> {
    let words = ["v2", "a", "blobs", "uploads", "manifests", "tags", "list", "referrers", "_catalog", "token", "latest", "", ".."];
    let digests = [sha256("{}").to_string(), "sha256:".into(), "sha512:00".into(), "%2f".into(), "%".into(), "%ff%00".into()];
    let parts: Vec<String> = words.into_iter().map(str::to_owned).chain(digests).collect();
    let part = prop_oneof![9 => select(parts), 1 => "[!-~&&[^?# ]]{1,12}"];
    let key = select(vec!["n", "last", "digest", "mount", "from", "tag", "artifactType", "digest-algorithm", "", "%6e"]);
    let value =
        prop_oneof![select(vec![sha256("{}").to_string(), "0".into(), "99999999999999999999".into(), "a".into()]), "[!-~&&[^# ]]{0,12}"];
    let query = proptest::collection::vec((key, value).prop_map(|(key, value)| [key, "=", &value].concat()), 0..4);
    let path = proptest::collection::vec(part, 0..7).prop_map(|parts| parts.join("/"));
    (prop_oneof![Just("/v2/"), Just("/v2/a/"), Just("/")], path, query)
        .prop_map(|(start, path, query)| format!("{start}{path}?{}", query.join("&")))
}

fn header() -> impl Strategy<Value = Vec<u8>> {
    let names = ["Range", "Content-Range", "If-Range", "Content-Type", "Accept", "Host", "Authorization", "Expect", "Connection", "X"];
    let values = [
        "bytes=0-1",
        "bytes=-18446744073709551616",
        "0-18446744073709551615",
        "1-0",
        "0-2",
        "100-continue",
        "close",
        "Bearer x",
        "Basic eA==",
    ];
    let known = select(values.to_vec()).prop_map(|value| value.as_bytes().to_vec());
    let any = proptest::collection::vec(prop_oneof![0x20_u8..0x7f, 0x80_u8..=0xff], 0..20);
    (select(names.to_vec()), prop_oneof![known, any]).prop_map(|(name, value)| [name.as_bytes(), b": ", &value, b"\r\n"].concat())
}

/// A request that keeps HTTP's grammar, with a body that is as long as it says.
fn request() -> impl Strategy<Value = Vec<u8>> {
    let headers = proptest::collection::vec(header(), 0..5).prop_map(|headers| headers.concat());
    let body = prop_oneof![Just(b"{}".to_vec()), proptest::collection::vec(any::<u8>(), 0..40)];
    (method(), target(), headers, body).prop_map(|(method, target, headers, body)| {
        let line = format!("{method} {target} HTTP/1.1\r\nContent-Length: {}\r\n", body.len());
        [line.as_bytes(), &headers, b"\r\n", &body].concat()
    })
}

/// Runs `check` on what the registry says to each of the `cases` requests, and then sees whether it still serves.
fn survives(cases: u32, requests: &impl Strategy<Value = Vec<u8>>, check: impl Fn(&str) -> Result<(), TestCaseError>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let served = runtime.block_on(async {
        let served = Served::open().await;
        served.image("a", "latest", "x").await;
        served
    });
    let runs = Runs { cases, failure_persistence: None, ..Runs::default() };
    let checked = TestRunner::new(runs).run(requests, |bytes| check(&runtime.block_on(served.raw(&bytes))));
    checked.unwrap();
    assert_eq!(runtime.block_on(served.status("GET /v2/")), 200);
}

#[test]
fn every_request_that_keeps_the_grammar_is_answered_and_never_with_a_server_error() {
    survives(600, &request(), |answer| {
        let status: Option<u16> = answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|status| status.parse().ok());
        prop_assert!(status.is_some_and(|status| (100..500).contains(&status)), "{}", answer);
        Ok(())
    });
}

#[test]
fn arbitrary_bytes_do_not_stop_the_registry() {
    let bytes = proptest::collection::vec(any::<u8>(), 0..200);
    let tail = (request(), any::<proptest::sample::Index>(), any::<u8>()).prop_map(|(mut request, at, byte)| {
        let at = at.index(request.len());
        request[at] = byte;
        request
    });
    survives(300, &prop_oneof![1 => bytes, 2 => tail], |answer| {
        prop_assert!(answer.is_empty() || answer.starts_with("HTTP/1."), "{}", answer);
        prop_assert!(!answer.starts_with("HTTP/1.1 5"), "{}", answer);
        Ok(())
    });
}
