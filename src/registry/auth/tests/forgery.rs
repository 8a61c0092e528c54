use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::super::jwt::{self, Refusal, Terms};
use super::*;

const NOW: u64 = 1_000_000;
const RSA: &str = include_str!("keys/rsa-2048.pem");

fn key() -> SigningKey {
    SigningKey::from_pem(P256).expect("a key")
}

fn claims() -> Value {
    let access = json!([{ "type": "repository", "name": "a/b", "actions": ["pull"] }]);
    json!({ "iss": "plimsoll", "sub": "alice", "aud": "plimsoll", "exp": NOW + 60, "nbf": NOW - 5, "iat": NOW, "access": access })
}

/// The claims with one of them another.
fn but(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn signed(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).expect("a signature"));
    format!("{message}.{signature}")
}

fn es256() -> Value {
    json!({ "typ": "JWT", "alg": "ES256" })
}

/// How many grants the token has, or why it is refused.
fn verdict(token: &str) -> Result<usize, Refusal> {
    let terms = Terms { issuer: "plimsoll", audience: "plimsoll", now: NOW };
    jwt::verify(&key(), &terms, token).map(|grants| grants.len())
}

#[test]
fn claims_that_keep_the_terms_are_taken() {
    let cases = [
        (claims(), 1),
        (but("aud", json!(["other", "plimsoll"])), 1),
        (but("access", json!(null)), 0),
        (but("access", json!([])), 0),
        (but("nbf", json!(null)), 1),
        (but("nbf", json!(NOW)), 1),
        (but("exp", json!(NOW + 1)), 1),
        (but("other", json!({ "deep": [1] })), 1),
    ];
    for (claims, grants) in cases {
        assert_eq!(verdict(&signed(&key(), &es256(), &claims)), Ok(grants), "{claims}");
    }
}

#[test]
fn claims_that_do_not_are_refused() {
    let cases = [
        (but("iss", json!("other")), Refusal::Issuer),
        (but("aud", json!("other")), Refusal::Audience),
        (but("aud", json!(["other"])), Refusal::Audience),
        (but("aud", json!([])), Refusal::Audience),
        (but("aud", json!(null)), Refusal::Audience),
        (but("exp", json!(NOW)), Refusal::Expired),
        (but("exp", json!(0)), Refusal::Expired),
        (but("exp", json!(null)), Refusal::Malformed),
        (but("exp", json!("soon")), Refusal::Malformed),
        (but("exp", json!(-1)), Refusal::Malformed),
        (but("nbf", json!(NOW + 1)), Refusal::Early),
        (but("access", json!("all")), Refusal::Malformed),
        (json!({}), Refusal::Malformed),
        (json!([]), Refusal::Malformed),
    ];
    for (claims, refusal) in cases {
        assert_eq!(verdict(&signed(&key(), &es256(), &claims)), Err(refusal), "{claims}");
    }
}

#[test]
fn only_our_key_with_our_algorithm_signs() {
    let unsigned = |alg: &str| format!("{}.{}.", part(&json!({ "typ": "JWT", "alg": alg })), part(&claims()));
    let another = SigningKey::generate().expect("a key");
    let rsa = SigningKey::from_pem(RSA).expect("a key");
    let good = signed(&key(), &es256(), &claims());
    let (message, signature) = good.rsplit_once('.').expect("three parts");
    let (header, _) = message.split_once('.').expect("three parts");
    let more = but("access", json!([{ "type": "repository", "name": "a/b", "actions": ["*"] }]));
    let cases = [
        (unsigned("none"), Refusal::Algorithm),
        (unsigned("None"), Refusal::Algorithm),
        (unsigned("es256"), Refusal::Algorithm),
        (unsigned("ES256"), Refusal::Signature),
        (signed(&key(), &json!({ "alg": "none" }), &claims()), Refusal::Algorithm),
        (signed(&key(), &json!({ "alg": "HS256" }), &claims()), Refusal::Algorithm),
        (signed(&key(), &json!({ "alg": "ES256", "crit": ["exp"] }), &claims()), Refusal::Algorithm),
        (signed(&rsa, &json!({ "alg": "RS256" }), &claims()), Refusal::Algorithm),
        (signed(&rsa, &es256(), &claims()), Refusal::Signature),
        (signed(&another, &es256(), &claims()), Refusal::Signature),
        (signed(&another, &json!({ "alg": "ES256", "kid": key().kid(), "x5c": another.x5c() }), &claims()), Refusal::Signature),
        (format!("{header}.{}.{signature}", part(&more)), Refusal::Signature),
        (format!("{message}.{}", URL_SAFE_NO_PAD.encode([0; 64])), Refusal::Signature),
    ];
    for (token, refusal) in cases {
        assert_eq!(verdict(&token), Err(refusal), "{token}");
    }
}

#[test]
fn what_is_no_token_is_malformed_and_nothing_panics() {
    let good = signed(&key(), &es256(), &claims());
    let deep = "[".repeat(10_000);
    let cases = [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        "a.b.c".into(),
        format!("{good}."),
        format!("{good}="),
        format!(".{good}"),
        good.replace('.', "!"),
        good[..good.len() / 4].to_owned(),
        format!("{}..", part(&json!({ "alg": 1 }))),
        format!("{}..", URL_SAFE_NO_PAD.encode(deep)),
        format!("{good}{}", "A".repeat(32 << 10)),
    ];
    for token in cases {
        assert_eq!(verdict(&token), Err(Refusal::Malformed), "{token}");
    }
}

#[test]
fn a_token_cut_or_changed_anywhere_is_refused() {
    let good = signed(&key(), &es256(), &claims());
    for at in 0..good.len() {
        assert!(verdict(&good[..at]).is_err(), "cut at {at}");
        let other = if good.as_bytes()[at] == b'A' { "B" } else { "A" };
        assert!(verdict(&format!("{}{other}{}", &good[..at], &good[at + 1..])).is_err(), "changed at {at}");
    }
}
