use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

#[test]
fn a_status_is_a_code_a_class_or_a_list() {
    let codes = br#"{"errors":[{"code":"NAME_UNKNOWN"},{"code":"DENIED"}]}"#;
    let (made, gone, broken) = (exchange(201, &[], b""), exchange(404, &[], codes), exchange(503, &[], b"<html>"));
    hold(&[
        ("status: 201", &made, "ok"),
        ("status: 200", &made, "expected status 200, came status 201"),
        ("status: 2xx", &made, "ok"),
        ("status: 4xx", &gone, "ok"),
        ("status: [200, 4XX]", &gone, "ok"),
        ("status: [200, 202]", &made, "expected status 200 or 202, came status 201"),
        ("status: [2xx, 416]", &gone, "expected status 2xx or 416, came status 404 NAME_UNKNOWN DENIED"),
        ("status: 4xx", &broken, "expected status 4xx, came status 503"),
        ("status: 201", &closed(), "expected status 201, came the connection was closed before an answer came: reset"),
    ]);
    let set = expectation("status: [201, 4xx]");
    let set = set.status().unwrap();
    assert!(set.contains(201) && set.contains(404) && !set.contains(200));
    assert!(set.contains_class_of(200) && set.contains_class_of(499) && !set.contains_class_of(500));
    assert!(expectation("body: empty").status().is_none());
}

