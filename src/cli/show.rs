//! A scenario in words: what it is made of, and what each step sends, expects and keeps.

use std::fmt::Write;

use super::explain::killers;
use crate::scenario::{Act, Auth, Body, Content, Datum, Each, Item, Request, Save, Scenario, Step, Suite, Target, Values};
use crate::text::At;

/// How much of a body that stands in the file is shown, in characters.
const LONGEST: usize = 600;

/// All of it, a line per fact.
pub(super) fn shown(scenario: &Scenario, suite: &Suite) -> String {
    let mut out = format!("{}\n  {}\n  {}\n", scenario.id, scenario.title.value, scenario.path);
    if !scenario.needs.is_empty() {
        let _ = writeln!(out, "  needs {}", names(&scenario.needs));
    }
    if scenario.repos.len() > 1 {
        let _ = writeln!(out, "  repositories {}", names(&scenario.repos));
    }
    if scenario.alone {
        out.push_str("  runs with no other scenario at its side\n");
    }
    if let Some(each) = &scenario.each {
        let _ = writeln!(out, "  once for each {}", values(each));
    }
    for (name, datum) in scenario.data.iter() {
        let _ = writeln!(out, "  data  {name}: {}", made_of(datum));
    }
    for (name, list) in &scenario.lists {
        let _ = writeln!(out, "  list  {name}: {}", some(list.0.iter().map(String::as_str)));
    }
    for (n, step) in scenario.steps.iter().enumerate() {
        told(step, &format!("{}", n + 1), suite, &mut out);
    }
    let clauses: Vec<&str> = scenario.clauses().map(|clause| clause.as_str()).collect();
    let _ = write!(out, "\n  Faults of the reference registry that break what it judges:\n{}", killers(&clauses));
    out
}

fn names(names: &[At<String>]) -> String {
    names.iter().map(At::as_str).collect::<Vec<_>>().join(", ")
}

/// The first of many, and how many more there are.
fn some<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<String> = texts.map(|text| format!("{text:?}")).collect();
    match all.len() {
        0..=20 => all.join(", "),
        n => format!("{}, … ({n} in all)", all[..12].join(", ")),
    }
}

/// `<name> of "a", "b"`; a value with fields is told by its label, then its fields.
fn values(each: &Each) -> String {
    let name = &each.name.value;
    match &each.values {
        Values::List(list) => format!("<{name}> of the list {list}"),
        Values::Items(items) if items.iter().all(|item| matches!(item, Item::Text(_))) => {
            format!("<{name}> of {}", some(items.iter().map(Item::label)))
        }
        Values::Items(items) => {
            let told = items.iter().map(|item| match item {
                Item::Text(text) => format!("{text:?}"),
                Item::Map(fields) => {
                    let fields = fields.iter().filter(|(key, _)| key.as_str() != "as").map(|(key, value)| format!("{key} {value:?}"));
                    format!("{} ({})", item.label(), fields.collect::<Vec<_>>().join(", "))
                }
            });
            format!("<{name}> of {}", told.collect::<Vec<_>>().join("; "))
        }
    }
}

fn made_of(datum: &Datum) -> String {
    let refers = || {
        let names: Vec<&str> = datum.refers_to().into_iter().map(At::as_str).collect();
        if names.is_empty() { String::new() } else { format!(" of {}", names.join(", ")) }
    };
    let what = match &datum.content {
        Content::Blob(size) => format!("{} bytes", size.0),
        Content::Text(text) => format!("the text {:?}", cut(&text.to_string())),
        Content::Json(json) => format!("the JSON {}", cut(&json.source().to_string())),
        Content::Manifest(_) => format!("a manifest{}", refers()),
        Content::Index(_) => format!("an index{}", refers()),
        Content::Image(image) => format!("an image with {} of its own{}", layers(image.own_layers()), refers()),
    };
    let media_type = datum.media_type.as_ref().map_or_else(String::new, |text| format!(", media type {text}"));
    let algorithm = if datum.algorithm == crate::oci::Algorithm::default() { String::new() } else { format!(", {}", datum.algorithm) };
    format!("{what}{media_type}{algorithm}")
}

