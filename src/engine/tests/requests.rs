//! What is sent, and what of the answer is kept.

use super::support::{Server, answer, script, told};
use crate::registry::{Config, start};

const OK: &str = "expect: { a/one: { status: 200 } }";

#[tokio::test]
async fn each_kind_of_save_is_there_for_later_steps() {
    let body = r#"{"a":{"b":"deep"},"n":7}"#;
    let headers = "Location: ../up?x=1\r\nX-Y: z\r\nWWW-Authenticate: Basic realm=\"old\"\r\nWWW-Authenticate: Bearer realm=\"new\",service=\"s\"\r\n";
    for (save, kept) in [
        ("{ header: X-Y }", "z"),
        ("{ json: /a/b }", "deep"),
        ("{ json: /n }", "7"),
        ("{ regex: '\"b\":\"(.*?)\"' }", "deep"),
        ("{ challenge: realm }", "new"),
        ("{ challenge: scheme }", "bearer"),
        ("digest", "sha256:"),
    ] {
        let steps = format!("  - {{ request: GET /v2/a/b, {OK}, save: {{ s: {save} }} }}\n  - {{ request: GET /<s>, {OK} }}\n");
        let (told, server) = script(&steps, move |_, _| answer(200, headers, body)).await;
        assert_eq!(told, ["a/one pass", "a/one pass"], "{save}");
        assert!(server.lines()[1].starts_with(&format!("GET /{kept}")), "{save}: {:?}", server.lines());
    }
    let steps = format!(
        "  - {{ request: GET /v2/a/b, {OK}, save: {{ s: location }} }}\n  - {{ request: GET <s>, query: {{ digest: \"a:b/c\" }}, {OK} }}\n"
    );
    let (_, server) = script(&steps, move |_, _| answer(200, headers, body)).await;
    assert_eq!(server.lines()[1], "GET /v2/up?x=1&digest=a%3Ab%2Fc");
}

#[tokio::test]
async fn a_saved_digest_is_that_of_everything_that_came() {
    let long = "x".repeat(9 << 20);
    let digest = crate::oci::Digest::sha256(long.as_bytes()).to_string();
    let steps = format!("  - {{ request: GET /1, {OK}, save: {{ s: digest }} }}\n  - {{ request: GET /<s>, {OK} }}\n");
    let (_, server) = script(&steps, move |heard, _| answer(200, "", if heard.line == "GET /1" { &long } else { "" })).await;
    assert_eq!(server.lines()[1], format!("GET /{digest}"));
}

#[tokio::test]
async fn a_new_location_is_kept_and_where_there_is_none_the_one_before() {
    let steps = format!(
        "  - {{ request: GET /1, {OK}, save: {{ first: location }} }}
  - {{ request: GET /2, {OK}, save: {{ second: {{ location_or: <first> }} }} }}
  - {{ request: GET /3, {OK}, save: {{ third: {{ location_or: <first> }} }} }}
  - {{ request: GET <second>, {OK} }}
  - {{ request: GET <third>, {OK} }}
"
    );
    let locations = ["Location: /one\r\n", "Location: /two\r\n", "", "", ""];
    let (_, server) = script(&steps, move |_, number| answer(200, locations[number.min(4)], "")).await;
    assert_eq!(server.lines()[3..], ["GET /two", "GET /one"]);
}

#[tokio::test]
async fn what_can_t_be_kept_makes_later_steps_inconclusive_and_names_where_it_began() {
    for (save, why) in [
        ("location", "there was no Location header"),
        ("{ header: X }", "there was no X header"),
        ("{ json: /a }", "the body is no JSON"),
        ("{ regex: \"a(b)\" }", "its body does not match a(b)"),
        ("{ challenge: realm }", "it has no Basic or Bearer challenge"),
    ] {
        let steps = format!(
            "  - {{ title: first, request: GET /1, {OK}, save: {{ s: {save} }} }}
  - {{ title: second, request: GET /2, headers: {{ X: <s> }}, expect: {{ a/two: {{ status: 200 }} }}, save: {{ t: body }} }}
  - {{ request: GET /3, headers: {{ X: <t> }}, expect: {{ a/three: {{ status: 200 }} }} }}
"
        );
        let (told, server) = script(&steps, |_, _| answer(200, "", "plain")).await;
        let reason = format!("inconclusive by step 1: the step \"first\" did not work: {why}");
        assert_eq!(told, ["a/one pass".to_owned(), format!("a/two {reason}"), format!("a/three {reason}")]);
        assert_eq!(server.lines(), ["GET /1"]);
    }
}

