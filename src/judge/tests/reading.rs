use super::super::{Condition, Uses};
use super::*;

/// `line:column title [help]` of what is wrong with an expectation.
fn refused(yaml: &str) -> String {
    match read::<Expectation>(&SourceFile::new("x.yaml", yaml)) {
        Ok(read) => panic!("{yaml} was read as {read:?}"),
        Err(wrong) => format!("{} {} [{}]", wrong.position(), wrong.title, wrong.help.unwrap_or_default()),
    }
}

#[test]
fn a_slip_in_an_expectation_is_shown_where_it_is() {
    let cases = [
        ("statsu: 200", "x.yaml:1:1 `statsu` is no key of this map [did you mean `status`?]"),
        ("{}", "nothing is expected here"),
        ("status: 2x", "x.yaml:1:9 `2x` is no status [write a code (201) or a class (4xx)]"),
        ("status: 99", "x.yaml:1:9 99 is no HTTP status"),
        ("status: -1", "0 is no HTTP status"),
        ("status: []", "this list has no status"),
        ("status: { a: 1 }", "expected a status (201), a class of them (4xx), or a list"),
        ("{ status: 200, status: 201 }", "the key `status` stands twice"),
        ("header: {}", "no header is named here"),
        ("header: { 'a b': present }", "`a b` is no header's name"),
        ("header: { Location: present, location: absent }", "the header `location` stands twice"),
        ("header: { Location: { digset_of: x } }", "`digset_of` is no key of this map [did you mean `digest_of`?]"),
        ("header: { Location: { matches: a, pullable: b } }", "this map has not exactly one key"),
        ("header: { Location: {} }", "this map has not exactly one key"),
        ("header: { Location: '<x' }", "`<` opens a variable that is never closed"),
        ("body: { slcie: [a, 0, 1] }", "did you mean `slice`?"),
        ("body: { slice: [a, 0] }", "a slice is `[DATUM, from, to]`"),
        ("body: { slice: [a, 0, 1, 2] }", "a slice is `[DATUM, from, to]`"),
        ("body: { slice: [a, 0, ende] }", "`ende` is no end of a slice"),
        ("json: {}", "no pointer is named here"),
        ("json: { name: x }", "`name` is no JSON pointer [did you mean `/name`?]"),
        ("json: { /a~2: x }", "`/a~2` is no JSON pointer"),
        ("json: { /a: { contians: [x] } }", "did you mean `contains`?"),
        ("json: { /a: { count: 1, mots: 2 } }", "did you mean `most`?"),
        ("json: { /a: { b: 1, count: 2 } }", "`count` is no key of this map"),
        ("json: { /a: { sorted: false } }", "`sorted: false` asks for nothing"),
        ("json: { /a: { absent_or: 1, count: 2 } }", "`count` stands beside `absent_or`"),
        ("json: { /a: { count: 2, absent_or: 1 } }", "`absent_or` is no key of this map"),
        ("json: { /a: { is: aray } }", "did you mean `array`?"),
        ("json: { /a: { count: -1 } }", "expected a whole number, not negative and not too large"),
        ("error: []", "no code is named here"),
        ("error: { any_of: [A], or_nojson: true }", "did you mean `or_no_json`?"),
        ("challenge: baerer", "`baerer` is no challenge [did you mean `bearer`?]"),
        ("challenge: { relm: present }", "did you mean `realm`?"),
        ("same_as: { step: a }", "the key `parts` is missing"),
        ("same_as: { step: a, parts: ['b c'] }", "`b c` is no part"),
        ("any: []", "nothing is expected here"),
        ("any: [{ status: 200 }, { stauts: 1 }]", "x.yaml:1:26 `stauts` is no key of this map [did you mean `status`?]"),
        ("any: { status: 200 }", "expected a list"),
        ("walk: { exact: a }", "did you mean `exactly`?"),
    ];
    for (yaml, want) in cases {
        let told = refused(yaml);
        assert!(told.contains(want), "{yaml}: {told}");
    }
}

#[test]
fn a_slip_in_a_condition_is_told() {
    let told = |yaml| read::<Condition>(&SourceFile::new("x.yaml", yaml)).unwrap_err().render(false);
    assert!(told("methods: [GET]").contains("did you mean `method`?"));
    assert!(told("method: [get]").contains("`get` is no method"));
    assert!(told("{}").contains("nothing is expected here"));
}

