//! Outcomes, requirements, and what works.

use super::support::{Server, answer, script, told};

const DECIDES: &str = "  - title: decide
    request: GET /1
    outcomes:
      accepted: { a/one: { status: 200 }, a/two: { header: { X: present } } }
      declined: { a/one: { status: 4xx } }
  - { title: then, request: GET /2, when: accepted, expect: { a/three: { status: 200 } } }
  - { title: else, request: GET /3, when: declined, expect: { a/should: { status: 200 } } }
";

#[tokio::test]
async fn the_outcome_that_came_is_judged_and_the_others_are_not() {
    for (status, expected, sent) in [
        (200, &["a/one pass", "a/two fail: expected header X, came no X header", "a/three pass"][..], &["GET /1", "GET /2"][..]),
        (404, &["a/one declined: status 404", "a/should pass"], &["GET /1", "GET /3"]),
        (
            202,
            &[
                "a/one fail: expected status 200 (accepted) or 4xx (declined), came status 202",
                "a/three inconclusive by step 1: the step \"decide\" did not work: status 202",
                "a/should inconclusive by step 1: the step \"decide\" did not work: status 202",
            ],
            &["GET /1"],
        ),
    ] {
        let (told, server) = script(DECIDES, move |heard, _| answer(if heard.line == "GET /1" { status } else { 200 }, "", "")).await;
        assert_eq!(begins(&told), begins(expected), "{status}");
        assert_eq!(server.lines(), sent, "{status}");
    }
}

/// Clause and verdict alone where the words are the judge's.
fn begins(lines: &[impl AsRef<str>]) -> Vec<String> {
    let short = |line: &str| line.find("came").map_or(line, |_| line.split(':').next().unwrap_or_default()).to_owned();
    lines.iter().map(|line| short(line.as_ref())).collect()
}

#[tokio::test]
async fn a_wrong_header_or_a_sibling_of_the_status_fails_alone_and_stops_nothing() {
    let steps = "  - { request: GET /1, expect: { a/one: { status: 201 }, a/two: { header: { X: y } } }, save: { b: body } }
  - { request: GET /<b>, expect: { a/three: { status: 200 } } }
";
    let (told, server) = script(steps, |_, _| answer(200, "", "text")).await;
    assert_eq!(begins(&told), ["a/one fail", "a/two fail", "a/three pass"]);
    assert_eq!(server.lines()[1], "GET /text");
}

#[tokio::test]
async fn a_step_without_a_status_works_below_400_and_one_without_expectations_always() {
    for (first, status, runs) in [
        ("expect: { a/two: { header: { X: absent } } }", 302, true),
        ("expect: { a/two: { header: { X: absent } } }", 404, false),
        ("follow: false", 500, true),
        ("expect: { a/two: { status: 404 } }", 405, true),
        ("expect: { a/two: { status: [404, 2xx] } }", 500, false),
    ] {
        let steps = format!(
            "  - {{ request: GET /1, name: first, {first} }}\n  - {{ request: GET /2, after: first, expect: {{ a/one: {{ status: 200 }} }} }}\n"
        );
        let (told, server) = script(&steps, move |heard, _| answer(if heard.line == "GET /1" { status } else { 200 }, "", "")).await;
        assert_eq!(server.lines().len() == 2, runs, "{first} {status}: {told:?}");
    }
}

#[tokio::test]
async fn what_requires_a_clause_that_failed_on_the_same_exchange_or_before_is_inconclusive() {
    let same = "  - { request: GET /1, expect: { a/one: { status: 201 }, a/needs-one: { header: { X: y } } } }\n";
    let later =
        "  - { request: GET /1, expect: { a/one: { status: 201 } } }\n  - { request: GET /2, expect: { a/needs-one: { status: 200 } } }\n";
    for steps in [same, later] {
        let (told, _) = script(steps, |_, _| answer(200, "", "")).await;
        assert_eq!(told[1], "a/needs-one inconclusive by a/one: it needs a/one, which failed before");
    }
    let (told, _) = script(same, |_, _| answer(201, "X: y\r\n", "")).await;
    assert_eq!(told, ["a/one pass", "a/needs-one pass"]);
}

