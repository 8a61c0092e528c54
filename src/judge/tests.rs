//! Every form of every matcher, held against exchanges that show it and exchanges that do not.

mod bodies;
mod challenges;
mod headers;
mod hostile;
mod jsons;
mod reading;
mod rest;

use std::collections::HashMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use sha2::{Digest as _, Sha256};

use super::{Content, Expectation, Mismatch, Values, Verdict, View, Walked};
use crate::exchange::{BodySent, Exchange, Failure, Phase, Received, Request, Response, Timings};
use crate::oci::{Algorithm, Digest};
use crate::text::{SourceFile, read};

/// A made-up exchange: a GET of `http://h:5000/v2/p/r/blobs/x` with this answer.
pub(super) fn exchange(status: u16, headers: &[(&str, &[u8])], body: &[u8]) -> Exchange {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_bytes(value).unwrap());
    }
    let sha256 = super::received::hex(&Sha256::digest(body));
    let body = Received { bytes: Bytes::copy_from_slice(body), len: body.len() as u64, sha256, ..Received::default() };
    Exchange { request: request(), answer: Ok(Response { status, headers: map, body }), timings: Timings::default() }
}

fn request() -> Request {
    let url = "http://h:5000/v2/p/r/blobs/x".parse().unwrap();
    Request { method: Method::GET, url, headers: HeaderMap::new(), body: BodySent::default() }
}

/// The same exchange, but only the first bytes of its body were kept.
pub(super) fn truncated(mut exchange: Exchange, kept: usize) -> Exchange {
    if let Ok(response) = &mut exchange.answer {
        response.body.bytes.truncate(kept);
        response.body.truncated = true;
    }
    exchange
}

pub(super) fn closed() -> Exchange {
    let failure = Failure::Closed { phase: Phase::Head, why: "reset".into() };
    Exchange { request: request(), answer: Err(failure), timings: Timings::default() }
}

/// The values of a made-up scenario.
#[derive(Default)]
pub(super) struct Scene {
    content: HashMap<String, Content>,
    pub(super) steps: HashMap<String, Exchange>,
    lists: HashMap<String, Vec<String>>,
    pub(super) pulled: Vec<Exchange>,
    pub(super) walked: Option<Walked>,
}

pub(super) const LAYER: &[u8] = b"0123456789abcdef";

pub(super) fn scene() -> Scene {
    let mut scene = Scene::default();
    for (name, bytes, algorithm) in [("layer", LAYER, Algorithm::Sha256), ("strong", LAYER, Algorithm::Sha512)] {
        let content = Content {
            bytes: Bytes::from_static(bytes),
            media_type: "application/octet-stream".into(),
            digest: Digest::of(algorithm, bytes),
        };
        scene.content.insert(name.into(), content);
    }
    scene.lists.insert("tags".into(), ["t1", "t2", "t3"].map(str::to_owned).to_vec());
    scene
}

impl Values for Scene {
    fn variable(&self, path: &[String]) -> Option<String> {
        match path.join(".").as_str() {
            "repo" => Some("p/r".into()),
            "three" => Some("3".into()),
            "host" => Some("h:5000".into()),
            "layer.digest" => Some(Digest::sha256(LAYER).to_string()),
            _ => None,
        }
    }

    fn content(&self, name: &str) -> Option<&Content> {
        self.content.get(name)
    }

    fn list(&self, name: &str) -> Option<&[String]> {
        self.lists.get(name).map(Vec::as_slice)
    }

    fn step(&self, name: &str) -> Option<&Exchange> {
        self.steps.get(name)
    }
}

pub(super) fn expectation(yaml: &str) -> Expectation {
    read(&SourceFile::new("x.yaml", yaml)).unwrap_or_else(|wrong| panic!("{yaml}\n{wrong}"))
}

pub(super) fn judge(scene: &Scene, yaml: &str, exchange: &Exchange) -> Result<(), Mismatch> {
    expectation(yaml).judge(&View { exchange, values: scene, pulled: &scene.pulled, walked: scene.walked.as_ref() })
}

/// `ok`, or the mismatch in words; `?` before it where it is no fail.
pub(super) fn told(scene: &Scene, yaml: &str, exchange: &Exchange) -> String {
    match judge(scene, yaml, exchange) {
        Ok(()) => "ok".into(),
        Err(mismatch) if mismatch.verdict == Verdict::Fail => mismatch.to_string(),
        Err(mismatch) => format!("{} {}", mismatch.verdict, mismatch.came),
    }
}

/// Holds a table of (expectation, answer, words) in the plain scene.
pub(super) fn hold(cases: &[(&str, &Exchange, &str)]) {
    for (yaml, exchange, want) in cases {
        assert_eq!(told(&scene(), yaml, exchange), *want, "{yaml}");
    }
}
