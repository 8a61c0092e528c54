//! Repeating, walking, and running side by side.

use super::support::{answer, script};

#[tokio::test]
async fn each_value_is_sent_and_one_that_does_not_work_stops_what_hangs_on_the_step() {
    let steps = "  - { title: all, request: GET /<v>, name: all, each: { v: [a, b, c] }, expect: { a/one: { status: 200 } } }
  - { request: GET /d, after: all, expect: { a/two: { status: 200 } } }
";
    let (told, server) = script(steps, |heard, _| answer(if heard.line == "GET /b" { 404 } else { 200 }, "", "")).await;
    assert_eq!(server.lines(), ["GET /a", "GET /b", "GET /c"]);
    let words: Vec<&str> = told.iter().map(|line| line.split(':').next().unwrap_or_default()).collect();
    assert_eq!(words, ["a/one pass", "a/one fail", "a/one pass", "a/two inconclusive by step 1"]);
}

#[tokio::test]
async fn until_asks_again_until_the_expectations_hold_and_tells_the_last_answer_alone() {
    let step = "  - { request: GET /1, until: { within: 20s }, expect: { a/one: { status: 200 } } }\n";
    let (told, server) = script(step, |_, before| answer(if before < 3 { 404 } else { 200 }, "", "")).await;
    assert_eq!((told, server.lines().len()), (vec!["a/one pass".to_owned()], 4));
    let short = step.replace("20s", "100ms");
    let (told, server) = script(&short, |_, _| answer(404, "", "")).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("a/one fail: ") && server.lines().len() > 1, "{told:?}");
}

