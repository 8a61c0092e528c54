//! A scenario's steps made ready to run.

use std::collections::HashMap;
use std::sync::Arc;

use http::Method;

use super::build::{Source, binding, deciding_clause, each_variables, requires};
use super::clients;
use super::expand::{self, Numbers};
use super::item::{Act, Body, Deciding, Expected, Outcome, Request, Save, Step, Walk, When};
use crate::clause::ClauseId;
use crate::judge::Expectation;
use crate::scenario::{self, Each, Scenario, Values};
use crate::text::{At, Template};

/// Makes the steps of one scenario, numbering them and their expectations.
pub(super) struct Steps<'a> {
    source: Source<'a>,
    scenario: &'a Scenario,
    numbers: Numbers,
    /// A step's number in its file → the number of the planned step that stands for all of it.
    planned: HashMap<usize, usize>,
}

impl<'a> Steps<'a> {
    pub(super) fn new(source: Source<'a>, scenario: &'a Scenario) -> Self {
        Self { source, scenario, numbers: Numbers(0), planned: HashMap::new() }
    }

    pub(super) fn all(mut self) -> Vec<Step> {
        self.steps(&self.scenario.steps)
    }

    fn steps(&mut self, steps: &[scenario::Step]) -> Vec<Step> {
        steps.iter().flat_map(|step| self.step(step)).collect()
    }

    fn step(&mut self, written: &scenario::Step) -> Vec<Step> {
        let depends: Vec<usize> = written.depends.iter().filter_map(|number| self.planned.get(number).copied()).collect();
        let mut made = match &written.act {
            scenario::Act::Request(request) => vec![self.request(written, request, depends)],
            scenario::Act::Push(push) => expand::push(self.scenario, push, &written.title, &depends, &mut self.numbers),
            scenario::Act::Advance(by) => vec![self.plain(written, Act::Advance(by.value.clone()), depends)],
            scenario::Act::Together(branches) => {
                let branches = branches.iter().map(|steps| self.steps(steps)).collect();
                vec![self.plain(written, Act::Together(branches), depends)]
            }
        };
        for step in &mut made {
            step.when = written.when.as_ref().and_then(|when| {
                let decider = *self.planned.get(&when.step)?;
                Some(When { step: decider, outcome: when.outcome.value.clone() })
            });
        }
        if let Some(last) = made.last() {
            self.planned.insert(written.number, last.number);
        }
        made
    }

    fn plain(&mut self, written: &scenario::Step, act: Act, depends: Vec<usize>) -> Step {
        let name = written.name.as_ref().map(|name| name.value.clone());
        Step { name, ..Step::new(self.numbers.next(), written.title.clone(), act, depends) }
    }

    fn request(&mut self, written: &scenario::Step, request: &scenario::Request, depends: Vec<usize>) -> Step {
        let act = Act::Request(Box::new(planned_request(request)));
        let mut step = self.plain(written, act, depends);
        step.expect = request.expect.iter().map(|(clause, expectation)| self.expected(clause, expectation, None)).collect();
        step.outcomes = request.outcomes.iter().filter_map(|(name, expect)| self.outcome(name.as_str(), expect)).collect();
        step.capability = request.capability.as_ref().map(|capability| self.deciding(capability.as_str()));
        step.save = request.save.iter().filter_map(|(name, save)| Some((name.value.clone(), planned_save(&save.value)?))).collect();
        step.each = request.each.as_ref().map(|each| self.each(each));
        step.until = request.until.as_ref().map(|until| until.within.0);
        step
    }

    fn outcome(&mut self, name: &str, expect: &scenario::Expect) -> Option<Outcome> {
        let status = expect.values().find_map(Expectation::status)?.clone();
        let expect = expect.iter().map(|(clause, expectation)| self.expected(clause, expectation, Some(name))).collect();
        Some(Outcome { name: name.to_owned(), status, expect })
    }

    fn expected(&mut self, clause: &At<ClauseId>, expectation: &Expectation, outcome: Option<&str>) -> Expected {
        Expected {
            number: self.numbers.next(),
            binding: binding(self.source, &clause.value),
            requires: requires(&self.source.suite.catalogue, &clause.value),
            clause: clause.value.clone(),
            position: self.scenario.position(clause.place),
            outcome: outcome.map(str::to_owned),
            expectation: Arc::new(expectation.clone()),
        }
    }

