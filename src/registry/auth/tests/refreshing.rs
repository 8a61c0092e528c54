use std::time::Duration;

use super::super::refresh::Refreshers;
use super::*;

const FROM: &str = "service=plimsoll&client_id=test";

fn by_password(guard: &Guard, more: &str) -> (StatusCode, Value) {
    post(guard, &format!("{FROM}&grant_type=password&username=alice&password=secret%3A1{more}"))
}

#[test]
fn a_password_gets_a_token_by_post_and_the_scope_that_it_has() {
    let guard = guard(&Clock::system());
    let cases = [
        ("", ""),
        ("&scope=repository%3Aa%2Fb%3Apull%2Cpush", "repository:a/b:pull,push"),
        ("&scope=repository:a/b:pull+repository:c:*", "repository:a/b:pull repository:c:pull,push,delete"),
        ("&scope=repository:a/b:pull%20repository:c:push", "repository:a/b:pull repository:c:push"),
    ];
    for (asked, granted) in cases {
        let (status, body) = by_password(&guard, asked);
        assert_eq!((status, &body["scope"]), (StatusCode::OK, &Value::from(granted)));
        assert_eq!((body.get("refresh_token"), &body["expires_in"], &body["token"]), (None, &Value::from(300), &body["access_token"]));
        let token = bearer(body["access_token"].as_str().expect("a token"));
        assert_eq!(may(&guard, Some(&token), &to(Action::Pull)), !asked.is_empty());
    }
}

#[test]
fn a_refresh_token_gets_other_tokens_long_after_the_first_is_dead() {
    let clock = Clock::system();
    let guard = guard(&clock);
    let (_, by_get) = get(&guard, Some(&alice()), "service=plimsoll&offline_token=true");
    let (_, by_post) = by_password(&guard, "&access_type=offline");
    clock.advance(Duration::from_hours(24));
    for body in [by_get, by_post] {
        let refresh = body["refresh_token"].as_str().expect("a refresh token");
        let form = format!("{FROM}&grant_type=refresh_token&refresh_token={refresh}&scope=repository:a/b:push");
        let (status, renewed) = post(&guard, &form);
        assert_eq!((status, &renewed["scope"], renewed.get("refresh_token")), (StatusCode::OK, &Value::from("repository:a/b:push"), None));
        assert!(may(&guard, Some(&bearer(renewed["access_token"].as_str().expect("a token"))), &to(Action::Push)));
        let (_, again) = post(&guard, &format!("{form}&access_type=offline"));
        assert_eq!(again["refresh_token"], refresh);
    }
}

#[test]
fn a_refresh_token_is_given_only_where_asked() {
    let guard = guard(&Clock::system());
    for query in ["", "offline_token=false", "offline_token=", "access_type=offline"] {
        assert_eq!(get(&guard, Some(&alice()), query).1.get("refresh_token"), None, "{query}");
    }
    assert_eq!(by_password(&guard, "&access_type=online&offline_token=true").1.get("refresh_token"), None);
}

#[test]
fn a_refresh_token_has_its_owners_rights() {
    let guard = guard(&Clock::system());
    let (_, body) = get(&guard, Some(&login("bob", "hunter2")), "offline_token=true");
    let refresh = body["refresh_token"].as_str().expect("a refresh token");
    let (_, renewed) = post(&guard, &format!("{FROM}&grant_type=refresh_token&refresh_token={refresh}&scope=repository:a/b:*"));
    assert_eq!(renewed["scope"], "repository:a/b:pull");
}

#[test]
fn refresh_tokens_and_access_tokens_do_not_pass_for_each_other() {
    let guard = guard(&Clock::system());
    let (_, body) = by_password(&guard, "&access_type=offline&scope=repository:a/b:pull");
    let (access, refresh) = (body["access_token"].as_str().expect("a token"), body["refresh_token"].as_str().expect("a token"));
    assert!(!may(&guard, Some(&bearer(refresh)), &Access::Base));
    let (status, body) = post(&guard, &format!("{FROM}&grant_type=refresh_token&refresh_token={access}"));
    assert_eq!((status, &body["error"]), (StatusCode::BAD_REQUEST, &Value::from("invalid_grant")));
}

#[test]
fn what_oauth_refuses_is_refused_in_its_words() {
    let guard = guard(&Clock::system());
    let right = "&username=alice&password=secret:1";
    let cases = [
        (String::new(), "invalid_request"),
        (format!("{FROM}{right}"), "invalid_request"),
        (format!("service=plimsoll&grant_type=password{right}"), "invalid_request"),
        (format!("client_id=test&grant_type=password{right}"), "invalid_request"),
        (format!("client_id=test&service=other&grant_type=password{right}"), "invalid_request"),
        (format!("{FROM}&grant_type=password&username=alice"), "invalid_request"),
        (format!("{FROM}&grant_type=password&password=secret:1"), "invalid_request"),
        (format!("{FROM}&grant_type=refresh_token"), "invalid_request"),
        (format!("{FROM}&grant_type=authorization_code{right}"), "unsupported_grant_type"),
        (format!("{FROM}&grant_type={right}"), "unsupported_grant_type"),
        (format!("{FROM}&grant_type=password&username=alice&password=secret:2"), "invalid_grant"),
        (format!("{FROM}&grant_type=password&username=&password="), "invalid_grant"),
        (format!("{FROM}&grant_type=password&username=alice:secret&password=1"), "invalid_grant"),
        (format!("{FROM}&grant_type=refresh_token&refresh_token=never"), "invalid_grant"),
    ];
    for (form, error) in cases {
        let (status, body) = post(&guard, &form);
        assert_eq!((status, &body["error"]), (StatusCode::BAD_REQUEST, &Value::from(error)), "{form}");
    }
}

#[test]
fn the_oldest_refresh_tokens_are_forgotten() {
    let refreshers = Refreshers::default();
    let first = refreshers.give(1);
    let second = refreshers.give(2);
    for _ in 0..9_998 {
        refreshers.give(3);
    }
    assert_eq!(refreshers.owner(&first), Some(1));
    refreshers.give(4);
    assert_eq!((refreshers.owner(&first), refreshers.owner(&second)), (None, Some(2)));
}
