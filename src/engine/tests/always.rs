//! What is judged on every exchange.

use super::support::{Server, answer, script, told_in_full};

const STEP: &str = "  - { request: GET /1, expect: { a/one: { status: 200 } } }\n";

#[tokio::test]
async fn every_exchange_is_judged_by_what_always_holds() {
    let wrong = format!("Docker-Content-Digest: sha256:{}\r\n", "0".repeat(64));
    let (told, _) = script(STEP, move |_, _| answer(200, &wrong, "x")).await;
    assert!(told[0].starts_with("http/digest fail"), "{told:?}");
    assert_eq!(told.last().unwrap(), "a/one pass");
}

#[tokio::test]
async fn a_server_error_that_fails_the_steps_own_clause_is_not_told_twice() {
    let (told, _) = script(STEP, |_, _| answer(500, "", "")).await;
    assert!(told.iter().any(|line| line.starts_with("a/one fail")), "{told:?}");
    assert!(told.contains(&"http/server-error inconclusive by a/one: a/one fails by the same answer".to_owned()), "{told:?}");
    // Where nothing else fails, it is.
    {
        let step = &STEP.replace("200", "5xx");
        let (told, _) = script(step, |_, _| answer(500, "", "")).await;
        assert!(told.iter().any(|line| line.starts_with("http/server-error fail")), "{step}: {told:?}");
    }
}

#[tokio::test]
async fn what_requires_a_statement_about_every_exchange_is_not_told_where_that_fails() {
    let wrong = format!("Docker-Content-Digest: sha256:{}\r\n", "0".repeat(64));
    let step = STEP.replace("a/one", "a/needs-digest").replace("200", "201");
    let (told, _) = script(&step, move |_, _| answer(200, &wrong, "x")).await;
    assert!(told[0].starts_with("http/digest fail"), "{told:?}");
    assert_eq!(told[1], "http/digest-again inconclusive by http/digest: it needs http/digest, which failed before");
    assert_eq!(told[2], "a/needs-digest inconclusive by http/digest: it needs http/digest, which failed before");
    // Where that holds, they are told as they are.
    let (told, _) = script(&step, |_, _| answer(200, "", "x")).await;
    assert!(told.len() == 1 && told[0].starts_with("a/needs-digest fail"), "{told:?}");
}

#[tokio::test]
async fn a_server_error_while_something_is_waited_for_is_told_in_full() {
    let step = STEP.replace("expect", "until: { within: 20s }, expect");
    let (told, _) = script(&step, |_, before| answer(if before == 0 { 500 } else { 200 }, "", "")).await;
    assert!(told[0].starts_with("http/server-error fail") && told[1] == "a/one pass", "{told:?}");
}

#[tokio::test]
async fn every_page_of_a_walk_is_judged_by_what_always_holds() {
    let step = "  - { request: GET /list, walk: { list: /tags }, expect: { a/one: { walk: { exactly: [a, b] } } } }\n";
    let wrong = format!("Docker-Content-Digest: sha256:{}\r\n", "0".repeat(64));
    let (told, _) = script(step, move |_, before| match before {
        0 => answer(200, &format!("{wrong}Link: </list?n=1>; rel=\"next\"\r\n"), r#"{"tags":["a"]}"#),
        _ => answer(200, "", r#"{"tags":["b"]}"#),
    })
    .await;
    assert!(told[0].starts_with("http/digest fail") && told.last().unwrap() == "a/one pass", "{told:?}");
}

#[tokio::test]
async fn another_host_that_a_redirect_leads_to_is_not_bound() {
    let storage = Server::new(|_, _| answer(500, "", "")).await;
    let to = format!("Location: {}/blob\r\n", storage.url());
    let step = STEP.replace("200", "2xx");
    let (told, _) = script(&step, move |_, _| answer(307, &to, "")).await;
    assert_eq!((told.len(), storage.lines().len()), (1, 1));
    assert!(told[0].starts_with("a/one fail"), "{told:?}");
}

#[tokio::test]
async fn redirects_challenges_and_pulls_are_exchanges_too() {
    let server = Server::new(|heard, _| match (heard.line.as_str(), heard.header("authorization")) {
        (_, None) => answer(401, "WWW-Authenticate: Basic realm=\"r\"\r\n", ""),
        ("GET /1", _) => answer(302, "Location: /2\r\n", ""),
        _ => answer(200, "", ""),
    })
    .await;
    let told = told_in_full(&server.url(), Some(("me", "secret")), &format!("title: t\nsteps:\n{STEP}")).await;
    assert_eq!((told.lines(), told.exchanges_judged()), (vec!["a/one pass".to_owned()], server.requests().len()));
    let wrong = format!("Docker-Content-Digest: sha256:{}\r\n", "0".repeat(64));
    let pullable = "  - { request: PUT /1, body: d, expect: { a/one: { status: 201, header: { Location: { pullable: d } } } } }\n";
    let (told, _) = script(pullable, move |heard, _| match heard.line.as_str() {
        "PUT /1" => answer(201, "Location: /2\r\n", ""),
        _ => answer(200, &wrong, "other"),
    })
    .await;
    assert!(told.iter().any(|line| line.starts_with("http/digest fail")), "{told:?}");
}