#[tokio::test]
async fn a_walk_follows_links_to_the_end_and_joins_the_pages() {
    let step = "  - { request: GET /list, walk: { list: /tags }, expect: { a/one: { status: 200 }, a/two: { walk: { exactly: [a, b, c], sorted: true, least_pages: 2 } } } }\n";
    let (told, server) = script(step, |heard, _| match heard.line.as_str() {
        "GET /list" => answer(200, "Link: </list?last=b>; rel=\"next\"\r\n", r#"{"tags":["a","b"]}"#),
        _ => answer(200, "", r#"{"tags":["c"]}"#),
    })
    .await;
    assert_eq!(told, ["a/one pass", "a/two pass"]);
    assert_eq!(server.lines(), ["GET /list", "GET /list?last=b"]);
}

#[tokio::test]
async fn a_walk_that_goes_in_a_circle_has_no_end_or_loses_its_list_is_told() {
    let step =
        "  - { request: GET /list, walk: { list: /tags, pages: 4 }, expect: { a/two: { walk: { sorted: true, leads_on: true } } } }\n";
    for (kind, asked, why) in [
        ("circle", 2, "the Link of page 2 leads back to a page already seen"),
        ("endless", 4, "a/two inconclusive: there were more than 4 pages"),
        ("lost", 2, "page 2 has no array at /tags"),
        ("vast", 2, "a/two inconclusive: page 2 is longer than 1 MiB, and was not read"),
    ] {
        let (told, server) = script(step, move |_, before| {
            let to = if kind == "circle" && before > 0 { "/list".to_owned() } else { format!("/list?n={before}") };
            let body = match kind {
                "lost" if before > 0 => "{}".to_owned(),
                "vast" if before > 0 => format!(r#"{{"tags":["{}"]}}"#, "a".repeat(5 << 20)),
                _ => r#"{"tags":["a"]}"#.to_owned(),
            };
            answer(200, &format!("Link: <{to}>; rel=\"next\"\r\n"), &body)
        })
        .await;
        let begin = if why.starts_with("a/two") { why } else { "a/two fail" };
        assert!(told[0].starts_with(begin) && told[0].ends_with(why), "{kind}: {told:?}");
        assert_eq!(server.lines().len(), asked, "{kind}");
    }
}

#[tokio::test]
async fn a_link_that_leads_nowhere_is_told_once_and_nothing_is_said_of_what_was_not_seen() {
    let step = "  - { request: GET /list, walk: { list: /tags }, expect: { a/one: { status: 200 }, a/two: { walk: { leads_on: true } }, a/three: { walk: { sorted: true } } } }\n";
    for (to, why) in [("http://127.0.0.1:1/list", "could not connect"), ("/lost", "status 404")] {
        let (told, _) = script(step, move |heard, _| match heard.line.as_str() {
            "GET /list" => answer(200, &format!("Link: <{to}>; rel=\"next\"\r\n"), r#"{"tags":["a"]}"#),
            _ => answer(404, "", ""),
        })
        .await;
        assert_eq!(told[0], "a/one pass", "{told:?}");
        assert!(told[1].starts_with("a/two fail") && told[1].contains(why), "{told:?}");
        assert!(told[2].starts_with("a/three inconclusive: the Link of page 1 leads to "), "{told:?}");
    }
}

#[tokio::test]
async fn what_branches_side_by_side_save_and_come_to_is_known_afterwards() {
    let steps = "  - together:
      - [ { request: GET /1, save: { one: body }, expect: { a/one: { status: 200 } } } ]
      - [ { request: GET /2, outcomes: { yes: { a/two: { status: 200 } }, no: { a/two: { status: 404 } } }, save: { two: body } } ]
  - { request: GET /<one>/<two>, when: yes, expect: { a/three: { status: 200 } } }
  - { request: GET /no, when: no, expect: { a/should: { status: 200 } } }
";
    let (mut told, server) = script(steps, |heard, _| answer(200, "", &heard.line.replace("GET /", "r"))).await;
    told.sort();
    assert_eq!(told, ["a/one pass", "a/three pass", "a/two pass"]);
    assert_eq!(server.lines()[2], "GET /r1/r2");
}

#[tokio::test]
async fn what_reads_from_branches_that_did_not_run_does_not_run_either() {
    let steps = |first: &str, gate: &str| {
        format!(
            "  - {{ title: first, request: GET /1, {first} }}
  - together:
      - [ {{ request: GET /2, save: {{ one: body }}, expect: {{ a/two: {{ status: 200 }} }} }} ]
      - [ {{ request: GET /3 }} ]
    {gate}
  - {{ request: GET /<one>, expect: {{ a/three: {{ status: 200 }} }} }}
"
        )
    };
    let by_outcome = steps("outcomes: { yes: { a/one: { status: 200 } }, no: { a/one: { status: 404 } } }", "when: yes");
    let (told, server) = script(&by_outcome, |_, _| answer(404, "", "")).await;
    assert_eq!((told, server.lines().len()), (vec!["a/one pass".to_owned()], 1));
    let by_name = steps("name: first, expect: { a/one: { status: 200 } }", "after: first");
    let (told, server) = script(&by_name, |_, _| answer(404, "", "")).await;
    assert_eq!((told.len(), server.lines().len()), (3, 1), "{told:?}");
    for line in &told[1..] {
        assert!(line.contains("inconclusive by step 1: the step \"first\" did not work: status 404"), "{told:?}");
    }
}

#[tokio::test]
async fn a_push_that_is_refused_is_told_and_stops_all_later_steps() {
    let steps = "  - push: d\n  - { request: GET /v2/<d.digest>, expect: { a/one: { status: 200 } } }\n";
    let (told, server) = script(steps, |_, _| answer(404, "", "")).await;
    assert_eq!(told[0], "unprepared push d: open an upload for d: status 404");
    assert!(told[1].starts_with("a/one inconclusive by step 1: "), "{told:?}");
    assert_eq!((told.len(), server.lines().len()), (2, 1));
}

#[tokio::test]
async fn each_page_of_a_walk_is_held_to_what_is_not_about_all_of_them() {
    let step = "  - { request: GET /list, walk: { list: /tags, pages: 3 }, expect: { a/one: { status: 200, header: { X: y } }, a/two: { json: { /tags: { lacks: [bad] } }, walk: { contains: [a] } } } }\n";
    for (first, header, told_is) in [
        ("a", "X: y\r\n", &["a/one pass", "a/two pass"][..]),
        ("bad", "X: y\r\n", &["a/two fail", "a/one pass", "a/two pass"]),
        ("a", "", &["a/one fail", "a/one pass", "a/two pass"]),
    ] {
        let (told, _) = script(step, move |_, before| match before {
            0 => answer(200, &format!("{header}Link: </list?n=1>; rel=\"next\"\r\n"), &format!(r#"{{"tags":["{first}"]}}"#)),
            _ => answer(200, "X: y\r\n", r#"{"tags":["a"]}"#),
        })
        .await;
        let short: Vec<&str> = told.iter().map(|line| line.split(':').next().unwrap_or_default()).collect();
        assert_eq!(short, told_is, "{told:?}");
    }
}