fn layers(n: u32) -> String {
    if n == 1 { "one layer".to_owned() } else { format!("{n} layers") }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn told(step: &Step, number: &str, suite: &Suite, out: &mut String) {
    let when = step.when.as_ref().map_or_else(String::new, |when| format!(" (only after {})", when.outcome.value));
    let _ = writeln!(out, "\n  {number}. {}{when}", step.title);
    match &step.act {
        Act::Request(request) => {
            sent(request, out);
            expected(request, suite, out);
            for (name, save) in &request.save {
                let _ = writeln!(out, "     keeps <{name}>: {}", kept(&save.value));
            }
        }
        Act::Push(push) => {
            let tag = push.tag.as_ref().map_or_else(String::new, |tag| format!(" under the tag {}", tag.value));
            let _ = writeln!(out, "     pushes {} to {}{tag}", push.datum.value, push.to.value);
        }
        Act::Advance(by) => {
            let _ = writeln!(out, "     lets {} pass", by.value);
        }
        Act::Together(branches) => {
            for (n, branch) in branches.iter().enumerate() {
                for (m, step) in branch.iter().enumerate() {
                    told(step, &format!("{number}.{}.{}", n + 1, m + 1), suite, out);
                }
            }
        }
    }
}

fn sent(request: &Request, out: &mut String) {
    let (Target::Path(target) | Target::Url(target)) = &request.target.value;
    let mut line = |text: String| {
        let _ = writeln!(out, "     {text}");
    };
    line(format!("{} {target}", request.method));
    for (name, values) in &request.query {
        values.iter().for_each(|value| line(format!("query   {name}={value}")));
    }
    for (name, values) in &request.headers {
        match values {
            Some(values) => values.iter().for_each(|value| line(format!("header  {name}: {value}"))),
            None => line(format!("header  {name} is not sent")),
        }
    }
    if let Some(body) = &request.body {
        line(format!("body    {}", carried(&body.value)));
    }
    match &request.auth.value {
        Auth::Auto => {}
        Auth::None => line("login   none".to_owned()),
        Auth::Basic { user, password } => line(format!("login   Basic, {user} with {password}")),
        Auth::Bearer(token) => line(format!("login   Bearer {token}")),
    }
    if let Some(client) = request.client {
        line(format!("as      {}", format!("{client:?}").to_lowercase()));
    }
    if request.chunked {
        line("framed  Transfer-Encoding: chunked".to_owned());
    }
    if let Some(each) = &request.each {
        line(format!("once for each {}", values(each)));
    }
    if let Some(walk) = &request.walk {
        line(format!("goes from page to page, {} at most, and joins {}", walk.pages, walk.list));
    }
    if let Some(until) = &request.until {
        line(format!("sent again until it holds, for {:?} at most", until.within.0));
    }
}

fn carried(body: &Body) -> String {
    match body {
        Body::Datum(name) => name.clone(),
        Body::Slice(slice) => {
            let to = slice.to.map_or_else(|| "its end".to_owned(), |to| format!("byte {to}"));
            format!("{} from byte {} to before {to}", slice.datum, slice.from)
        }
        Body::Cut(name) => format!("half of {name}, then the connection is closed"),
        Body::Json(json) => cut(&json.source().to_string()),
        Body::Text(text) => format!("{:?}", cut(&text.to_string())),
        Body::Form(fields) => {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("the form {}", fields.join("&"))
        }
    }
}

fn kept(save: &Save) -> String {
    match save {
        Save::Location => "the Location, resolved".to_owned(),
        Save::LocationOr(other) => format!("the Location, resolved, or else {}", other.value.source()),
        Save::EtagOr(other) => format!("the ETag, or else {}", other.value.source()),
        Save::Digest => "the digest of the body".to_owned(),
        Save::Body => "the body".to_owned(),
        Save::Header(name) => format!("the header {name}"),
        Save::Json(pointer) => format!("{pointer} of the body"),
        Save::Regex(pattern) => format!("the first group of /{}/ in the body", pattern.value.source()),
        Save::Challenge(name) => format!("{name} of the challenge"),
    }
}

fn expected(request: &Request, suite: &Suite, out: &mut String) {
    if let Some(capability) = &request.capability {
        let _ = writeln!(out, "     decides the capability {capability}");
    }
    for (outcome, clause, expectation) in request.expectations() {
        let when = outcome.map_or_else(String::new, |outcome| format!("{}: ", outcome.as_str()));
        let _ = writeln!(out, "     - {when}{}: {}", clause.as_str(), expectation.wording());
        if let Some(clause) = suite.catalogue.clauses.get(&clause.value) {
            let _ = writeln!(out, "       {}", clause.says);
        }
    }
}
