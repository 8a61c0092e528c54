use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;

use super::server::{Server, answer, hear, nobody};
use super::*;
use crate::clock;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    })
}

#[tokio::test]
async fn a_request_goes_out_exactly_as_it_is_written() {
    let server = Server::web(|_| answer(200, "", "")).await;
    let url = format!("{}/v2/a/../b%2Fc//x?digest=sha256%3Aab&x=a:b&y=%7e", server.url);
    let sent = with_header(with_header(get(&url), "x-b", "2"), "accept", "application/json");
    let exchange = client().send(with_header(sent, "x-b", "1")).await;
    assert_eq!(exchange.status(), Some(200));
    let host = server.host();
    let want = format!(
        "GET /v2/a/../b%2Fc//x?digest=sha256%3Aab&x=a:b&y=%7e HTTP/1.1\r\nHost: {host}\r\nUser-Agent: plimsoll/{}\r\n\
         X-B: 2\r\nX-B: 1\r\nAccept: application/json\r\n\r\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(server.requests()[0].head, want);
    assert_eq!(exchange.request.url, url.as_str());
}

#[tokio::test]
async fn a_caller_may_name_host_and_user_agent_himself() {
    let server = Server::web(|_| answer(200, "", "")).await;
    let sent = with_header(with_header(get(&server.url), "user-agent", "docker/1"), "host", "elsewhere");
    client().send(sent).await;
    let heard = &server.requests()[0];
    assert_eq!((heard.header("user-agent"), heard.header("host")), (Some("docker/1"), Some("elsewhere")));
    assert_eq!(heard.head.matches("ost: ").count(), 1);
}

#[tokio::test]
async fn the_length_of_a_body_is_told_as_asked() {
    let server = Server::web(|_| answer(200, "", "")).await;
    let client = client();
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::GET, Method::HEAD, Method::DELETE] {
        client.send(call(method, &server.url)).await;
    }
    let lengths: Vec<_> = server.requests().iter().map(|heard| heard.header("content-length").map(str::to_owned)).collect();
    assert_eq!(lengths, [Some("0".into()), Some("0".into()), Some("0".into()), None, None, None]);
    let exchange = client.send(call(Method::PUT, &server.url).body("hello")).await;
    assert_eq!(server.requests()[6].body, b"hello");
    assert_eq!((exchange.request.body.sent, exchange.request.body.chunked), (5, false));
}

#[tokio::test]
async fn a_chunked_body_is_sent_in_chunks_an_empty_one_too() {
    let server = Server::raw(|mut stream, _| async move {
        while hear(&mut stream).await.is_some() {
            let mut body = Vec::new();
            while !body.ends_with(b"0\r\n\r\n") {
                body.push(stream.read_u8().await.unwrap());
            }
            let _ = stream.write_all(answer(201, "", &String::from_utf8(body).unwrap()).as_bytes()).await;
        }
    })
    .await;
    let client = client();
    for (bytes, want) in [(&b"hello"[..], "5\r\nhello\r\n0\r\n\r\n"), (b"", "0\r\n\r\n")] {
        let exchange = client.send(Call { body: chunked(bytes), ..call(Method::PATCH, &server.url) }).await;
        assert_eq!(text(&exchange), want);
        assert!(exchange.request.headers.contains_key("transfer-encoding") && !exchange.request.headers.contains_key("content-length"));
        assert_eq!(exchange.request.body.sent, bytes.len() as u64);
    }
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::web(|heard| answer(200, "", heard.line())).await;
    let client = client();
    for n in 0..5 {
        let exchange = client.send(get(&format!("{}/{n}", server.url))).await;
        assert_eq!(text(&exchange), format!("GET /{n}"));
        assert_eq!(exchange.timings.connect.is_zero(), n > 0);
        assert!(exchange.timings.first_byte > Duration::ZERO && exchange.timings.total >= exchange.timings.first_byte);
    }
    assert_eq!((server.accepted(), client.exchanges()), (1, 5));
}

