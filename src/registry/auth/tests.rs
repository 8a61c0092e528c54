//! Tests of admission and of the token service.

mod admission;
mod forgery;
mod keys;
mod refreshing;
mod scopes;
mod tokens;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;

use super::{Guard, SigningKey, TokenRequest};
use crate::clock::Clock;
use crate::registry::access::{Access, Action};
use crate::registry::config::{Auth, TokenAuth, User};
use crate::registry::failure::Failure;
use crate::registry::query::Query;
use crate::registry::reply::Reply;

const BASE: &str = "http://127.0.0.1:5000";
const P256: &str = include_str!("tests/keys/p256-genpkey.pem");
const ALL: &str = "repository:a/b:pull,push,delete";

fn users() -> Vec<User> {
    vec![User::new("alice", "secret:1"), User::reader("bob", "hunter2")]
}

fn config() -> TokenAuth {
    TokenAuth { key: SigningKey::from_pem(P256).ok(), ..TokenAuth::new(users()) }
}

fn guard(clock: &Clock) -> Guard {
    Guard::new(&Auth::Token(config()), clock.clone()).expect("a guard")
}

fn basic_guard() -> Guard {
    Guard::new(&Auth::Basic { users: users() }, Clock::system()).expect("a guard")
}

fn to(action: Action) -> Access {
    Access::Repository { name: "a/b".parse().expect("a name"), action }
}

fn login(name: &str, password: &str) -> HeaderValue {
    text(&format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))))
}

fn alice() -> HeaderValue {
    login("alice", "secret:1")
}

fn bearer(token: &str) -> HeaderValue {
    text(&format!("Bearer {token}"))
}

fn text(header: &str) -> HeaderValue {
    HeaderValue::from_str(header).expect("a header")
}

fn get(guard: &Guard, authorization: Option<&HeaderValue>, query: &str) -> (StatusCode, Value) {
    let asked = TokenRequest { method: &Method::GET, authorization, query: Query::of_url(Some(query)), form: Query::default() };
    read(guard.token(asked).expect("a token service"))
}

fn post(guard: &Guard, form: &str) -> (StatusCode, Value) {
    let asked = TokenRequest { method: &Method::POST, authorization: None, query: Query::default(), form: Query::of_form(form) };
    read(guard.token(asked).expect("a token service"))
}

fn read(reply: Reply) -> (StatusCode, Value) {
    let status = reply.status();
    let body = reply.into_body().collect().now_or_never().expect("a body in memory").expect("no failure").to_bytes();
    (status, serde_json::from_slice(&body).expect("JSON"))
}

/// A token of alice's for what is asked.
fn token(guard: &Guard, scope: &str) -> String {
    let (status, body) = get(guard, Some(&alice()), &format!("service=plimsoll&scope={scope}"));
    assert_eq!(status, StatusCode::OK, "{body}");
    body["token"].as_str().expect("a token").to_owned()
}

/// The status, code and challenge of a refusal.
fn refusal(result: Result<(), Failure>) -> (u16, String, String) {
    let failure = result.expect_err("a refusal");
    let challenge = failure.headers.iter().find(|(name, _)| name == WWW_AUTHENTICATE);
    let challenge = challenge.map_or("", |(_, value)| value.to_str().expect("text"));
    (failure.status.as_u16(), failure.errors[0].code.to_string(), challenge.to_owned())
}

/// Whether it may do one more thing.
fn may(guard: &Guard, authorization: Option<&HeaderValue>, access: &Access) -> bool {
    guard.admit(authorization, "", std::slice::from_ref(access)).is_ok()
}
