use std::time::Duration;

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::*;

/// Header and claims.
fn open(token: &str) -> (Value, Value) {
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3);
    let part = |at: usize| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[at]).expect("base64")).expect("JSON");
    (part(0), part(1))
}

#[test]
fn a_token_says_who_may_do_what_where_and_how_long() {
    let clock = Clock::system();
    let guard = guard(&clock);
    let before = clock.unix_seconds();
    let (status, body) =
        get(&guard, Some(&alice()), "account=alice&service=plimsoll&scope=repository:a/b:pull,push&scope=registry:catalog:*");
    assert_eq!(status, StatusCode::OK);
    let token = body["token"].as_str().expect("a token");
    assert_eq!(body["access_token"], token);
    assert_eq!(body["expires_in"], 300);
    assert_eq!((body.get("scope"), body.get("refresh_token")), (None, None));
    let (header, claims) = open(token);
    let kid = SigningKey::from_pem(P256).expect("a key").kid().to_owned();
    assert_eq!(header, json!({ "typ": "JWT", "alg": "ES256", "kid": kid }));
    let iat = claims["iat"].as_u64().expect("a time");
    assert!((before..=clock.unix_seconds()).contains(&iat));
    assert_eq!((claims["exp"].as_u64(), claims["nbf"].as_u64()), (Some(iat + 300), Some(iat - 5)));
    assert_eq!((&claims["iss"], &claims["sub"], &claims["aud"]), (&json!("plimsoll"), &json!("alice"), &json!("plimsoll")));
    let access = json!([
        { "type": "repository", "name": "a/b", "actions": ["pull", "push"] },
        { "type": "registry", "name": "catalog", "actions": ["*"] },
    ]);
    assert_eq!(claims["access"], access);
    let issued: jiff::Timestamp = body["issued_at"].as_str().expect("a time").parse().expect("RFC 3339");
    assert_eq!(u64::try_from(issued.as_second()).ok(), Some(iat));
}

#[test]
fn two_tokens_differ_in_their_ids() {
    let guard = guard(&Clock::system());
    let ids = [token(&guard, ALL), token(&guard, ALL)].map(|token| open(&token).1["jti"].clone());
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn a_certificate_is_announced_with_its_key() {
    let key = SigningKey::from_pem(include_str!("keys/rsa-certificate.pem")).expect("a key");
    let config = TokenAuth { key: Some(key.clone()), ..config() };
    let guard = Guard::new(&Auth::Token(config), Clock::system()).expect("a guard");
    let token = token(&guard, ALL);
    let (header, _) = open(&token);
    assert_eq!(header, json!({ "typ": "JWT", "alg": "RS256", "kid": key.kid(), "x5c": key.x5c() }));
    assert!(may(&guard, Some(&bearer(&token)), &to(Action::Push)));
}

#[test]
fn a_reader_gets_a_token_for_less_than_asked_and_no_error() {
    let guard = guard(&Clock::system());
    let bob = login("bob", "hunter2");
    for (asked, may_pull) in [("repository:a/b:pull,push", true), ("repository:a/b:delete", false)] {
        let (status, body) = get(&guard, Some(&bob), &format!("service=plimsoll&scope={asked}"));
        let token = bearer(body["token"].as_str().expect("a token"));
        assert_eq!((status, may(&guard, Some(&token), &to(Action::Pull))), (StatusCode::OK, may_pull));
        assert!(!may(&guard, Some(&token), &to(Action::Push)));
    }
}

#[test]
fn a_token_dies_at_the_second_that_it_says() {
    let clock = Clock::system();
    let guard = guard(&clock);
    let (_, body) = get(&guard, Some(&alice()), "scope=repository:a/b:pull");
    let token = bearer(body["token"].as_str().expect("a token"));
    clock.advance(Duration::from_secs(290));
    assert!(may(&guard, Some(&token), &to(Action::Pull)));
    clock.advance(Duration::from_secs(10));
    let (status, _, challenge) = refusal(guard.admit(Some(&token), BASE, &[to(Action::Pull)]));
    assert_eq!(status, 401);
    assert!(challenge.ends_with(r#",error="invalid_token""#), "{challenge}");
}

#[test]
fn no_token_lives_shorter_than_clients_count_on() {
    for (configured, life) in [(0, 60), (59, 60), (60, 60), (61, 61)] {
        let config = TokenAuth { token_life: Duration::from_secs(configured), ..config() };
        let guard = Guard::new(&Auth::Token(config), Clock::system()).expect("a guard");
        let (_, body) = get(&guard, Some(&alice()), "");
        assert_eq!(body["expires_in"], life);
    }
}

#[test]
fn a_token_is_got_with_the_right_login_alone() {
    let guard = guard(&Clock::system());
    let headers =
        [None, Some(login("alice", "secret:2")), Some(login("nobody", "")), Some(text("Basic !")), Some(bearer(&token(&guard, ALL)))];
    for header in headers {
        let asked = TokenRequest {
            method: &Method::GET,
            authorization: header.as_ref(),
            query: Query::of_url(Some("service=plimsoll")),
            form: Query::default(),
        };
        let reply = guard.token(asked).expect("a token service");
        assert_eq!(reply.headers().get(WWW_AUTHENTICATE).expect("a challenge"), r#"Basic realm="plimsoll""#);
        let (status, body) = read(reply);
        assert_eq!((status, &body["errors"][0]["code"]), (StatusCode::UNAUTHORIZED, &json!("UNAUTHORIZED")));
    }
}

#[test]
fn a_token_for_another_service_is_not_given() {
    let guard = guard(&Clock::system());
    for (query, status) in [("service=other", 400), ("service=", 400), ("service=plimsoll", 200), ("", 200)] {
        assert_eq!(get(&guard, Some(&alice()), query).0.as_u16(), status, "{query}");
    }
    let spaced = TokenAuth { service: "my registry".into(), ..config() };
    let guard = Guard::new(&Auth::Token(spaced), Clock::system()).expect("a guard");
    for query in ["service=my+registry", "service=my%20registry"] {
        assert_eq!(get(&guard, Some(&alice()), query).0, StatusCode::OK, "{query}");
    }
}

#[test]
fn answers_of_the_token_service_are_not_cached() {
    let guard = guard(&Clock::system());
    for method in [Method::GET, Method::POST] {
        let asked = TokenRequest { method: &method, authorization: Some(&alice()), query: Query::default(), form: Query::default() };
        assert_eq!(guard.token(asked).expect("a token service").headers()["cache-control"], "no-store");
    }
}