#[tokio::test]
async fn a_connection_that_was_closed_between_requests_is_replaced() {
    let server = Server::raw(|mut stream, _| async move {
        if let Some(heard) = hear(&mut stream).await {
            let _ = stream.write_all(answer(200, "", &String::from_utf8_lossy(&heard.body)).as_bytes()).await;
        }
    })
    .await;
    let client = client();
    for n in ["one", "two", "three"] {
        let exchange = client.send(call(Method::POST, &server.url).body(n)).await;
        assert_eq!(text(&exchange), n);
    }
    assert_eq!((server.accepted(), client.exchanges()), (3, 3));
}

#[tokio::test]
async fn a_connection_that_dies_under_the_second_request_is_replaced_once() {
    // Each connection answers one request, reads a second one whole, and dies.
    let server = Server::raw(|mut stream, _| async move {
        hear(&mut stream).await;
        let _ = stream.write_all(answer(200, "", "ok").as_bytes()).await;
        hear(&mut stream).await;
    })
    .await;
    let client = client();
    for _ in 0..4 {
        assert_eq!(text(&client.send(call(Method::PATCH, &server.url).body("x")).await), "ok");
    }
    assert_eq!(client.exchanges(), 4);
}

#[tokio::test]
async fn a_fresh_connection_that_dies_is_told_and_not_tried_again() {
    let server = Server::raw(|mut stream, _| async move { drop(hear(&mut stream).await) }).await;
    let exchange = client().send(get(&server.url)).await;
    assert_eq!(phase(&exchange), Phase::Head);
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn closing_at_every_phase_is_told_with_its_phase() {
    for (bytes, want) in [
        ("", Phase::Head),
        ("HTT", Phase::Head),
        ("HTTP/1.1 200 OK\r\n", Phase::Head),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r", Phase::Head),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Phase::Body),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", Phase::Body),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", Phase::Body),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Phase::Body),
    ] {
        let server = Server::says(bytes).await;
        let exchange = client().send(get(&server.url)).await;
        assert!(matches!(failure(&exchange), Failure::Closed { .. }), "{bytes:?}: {:?}", exchange.answer);
        assert_eq!(phase(&exchange), want, "{bytes:?}");
    }
    let server = Server::says("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc").await;
    let told = failure(&client().send(get(&server.url)).await).to_string();
    assert!(told.contains("status 200, then 3 of 5 bytes"), "{told}");
}

#[tokio::test]
async fn garbage_is_told_to_be_garbage() {
    for bytes in
        ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/9.9 200 OK\r\n\r\n", "\0\0\0\0\0\0\0\0\r\n\r\n", "HTTP/1.1 abc X\r\n\r\n", "<html>\n\n\n"]
    {
        let server = Server::says(bytes).await;
        let exchange = client().send(get(&server.url)).await;
        assert!(matches!(failure(&exchange), Failure::Protocol(_)), "{bytes:?}: {:?}", exchange.answer);
    }
    let server = Server::says("SSH-2.0-\x1b[31mred\r\n").await;
    let told = failure(&client().send(get(&server.url)).await).to_string();
    assert!(told.contains("`SSH-2.0-\\x1b[31mred"), "{told}");
}

