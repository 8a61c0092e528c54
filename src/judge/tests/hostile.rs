use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

const EVERYTHING: [&str; 13] = [
    "any: [{ status: 200, header: { Location: { pullable: layer } } }, { json: { /a: 1 } }]",
    "status: 200",
    "header: { Location: { pullable: layer }, Docker-Content-Digest: { digest_of: body }, Link: { matches: next } }",
    "header: { Content-Type: { media_type: a/b }, Content-Length: { absent_or: { length_of: body } }, X: { absent_or: { one_of: [x, y] } }, Y: absent, Z: <repo> }",
    "challenge: { realm: present, service: { absent_or: x } }",
    "challenge: present",
    "error: { any_of: [DENIED], or_no_json: true }",
    "body: layer",
    "body: { slice: [layer, 3, 5] }",
    "json: { '': { is: object }, /tags: { exactly: tags, sorted: true, each: { '': { matches: t } } } }",
    "json: { /errors: { some: { /code: X } }, /a: { lacks: [1] } }",
    "same_as: { step: get, parts: [status, body, Location] }",
    "walk: { exactly: tags, sorted: true, no_repeats: true, page_most: 2 }",
];

static READ: LazyLock<Vec<Expectation>> = LazyLock::new(|| EVERYTHING.iter().map(|yaml| expectation(yaml)).collect());

fn is_tame(mismatch: &Mismatch) -> bool {
    let tame = |text: &str| !text.chars().any(char::is_control) && text.chars().count() < 4000;
    tame(&mismatch.expected) && tame(&mismatch.came) && tame(&mismatch.signature) && !mismatch.came.is_empty()
}

fn judge_all(exchange: &Exchange, walked: &[serde_json::Value]) {
    let steps = HashMap::from([("get".to_owned(), super::exchange(200, &[("Location", b"/x")], LAYER))]);
    let walked = Some(Walked { entries: walked.to_vec(), pages: vec![walked.len()], ..Walked::default() });
    let scene = Scene { steps, walked, pulled: vec![exchange.clone()], ..scene() };
    for expectation in READ.iter() {
        let _ = expectation.pulls(exchange);
        let view = View { exchange, values: &scene, pulled: &scene.pulled, walked: scene.walked.as_ref() };
        if let Err(mismatch) = expectation.judge(&view) {
            assert!(is_tame(&mismatch), "{expectation:?}: {mismatch:?}");
        }
    }
}

#[test]
fn every_matcher_tells_a_failure_in_the_failures_words() {
    let steps = HashMap::from([("get".to_owned(), exchange(200, &[], b""))]);
    let scene = Scene { steps, walked: Some(Walked::default()), ..scene() };
    for yaml in EVERYTHING {
        let mismatch = judge(&scene, yaml, &closed()).unwrap_err();
        assert!(mismatch.came.starts_with("the connection was closed before"), "{yaml}: {mismatch}");
        assert_eq!(mismatch.verdict, Verdict::Fail);
    }
}

#[test]
fn giant_and_poisoned_answers_are_judged_and_told_in_short() {
    let giant = vec![b'a'; 1 << 20];
    let deep = "[".repeat(100_000);
    let object = format!("{}1{}", "{\"a\":".repeat(5000), "}".repeat(5000));
    let codes = format!("{{\"errors\":[{}{{\"code\":\"\\u001b[31m{}\"}}]}}", "{\"code\":\"A\"},".repeat(5000), "x".repeat(5000));
    for body in [&giant[..], deep.as_bytes(), object.as_bytes(), codes.as_bytes(), b"\xff\xfe\x00", b"\x1f\x8b\x08"] {
        for status in [200, 401] {
            judge_all(&exchange(status, &[("Location", &giant), ("WWW-Authenticate", &giant), ("Link", b"\x80\x81")], body), &[]);
        }
    }
    let odd = judge(&scene(), r#"json: { /a: { matches: "\u0007x" } }"#, &exchange(200, &[], b"{}")).unwrap_err();
    assert_eq!(odd.expected, "/a a text matching /\\x07x/");
    let told = told(&scene(), "json: { /a: 1 }", &exchange(200, &[], deep.as_bytes()));
    assert_eq!(told, "expected /a 1, came a body that is no JSON (recursion limit exceeded)");
    let escaped = judge(&scene(), "status: 200", &exchange(404, &[], b"{\"errors\":[{\"code\":\"\\u001b[31m\\n\"}]}")).unwrap_err();
    assert_eq!(escaped.came, "status 404 \\x1b[31m\\n");
}

#[test]
fn a_gzip_bomb_is_not_unfolded_without_end() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0_u8; 1 << 20];
    for _ in 0..65 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = exchange(200, &[("Content-Encoding", b"gzip")], &encoder.finish().unwrap());
    assert!(super::told(&scene(), "body: layer", &bomb).starts_with("inconclusive gzip of more than"));
}

fn header_value() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof![0x20_u8..0x7f, 0x80_u8..=0xff, Just(b'\t'), Just(b'"'), Just(b','), Just(b'='), Just(b':')];
    prop_oneof![
        proptest::collection::vec(text, 0..60),
        "(Basic|Bearer|realm|service|=|\"|,| |x){0,12}".prop_map(String::into_bytes),
        "(http|https|:|/|\\?|#|\\.\\.|a|@|\\[|\\]|%){0,12}".prop_map(String::into_bytes),
        "(sha256|sha512|x):[0-9a-fA-F]{0,70}".prop_map(String::into_bytes),
        Just(b"gzip".to_vec()),
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let json = "(\\{|\\}|\\[|\\]|,|:|\"errors\"|\"code\"|\"tags\"|\"t1\"|\"DENIED\"|1|null){0,20}";
    let list = "\\{\"(tags|errors|a)\":\\[(\"t1\"|\"t2\"|1|\\{\"code\":\"X\"\\})(,(\"t3\"|null|\\{\\})){0,4}\\]\\}";
    prop_oneof![proptest::collection::vec(any::<u8>(), 0..80), json.prop_map(String::into_bytes), list.prop_map(String::into_bytes)]
}

proptest! {
    #[test]
    fn no_exchange_makes_any_matcher_panic(
        status in 100_u16..1000,
        headers in proptest::collection::vec((prop_oneof![
            Just("Location"), Just("Docker-Content-Digest"), Just("Link"), Just("Content-Type"), Just("WWW-Authenticate"),
            Just("Content-Encoding"), Just("X"), Just("Z"),
        ], header_value()), 0..8),
        body in body(),
        kept in proptest::option::of(0_usize..40),
        walked in proptest::collection::vec("[a-zA-Z0-9_]{0,3}".prop_map(serde_json::Value::from), 0..6),
    ) {
        let lines: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_slice())).collect();
        let whole = exchange(status, &lines, &body);
        judge_all(&kept.map_or_else(|| whole.clone(), |kept| truncated(whole.clone(), kept)), &walked);
    }
}