    fn deciding(&self, capability: &str) -> Deciding {
        let level =
            deciding_clause(self.source.suite, capability).and_then(|clause| binding(self.source, &clause)).map(|bound| bound.level);
        let hint = self.source.suite.catalogue.capabilities.get(capability).and_then(|known| known.hint.clone());
        Deciding { capability: capability.to_owned(), expected: self.source.profile.expects(capability, level), hint }
    }

    fn each(&self, each: &Each) -> Vec<Vec<(String, String)>> {
        let name = each.name.as_str();
        match &each.values {
            Values::Items(items) => items.iter().map(|item| each_variables(name, item)).collect(),
            Values::List(of) => self.scenario.list(of).into_iter().map(|text| vec![(name.to_owned(), text)]).collect(),
        }
    }
}

fn planned_request(request: &scenario::Request) -> Request {
    let method = Method::from_bytes(request.method.as_bytes()).unwrap_or(Method::GET);
    let target = match &request.target.value {
        scenario::Target::Path(template) | scenario::Target::Url(template) => template.clone(),
    };
    let query = request.query.iter().flat_map(|(name, values)| values.value.iter().map(|value| (name.value.clone(), value.clone())));
    Request {
        query: query.collect(),
        headers: headers(request, &method, &target),
        body: request.body.as_ref().map_or(Body::None, |body| planned_body(&body.value)),
        chunked: request.chunked,
        auth: request.auth.value.clone(),
        follow: request.follow,
        walk: request.walk.as_ref().map(|walk| Walk {
            pointer: walk.value.list.value.clone(),
            item: walk.value.item.as_ref().map(|item| item.value.clone()),
            pages: walk.value.pages as usize,
        }),
        ..Request::new(method, target)
    }
}

/// The scenario's own headers, the client's, and an Accept of all manifest types where a manifest is asked for without one.
fn headers(request: &scenario::Request, method: &Method, target: &Template) -> Vec<(String, Option<Template>)> {
    let mut headers: Vec<(String, Option<Template>)> = Vec::new();
    for (name, values) in &request.headers {
        match values {
            None => headers.push((name.value.clone(), None)),
            Some(values) => headers.extend(values.value.iter().map(|value| (name.value.clone(), Some(value.clone())))),
        }
    }
    let has = |headers: &[(String, Option<Template>)], wanted: &str| headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
    if let Some(client) = request.client
        && !has(&headers, "user-agent")
    {
        headers.push(("User-Agent".into(), Some(Template::literal(clients::user_agent(client)))));
    }
    if !has(&headers, "accept") {
        let lines = match request.client {
            Some(client) => clients::accept(client, method, target.source()),
            None if clients::asks_for_manifest(method, target.source()) => vec![clients::any_manifest()],
            None => Vec::new(),
        };
        headers.extend(lines.into_iter().map(|line| ("Accept".to_owned(), Some(Template::literal(&line)))));
    }
    headers
}

fn planned_body(body: &scenario::Body) -> Body {
    let place = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    match body {
        scenario::Body::Datum(name) => Body::Datum(name.clone()),
        scenario::Body::Slice(slice) => Body::Slice { datum: slice.datum.value.clone(), from: place(slice.from), to: slice.to.map(place) },
        scenario::Body::Cut(name) => Body::Cut(name.value.clone()),
        scenario::Body::Json(json) => Body::Json(json.clone()),
        scenario::Body::Text(text) => Body::Text(text.clone()),
        scenario::Body::Form(fields) => Body::Form(fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect()),
    }
}

/// `None` where the expression is bad, which the lint tells before any plan is made.
#[must_use]
pub fn planned_save(save: &scenario::Save) -> Option<Save> {
    Some(match save {
        scenario::Save::Location => Save::Location,
        scenario::Save::LocationOr(text) => Save::LocationOr(text.value.clone()),
        scenario::Save::EtagOr(text) => Save::EtagOr(text.value.clone()),
        scenario::Save::Digest => Save::Digest,
        scenario::Save::Body => Save::Body,
        scenario::Save::Header(name) => Save::Header(name.value.clone()),
        scenario::Save::Json(pointer) => Save::Json(pointer.value.clone()),
        scenario::Save::Regex(pattern) => Save::Regex(pattern.value.regex().ok()?.clone()),
        scenario::Save::Challenge(parameter) => Save::Challenge(parameter.value.clone()),
    })
}
