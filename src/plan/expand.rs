//! `push: DATUM` as the steps that it stands for: each blob by POST and PUT, then the manifests.

use http::Method;

use super::item::{Act, Body, Request, Save, Step};
use super::parts::{Part, parts};
use crate::scenario::{Push, Scenario};
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
    let mut pushing = Pushing { push, title, known: depends.to_vec(), numbers, steps: Vec::new() };
    for part in parts(&scenario.data, push.datum.as_str()) {
        match part {
            Part::Blob(name) => pushing.blob(&name),
            Part::Manifest(name) => pushing.manifest(&name),
        }
    }
    pushing.steps
}

struct Pushing<'a> {
    push: &'a Push,
    title: &'a str,
    /// The steps without which the next one makes no sense.
    known: Vec<usize>,
    numbers: &'a mut Numbers,
    steps: Vec<Step>,
}

impl Pushing<'_> {
    fn blob(&mut self, name: &str) {
        let session = format!("plimsoll-session-{}", self.numbers.0);
        let mut open = Request::new(Method::POST, template(&format!("/v2/{}/blobs/uploads/", self.push.to.value.source())));
        open.follow = false;
        self.add(&format!("open an upload for {name}"), open);
        if let Some(open) = self.steps.last_mut() {
            open.save.push((session.clone(), Save::Location));
        }
        let mut close = Request::new(Method::PUT, template(&format!("<{session}>")));
        close.query.push(("digest".into(), template(&format!("<{name}.digest>"))));
        close.headers.push(("Content-Type".into(), Some(template("application/octet-stream"))));
        close.body = Body::Datum(name.to_owned());
        self.add(&format!("upload {name}"), close);
    }

    fn manifest(&mut self, name: &str) {
        let tag = self.push.tag.as_ref().filter(|_| name == self.push.datum.as_str());
        let reference = tag.map_or_else(|| format!("<{name}.digest>"), |tag| tag.value.source().to_owned());
        let mut put = Request::new(Method::PUT, template(&format!("/v2/{}/manifests/{reference}", self.push.to.value.source())));
        put.body = Body::Datum(name.to_owned());
        self.add(&format!("put {name}"), put);
    }

    fn add(&mut self, what: &str, request: Request) {
        let (title, act) = (format!("{}: {what}", self.title), Act::Request(Box::new(request)));
        let step = Step { preparation: true, ..Step::new(self.numbers.next(), title, act, self.known.clone()) };
        self.known.push(step.number);
        self.steps.push(step);
    }
}

/// A template of parts that are templates or names already.
fn template(text: &str) -> Template {
    Template::parse(text).unwrap_or_else(|_| Template::literal(text))
}