#[tokio::test]
async fn bodies_go_out_whole_sliced_chunked_cut_or_as_text_json_and_forms() {
    let sent = async |step: &str| {
        let steps = format!("  - {{ request: PUT /1, {step}, {OK} }}\n");
        let (told, server) = script(&steps, |_, _| answer(200, "", "")).await;
        let mut requests = server.requests();
        assert_eq!((requests.len(), told.len()), (1, 1), "{step}: {told:?}");
        requests.remove(0)
    };
    let whole = sent("body: d").await;
    assert_eq!((whole.body.len(), whole.header("content-type")), (10, Some("application/octet-stream")));
    let slice = sent("body: { slice: [d, 2, 5] }").await;
    assert_eq!((slice.body.as_slice(), slice.header("content-length")), (&whole.body[2..5], Some("3")));
    assert_eq!(sent("body: { slice: [d, 4, end] }").await.body, whole.body[4..]);
    let chunked = sent("body: d, chunked: true").await;
    assert_eq!((chunked.header("transfer-encoding"), chunked.header("content-length")), (Some("chunked"), None));
    assert!(chunked.body.windows(10).any(|window| window == whole.body));
    let text = sent("body: { text: \"run <run>\" }").await;
    assert_eq!(text.body, b"run r1");
    let json = sent("body: { json: { a: \"<run>\" } }").await;
    assert_eq!((json.body.as_slice(), json.header("content-type")), (&b"{\"a\":\"r1\"}"[..], Some("application/json")));
    let form = sent("body: { form: { a: \"x y\", b: \"1&2\" } }").await;
    assert_eq!((form.body.as_slice(), form.header("content-type")), (&b"a=x%20y&b=1%262"[..], Some("application/x-www-form-urlencoded")));
    assert_eq!(sent("body: d, headers: { Content-Type: null }").await.header("content-type"), None);
    assert_eq!(sent("body: d, headers: { User-Agent: null }").await.header("user-agent"), None);
    assert!(sent("body: d").await.header("user-agent").is_some_and(|agent| agent.starts_with("plimsoll/")));
    assert_eq!(sent("body: d, headers: { Content-Type: a/b }").await.header("content-type"), Some("a/b"));
}

#[tokio::test]
async fn a_cut_body_declares_all_sends_half_and_is_judged_by_the_step_alone() {
    let steps = "  - { request: PUT /1, body: { cut: d } }\n  - { request: GET /2, expect: { a/one: { status: 200 } } }\n";
    let (told, server) = script(steps, |heard, _| answer(if heard.line == "GET /2" { 200 } else { 500 }, "", "")).await;
    let requests = server.requests();
    let cut = requests.iter().find(|heard| heard.line == "PUT /1").unwrap();
    assert_eq!((cut.header("content-length"), cut.body.len()), (Some("10"), 5));
    assert_eq!(told, ["a/one pass"]);
}

#[tokio::test]
async fn credentials_are_those_that_the_step_says() {
    let server = Server::new(|heard, _| match heard.header("authorization") {
        None => answer(401, "WWW-Authenticate: Basic realm=\"r\"\r\n", ""),
        Some(_) => answer(200, "", ""),
    })
    .await;
    for (auth, status, sent) in [
        ("none", 401, None),
        ("auto", 200, Some("Basic bWU6c2VjcmV0")),
        ("{ basic: { user: <user>, password: wrong } }", 200, Some("Basic bWU6d3Jvbmc=")),
        ("{ bearer: \"t-<run>\" }", 200, Some("Bearer t-r1")),
    ] {
        let text = format!("title: t\nsteps:\n  - {{ request: GET /v2/, auth: {auth}, expect: {{ a/one: {{ status: {status} }} }} }}\n");
        assert_eq!(told(&server.url(), Some(("me", "secret")), &text).await, ["a/one pass"], "{auth}");
        assert_eq!(server.requests().last().unwrap().header("authorization"), sent, "{auth}");
    }
}

#[tokio::test]
async fn a_manifest_is_asked_for_in_every_type_and_other_things_in_none() {
    let steps = format!("  - {{ request: GET /v2/<repo>/manifests/v1, {OK} }}\n  - {{ request: GET /v2/<repo>/blobs/x, {OK} }}\n");
    let (_, server) = script(&steps, |_, _| answer(200, "", "")).await;
    let requests = server.requests();
    assert!(requests[0].header("accept").is_some_and(|accept| accept.contains("image.index") && accept.contains("manifest.v2")));
    assert_eq!(requests[1].header("accept"), None);
}

#[tokio::test]
async fn what_the_scenario_lacks_is_an_error_of_the_harness() {
    let steps =
        format!("  - {{ title: odd, request: GET /<user>, {OK} }}\n  - {{ request: GET /2, expect: {{ a/two: {{ status: 200 }} }} }}\n");
    let (told, _) = script(&steps, |_, _| answer(200, "", "")).await;
    assert_eq!(told, ["a/one error: the variable <user> has no value here", "a/two pass"]);
}

#[tokio::test]
async fn a_push_to_the_reference_registry_gives_what_is_pulled() {
    let registry = start(Config::open()).await.unwrap();
    let text = "title: t
data: { img: { image: { layers: 2 } }, list: { index: { manifests: [img] } } }
steps:
  - { push: list, tag: v1 }
  - { request: GET /v2/<repo>/manifests/v1, expect: { a/one: { status: 200, body: list } } }
  - { request: GET /v2/<repo>/blobs/<img.layer2.digest>, expect: { a/two: { status: 200, body: img.layer2 } } }
  - { request: PUT /v2/<repo>/manifests/v2, body: img, expect: { a/three: { status: 201, header: { Location: { pullable: img } } } } }
";
    assert_eq!(told(&registry.url(), None, text).await, ["a/one pass", "a/two pass", "a/three pass"]);
    registry.stop().await;
}

#[tokio::test]
async fn a_location_is_pulled_for_the_outcome_that_came_alone() {
    let step = "  - request: PUT /1
    body: d
    outcomes: { accepted: { a/one: { status: 201, header: { Location: { pullable: d } } } }, declined: { a/two: { status: 4xx } } }\n";
    for (status, asked) in [(404, vec!["PUT /1"]), (500, vec!["PUT /1"]), (201, vec!["PUT /1", "GET /2"])] {
        let (_, server) = script(step, move |_, _| answer(status, "Location: /2\r\n", "")).await;
        assert_eq!(server.lines(), asked, "{status}");
    }
}
