use super::*;

fn asking(lines: &[&str]) -> Exchange {
    let lines: Vec<(&str, &[u8])> = lines.iter().map(|line| ("WWW-Authenticate", line.as_bytes())).collect();
    exchange(401, &lines, b"")
}

#[test]
fn a_challenge_is_present_basic_or_bearer() {
    let basic = asking(&[r#"bAsIc realm="a, b""#]);
    let both = asking(&[r#"Basic realm="a", Bearer realm="http://t""#]);
    let odd = asking(&["Bearer realm=http://t"]);
    hold(&[
        ("challenge: present", &basic, "ok"),
        ("challenge: basic", &basic, "ok"),
        ("challenge: bearer", &basic, "expected a Bearer challenge, came status 401, a bAsIc challenge"),
        ("challenge: bearer", &both, "ok"),
        ("challenge: basic", &asking(&["Bearer realm=x", "Basic realm=y"]), "ok"),
        ("challenge: present", &asking(&[]), "expected a challenge in WWW-Authenticate, came status 401, no challenge"),
        ("challenge: present", &asking(&["Negotiate"]), "ok"),
        (
            "challenge: bearer",
            &odd,
            "expected a Bearer challenge, came status 401, a Bearer challenge that can't be read (no comma, no parameter and no token stands where one is due)",
        ),
    ]);
}

#[test]
fn parameters_of_the_bearer_challenge_are_judged_by_forms() {
    let full = asking(&[r#"Bearer realm="http://t/x",service="reg",scope="repository:p/r:pull,push""#]);
    let bare = asking(&[r#"Bearer realm="http://t/x""#]);
    hold(&[
        ("challenge: { realm: present, service: reg, scope: 'repository:<repo>:pull,push' }", &full, "ok"),
        ("challenge: { realm: { matches: '^https?://' }, service: { absent_or: reg } }", &bare, "ok"),
        ("challenge: { service: absent, scope: absent }", &bare, "ok"),
        (
            "challenge: { service: reg }",
            &bare,
            "expected Bearer challenge with service `reg`, came status 401, Bearer challenge with service absent",
        ),
        (
            "challenge: { service: { absent_or: x } }",
            &full,
            "expected Bearer challenge with service `x`, came status 401, Bearer challenge with service `reg`",
        ),
        (
            "challenge: { scope: absent }",
            &full,
            "expected Bearer challenge with scope absent, came status 401, Bearer challenge with scope `repository:p/r:pull,push`",
        ),
        ("challenge: { service: b }", &asking(&["Bearer realm=x, service=a, Bearer realm=x, service=b"]), "ok"),
        (
            "challenge: { realm: present }",
            &asking(&["Basic realm=x"]),
            "expected a Bearer challenge with realm present, came status 401, a Basic challenge",
        ),
    ]);
}

#[test]
fn an_error_body_has_one_of_the_codes() {
    let unknown = exchange(404, &[], br#"{"errors":[{"code":"NAME_UNKNOWN","message":1}]}"#);
    let two = exchange(404, &[], br#"{"errors":[{"code":"DENIED"},{"code":"NAME_UNKNOWN"}]}"#);
    let or_no_json = "error: { any_of: [NAME_UNKNOWN], or_no_json: true }";
    hold(&[
        ("error: NAME_UNKNOWN", &unknown, "ok"),
        ("error: [BLOB_UNKNOWN, NAME_UNKNOWN]", &two, "ok"),
        ("error: BLOB_UNKNOWN", &unknown, "expected error BLOB_UNKNOWN, came status 404 NAME_UNKNOWN, error NAME_UNKNOWN"),
        ("error: NAME_UNKNOWN", &exchange(404, &[], b""), "expected error NAME_UNKNOWN, came status 404, an empty body"),
        ("error: NAME_UNKNOWN", &exchange(404, &[], b"gone"), "expected error NAME_UNKNOWN, came status 404, a body that is no JSON"),
        ("error: NAME_UNKNOWN", &exchange(404, &[], b"{}"), "expected error NAME_UNKNOWN, came status 404, JSON that is no error body"),
        (
            "error: NAME_UNKNOWN",
            &exchange(404, &[], br#"{"errors":[{}]}"#),
            "expected error NAME_UNKNOWN, came status 404, an error body without a code",
        ),
        (or_no_json, &exchange(404, &[], b""), "ok"),
        (or_no_json, &exchange(404, &[], b"<html>"), "ok"),
        (or_no_json, &unknown, "ok"),
        (or_no_json, &exchange(404, &[], b"{}"), "expected error NAME_UNKNOWN, or no JSON, came status 404, JSON that is no error body"),
        (
            or_no_json,
            &exchange(404, &[], br#"{"errors":[{"code":"DENIED"}]}"#),
            "expected error NAME_UNKNOWN, or no JSON, came status 404 DENIED, error DENIED",
        ),
    ]);
}