#[tokio::test]
async fn framing_that_contradicts_itself_is_told() {
    for head in
        ["Content-Length: 5\r\nContent-Length: 6", "Content-Length: x", "Content-Length: -1", "Content-Length: 99999999999999999999"]
    {
        let server = Server::says(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\nhello")).await;
        let exchange = client().send(get(&server.url)).await;
        assert!(matches!(failure(&exchange), Failure::Protocol(_)), "{head}: {:?}", exchange.answer);
    }
    for body in ["zz\r\nhello\r\n0\r\n\r\n", "ffffffffffffffffff\r\n", "5\r\nhelloXX0\r\n\r\n", "-1\r\n", "5;\n\n\n\0hello"] {
        let server = Server::says(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}")).await;
        let exchange = client().send(get(&server.url)).await;
        assert!(matches!(failure(&exchange), Failure::Protocol(_) | Failure::Closed { .. }), "{body:?}: {:?}", exchange.answer);
    }
}

#[tokio::test]
async fn old_and_terse_answers_are_answers() {
    for (bytes, want) in [
        ("HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end"),
        ("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nab", "ab"),
        ("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nab", "ab"),
        ("HTTP/1.1 200 OK\nContent-Length: 2\n\nab", "ab"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "ab"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n2;ext=1\r\nab\r\n0\r\nx: y\r\n\r\n", "ab"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab", "ab"),
    ] {
        let server = Server::says(bytes).await;
        assert_eq!(text(&client().send(get(&server.url)).await), want, "{bytes:?}");
    }
}

#[tokio::test]
async fn bytes_after_an_answer_are_charged_to_it_and_not_to_the_next() {
    let server = Server::web(|heard| {
        let surplus = if heard.line().ends_with("/bad") { "HTTP/1.1 500 X\r\n\r\n" } else { "" };
        answer(200, "", heard.line()) + surplus
    })
    .await;
    let client = client();
    let bad = client.send(get(&format!("{}/bad", server.url))).await;
    assert_eq!((text(&bad).as_str(), bad.response().unwrap().body.surplus), ("GET /bad", 18));
    let good = client.send(get(&format!("{}/good", server.url))).await;
    assert_eq!((text(&good).as_str(), good.response().unwrap().body.surplus), ("GET /good", 0));
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_body_where_none_can_be_is_seen() {
    for (method, status) in [(Method::HEAD, 200), (Method::HEAD, 404), (Method::GET, 204), (Method::GET, 304)] {
        let server = Server::web(move |_| answer(status, "", "surprise")).await;
        let exchange = client().send(call(method, &server.url)).await;
        let body = &exchange.response().unwrap().body;
        assert_eq!((body.surplus, body.len, &body.bytes[..]), (8, 8, &b"surprise"[..]), "{status}");
    }
    let server = Server::web(|_| "HTTP/1.1 200 X\r\nContent-Length: 999\r\n\r\n".into()).await;
    let exchange = client().send(call(Method::HEAD, &server.url)).await;
    assert_eq!(exchange.response().unwrap().body.len, 0);
    assert_eq!(exchange.response().unwrap().headers["content-length"], "999");
}

#[tokio::test]
async fn nonsense_on_a_reused_connection_is_not_held_against_the_next_request() {
    // The surplus comes only once the next request is there, as a late segment would.
    let server = Server::raw(|mut stream, n| async move {
        hear(&mut stream).await;
        let _ = stream.write_all(answer(200, "", "ok").as_bytes()).await;
        hear(&mut stream).await;
        let late = if n == 0 { "late surplus\r\n\r\n".to_owned() } else { answer(200, "", "ok") };
        let _ = stream.write_all(late.as_bytes()).await;
    })
    .await;
    let client = client();
    assert_eq!(text(&client.send(get(&server.url)).await), "ok");
    assert_eq!(text(&client.send(get(&server.url)).await), "ok");
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn a_silent_server_ends_at_the_time_out() {
    let server = Server::raw(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let exchange = hasty().send(get(&server.url)).await;
    assert_eq!(failure(&exchange), &Failure::TimedOut { phase: Phase::Head, after: Duration::from_millis(300) });
}

#[tokio::test]
async fn a_slow_drip_ends_at_the_time_out_in_head_and_body() {
    for (head, want) in [
        ("HTTP/1.1 200 OK\r\n", Phase::Head),
        ("HTTP/1.1 200 OK\r\n\r\n", Phase::Body),
        ("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\n", Phase::Head),
    ] {
        let server = Server::raw(move |mut stream, _| async move {
            let _ = stream.write_all(head.as_bytes()).await;
            let mut tick = tokio::time::interval(Duration::from_millis(20));
            while stream.write_all(b"a").await.is_ok() {
                tick.tick().await;
            }
        })
        .await;
        let exchange = hasty().send(get(&server.url)).await;
        assert!(matches!(failure(&exchange), Failure::TimedOut { .. }), "{:?}", exchange.answer);
        assert_eq!(phase(&exchange), want);
    }
}

#[tokio::test]
async fn endless_interim_answers_before_the_request_is_sent_are_given_up() {
    let server = Server::raw(|mut stream, _| async move {
        let flood = "HTTP/1.1 102 Processing\r\nX: y\r\n\r\n".repeat(200);
        while stream.write_all(flood.as_bytes()).await.is_ok() {}
    })
    .await;
    let exchange = client().send(get(&server.url)).await;
    assert!(matches!(failure(&exchange), Failure::Protocol(_) | Failure::Closed { .. }), "{}", failure(&exchange));
}

#[tokio::test]
async fn an_upgrade_that_nobody_asked_for_is_an_answer_and_the_end_of_the_connection() {
    let server = Server::says("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\njunk").await;
    let client = client();
    for _ in 0..2 {
        assert_eq!(client.send(get(&server.url)).await.status(), Some(101));
    }
    assert_eq!(server.accepted(), 2);
}

#[tokio::test]
async fn an_endless_body_is_given_up_at_the_cap() {
    let server = Server::raw(|mut stream, _| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
    })
    .await;
    let client = Client::new(Options { body_limit: 1000, body_cap: 3 << 20, ..Options::default() }).unwrap();
    let exchange = client.send(get(&server.url)).await;
    assert_eq!(failure(&exchange), &Failure::TooLong { limit: 3 << 20 });
}

#[tokio::test]
async fn endless_and_countless_headers_are_refused() {
    let server = Server::raw(|mut stream, _| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ").await;
        while stream.write_all(&[b'x'; 8192]).await.is_ok() {}
    })
    .await;
    let exchange = client().send(get(&server.url)).await;
    assert!(failure(&exchange).to_string().contains("larger than any client takes"), "{:?}", exchange.answer);
    let mut head = String::from("HTTP/1.1 200 OK\r\n");
    for n in 0..10_000 {
        write!(head, "X-{n}: {n}\r\n").unwrap();
    }
    let server = Server::says(head + "\r\n").await;
    let exchange = client().send(get(&server.url)).await;
    assert!(failure(&exchange).to_string().contains("larger than any client takes"), "{:?}", exchange.answer);
}

#[tokio::test]
async fn a_few_hundred_headers_and_escape_sequences_in_them_are_taken() {
    let many = (0..300).map(|n| format!("X-{n}: {n}\r\n")).collect::<Vec<_>>().concat();
    let server = Server::web(move |_| answer(200, &format!("{many}X-Odd: \u{9b}31m\u{e9}\r\n"), "")).await;
    let exchange = client().send(get(&server.url)).await;
    let response = exchange.response().unwrap();
    assert_eq!(response.headers.len(), 302);
    let shown = crate::exchange::evidence::headers(&response.headers, client().secrets());
    assert!(shown.contains(&("x-odd".into(), "\\u{9b}31mé".into())), "{:?}", shown.last());
    let server = Server::says("HTTP/1.1 200 OK\r\nX: \x1b[31m\r\n\r\n").await;
    assert!(matches!(failure(&client().send(get(&server.url)).await), Failure::Protocol(_)));
}

#[tokio::test]
async fn a_long_body_is_kept_in_part_and_hashed_in_whole() {
    let body = "0123456789".repeat(100_000);
    let (want, copy) = (hex(&Sha256::digest(&body)), body.clone());
    let server = Server::web(move |_| answer(200, "", &copy)).await;
    let client = Client::new(Options { body_limit: 1234, ..Options::default() }).unwrap();
    let exchange = client.send(get(&server.url)).await;
    let received = &exchange.response().unwrap().body;
    assert_eq!((received.bytes.len(), received.len, received.truncated), (1234, 1_000_000, true));
    assert_eq!(received.sha256, want);
    assert_eq!(client.send(get(&server.url)).await.timings.connect, Duration::ZERO);
}

/// More than the sockets' buffers hold.
const LARGE: usize = 32 << 20;

#[tokio::test]
async fn an_early_refusal_is_read_although_the_body_is_not_taken() {
    for end in ["", "Connection: close\r\n"] {
        let server = Server::raw(move |mut stream, _| async move {
            let mut head = [0; 200];
            stream.read_exact(&mut head).await.unwrap();
            let _ = stream.write_all(answer(413, end, "too large").as_bytes()).await;
        })
        .await;
        let exchange = client().send(call(Method::PUT, &server.url).body(vec![0; LARGE])).await;
        assert_eq!((exchange.status(), text(&exchange).as_str()), (Some(413), "too large"), "{end}");
        assert!(exchange.request.body.sent < LARGE as u64);
    }
}

#[tokio::test]
async fn an_early_refusal_with_the_connection_left_open_is_an_answer_at_once() {
    let done = Arc::new(Notify::new());
    let wait = Arc::clone(&done);
    let server = Server::raw(move |mut stream, _| {
        let wait = Arc::clone(&wait);
        async move {
            let mut head = [0; 200];
            stream.read_exact(&mut head).await.unwrap();
            let _ = stream.write_all(answer(401, "", "who are you").as_bytes()).await;
            wait.notified().await;
        }
    })
    .await;
    let client = client();
    let exchange = client.send(call(Method::PUT, &server.url).body(vec![0; LARGE])).await;
    assert_eq!(text(&exchange), "who are you");
    done.notify_one();
}

#[tokio::test]
async fn a_large_body_arrives_whole() {
    let server = Server::web(|heard| answer(201, "", &hex(&Sha256::digest(&heard.body)))).await;
    let body: Vec<u8> = (0..LARGE).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let want = hex(&Sha256::digest(&body));
    let exchange = client().send(call(Method::PUT, &server.url).body(body)).await;
    assert_eq!((text(&exchange), exchange.request.body.sent), (want, LARGE as u64));
}

fn cut(url: &str, send: usize) -> Call {
    Call { body: Body { bytes: "0123456789".into(), framing: Framing::Cut { send } }, ..call(Method::PUT, url) }
}

#[tokio::test]
async fn a_cut_body_declares_all_sends_a_part_and_closes() {
    for send in [0, 4] {
        let (seen, mut tell) = tokio::sync::mpsc::unbounded_channel();
        let server = Server::raw(move |mut stream, _| {
            let seen = seen.clone();
            async move {
                let mut all = Vec::new();
                let _ = stream.read_to_end(&mut all).await;
                seen.send(String::from_utf8(all).unwrap()).unwrap();
            }
        })
        .await;
        let exchange = client().send(cut(&server.url, send)).await;
        assert!(failure(&exchange).to_string().contains(&format!("after {send} of 10 bytes, on purpose")), "{:?}", exchange.answer);
        let heard = tell.recv().await.unwrap();
        assert!(heard.contains("Content-Length: 10\r\n") && heard.ends_with(&format!("\r\n\r\n{}", &"0123456789"[..send])), "{heard}");
        assert_eq!((exchange.request.body.sent, exchange.request.body.cut), (send as u64, Some(send as u64)));
    }
}

#[tokio::test]
async fn an_answer_to_a_cut_body_is_returned() {
    let server = Server::raw(|mut stream, _| async move {
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all).await;
        let _ = stream.write_all(answer(400, "", "cut short").as_bytes()).await;
    })
    .await;
    assert_eq!(text(&client().send(cut(&server.url, 4)).await), "cut short");
}

#[tokio::test]
async fn a_server_that_ignores_a_cut_is_not_waited_for() {
    let server = Server::raw(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let began = clock::instant();
    assert!(matches!(failure(&client().send(cut(&server.url, 4)).await), Failure::Closed { .. }));
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn nobody_there_is_told_with_host_and_port() {
    let url = nobody().await;
    let exchange = client().send(get(&url)).await;
    let host = url.strip_prefix("http://").unwrap();
    assert_eq!(failure(&exchange), &Failure::Connect { to: host.into(), why: "connection refused".into() });
    let exchange = client().send(get("http://no-such-host.invalid/")).await;
    assert!(matches!(failure(&exchange), Failure::Connect { .. } | Failure::TimedOut { .. }), "{:?}", exchange.answer);
}

#[tokio::test]
async fn what_cannot_be_sent_is_told() {
    let client = client();
    for url in ["/v2/", "ftp://h/", "http://u:p@127.0.0.1/", "http://127.0.0.1:99999/"] {
        let exchange = client.send(get(url)).await;
        assert!(matches!(failure(&exchange), Failure::Unsendable(_)), "{url}: {:?}", exchange.answer);
    }
    assert!(matches!(failure(&client.send(call(Method::CONNECT, "http://127.0.0.1/")).await), Failure::Unsendable(_)));
}

#[tokio::test]
async fn what_is_under_way_ends_at_the_deadline_and_nothing_begins_after_it() {
    let server = Server::web(|_| answer(200, "", "")).await;
    let silent = Server::raw(|stream, _| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let deadline = Some(clock::instant() + Duration::from_millis(300));
    let client = Client::new(Options { deadline, ..Options::default() }).unwrap();
    assert_eq!(client.send(get(&server.url)).await.status(), Some(200));
    assert!(matches!(failure(&client.send(get(&silent.url)).await), Failure::TimedOut { .. }));
    let later = tokio::time::timeout(Duration::from_millis(100), client.send(get(&server.url))).await;
    assert!(later.is_err(), "a request began after the deadline: {later:?}");
}

#[tokio::test]
async fn a_length_that_the_caller_declares_is_sent() {
    let server = Server::raw(|mut stream, _| async move {
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all).await;
        let _ = stream.write_all(answer(400, "", &String::from_utf8(all).unwrap()).as_bytes()).await;
    })
    .await;
    let exchange = client().send(with_header(call(Method::PUT, &server.url).body("abc"), "content-length", "5")).await;
    assert!(text(&exchange).contains("Content-Length: 5\r\n") && text(&exchange).ends_with("\r\n\r\nabc"), "{}", text(&exchange));
}

#[tokio::test]
async fn a_length_below_the_bodys_own_is_kept_to() {
    let server = Server::web(|heard| answer(200, "", &String::from_utf8_lossy(&heard.body))).await;
    let client = client();
    let sent = || with_header(call(Method::PUT, &server.url).body("abc"), "content-length", "2");
    for _ in 0..2 {
        let exchange = client.send(sent()).await;
        assert_eq!((text(&exchange).as_str(), exchange.request.body.sent), ("ab", 2));
    }
}

#[tokio::test]
async fn many_requests_side_by_side_each_get_their_own_answer() {
    let server = Server::web(|heard| answer(200, "", heard.line())).await;
    let client = client();
    let asks: Vec<_> = (0..100)
        .map(|n| {
            let (client, url) = (client.clone(), format!("{}/{n}", server.url));
            tokio::spawn(async move { (n, text(&client.send(get(&url)).await)) })
        })
        .collect();
    for ask in asks {
        let (n, came) = ask.await.unwrap();
        assert_eq!(came, format!("GET /{n}"));
    }
    assert_eq!(client.exchanges(), 100);
}

#[tokio::test]
async fn heads_and_interim_answers_without_end_are_given_up() {
    for (piece, told) in [
        ("HTTP/1.1 103 Early Hints\r\n\r\n".to_owned(), "more interim answers (1xx) than any client takes"),
        (format!("HTTP/1.1 103 Early Hints\r\nX: {}\r\n\r\n", "x".repeat(100 << 10)), "head is larger than any client takes"),
        (format!("X: {}\r\n", "x".repeat(100 << 10)), "larger than any client takes"),
    ] {
        let server = Server::raw(move |mut stream, _| {
            let piece = piece.clone();
            async move {
                if hear(&mut stream).await.is_some() {
                    let _ = stream.write_all(if piece.starts_with('X') { b"HTTP/1.1 200 X\r\n" } else { b"" }).await;
                    while stream.write_all(piece.as_bytes()).await.is_ok() {}
                }
            }
        })
        .await;
        let exchange = client().send(get(&server.url)).await;
        assert!(matches!(failure(&exchange), Failure::Protocol(why) if why.contains(told)), "{}", failure(&exchange));
    }
}

#[tokio::test]
async fn a_body_in_pieces_of_a_byte_ends_at_its_time_out() {
    let server = Server::raw(|mut stream, _| async move {
        if hear(&mut stream).await.is_some() {
            let _ = stream.write_all(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n").await;
            let pieces = "1\r\nx\r\n".repeat(100_000);
            while stream.write_all(pieces.as_bytes()).await.is_ok() {}
        }
    })
    .await;
    let began = clock::instant();
    let exchange = hasty().send(get(&server.url)).await;
    assert!(matches!(failure(&exchange), Failure::TimedOut { phase: Phase::Body, .. }), "{}", failure(&exchange));
    assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
}