#[tokio::test]
async fn an_answer_that_no_outcome_has_is_not_laid_to_a_clause_that_can_t_be_judged() {
    let steps = "  - { request: GET /1, expect: { a/one: { status: 201 } } }
  - request: GET /2
    outcomes: { yes: { a/needs-one: { status: 201 } }, no: { a/two: { status: 404 } } }
";
    let (told, _) = script(steps, |_, _| answer(200, "", "")).await;
    assert_eq!(told[1], "a/needs-one inconclusive by a/one: it needs a/one, which failed before");
}

#[tokio::test]
async fn whether_a_clause_binds_is_none_of_the_engines_business() {
    let steps = "  - { title: odd, request: GET /1, name: odd, expect: { a/elsewhere: { status: 200 } } }
  - { request: GET /2, after: odd, expect: { a/one: { status: 200 } } }
";
    let (told, server) = script(steps, |_, _| answer(404, "", "")).await;
    assert!(told[0].starts_with("a/elsewhere fail"), "{told:?}");
    assert_eq!(told[1], "a/one inconclusive by step 1: the step \"odd\" did not work: status 404");
    assert_eq!(server.lines(), ["GET /1"]);
}

#[tokio::test]
async fn a_429_is_waited_out_once_and_is_no_answer_after_that() {
    let step = "  - { request: GET /1, expect: { a/one: { status: 200 } } }\n";
    let limited = |wait: &str| answer(429, &format!("Retry-After: {wait}\r\n"), "");
    for (wait, answers, told_is, sent) in [
        ("0", 1, "a/one pass", 2),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 1, "a/one pass", 2),
        ("0", 9, "a/one inconclusive: the target limits the rate of requests: it answered 429", 2),
        ("9999", 9, "a/one inconclusive: the target limits the rate of requests: it answered 429", 1),
    ] {
        let too_many = limited(wait);
        let (told, server) = script(step, move |_, before| if before < answers { too_many.clone() } else { answer(200, "", "") }).await;
        assert_eq!((told.as_slice(), server.lines().len()), (&[told_is.to_owned()][..], sent), "{wait}");
    }
}

#[tokio::test]
async fn steps_side_by_side_have_worked_only_if_each_of_them_has() {
    let steps = "  - name: both
    together:
      - [{ title: left, request: GET /1, expect: { a/one: { status: 200 } } }]
      - [{ title: right, request: GET /2, expect: { a/two: { status: 200 } } }]
  - { request: GET /3, after: both, expect: { a/three: { status: 200 } } }
";
    let (told, server) = script(steps, |heard, _| answer(if heard.line == "GET /2" { 404 } else { 200 }, "", "")).await;
    assert!(
        told.iter().any(|line| line.starts_with("a/three inconclusive by step") && line.contains("\"right\" did not work")),
        "{told:?}"
    );
    assert!(!server.lines().contains(&"GET /3".to_owned()));
}

#[tokio::test]
async fn a_login_that_fails_is_no_failure_of_what_was_to_be_asked() {
    let tokens = Server::new(|_, _| answer(500, "", "broken")).await;
    let realm = tokens.url();
    let server =
        Server::new(move |_, _| answer(401, &format!("WWW-Authenticate: Bearer realm=\"{realm}/token\",service=\"s\"\r\n"), "")).await;
    let text = format!("title: t\nsteps:\n  - {{ request: GET /v2/, expect: {{ a/should: {{ status: 200 }} }} }}\n{DECIDES}");
    let told = told(&server.url(), Some(("me", "secret")), &text).await;
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[..2].iter().all(|line| line.contains(" inconclusive: login failed")), "{told:?}");
    assert!(told[2..].iter().all(|line| line.contains(" inconclusive by step ")), "{told:?}");
}