#[test]
fn what_an_expectation_names_is_told_with_its_place() {
    let yaml = "header:
  Location: { pullable: layer }
  Docker-Contnet-Digest: { absent_or: { digest_of: body } }
  Link: { matches: '(' }
  X: a<repo>b<img.digest>
  Y: { one_of: [<one>] }
  Z: { media_type: <img.type> }
body: { slice: [part, 9, 3] }
json:
  /a: <saved>
  /b: { exactly: names, each: { /c: { contains: [<entry>] } } }
error: [NAME_UNKOWN]
challenge: { realm: { pullable: x } }
same_as: { step: first, parts: [] }
walk: { contains: others }
";
    let mut uses = Uses::default();
    expectation(yaml).uses(&mut uses);
    let shown = |name: &str, place: crate::text::Place| format!("{name} {}:{}", place.line, place.column);
    let texts = |all: &[crate::text::At<String>]| all.iter().map(|at| shown(at, at.place)).collect::<Vec<_>>();
    let variables: Vec<String> = uses.variables.iter().map(|at| shown(&at.join("."), at.place)).collect();
    assert_eq!(variables, ["repo 5:6", "img.digest 5:6", "one 6:17", "img.type 7:20", "saved 10:7", "entry 11:50"]);
    assert_eq!(texts(&uses.data), ["layer 2:25", "x 13:33", "part 8:17"]);
    assert_eq!(texts(&uses.lists), ["names 11:18", "others 15:19"]);
    assert_eq!(texts(&uses.steps), ["first 14:18"]);
    let mistakes = texts(&uses.mistakes);
    for want in [
        "this is no regular expression: unclosed group 4:20",
        "this slice is empty: its end is not behind its beginning 8:17",
        "`NAME_UNKOWN` is no error code of OCI's or Docker's: did you mean `NAME_UNKNOWN`? 12:9",
        "no registry sends `Docker-Contnet-Digest`: did you mean `docker-content-digest`? 3:26",
        "`realm` can't be judged by this form: `matches`, `one_of` or a text can judge it 13:21",
        "`parts` names nothing to compare 14:10",
    ] {
        assert!(mistakes.iter().any(|told| told == want), "{want} in {mistakes:#?}");
    }
    assert_eq!(uses.walks.len(), 1);
}

#[test]
fn a_code_or_a_header_that_nobody_sends_is_a_slip_only_where_it_is_near_a_known_one() {
    let mistakes = |yaml| {
        let mut uses = Uses::default();
        expectation(yaml).uses(&mut uses);
        uses.mistakes.iter().map(|at| at.value.clone()).collect::<Vec<_>>()
    };
    assert_eq!(mistakes("{ error: NAME_UNKNOWN, header: { X-Served-By: absent, ETag: present, link: absent } }"), [""; 0]);
    assert_eq!(mistakes("error: { any_of: [TAG_INVALID, RANGE_INVALID] }"), [""; 0]);
    assert_eq!(mistakes("error: odd"), ["`odd` is no error code of OCI's or Docker's"]);
    assert_eq!(mistakes("header: { Locaton: absent }"), ["no registry sends `Locaton`: did you mean `location`?"]);
}

#[test]
fn an_expectation_is_told_in_words() {
    let wording = |yaml| expectation(yaml).wording();
    assert_eq!(wording("{ body: layer, status: [200, 4xx] }"), "status 200 or 4xx, the bytes of `layer`");
    assert_eq!(
        wording("header: { Location: present, Digest: { absent_or: { digest_of: body } }, X: <repo> }"),
        "Location present, Digest absent or a true digest of the body, X `<repo>`"
    );
    assert_eq!(
        wording("json: { /tags: { exactly: tags, sorted: true } }"),
        "/tags an array of exactly the list `tags` and an array in lexical order"
    );
    assert_eq!(wording("walk: { contains: [a], least_pages: 2 }"), "over all pages at least a, 2 pages or more");
    assert_eq!(wording("same_as: { step: get, parts: [status, ETag] }"), "the same status, ETag as in `get`");
    assert_eq!(wording("error: [A, B]"), "error A or B");
}

#[test]
fn the_schema_of_an_expectation_lists_every_matcher() {
    let schema = serde_json::to_value(schemars::schema_for!(Expectation)).unwrap();
    for name in super::super::matchers::NAMES {
        assert!(schema["properties"][name].is_object() || schema["properties"][name].is_boolean(), "{name}");
    }
    assert_eq!(schema["additionalProperties"], false);
    let condition = serde_json::to_value(schemars::schema_for!(Condition)).unwrap();
    assert!(condition["properties"]["method"].is_object());
}
