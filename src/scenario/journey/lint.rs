//! Mistakes of meaning in a journey.

use super::names::Scope;
use super::{Exchange, Journey};
use crate::judge::{Expectation, Uses};
use crate::scenario::reader::Reader;
use crate::text::{At, Place, Template, did_you_mean};

impl Reader<'_> {
    pub(super) fn lint_journey(&mut self, journey: &Journey) {
        if journey.title.trim().is_empty() {
            self.mistake(journey.title.place, "the title is empty", "", Some("say in one sentence what the client does".into()));
        }
        let judges = journey.requests().any(|exchange| exchange.expectations().next().is_some());
        if !judges && self.wrong.is_empty() {
            let help = "give a step `expect: { CLAUSE: { status: 200 } }`".to_owned();
            self.mistake(journey.title.place, "this journey expects nothing, so it can judge nothing", "", Some(help));
        }
    }

    pub(super) fn lint_exchange(&mut self, exchange: &Exchange, scope: &Scope) {
        let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !plain(&exchange.operation) {
            let help = "write it in a-z, 0-9 and `-`: thresholds name it".to_owned();
            self.mistake(exchange.operation.place, format!("`{}` is no operation", exchange.operation.value), "", Some(help));
        }
        self.lint_filled(&exchange.target.value, exchange.target.place, scope);
        for (name, values) in &exchange.query {
            values.value.iter().for_each(|value| self.lint_filled(value, name.place, scope));
        }
        for (name, values) in &exchange.headers {
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                self.mistake(name.place, format!("`{}` is no header's name", name.value), "", None);
            }
            values.iter().flat_map(|values| values.value.iter()).for_each(|value| self.lint_filled(value, name.place, scope));
        }
        if let Some(body) = &exchange.body {
            self.lint_content(body, scope);
        }
        for (clause, expectation) in exchange.expectations() {
            self.lint_clause(clause);
            self.lint_expectation(expectation, exchange, scope);
        }
        for (name, expect) in &exchange.outcomes {
            if expect.values().find_map(Expectation::status).is_none() {
                let help = "an outcome is known by the first `status` among its expectations".to_owned();
                self.mistake(name.place, format!("the outcome `{}` names no status", name.value), "", Some(help));
            }
        }
    }

    fn lint_expectation(&mut self, expectation: &Expectation, exchange: &Exchange, scope: &Scope) {
        let mut uses = Uses::default();
        expectation.uses(&mut uses);
        for variable in &uses.variables {
            self.lint_path(&variable.value, variable.place, scope);
        }
        uses.data.iter().for_each(|name| self.lint_content(name, scope));
        for mistake in &uses.mistakes {
            self.mistake(mistake.place, mistake.value.clone(), "", None);
        }
        let foreign = uses.lists.iter().map(|name| name.place).chain(uses.steps.iter().map(|name| name.place)).chain(uses.walks);
        for place in foreign {
            let help = "a journey judges each exchange by itself: status, header, body, json, error".to_owned();
            self.mistake(place, "lists, other steps and walks are for scenarios", "", Some(help));
        }
        for place in uses.bodies.into_iter().filter(|_| exchange.method == "HEAD") {
            self.mistake(place, "the answer to HEAD has no body to judge", "", None);
        }
        for slice in &uses.slices {
            self.mistake(slice.datum.place, "slices are for scenarios", "", None);
        }
    }

    fn lint_content(&mut self, name: &At<String>, scope: &Scope) {
        if !scope.has_content(name) {
            let help = "an image brings `image`, `config` and in its loops `layer` or `blob`; an index brings `index`".to_owned();
            self.mistake(name.place, format!("there is no `{}` here", name.value), "", Some(help));
        }
    }

    fn lint_filled(&mut self, text: &Template, place: Place, scope: &Scope) {
        for path in text.variables() {
            self.lint_path(path, place, scope);
        }
    }

    fn lint_path(&mut self, path: &[String], place: Place, scope: &Scope) {
        if scope.knows(path) {
            return;
        }
        let (name, known) = (path.join("."), scope.all());
        let near = did_you_mean(&name, known.iter().map(String::as_str)).map(|near| format!("did you mean `<{near}>`?"));
        let help = near.unwrap_or_else(|| format!("what can be named here: {}", known.join(", ")));
        self.mistake(place, format!("the variable `<{name}>` has no value here"), "", Some(help));
    }
}
