use http::HeaderValue;

use super::*;

#[test]
fn an_open_registry_admits_everybody_and_gives_no_tokens() {
    let guard = Guard::new(&Auth::Open, Clock::system()).expect("a guard");
    for header in [None, Some(text("Bearer nonsense")), Some(login("nobody", ""))] {
        assert!(guard.admit(header.as_ref(), BASE, &[to(Action::Delete), Access::Catalog]).is_ok());
    }
    for guard in [guard, basic_guard()] {
        let asked = TokenRequest { method: &Method::GET, authorization: None, query: Query::default(), form: Query::default() };
        assert!(guard.token(asked).is_none());
    }
}

#[test]
fn the_name_of_the_basic_scheme_has_no_case() {
    let guard = basic_guard();
    let encoded = STANDARD.encode("alice:secret:1");
    for header in [format!("Basic {encoded}"), format!("basic {encoded}"), format!("BASIC   {encoded}")] {
        assert!(guard.admit(Some(&text(&header)), BASE, &[to(Action::Push)]).is_ok(), "{header}");
    }
}

#[test]
fn a_basic_login_that_is_absent_malformed_or_wrong_is_challenged() {
    let guard = basic_guard();
    let encoded = STANDARD.encode("alice:secret:1");
    let headers = [
        None,
        Some(text("")),
        Some(text("Basic")),
        Some(text("Basic ")),
        Some(text("Basic !!!")),
        Some(text(&format!("Basic {}", encoded.trim_end_matches('=').trim_end_matches('E')))),
        Some(text(&format!("Basic {encoded}A"))),
        Some(text(&format!("Basic {}", STANDARD.encode("alice")))),
        Some(text(&format!("Basic {}", STANDARD.encode(b"alice:\xff")))),
        Some(text(&format!("Bearer {encoded}"))),
        Some(text(&format!("Basic{encoded}"))),
        Some(HeaderValue::from_bytes(b"Basic \xff").expect("a header")),
        Some(login("alice", "secret:2")),
        Some(login("alice", "")),
        Some(login("", "secret:1")),
        Some(login("Alice", "secret:1")),
        Some(login("bob", "secret:1")),
        Some(login("mallory", "hunter2")),
    ];
    for header in headers {
        let refused = refusal(guard.admit(header.as_ref(), BASE, &[Access::Base]));
        assert_eq!(refused, (401, "UNAUTHORIZED".into(), r#"Basic realm="plimsoll""#.into()), "{header:?}");
        assert!(!may(&guard, header.as_ref(), &Access::Base));
    }
}

#[test]
fn a_known_user_without_the_right_is_denied_without_a_challenge() {
    let guard = basic_guard();
    let bob = login("bob", "hunter2");
    for allowed in [Access::Base, to(Action::Pull)] {
        assert!(guard.admit(Some(&bob), BASE, std::slice::from_ref(&allowed)).is_ok(), "{allowed:?}");
    }
    for denied in [to(Action::Push), to(Action::Delete), Access::Catalog] {
        assert_eq!(refusal(guard.admit(Some(&bob), BASE, &[to(Action::Pull), denied.clone()])), (403, "DENIED".into(), String::new()));
        assert!(!may(&guard, Some(&bob), &denied));
        assert!(may(&guard, Some(&alice()), &denied));
    }
}

#[test]
fn a_challenge_names_where_a_token_is_and_what_it_must_grant() {
    let guard = guard(&Clock::system());
    let other = Access::Repository { name: "c".parse().expect("a name"), action: Action::Pull };
    let cases: [(&[Access], &str); 6] = [
        (&[Access::Base], ""),
        (&[to(Action::Pull)], r#",scope="repository:a/b:pull""#),
        (&[to(Action::Pull), to(Action::Push)], r#",scope="repository:a/b:pull,push""#),
        (&[to(Action::Delete)], r#",scope="repository:a/b:delete""#),
        (&[Access::Catalog], r#",scope="registry:catalog:*""#),
        (&[to(Action::Pull), to(Action::Push), to(Action::Pull), other], r#",scope="repository:a/b:pull,push repository:c:pull""#),
    ];
    for (wanted, scope) in cases {
        let prefix = format!(r#"Bearer realm="{BASE}/token",service="plimsoll"{scope}"#);
        // Basic credentials are for the token service alone.
        for header in [None, Some(alice()), Some(text("Bearer"))] {
            let refused = refusal(guard.admit(header.as_ref(), BASE, wanted));
            assert_eq!(refused, (401, "UNAUTHORIZED".into(), prefix.clone()), "{header:?}");
        }
        let refused = refusal(guard.admit(Some(&bearer("garbage")), BASE, wanted));
        assert_eq!(refused, (401, "UNAUTHORIZED".into(), format!(r#"{prefix},error="invalid_token""#)));
    }
}

#[test]
fn a_configured_realm_is_named_as_it_is_and_quoted() {
    let config = TokenAuth { realm: Some("https://t.example/auth?x=\"1\"".into()), service: r"a\b".into(), ..config() };
    let guard = Guard::new(&Auth::Token(config), Clock::system()).expect("a guard");
    let (_, _, challenge) = refusal(guard.admit(None, BASE, &[Access::Base]));
    assert_eq!(challenge, r#"Bearer realm="https://t.example/auth?x=\"1\"",service="a\\b""#);
}

#[test]
fn a_token_admits_to_what_it_grants_and_is_challenged_for_more() {
    let guard = guard(&Clock::system());
    let pull = bearer(&token(&guard, "repository:a/b:pull"));
    assert!(guard.admit(Some(&pull), BASE, &[Access::Base, to(Action::Pull)]).is_ok());
    assert!(guard.admit(Some(&text(&pull.to_str().expect("text").replace("Bearer", "bEARER"))), BASE, &[to(Action::Pull)]).is_ok());
    let elsewhere = Access::Repository { name: "a/b/c".parse().expect("a name"), action: Action::Pull };
    for (more, scope) in
        [(to(Action::Push), "repository:a/b:push"), (elsewhere, "repository:a/b/c:pull"), (Access::Catalog, "registry:catalog:*")]
    {
        assert!(!may(&guard, Some(&pull), &more));
        let expected = format!(r#"Bearer realm="{BASE}/token",service="plimsoll",scope="{scope}",error="insufficient_scope""#);
        assert_eq!(refusal(guard.admit(Some(&pull), BASE, &[more])), (401, "UNAUTHORIZED".into(), expected));
    }
    let all = bearer(&token(&guard, ALL));
    for action in [Action::Pull, Action::Push, Action::Delete] {
        assert!(may(&guard, Some(&all), &to(action)));
    }
    let nothing = bearer(&token(&guard, ""));
    assert!(may(&guard, Some(&nothing), &Access::Base));
    assert!(!may(&guard, Some(&nothing), &to(Action::Pull)));
    assert!(may(&guard, Some(&bearer(&token(&guard, "registry:catalog:*"))), &Access::Catalog));
}
