//! From journeys to a program.

use std::collections::HashMap;
use std::sync::Arc;

use http::header::{ACCEPT, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use super::program::{Act, CHALLENGE, Check, Field, Outcome, Part, Plain, Program, REDIRECT, Script, Send, Slot, Step, TOKEN, Text, Thing};
use crate::clause::{Catalogue, ClauseId, Profile};
use crate::client::line::Keep;
use crate::judge::Expectation;
use crate::plan::{Always, Expected, Save, client_headers};
use crate::scenario;
use crate::scenario::journey::{self, Exchange, Journey};
use crate::text::{At, Piece, Template};

/// How much is kept of a body that is not compared with anything.
const KEPT: usize = 64 << 10;

/// How much is kept of a manifest, which is compared byte for byte.
const LARGEST_DOCUMENT: usize = 8 << 20;

/// What expectations are held to.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    /// The clauses.
    pub catalogue: &'a Catalogue,
    /// What binds.
    pub profile: &'a Profile,
    /// Judged on every exchange.
    pub always: &'a [Always],
    /// The target.
    pub base: &'a Uri,
}

/// Compiles journeys.
///
/// # Errors
/// What can't be compiled, in words: a fault of the journey that its lint should have told.
pub fn compile(journeys: &[&Journey], bound: Bound<'_>) -> Result<Program, String> {
    let operations = [CHALLENGE, TOKEN, REDIRECT].map(str::to_owned).to_vec();
    let mut compiler = Compiler { bound, operations, number: 0, saves: HashMap::new(), decisions: Vec::new(), path: String::new() };
    let scripts = journeys.iter().map(|journey| compiler.script(journey)).collect::<Result<Vec<_>, String>>()?;
    Ok(Program { scripts, operations: compiler.operations, always: bound.always.to_vec() })
}

struct Compiler<'a> {
    bound: Bound<'a>,
    operations: Vec<String>,
    number: usize,
    /// Names of this journey's saved values, by their slot.
    saves: HashMap<String, usize>,
    /// Names of the outcomes of each of its steps that have some.
    decisions: Vec<Vec<String>>,
    path: String,
}

