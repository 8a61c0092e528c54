use super::*;

const TAGS: &[u8] = br#"{"name":"p/r","tags":["t1","t2","t3"],"n":2.0,"deep":{"a/b":[true,null]},"no":null}"#;
const INDEX: &[u8] = br#"{"manifests":[{"digest":"d1","size":1},{"digest":"d2","size":1,"platform":{"os":"linux"}}]}"#;

#[test]
fn a_json_value_is_present_absent_or_exactly_something() {
    let tags = exchange(200, &[], TAGS);
    hold(&[
        ("json: { /name: <repo> }", &tags, "ok"),
        ("json: { /name: other }", &tags, r#"expected /name "other", came /name "p/r""#),
        ("json: { /name: present, /nome: absent, /no: present }", &tags, "ok"),
        ("json: { /nome: present }", &tags, "expected /nome present, came /nome absent"),
        ("json: { /name: absent }", &tags, r#"expected /name absent, came /name "p/r""#),
        ("json: { /n: 2 }", &tags, "ok"),
        ("json: { /n: 2.0 }", &tags, "ok"),
        ("json: { /n: 3 }", &tags, "expected /n 3, came /n 2.0"),
        ("json: { /n: '2' }", &tags, r#"expected /n "2", came /n 2.0"#),
        ("json: { /no: null }", &tags, "ok"),
        ("json: { /deep/a~1b/0: true }", &tags, "ok"),
        ("json: { /deep: { a/b: [true, null] } }", &tags, "ok"),
        ("json: { /deep: { a/b: [true] } }", &tags, r#"expected /deep {"a/b":[true]}, came /deep {"a/b":[true,null]}"#),
        ("json: { /tags: [t1, t2, t<three>] }", &tags, "ok"),
        ("json: { /tags: [t2, t1, t3] }", &tags, r#"expected /tags ["t2","t1","t3"], came /tags ["t1","t2","t3"]"#),
        ("json: { '': { is: object } }", &tags, "ok"),
        ("json: { '': [] }", &exchange(200, &[], b"{}"), "expected the document [], came the document {}"),
        ("json: { /name: <nobody> }", &tags, "error /name no value for `<nobody>`"),
    ]);
}

#[test]
fn a_body_that_is_no_json_is_told_as_such() {
    let form = "json: { /a: 1 }";
    hold(&[
        (form, &exchange(200, &[], b""), "expected /a 1, came an empty body"),
        (form, &exchange(200, &[], b"<html>"), "expected /a 1, came a body that is no JSON (expected value)"),
        (form, &exchange(200, &[], b"{\"a\":1"), "expected /a 1, came a body that is no JSON (EOF while parsing an object)"),
        (form, &exchange(200, &[], b"{\"a\":1} x"), "expected /a 1, came a body that is no JSON (trailing characters)"),
        (form, &exchange(200, &[], b"{\"a\":\"\xff\"}"), "expected /a 1, came a body that is no JSON (invalid unicode code point)"),
        (form, &truncated(exchange(200, &[], b"{\"a\":1}"), 3), "inconclusive 7 bytes, too many to keep"),
        (form, &closed(), "expected /a 1, came the connection was closed before an answer came: reset"),
        (form, &exchange(404, &[], b"gone"), "expected /a 1, came status 404, a body that is no JSON (expected value)"),
    ]);
}

#[test]
fn a_json_value_has_a_kind_or_matches() {
    let tags = exchange(200, &[], TAGS);
    hold(&[
        ("json: { /name: { is: string }, /n: { is: number }, /tags: { is: array }, /deep: { is: object } }", &tags, "ok"),
        ("json: { /deep/a~1b/0: { is: boolean } }", &tags, "ok"),
        ("json: { /name: { is: array } }", &tags, r#"expected /name an array, came /name "p/r""#),
        ("json: { /nome: { is: array } }", &tags, "expected /nome an array, came /nome absent"),
        ("json: { /name: { matches: '^p/' } }", &tags, "ok"),
        ("json: { /name: { matches: '^/' } }", &tags, r#"expected /name a text matching /^//, came /name "p/r""#),
        ("json: { /name: { matches: '^(A_B|C)$' } }", &tags, r#"expected /name a text one of A_B, C, came /name "p/r""#),
        ("json: { /n: { matches: '^2' } }", &tags, "ok"),
        ("json: { /n: { matches: '^3' } }", &tags, "expected /n a text matching /^3/, came /n 2.0"),
    ]);
}

#[test]
fn a_json_value_is_a_whole_number_above_another() {
    let count = exchange(200, &[], br#"{"n":4,"three":3,"text":"4","part":4.5,"list":[4]}"#);
    hold(&[
        ("json: { /n: { above: <three> } }", &count, "ok"),
        ("json: { /three: { above: <three> } }", &count, "expected /three a whole number above 3, came /three 3"),
        ("json: { /text: { above: <three> } }", &count, r#"expected /text a whole number above 3, came /text "4""#),
        ("json: { /part: { above: <three> } }", &count, "expected /part a whole number above 3, came /part 4.5"),
        ("json: { /list: { above: <three> } }", &count, "expected /list a whole number above 3, came /list [4]"),
        ("json: { /none: { above: <three> } }", &count, "expected /none a whole number above <three>, came /none absent"),
        ("json: { /n: { above: <repo> } }", &count, "inconclusive /n what it is compared with is no whole number"),
    ]);
}

#[test]
fn a_json_value_may_be_absent_or_something() {
    let tags = exchange(200, &[], TAGS);
    hold(&[
        ("json: { /name: { absent_or: { is: string } }, /nome: { absent_or: { is: string } } }", &tags, "ok"),
        ("json: { /n: { absent_or: { is: string } } }", &tags, "expected /n a text, came /n 2.0"),
        ("json: { /name: { absent_or: <repo> } }", &tags, "ok"),
        ("json: { /tags: { absent_or: { absent_or: { count: 3, contains: tags } } } }", &tags, "ok"),
    ]);
}

#[test]
fn a_json_array_has_entries_and_a_length_and_an_order() {
    let tags = exchange(200, &[], TAGS);
    hold(&[
        ("json: { /tags: { contains: [t2] } }", &tags, "ok"),
        ("json: { /tags: { contains: tags } }", &tags, "ok"),
        ("json: { /tags: { contains: [t2, t9] } }", &tags, "expected /tags an array with t2, t9, came /tags without t9"),
        ("json: { /tags: { lacks: [t9] } }", &tags, "ok"),
        ("json: { /tags: { lacks: [t9, t1] } }", &tags, r#"expected /tags an array without t9, t1, came /tags "t1" among them"#),
        ("json: { /tags: { exactly: [t3, t1, t2] } }", &tags, "ok"),
        ("json: { /tags: { exactly: tags } }", &tags, "ok"),
        ("json: { /tags: { exactly: nobody } }", &tags, "error /tags no list `nobody`"),
        ("json: { /tags: { exactly: [t1, t2] } }", &tags, "expected /tags an array of exactly t1, t2, came /tags and besides t3"),
        (
            "json: { /tags: { exactly: [t1, t2, t4] } }",
            &tags,
            "expected /tags an array of exactly t1, t2, t4, came /tags without t4, and besides t3",
        ),
        ("json: { /tags: { count: 3, most: 3 } }", &tags, "ok"),
        ("json: { /tags: { count: 1 } }", &tags, "expected /tags an array of 1 entry, came /tags 3 entries"),
        ("json: { /tags: { most: 2 } }", &tags, "expected /tags an array of at most 2 entries, came /tags 3 entries"),
        ("json: { /name: { count: 3 } }", &tags, r#"expected /name an array of 3 entries, came /name no array, but "p/r""#),
        ("json: { /tags: { sorted: true } }", &tags, "ok"),
        (
            "json: { '': { sorted: true } }",
            &exchange(200, &[], br#"["b","a"]"#),
            "expected the document an array in lexical order, came the document `b` before `a`",
        ),
        (
            "json: { '': { sorted: true } }",
            &exchange(200, &[], b"[1]"),
            "expected the document an array in lexical order, came the document entries that are no texts",
        ),
    ]);
}

#[test]
fn each_or_some_entry_shows_something() {
    let index = exchange(200, &[], INDEX);
    hold(&[
        ("json: { /manifests: { each: { /digest: present, /size: 1 } } }", &index, "ok"),
        (
            "json: { /manifests: { each: { /platform: present } } }",
            &index,
            "expected /manifests in each entry /platform present, came /manifests in entry 0 /platform absent",
        ),
        ("json: { /manifests: { some: { /digest: d2, /platform/os: linux } } }", &index, "ok"),
        (
            "json: { /manifests: { some: { /digest: d1, /platform: present } } }",
            &index,
            r#"expected /manifests an array where some entry has /digest "d1", /platform present, came /manifests 2 entries, and none of them"#,
        ),
        ("json: { /manifests: { some: { /digest: <nobody> } } }", &index, "error /manifests /digest no value for `<nobody>`"),
        ("json: { /manifests: { each: { '': { is: object } } } }", &index, "ok"),
        (
            "json: { '': { some: { /a: 1 } } }",
            &exchange(200, &[], b"[]"),
            "expected the document an array where some entry has /a 1, came the document 0 entries, and none of them",
        ),
        ("json: { '': { each: { /a: 1 } } }", &exchange(200, &[], b"[]"), "ok"),
    ]);
}

#[test]
fn signatures_of_lists_and_values_do_not_depend_on_names() {
    let signature = |yaml: &str, body: &[u8]| judge(&scene(), yaml, &exchange(200, &[], body)).unwrap_err().signature;
    let exactly = "json: { /tags: { exactly: [a] } }";
    assert_eq!(signature(exactly, br#"{"tags":["a","k3j2h1"]}"#), signature(exactly, br#"{"tags":["a","zz","yy"]}"#));
    let name = "json: { /name: x }";
    assert_eq!(signature(name, br#"{"name":"plimsoll/k3j2/a"}"#), signature(name, br#"{"name":"plimsoll/x9w8/b"}"#));
    assert_ne!(signature(name, br#"{"name":null}"#), signature(name, br#"{"nome":"x"}"#));
}
