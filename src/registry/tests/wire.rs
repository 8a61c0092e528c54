//! Connections: what HTTP allows, what it does not, and clients that are slow or gone.

use std::time::Duration;

use super::support::{Answer, MANIFEST, Served, image, refused, sha256, within};
use crate::registry::Limits;

async fn with_limits(limits: Limits) -> Served {
    Served::with(|config| config.limits = limits).await
}

fn impatient() -> Limits {
    Limits { body: Duration::from_millis(50), ..Limits::default() }
}

#[tokio::test]
async fn a_connection_goes_on_after_refusals_even_with_bodies_that_nobody_wanted() {
    let served = Served::open().await;
    let mut wire = served.wire().await;
    let body = "x".repeat(300_000);
    let unwanted = |line: &str| format!("{line} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    for (line, status) in
        [("POST /v2/", 405), ("GET /v2/a/tags/list", 404), ("PUT /v2/A/manifests/x", 400), ("PATCH /v2/a/blobs/uploads/x", 404)]
    {
        wire.send(&unwanted(line)).await;
        assert_eq!(wire.hear(false).await.status, status, "{line}");
    }
    wire.send("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\nGET /v2/_catalog HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!((wire.hear(false).await.status, wire.hear(false).await.status), (200, 200));
}

#[tokio::test]
async fn a_client_that_waits_for_a_word_is_told_to_go_on_or_refused() {
    let served = Served::open().await;
    let push =
        |digest: &str| format!("POST /v2/a/blobs/uploads/?digest={digest} HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    let mut wire = served.wire().await;
    wire.send(&push(&sha256("abc").to_string())).await;
    assert_eq!(wire.hear(false).await.status, 100);
    wire.send("abc").await;
    assert_eq!(wire.hear(false).await.status, 201);
    wire.send(&push("nonsense")).await;
    assert_eq!(wire.hear(false).await.refusal(), refused(400, "DIGEST_INVALID"));
    assert_eq!(wire.rest().await, "");
}

#[tokio::test]
async fn http_1_0_is_answered_and_the_connection_closed() {
    let served = Served::open().await;
    served.image("a", "v1", "x").await;
    let mut wire = served.wire().await;
    wire.send("GET /v2/a/manifests/v1 HTTP/1.0\r\n\r\n").await;
    let answer = wire.rest().await;
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n") && answer.ends_with(&image("x", None)), "{answer}");
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_the_next_client_served() {
    let served = Served::open().await;
    let giant = "x".repeat(200_000);
    let many: String = (0..200).map(|n| ["X-", &n.to_string(), ": y\r\n"].concat()).collect();
    let cases = [
        ("GARBAGE\r\n\r\n".to_owned(), "400"),
        ("GET\r\n\r\n".into(), "400"),
        ("GET /v2/ HTTP/1.1\r\nNo colon\r\n\r\n".into(), "400"),
        ("GET /v2/ HTTP/1.1\r\nBad\u{1}: x\r\n\r\n".into(), "400"),
        ("GET /v2/\u{7f} HTTP/1.1\r\n\r\n".into(), "400"),
        ("PUT /v2/a/manifests/x HTTP/1.1\r\nContent-Length: -1\r\n\r\n".into(), "400"),
        ("PUT /v2/a/manifests/x HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n".into(), "400"),
        ("PUT /v2/a/manifests/x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".into(), "400"),
        ("PUT /v2/a/manifests/x HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n".into(), "400"),
        ("PUT /v2/a/manifests/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".into(), "400"),
        ("PUT /v2/a/manifests/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n".into(), "400"),
        (format!("GET /v2/ HTTP/1.1\r\nX: {giant}\r\n\r\n"), "431"),
        (format!("GET /v2/ HTTP/1.1\r\n{many}\r\n"), "431"),
        (format!("GET /v2/{giant} HTTP/1.1\r\n\r\n"), "4"),
        ("OPTIONS * HTTP/1.1\r\n\r\n".into(), "404"),
        ("CONNECT x:1 HTTP/1.1\r\n\r\n".into(), "404"),
        ("GET http://elsewhere/v2/ HTTP/1.1\r\n\r\n".into(), "200"),
        ("GET /v2/?%ff&=&&n=%zz HTTP/1.1\r\nHost: \u{e9}\r\n\r\n".into(), "200"),
    ];
    for (request, status) in cases {
        let answer = served.raw(request.as_bytes()).await;
        let line = answer.lines().next().unwrap_or_default();
        assert!(line.starts_with(&format!("HTTP/1.1 {status}")), "{}: {line}", &request[..request.len().min(100)]);
        assert_eq!(served.status("GET /v2/").await, 200);
    }
}

#[tokio::test]
async fn a_body_cut_short_is_refused_and_leaves_no_trace() {
    let served = Served::open().await;
    let session = served.session("a").await;
    served.ask(&format!("PATCH {session}"), &[], "abc").await;
    let lines = [
        format!("PATCH {session}"),
        format!("PUT {session}?digest={}", sha256("abcdef")),
        format!("POST /v2/a/blobs/uploads/?digest={}", sha256("def")),
        "PUT /v2/a/manifests/v1".into(),
    ];
    for line in lines {
        for body in ["Content-Length: 10\r\n\r\ndef", "Transfer-Encoding: chunked\r\n\r\n3\r\ndef\r\n"] {
            let answer = served.raw(format!("{line} HTTP/1.1\r\nHost: x\r\n{body}").as_bytes()).await;
            assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("SIZE_INVALID"), "{line}: {answer}");
        }
    }
    assert_eq!(served.just(&format!("GET {session}")).await.header("range"), "0-2");
    assert_eq!(served.status(&format!("PUT {session}?digest={}", sha256("abc"))).await, 201);
}

/// The answer to a request of which only the head and one byte of the body come.
async fn stalled(served: &Served, line: &str) -> Answer {
    let mut wire = served.wire().await;
    wire.send(&format!("{line} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nContent-Type: {MANIFEST}\r\n\r\nx")).await;
    wire.hear(false).await
}

#[tokio::test]
async fn a_body_that_stops_coming_is_given_up() {
    let served = with_limits(Limits { manifests_at_once: 1, ..impatient() }).await;
    let session = served.session("a").await;
    served.ask(&format!("PATCH {session}"), &[], "abc").await;
    for line in [format!("PATCH {session}"), format!("PUT {session}?digest={}", sha256("abc")), "PUT /v2/a/manifests/v1".into()] {
        assert_eq!(stalled(&served, &line).await.status, 408, "{line}");
    }
    assert_eq!(served.just(&format!("GET {session}")).await.header("range"), "0-2");
    served.image("a", "v1", "x").await;
}

#[tokio::test]
async fn a_client_that_never_reads_loses_its_place() {
    let served = with_limits(Limits { connections: 1, ..impatient() }).await;
    let digest = sha256("x");
    let content = "x".repeat(32 << 20);
    let mut pusher = served.wire().await;
    let head = format!(
        "POST /v2/a/blobs/uploads/?digest={} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        sha256(&content),
        content.len()
    );
    pusher.send(&(head + &content)).await;
    assert_eq!(pusher.hear(false).await.status, 201);
    drop(pusher);
    let mut idle = served.wire().await;
    idle.send(&format!("GET /v2/a/blobs/{} HTTP/1.1\r\n\r\n", sha256(&content))).await;
    assert_eq!(within(served.status(&format!("GET /v2/a/blobs/{digest}"))).await, 404);
    assert!(idle.rest().await.len() < content.len());
}

#[tokio::test]
async fn idle_connections_give_their_places_up_when_somebody_waits_for_one() {
    let served = with_limits(Limits { connections: 2, ..Limits::default() }).await;
    let (mut idle, mut fresh) = (served.wire().await, served.wire().await);
    idle.send("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert_eq!(idle.hear(false).await.status, 200);
    assert_eq!(within(served.status("GET /v2/")).await, 200);
    assert_eq!((within(idle.rest()).await, within(fresh.rest()).await), (String::new(), String::new()));
}

#[tokio::test]
async fn a_manifest_that_trickles_is_given_up_like_one_that_stalls() {
    let served = with_limits(Limits { manifests_at_once: 1, body: Duration::from_millis(300), ..Limits::default() }).await;
    let mut wire = served.wire().await;
    wire.send(&format!("PUT /v2/a/manifests/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nContent-Type: {MANIFEST}\r\n\r\n")).await;
    let mut pieces = tokio::time::interval(Duration::from_millis(50));
    for _ in 0..6 {
        pieces.tick().await;
        wire.send("x").await;
    }
    assert_eq!(within(wire.hear(false)).await.status, 408);
    served.image("a", "v1", "x").await;
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let served = with_limits(Limits { head: Duration::from_millis(50), ..Limits::default() }).await;
    for start in ["", "GET /v2/ HT", "GET /v2/ HTTP/1.1\r\n\r\n"] {
        let mut wire = served.wire().await;
        wire.send(start).await;
        let heard = wire.rest().await;
        assert!(heard.is_empty() || heard.contains(" 200 ") || heard.contains(" 408 "), "{start}: {heard}");
    }
}

#[tokio::test]
async fn stopping_ends_idle_connections_and_lets_a_request_finish() {
    let served = with_limits(Limits { grace: Duration::from_secs(15), ..Limits::default() }).await;
    let (mut idle, mut fresh, mut busy) = (served.wire().await, served.wire().await, served.wire().await);
    idle.send("GET /v2/ HTTP/1.1\r\n\r\n").await;
    assert_eq!(idle.hear(false).await.status, 200);
    let head = "HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
    busy.send(&format!("POST /v2/a/blobs/uploads/?digest={} {head}", sha256("abc"))).await;
    assert_eq!(busy.hear(false).await.status, 100);
    let address = served.running.addr();
    let stopping = tokio::spawn(served.running.stop());
    assert_eq!((idle.rest().await, fresh.rest().await), (String::new(), String::new()));
    busy.send("abc").await;
    let answer = busy.hear(false).await;
    assert_eq!((answer.status, answer.header("connection")), (201, "close"));
    within(stopping).await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn stopping_waits_no_longer_than_the_grace() {
    let served = with_limits(Limits { grace: Duration::from_millis(20), ..Limits::default() }).await;
    let mut busy = served.wire().await;
    let head = "HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
    busy.send(&format!("POST /v2/a/blobs/uploads/?digest={} {head}", sha256("abc"))).await;
    assert_eq!(busy.hear(false).await.status, 100);
    within(served.running.stop()).await;
    assert_eq!(busy.rest().await, "");
}

#[tokio::test]
async fn a_registry_whose_handle_is_dropped_goes_on() {
    let served = Served::open().await;
    let mut wire = served.wire().await;
    let address = served.running.addr();
    drop(served.running);
    wire.send("GET /v2/ HTTP/1.1\r\n\r\n").await;
    assert_eq!(wire.hear(false).await.status, 200);
    let mut another = super::support::Wire(tokio::net::TcpStream::connect(address).await.unwrap());
    another.send("GET /v2/ HTTP/1.1\r\n\r\n").await;
    assert_eq!(another.hear(false).await.status, 200);
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error() {
    let served = Served::open().await;
    let mut config = crate::registry::Config::open();
    config.listen = served.running.addr();
    let error = crate::registry::start(config).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("{} can't be listened on", served.running.addr())), "{error}");
}