impl Compiler<'_> {
    fn script(&mut self, journey: &Journey) -> Result<Script, String> {
        self.saves.clear();
        self.decisions.clear();
        self.path.clone_from(&journey.path);
        let steps = self.steps(&journey.steps, journey)?;
        let (saves, decisions) = (self.saves.len(), self.decisions.len());
        Ok(Script { id: journey.id.clone(), takes: journey.takes, steps, saves, decisions })
    }

    fn steps(&mut self, steps: &[journey::Step], journey: &Journey) -> Result<Vec<Step>, String> {
        steps.iter().map(|step| self.step(step, journey)).collect()
    }

    fn step(&mut self, step: &journey::Step, journey: &Journey) -> Result<Step, String> {
        let when = step.when.as_ref().map(|name| self.outcome(name.as_str())).transpose()?;
        let act = match &step.act {
            journey::Act::Send(exchange) => Act::Send(Box::new(self.send(exchange, &step.title, journey)?)),
            journey::Act::Each(each) => Act::Each {
                over: each.over,
                at_once: each.at_once,
                unless_held: each.unless_held,
                steps: self.steps(&each.steps, journey)?,
            },
        };
        Ok(Step { when, act })
    }

    /// The latest step that has this outcome.
    fn outcome(&self, name: &str) -> Result<(usize, usize), String> {
        let found =
            self.decisions.iter().enumerate().rev().find_map(|(at, names)| Some((at, names.iter().position(|known| known == name)?)));
        found.ok_or_else(|| format!("{}: there is no outcome `{name}`", self.path))
    }

    fn send(&mut self, exchange: &Exchange, title: &str, journey: &Journey) -> Result<Send, String> {
        let method = Method::from_bytes(exchange.method.as_bytes()).map_err(|_| format!("`{}` is no method", exchange.method))?;
        let checks = exchange.expect.iter().map(|(clause, expectation)| self.check(clause, expectation, None)).collect::<Vec<_>>();
        let outcomes =
            exchange.outcomes.iter().filter_map(|(name, expect)| self.compiled_outcome(name.as_str(), expect)).collect::<Vec<_>>();
        let (headers, filled) = self.headers(exchange, &method, journey)?;
        let body = exchange.body.as_ref().map(|name| thing(name.as_str())).transpose()?;
        let target = self.text(&exchange.target.value, false)?;
        let query = self.query(exchange)?;
        let decision = self.decisions.len();
        if !outcomes.is_empty() {
            self.decisions.push(exchange.outcomes.keys().map(|name| name.value.clone()).collect());
        }
        let saves = exchange.save.iter().map(|(name, save)| self.save(name.as_str(), &save.value)).collect::<Result<Vec<_>, String>>()?;
        let operation = self.row(exchange.operation.as_str());
        let compared = compared(&checks, &outcomes);
        let keep = match compared {
            _ if method == Method::HEAD => Keep::Nothing,
            Some(Thing::Blob) => Keep::Hash,
            Some(_) => Keep::Bytes(LARGEST_DOCUMENT),
            None => Keep::Bytes(KEPT),
        };
        let brings = compared == Some(Thing::Blob) && method == Method::GET;
        let typed = body.is_some() && !exchange.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
        let (chunked, anonymous) = (exchange.chunked, exchange.anonymous);
        let title = title.to_owned();
        Ok(Send {
            title,
            operation,
            method,
            target,
            query,
            headers,
            filled,
            body,
            typed,
            chunked,
            anonymous,
            keep,
            checks,
            outcomes,
            decision,
            saves,
            brings,
        })
    }

    fn compiled_outcome(&mut self, name: &str, expect: &scenario::Expect) -> Option<Outcome> {
        let status = expect.values().find_map(Expectation::status)?.clone();
        let checks = expect.iter().map(|(clause, expectation)| self.check(clause, expectation, Some(name))).collect();
        Some(Outcome { status, checks })
    }

    fn check(&mut self, clause: &At<ClauseId>, expectation: &Expectation, outcome: Option<&str>) -> Check {
        self.number += 1;
        let known = self.bound.catalogue.clauses.get(&clause.value);
        let expected = Expected {
            number: self.number,
            binding: known.and_then(|known| known.binding(self.bound.profile)),
            requires: known.iter().flat_map(|known| &known.requires).map(|required| required.value.clone()).collect(),
            clause: clause.value.clone(),
            position: format!("{}:{}:{}", self.path, clause.place.line, clause.place.column),
            outcome: outcome.map(str::to_owned),
            expectation: Arc::new(expectation.clone()),
        };
        Check { plain: plain(expectation), expected: Arc::new(expected) }
    }

    fn row(&mut self, name: &str) -> usize {
        self.operations.iter().position(|known| known == name).unwrap_or_else(|| {
            self.operations.push(name.to_owned());
            self.operations.len() - 1
        })
    }

    fn save(&mut self, name: &str, save: &scenario::Save) -> Result<(usize, Save), String> {
        let next = self.saves.len();
        let slot = *self.saves.entry(name.to_owned()).or_insert(next);
        let save = crate::plan::planned_save(save).ok_or_else(|| format!("{}: `{name}` can't be saved", self.path))?;
        Ok((slot, save))
    }

    /// Constant headers, and those with variables.
    fn headers(&self, exchange: &Exchange, method: &Method, journey: &Journey) -> Result<(HeaderMap, Vec<(HeaderName, Text)>), String> {
        let mut constant = HeaderMap::new();
        let mut filled = Vec::new();
        let host = self.bound.base.authority().map(http::uri::Authority::as_str).unwrap_or_default();
        constant.insert(HOST, HeaderValue::from_str(host).map_err(|_| format!("`{host}` can't be a Host"))?);
        for (name, value) in client_headers(journey.client, method, exchange.target.source()) {
            let bad = |_| format!("`{value}` can't be a header's value");
            let name: HeaderName = name.parse().map_err(|_| format!("`{name}` is no header"))?;
            constant.append(name, HeaderValue::from_str(&value).map_err(bad)?);
        }
        for (name, values) in &exchange.headers {
            let header: HeaderName = name.as_str().parse().map_err(|_| format!("`{}` is no header", name.as_str()))?;
            if [ACCEPT, USER_AGENT, CONTENT_TYPE].contains(&header) {
                constant.remove(&header);
            }
            for value in values.iter().flat_map(|values| values.value.iter()) {
                let text = self.text(value, false)?;
                match text.constant() {
                    Some(plain) => drop(
                        constant
                            .append(&header, HeaderValue::from_str(&plain).map_err(|_| format!("`{plain}` can't be a header's value"))?),
                    ),
                    None => filled.push((header.clone(), text)),
                }
            }
        }
        Ok((constant, filled))
    }

    fn query(&self, exchange: &Exchange) -> Result<Text, String> {
        let mut parts = Vec::new();
        for (name, values) in &exchange.query {
            for value in values.value.iter() {
                let sign = if parts.is_empty() { "" } else { "&" };
                parts.push(Part::Literal(format!("{sign}{}=", super::fill::encoded(name.as_str())).into()));
                parts.extend(self.text(value, true)?.0);
            }
        }
        Ok(Text(parts))
    }

    fn text(&self, template: &Template, encode: bool) -> Result<Text, String> {
        let part = |piece: &Piece| match piece {
            Piece::Literal(text) if encode => Ok(Part::Literal(super::fill::encoded(text).into())),
            Piece::Literal(text) => Ok(Part::Literal(text.as_str().into())),
            Piece::Variable(path) if encode => self.slot(path).map(Part::Encoded),
            Piece::Variable(path) => self.slot(path).map(Part::Slot),
        };
        template.pieces().iter().map(part).collect::<Result<Vec<_>, String>>().map(Text)
    }

    fn slot(&self, path: &[String]) -> Result<Slot, String> {
        slot(path)
            .or_else(|| path.first().filter(|_| path.len() == 1).and_then(|name| self.saves.get(name)).map(|at| Slot::Save(*at)))
            .ok_or_else(|| format!("{}: the variable <{}> has no value", self.path, path.join(".")))
    }
}