#[test]
fn a_made_up_code_does_not_part_causes() {
    let signature = |code: &str| {
        let body = format!(r#"{{"errors":[{{"code":"{code}"}}]}}"#);
        judge(&scene(), "status: 200", &exchange(404, &[], body.as_bytes())).unwrap_err().signature
    };
    assert_eq!(signature("NAME_UNKNOWN"), "status 404 NAME_UNKNOWN");
    assert_eq!(signature("request-8123"), "status 404");
}

#[test]
fn a_body_is_empty_present_a_datum_or_a_slice_of_one() {
    let (none, whole, part) = (exchange(200, &[], b""), exchange(200, &[], LAYER), exchange(206, &[], b"234"));
    hold(&[
        ("body: empty", &none, "ok"),
        ("body: empty", &part, "expected an empty body, came a body of 3 bytes"),
        ("body: present", &part, "ok"),
        ("body: present", &none, "expected a body, came an empty body"),
        ("body: layer", &whole, "ok"),
        ("body: layer", &none, "expected the bytes of `layer` (16 bytes), came an empty body"),
        ("body: layer", &part, "expected the bytes of `layer` (16 bytes), came 3 bytes that differ from byte 0 on"),
        ("body: nobody", &whole, "error no datum `nobody`"),
        ("body: { slice: [layer, 2, 5] }", &part, "ok"),
        ("body: { slice: [layer, 0, end] }", &whole, "ok"),
        ("body: { slice: [layer, 0, 99] }", &whole, "ok"),
        (
            "body: { slice: [layer, 2, 4] }",
            &part,
            "expected the bytes of `layer` from 2 to 4, that one excluded (2 bytes), came 1 byte more than the 2 expected",
        ),
        (
            "body: { slice: [layer, 9, end] }",
            &part,
            "expected the bytes of `layer` from 9 on (7 bytes), came 3 bytes that differ from byte 0 on",
        ),
    ]);
}

#[test]
fn a_body_that_was_not_kept_in_whole_is_judged_by_its_hash() {
    let mut longer = LAYER.to_vec();
    longer[15] = b'!';
    hold(&[
        ("body: layer", &truncated(exchange(200, &[], LAYER), 4), "ok"),
        ("body: present", &truncated(exchange(200, &[], LAYER), 4), "ok"),
        (
            "body: layer",
            &truncated(exchange(200, &[], &longer), 4),
            "expected the bytes of `layer` (16 bytes), came 16 bytes of other content",
        ),
    ]);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn asking_for(coding: &'static str, mut exchange: Exchange) -> Exchange {
    exchange.request.headers.insert("accept-encoding", HeaderValue::from_static(coding));
    exchange
}

#[test]
fn a_content_coding_is_undone_where_the_request_allows_it() {
    let folded = || exchange(200, &[("Content-Encoding", b"gzip")], &gzip(LAYER));
    let json = exchange(200, &[("content-encoding", b"X-GZip")], &gzip(br#"{"a":1}"#));
    let digest = Digest::sha256(LAYER).to_string();
    let with_digest = exchange(200, &[("Content-Encoding", b"gzip"), ("Docker-Content-Digest", digest.as_bytes())], &gzip(LAYER));
    hold(&[
        ("body: layer", &folded(), "ok"),
        ("body: layer", &asking_for("br, gzip", folded()), "ok"),
        ("json: { /a: 1 }", &json, "ok"),
        ("header: { Docker-Content-Digest: { digest_of: body } }", &with_digest, "ok"),
        ("body: layer", &exchange(200, &[("Content-Encoding", b"identity")], LAYER), "ok"),
        ("body: layer", &exchange(200, &[("Content-Encoding", b"br")], b"x"), "inconclusive Content-Encoding br"),
        ("body: layer", &truncated(folded(), 3), "inconclusive 36 bytes, too many to keep"),
        (
            "body: layer",
            &exchange(200, &[("Content-Encoding", b"gzip")], &LAYER[1..]),
            "expected a body in the coding that its header names, came Content-Encoding gzip, and a body that is no gzip",
        ),
    ]);
    hold(&[
        ("body: layer", &exchange(200, &[("Content-Encoding", b"gzip")], LAYER), "ok"),
        ("body: layer", &truncated(exchange(200, &[("Content-Encoding", b"gzip")], LAYER), 2), "ok"),
    ]);
    assert!(told(&scene(), "body: layer", &asking_for("identity", folded())).contains("bytes that differ from byte 0 on"));
    assert!(told(&scene(), "body: layer", &asking_for("gzip;q=0", folded())).contains("bytes that differ"));
}

#[test]
fn the_status_of_an_error_leads_what_came_where_the_status_is_not_judged() {
    let unknown = exchange(404, &[], br#"{"errors":[{"code":"NAME_UNKNOWN"}]}"#);
    hold(&[
        ("header: { Location: present }", &unknown, "expected Location present, came status 404 NAME_UNKNOWN, Location absent"),
        ("{ status: 404, header: { Location: present } }", &unknown, "expected Location present, came Location absent"),
        ("{ header: { Location: present }, status: 201 }", &unknown, "expected status 201, came status 404 NAME_UNKNOWN"),
    ]);
}

#[test]
fn the_parts_of_a_multipart_body_are_taken_apart_and_held_against_their_places() {
    let kind: (&str, &[u8]) = ("Content-Type", b"multipart/byteranges; boundary=\"b 1\"");
    let part = |range: &str, text: &str| format!("\r\n--b 1\r\nContent-Type: a/b\r\ncontent-range: bytes {range}\r\n\r\n{text}");
    let body = |parts: &[String]| format!("{}\r\n--b 1--\r\n", parts.concat()).trim_start().to_owned();
    let answer = |text: &str| exchange(206, &[kind], text.as_bytes());
    let good = answer(&body(&[part("0-1/16", "01"), part("14-15/*", "ef")]));
    let wanted = "parts: [[layer, 0, 2], [layer, 14, end]]";
    let told = "expected parts with `layer` from 0 to 2, then `layer` from 14 on, each with its Content-Range, came";
    hold(&[
        (wanted, &good, "ok"),
        (
            wanted,
            &answer(&format!("before{}", body(&[part("0-1/16", "01"), part("14-15/16", "ef")]).replacen("--b 1", "\r\n--b 1", 1))),
            "ok",
        ),
        (wanted, &answer(&body(&[part("0-1/16", "01")])), &format!("{told} 1 part")),
        (
            wanted,
            &answer(&body(&[part("14-15/16", "ef"), part("0-1/16", "01")])),
            &format!("{told} in part 1 Content-Range bytes 14-15/16"),
        ),
        (
            wanted,
            &answer(&body(&[part("0-1/16", "01"), part("14-15/17", "ef")])),
            &format!("{told} in part 2 Content-Range bytes 14-15/17"),
        ),
        (wanted, &answer(&body(&[part("0-1/16", "01"), part("14-15/16", "xx")])), &format!("{told} part 2 with 2 bytes of other content")),
        (wanted, &answer("--b 1\r\nno blank line"), &format!("{told} a body that its boundary does not part")),
        (
            wanted,
            &exchange(206, &[("Content-Type", b"text/plain")], b""),
            &format!("{told} a Content-Type that is not multipart/byteranges with a boundary"),
        ),
    ]);
}

#[test]
fn a_body_is_held_against_a_digest_even_where_only_its_hash_was_kept() {
    let (whole, sha512) = (exchange(200, &[], LAYER), Digest::of(Algorithm::Sha512, LAYER));
    let sha256 = Digest::sha256(LAYER);
    let judged = |digest: &Digest, exchange: &Exchange| judge(&scene(), &format!("body: {{ digest: '{digest}' }}"), exchange);
    assert!(judged(&sha256, &whole).is_ok() && judged(&sha512, &whole).is_ok());
    let cut = truncated(exchange(200, &[], LAYER), 3);
    assert!(judged(&sha256, &cut).is_ok());
    assert!(judged(&sha512, &cut).is_err_and(|mismatch| mismatch.to_string().contains("too many to keep")));
    let other = exchange(200, &[], b"234");
    for digest in [&sha256, &sha512] {
        assert!(judged(digest, &other).is_err_and(|mismatch| mismatch.to_string().contains("3 bytes of other content")));
    }
    assert!(judge(&scene(), "body: { digest: 'no digest' }", &whole).is_err());
}

#[test]
fn a_page_has_the_texts_that_it_is_to_have_and_none_of_the_others() {
    let page = exchange(200, &[], b"<p>docker pull h:5000/p/r:v1 &amp; more</p>");
    hold(&[
        ("text: { contains: ['h:5000/p/r:v1 & more'] }", &page, "ok"),
        ("text: { lacks: [v2] }", &page, "ok"),
        ("text: { contains: [v2], lacks: [v1] }", &page, "expected a body with v2 and without v1, came a body without v2"),
        ("text: { lacks: [v1] }", &page, "expected a body without v1, came a body with v1"),
    ]);
}
