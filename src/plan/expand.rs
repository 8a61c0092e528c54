//! `push: DATUM` as the steps that it stands for: each blob by POST and PUT, then the manifests.

use http::Method;

use super::item::{Act, Body, Request, Save, Step};
use super::parts::{Part, parts};
use crate::scenario::{Auth, Push, Scenario};
use crate::text::Template;

/// Gives out the numbers of steps and expectations.
#[derive(Debug)]
pub(super) struct Numbers(pub(super) usize);

impl Numbers {
    pub(super) fn next(&mut self) -> usize {
        self.0 += 1;
        self.0
    }
}

/// The steps of one push; the first depends on `depends`, and each PUT on its POST. The last number stands for the whole.
pub(super) fn push(scenario: &Scenario, push: &Push, title: &str, depends: &[usize], numbers: &mut Numbers) -> Vec<Step> {
    let datum = push.datum.as_str();
    let mut steps: Vec<Step> = Vec::new();
    let mut known = depends.to_vec();
    for part in parts(scenario, datum) {
        let (number, made) = match part {
            Part::Blob(name) => blob(&name, push, title, &known, numbers),
            Part::Manifest(name) => {
                let tag = push.tag.as_ref().filter(|_| name == datum).map(|tag| tag.value.clone());
                manifest(&name, tag, push, title, &known, numbers)
            }
        };
        known.push(number);
        steps.extend(made);
    }
    steps
}

fn blob(name: &str, push: &Push, title: &str, depends: &[usize], numbers: &mut Numbers) -> (usize, Vec<Step>) {
    let session = format!("plimsoll-session-{}", numbers.0);
    let open = request(Method::POST, template(&format!("/v2/{}/blobs/uploads/", push.to.value.source())));
    let mut open = step(format!("{title}: open an upload for {name}"), open, depends, numbers);
    open.save.push((session.clone(), Save::Location));
    let mut close = request(Method::PUT, template(&format!("<{session}>")));
    close.query.push(("digest".into(), template(&format!("<{name}.digest>"))));
    close.headers.push(("Content-Type".into(), Some(template("application/octet-stream"))));
    close.body = Body::Datum(name.to_owned());
    let depends: Vec<usize> = depends.iter().copied().chain([open.number]).collect();
    let close = step(format!("{title}: upload {name}"), close, &depends, numbers);
    (close.number, vec![open, close])
}

fn manifest(name: &str, tag: Option<Template>, push: &Push, title: &str, depends: &[usize], numbers: &mut Numbers) -> (usize, Vec<Step>) {
    let reference = tag.map_or_else(|| format!("<{name}.digest>"), |tag| tag.source().to_owned());
    let mut put = request(Method::PUT, template(&format!("/v2/{}/manifests/{reference}", push.to.value.source())));
    put.body = Body::Datum(name.to_owned());
    let put = step(format!("{title}: put {name}"), put, depends, numbers);
    (put.number, vec![put])
}

fn step(title: String, request: Request, depends: &[usize], numbers: &mut Numbers) -> Step {
    Step {
        title,
        name: None,
        act: Act::Request(Box::new(request)),
        preparation: true,
        when: None,
        depends: depends.to_vec(),
        number: numbers.next(),
        expect: Vec::new(),
        outcomes: Vec::new(),
        capability: None,
        save: Vec::new(),
        each: None,
        until: None,
    }
}

fn request(method: Method, target: Template) -> Request {
    Request {
        method,
        target,
        query: Vec::new(),
        headers: Vec::new(),
        body: Body::None,
        chunked: false,
        auth: Auth::Auto,
        follow: true,
        walk: None,
    }
}

/// A template of parts that are templates or names already.
fn template(text: &str) -> Template {
    Template::parse(text).unwrap_or_else(|_| Template::literal(text))
}
