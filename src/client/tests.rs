//! The client against servers that misbehave, on loopback.

mod login;
mod redirects;
mod server;
mod source;
mod tls;
mod wire;

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};

use super::{Body, Call, Client, Framing, Options};
use crate::exchange::{Exchange, Failure, Phase};

fn call(method: Method, url: &str) -> Call {
    Call::new(method, url.parse().unwrap())
}

fn get(url: &str) -> Call {
    call(Method::GET, url)
}

fn client() -> Client {
    Client::new(Options::default()).unwrap()
}

/// A client whose time-outs are short enough to be awaited in a test.
fn hasty() -> Client {
    let short = Duration::from_millis(300);
    Client::new(Options { connect_timeout: short, request_timeout: short, ..Options::default() }).unwrap()
}

fn with_header(call: Call, name: &'static str, value: &'static str) -> Call {
    call.header(HeaderName::from_static(name), HeaderValue::from_static(value))
}

fn failure(exchange: &Exchange) -> &Failure {
    exchange.answer.as_ref().expect_err("no answer can come")
}

fn text(exchange: &Exchange) -> String {
    String::from_utf8(exchange.response().expect("an answer comes").body.bytes.to_vec()).unwrap()
}

fn phase(exchange: &Exchange) -> Phase {
    match failure(exchange) {
        Failure::TimedOut { phase, .. } | Failure::Closed { phase, .. } => *phase,
        other => panic!("{other}"),
    }
}

fn chunked(bytes: &'static [u8]) -> Body {
    Body { bytes: bytes.into(), framing: Framing::Chunked }
}
