use super::*;

fn with(lines: &[(&str, &[u8])]) -> Exchange {
    exchange(201, lines, b"")
}

#[test]
fn a_header_is_present_absent_or_a_text() {
    let place = with(&[("location", b"/v2/x")]);
    let none = with(&[]);
    let empty = with(&[("Location", b"")]);
    let twice = with(&[("Location", b"/a"), ("Location", b"/b")]);
    hold(&[
        ("header: { Location: present }", &place, "ok"),
        ("header: { LOCATION: present }", &place, "ok"),
        ("header: { Location: present }", &none, "expected Location present, came Location absent"),
        ("header: { Location: present }", &empty, "expected Location present, came Location empty"),
        ("header: { Location: absent }", &none, "ok"),
        ("header: { Location: absent }", &place, "expected Location absent, came Location `/v2/x`"),
        ("header: { Location: absent }", &empty, "expected Location absent, came Location empty"),
        ("header: { Location: /v2/x }", &place, "ok"),
        ("header: { Location: /v2/<repo> }", &place, "expected Location `/v2/p/r`, came Location `/v2/x`"),
        ("header: { Location: /v2/x }", &none, "expected Location `/v2/x`, came Location absent"),
        ("header: { Location: /a }", &twice, "expected Location `/a`, came Location `/b`"),
        ("header: { Location: <nobody> }", &place, "error Location no value for `<nobody>`"),
        ("header: { Content-Length: 3 }", &with(&[("Content-Length", b"3")]), "ok"),
        ("header: { Content-Length: <three> }", &with(&[("Content-Length", b" 3 ")]), "ok"),
    ]);
}