/// What a path stands for, saves left out.
pub(super) fn slot(path: &[String]) -> Option<Slot> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    Some(match path.as_slice() {
        ["repo"] => Slot::Repository,
        ["source"] => Slot::Source,
        ["tag"] => Slot::Tag,
        ["missing", name] => Slot::Missing(field(name)?),
        [name, of] => Slot::Of(thing(name).ok()?, field(of)?),
        _ => return None,
    })
}

pub(super) fn thing(name: &str) -> Result<Thing, String> {
    Ok(match name {
        "image" => Thing::Image,
        "config" => Thing::Config,
        "layer" | "blob" => Thing::Blob,
        "index" => Thing::Index,
        _ => return Err(format!("there is no `{name}`")),
    })
}

fn field(name: &str) -> Option<Field> {
    Some(match name {
        "digest" => Field::Digest,
        "hex" => Field::Hex,
        "size" => Field::Size,
        "type" => Field::Type,
        "tag" => Field::Tag,
        _ => return None,
    })
}

/// What of an expectation can be judged without further ado.
fn plain(expectation: &Expectation) -> Plain {
    match (expectation.only_status(), expectation.only_body()) {
        (Some(status), _) => Plain::Status(status.clone()),
        (None, Some(datum)) => thing(datum).map_or(Plain::No, Plain::Body),
        (None, None) => Plain::No,
    }
}

/// What the body is compared with.
fn compared(checks: &[Check], outcomes: &[Outcome]) -> Option<Thing> {
    let mut all = checks.iter().chain(outcomes.iter().flat_map(|outcome| &outcome.checks));
    all.find_map(|check| if let Plain::Body(thing) = check.plain { Some(thing) } else { None })
}