#[test]
fn a_header_matches_a_regex_or_is_one_of_some_texts() {
    let link = with(&[("Link", b"</v2/a?n=1>; rel=\"next\"")]);
    let links = with(&[("Link", b"</docs>; rel=help"), ("Link", b"</v2/a?n=1>; rel=\"next\"")]);
    let odd = with(&[("Link", b"\xff\xfe")]);
    hold(&[
        (r#"header: { Link: { matches: 'rel="?next"?' } }"#, &link, "ok"),
        (r#"header: { Link: { matches: 'rel="?next"?' } }"#, &links, "ok"),
        ("header: { Link: { matches: '^x' } }", &link, "expected Link matching /^x/, came Link `</v2/a?n=1>; rel=\"next\"`"),
        ("header: { Link: { matches: '.' } }", &odd, "expected Link matching /./, came Link `\\xff\\xfe`"),
        ("header: { Link: { matches: '(' } }", &link, "error Link the regex is bad: unclosed group"),
    ]);
    let several = with(&[("Link", b"</a,b;rel=next>; title=\"x, <y>; rel=next\"; rel=first, </u>; REL=\"last Next\"")]);
    let others = with(&[("Link", b"</docs>; rel=help"), ("Link", b"</v2/a>; rel=prev")]);
    let bare = with(&[("Link", b"/v2/a?n=1; rel=next")]);
    hold(&[
        ("header: { Link: { link: next } }", &link, "ok"),
        ("header: { Link: { link: next } }", &links, "ok"),
        ("header: { Link: { absent_or: { link: next } } }", &several, "ok"),
        ("header: { Link: { absent_or: { link: next } } }", &with(&[]), "ok"),
        ("header: { Link: { link: any } }", &others, "ok"),
        (
            "header: { Link: { link: next } }",
            &others,
            "expected Link a `<URL>` with the relation next, came Link `</docs>; rel=help, </v2/a>; rel=prev`",
        ),
        ("header: { Link: { link: any } }", &bare, "expected Link a `<URL>` with a relation, came Link `/v2/a?n=1; rel=next`"),
    ]);
    let version = with(&[("Docker-Distribution-API-Version", b"registry/2.0")]);
    let both = with(&[("Docker-Distribution-API-Version", b"trust/1"), ("Docker-Distribution-API-Version", b"registry/2.0")]);
    let name = "Docker-Distribution-API-Version";
    hold(&[
        (&format!("header: {{ {name}: {{ one_of: [registry/2.0, registry/2.1] }} }}"), &version, "ok"),
        (&format!("header: {{ {name}: registry/2.0 }}"), &both, "ok"),
        (&format!("header: {{ {name}: 'trust/1, registry/2.0' }}"), &both, "ok"),
        (
            &format!("header: {{ {name}: {{ one_of: [x, <repo>] }} }}"),
            &version,
            "expected Docker-Distribution-API-Version one of x, p/r, came Docker-Distribution-API-Version `registry/2.0`",
        ),
        (&format!("header: {{ {name}: {{ absent_or: {{ one_of: [registry/2.0] }} }} }}"), &with(&[]), "ok"),
        (
            &format!("header: {{ {name}: {{ absent_or: {{ absent_or: x }} }} }}"),
            &version,
            "expected Docker-Distribution-API-Version `x`, came Docker-Distribution-API-Version `registry/2.0`",
        ),
    ]);
}

#[test]
fn a_media_type_is_compared_without_parameters_and_case() {
    let json = "header: { Content-Type: { media_type: application/json } }";
    hold(&[
        (json, &with(&[("Content-Type", b"application/json")]), "ok"),
        (json, &with(&[("Content-Type", b"Application/JSON ; charset=utf-8")]), "ok"),
        (
            json,
            &with(&[("Content-Type", b"text/html")]),
            "expected Content-Type of media type application/json, came Content-Type `text/html`",
        ),
        (json, &with(&[]), "expected Content-Type of media type application/json, came Content-Type absent"),
        (
            json,
            &with(&[("Content-Type", b"application/json, text/html")]),
            "expected Content-Type of media type application/json, came Content-Type `application/json, text/html`",
        ),
    ]);
}

#[test]
fn a_length_is_that_of_a_datum_or_of_what_was_received() {
    let of = |length: &str, body: &[u8]| exchange(200, &[("Content-Length", length.as_bytes())], body);
    let body = "header: { Content-Length: { absent_or: { length_of: body } } }";
    hold(&[
        ("header: { Content-Length: { length_of: layer } }", &of("16", b""), "ok"),
        (
            "header: { Content-Length: { length_of: layer } }",
            &of("17", b""),
            "expected Content-Length the length of `layer` (16), came Content-Length `17`",
        ),
        (body, &of("3", b"abc"), "ok"),
        (body, &exchange(200, &[], b"abc"), "ok"),
        (body, &truncated(of("3", b"abc"), 1), "ok"),
        (body, &of("three", b"abc"), "expected Content-Length the length of the body (3), came Content-Length `three`"),
        (body, &of("4", b"abc"), "expected Content-Length the length of the body (3), came Content-Length `4`"),
        ("header: { X: { length_of: nobody } }", &exchange(200, &[("X", b"1")], b""), "error X no datum `nobody`"),
    ]);
}

#[test]
fn a_digest_is_true_in_any_algorithm_or_it_is_told() {
    let form = "header: { Docker-Content-Digest: { digest_of: layer } }";
    let of = |value: &str| with(&[("Docker-Content-Digest", value.as_bytes())]);
    let (sha256, sha512) = (Digest::sha256(LAYER).to_string(), Digest::of(Algorithm::Sha512, LAYER).to_string());
    let other = Digest::sha256(b"").to_string();
    let expected = "expected Docker-Content-Digest a true digest of `layer`, came Docker-Content-Digest";
    hold(&[
        (form, &of(&sha256), "ok"),
        (form, &of(&sha512), "ok"),
        (form, &of("blake3:0123"), "ok"),
        (form, &of("multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8"), "ok"),
        (form, &of(&other), &format!("{expected} `{other}`, where {sha256} is true")),
        (form, &of(""), &format!("{expected} empty, a digest is written ALGORITHM:HEX, and this has no colon")),
        (form, &of("sha256:0"), &format!("{expected} `sha256:0`, a sha256 digest has 64 hexadecimal digits, and this has 1")),
        (form, &of("SHA256:0"), &format!("{expected} `SHA256:0`, the algorithm `SHA256` is not known (sha256 and sha512 are)")),
        (form, &with(&[]), &format!("{expected} absent")),
        (form, &with(&[("docker-content-digest", b"\xff")]), &format!("{expected} `\\xff`, which is no digest")),
        ("header: { Docker-Content-Digest: { absent_or: { digest_of: layer } } }", &with(&[]), "ok"),
        ("header: { Docker-Content-Digest: { digest_of: nobody } }", &of(&sha256), "error Docker-Content-Digest no datum `nobody`"),
    ]);
    let wrong = |digest: String| judge(&scene(), form, &of(&digest)).unwrap_err().signature;
    assert_eq!(wrong(other), wrong(Digest::sha256(b"x").to_string()));
}

#[test]
fn a_digest_of_the_body_is_judged_even_where_not_all_of_it_was_kept() {
    let form = "header: { Docker-Content-Digest: { digest_of: body } }";
    let (sha256, sha512) = (Digest::sha256(LAYER).to_string(), Digest::of(Algorithm::Sha512, LAYER).to_string());
    let of = |digest: &str| exchange(200, &[("Docker-Content-Digest", digest.as_bytes())], LAYER);
    hold(&[
        (form, &of(&sha256), "ok"),
        (form, &of(&sha512), "ok"),
        (form, &truncated(of(&sha256), 3), "ok"),
        (form, &truncated(of(&sha512), 3), "inconclusive Docker-Content-Digest 16 bytes, too many to keep"),
    ]);
    assert!(
        told(&scene(), form, &exchange(200, &[("Docker-Content-Digest", sha256.as_bytes())], b"x")).contains("a true digest of the body")
    );
}

#[test]
fn a_pullable_location_is_fetched_and_must_give_exactly_the_datum() {
    let form = "header: { Location: { pullable: layer } }";
    let place = with(&[("Location", b"/v2/p/r/blobs/y?a=%3D")]);
    let pulls = expectation(form).pulls(&place);
    assert_eq!(pulls.len(), 1);
    assert_eq!((pulls[0].url.to_string().as_str(), pulls[0].datum.as_str()), ("http://h:5000/v2/p/r/blobs/y?a=%3D", "layer"));
    let with_pulled = |pulled: Exchange, yaml: &str, exchange: &Exchange| told(&Scene { pulled: vec![pulled], ..scene() }, yaml, exchange);
    let expected = "expected Location a URL where a GET gives `layer`, came Location a URL where a GET gives";
    assert_eq!(with_pulled(exchange(200, &[], LAYER), form, &place), "ok");
    let unknown = exchange(404, &[], br#"{"errors":[{"code":"BLOB_UNKNOWN"}]}"#);
    assert_eq!(with_pulled(unknown, form, &place), format!("{expected} status 404 BLOB_UNKNOWN"));
    assert_eq!(with_pulled(exchange(206, &[], LAYER), form, &place), format!("{expected} status 206"));
    assert_eq!(with_pulled(exchange(200, &[], b"0123"), form, &place), format!("{expected} only the first 4 of 16 bytes"));
    assert!(with_pulled(closed(), form, &place).contains("nothing: the connection was closed"));
    assert_eq!(told(&scene(), form, &place), "error Location the GET of http://h:5000/v2/p/r/blobs/y?a=%3D was not sent");
    let or_absent = "header: { Location: { absent_or: { pullable: layer } }, X-Other: present }";
    assert_eq!(with_pulled(exchange(200, &[], LAYER), or_absent, &with(&[("X-Other", b"y")])), "ok");
    assert!(expectation(or_absent).pulls(&closed()).is_empty());
}

#[test]
fn a_location_that_leads_nowhere_is_told_and_nothing_is_fetched() {
    let form = "header: { Location: { pullable: layer } }";
    let expected = "expected Location a URL where a GET gives `layer`, came Location";
    for (lines, came) in [
        (&[("Location", &b"ftp://h/x"[..])][..], "`ftp://h/x`, its scheme is `ftp`, and only http and https can be followed"),
        (&[("Location", b"/a"), ("Location", b"/b")], "`/a`, and in another line `/b`"),
        (&[("Location", b"\xff\xff")], "`\\xff\\xff`, which is no URL"),
        (&[], "absent"),
    ] {
        let exchange = with(lines);
        assert!(expectation(form).pulls(&exchange).is_empty());
        assert_eq!(told(&scene(), form, &exchange), format!("{expected} {came}"));
    }
    assert_eq!(expectation(form).pulls(&with(&[("Location", b"/a"), ("Location", b"/a")])).len(), 1);
}

#[test]
fn each_pullable_header_is_judged_by_its_own_fetch() {
    let form =
        "header: { X-None: { absent_or: { pullable: layer } }, Location: { pullable: layer }, Content-Location: { pullable: strong } }";
    let exchange = with(&[("Location", b"/a"), ("Content-Location", b"/b")]);
    let urls: Vec<String> = expectation(form).pulls(&exchange).iter().map(|pull| pull.url.path().to_owned()).collect();
    assert_eq!(urls, ["/a", "/b"]);
    let good = || super::exchange(200, &[], LAYER);
    let bad = || super::exchange(404, &[], b"");
    let limited = || super::exchange(429, &[], b"");
    assert!(
        told(&Scene { pulled: vec![good(), limited()], ..scene() }, form, &exchange)
            .starts_with("inconclusive Content-Location the target limits the rate")
    );
    assert_eq!(told(&Scene { pulled: vec![good(), good()], ..scene() }, form, &exchange), "ok");
    assert!(told(&Scene { pulled: vec![good(), bad()], ..scene() }, form, &exchange).starts_with("expected Content-Location"));
    assert!(told(&Scene { pulled: vec![bad(), good()], ..scene() }, form, &exchange).starts_with("expected Location"));
}
