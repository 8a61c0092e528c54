//! Mistakes of meaning that no name gives away: of a scenario as a whole, of its data and of its steps.

use std::sync::Arc;

use super::data::order;
use super::reader::Reader;
use super::{Act, Content, Each, MAX_SIZE, Period, Scenario, Step, Values};
use crate::text::{At, Place, meant};

impl Reader<'_> {
    /// Notes what is wrong with a scenario whose names were followed already.
    pub(super) fn lint(&mut self, scenario: &Scenario) {
        self.lint_whole(scenario);
        for need in &scenario.needs {
            self.lint_capability(need);
        }
        if let Some(each) = &scenario.each {
            self.lint_each(each);
        }
        for (name, list) in &scenario.lists {
            if list.0.is_empty() {
                self.mistake(name.place, format!("the list `{name}` is empty"), "", None);
            }
        }
        for name in scenario.data.keys() {
            self.lint_datum(name, scenario);
        }
        for step in scenario.all_steps() {
            self.lint_step(step, scenario);
        }
    }

    fn lint_whole(&mut self, scenario: &Scenario) {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !scenario.id.split('/').all(plain) {
            let help = "name files and folders by a-z, 0-9 and `-`, since their path is the scenario's id".to_owned();
            self.mistake(Place::default(), format!("`{}` is no id of a scenario", scenario.id), "", Some(help));
        }
        if scenario.title.trim().is_empty() {
            self.mistake(scenario.title.place, "the title is empty", "", Some("say in one sentence what is shown".into()));
        }
        let steps = scenario.all_steps();
        let judged = steps.iter().filter_map(|step| step.request()).any(|request| request.expectations().next().is_some());
        if steps.is_empty() {
            self.mistake(scenario.title.place, "this scenario has no step", "", None);
        } else if !judged && self.wrong.is_empty() {
            let help = "give a step `expect: { CLAUSE: { status: 200 } }`".to_owned();
            self.mistake(scenario.title.place, "this scenario expects nothing, so it can judge nothing", "", Some(help));
        }
    }

    /// A capability that is known.
    pub(super) fn lint_capability(&mut self, name: &At<String>) {
        let known = &self.catalogue.capabilities;
        if !known.contains_key(name.as_str()) {
            let near = meant(name, known.keys().map(String::as_str));
            let help = near.unwrap_or_else(|| "capabilities are listed in scenarios/capabilities.yaml".to_owned());
            self.mistake(name.place, format!("there is no capability `{name}`"), "", Some(help));
        }
    }

    /// An `each` that has values.
    pub(super) fn lint_each(&mut self, each: &Each) {
        match &each.values {
            Values::Items(items) if items.is_empty() => {
                self.mistake(each.name.place, format!("`{}` has no value", each.name), "", Some("list at least one".into()));
            }
            Values::Items(items) => {
                let mut seen = std::collections::HashSet::new();
                if let Some(twice) = items.iter().map(super::Item::label).find(|label| !seen.insert(*label)) {
                    let help = "reports tell values apart by their text, or by their key `as`".to_owned();
                    self.mistake(each.name.place, format!("two values of `{}` are called `{twice}`", each.name), "", Some(help));
                }
            }
            Values::List(_) => {}
        }
    }

    fn lint_datum(&mut self, name: &At<String>, scenario: &Scenario) {
        let Some(datum) = scenario.data.get(name.as_str()) else { return };
        let Content::Image(image) = &datum.content else { return };
        if let Some(layers) = image.layers.filter(|layers| layers.value > super::datum::MOST_LAYERS) {
            self.mistake(layers.place, format!("an image has at most {} layers", super::datum::MOST_LAYERS), "", None);
        }
        let other = image.shares.as_ref().and_then(|other| Some((other, scenario.data.get(other.as_str())?)));
        if let Some((other, shared)) = other
            && !matches!(shared.content, Content::Image(_))
        {
            self.mistake(other.place, format!("`{other}` is no image, so it has no layers to share"), "", None);
        }
    }

    fn lint_step(&mut self, step: &Step, scenario: &Scenario) {
        match &step.act {
            Act::Request(request) => self.lint_request(request, scenario),
            Act::Push(_) => {}
            Act::Together(scripts) => {
                if scripts.len() < 2 || scripts.iter().any(Vec::is_empty) {
                    let help = "write at least two lists of steps, none of them empty".to_owned();
                    self.mistake(step.place, "there is nothing to run side by side", "", Some(help));
                }
            }
            Act::Advance(period) => {
                if period.variables().next().is_none()
                    && let Err(help) = period.source().parse::<Period>()
                {
                    self.mistake(period.place, format!("`{}` is no duration", period.source()), "expected a duration", Some(help.into()));
                }
                let clock = scenario.needs.iter().any(|need| need.as_str() == "clock");
                if !clock || !scenario.alone {
                    let help = "add `needs: [clock]` and `alone: true` to the scenario".to_owned();
                    self.mistake(
                        period.place,
                        "moving the clock needs the capability `clock`, and no other scenario at its side",
                        "",
                        Some(help),
                    );
                }
            }
        }
    }

    /// A statement about every exchange knows no scenario: neither its variables, data, lists nor steps.
    pub(super) fn lint_always(&mut self, statement: &super::always::AlwaysFile) {
        let mut uses = crate::judge::Uses::default();
        statement.on.uses(&mut uses);
        for (clause, expectation) in &statement.expect.value {
            self.lint_clause(clause);
            expectation.uses(&mut uses);
        }
        for wrong in uses.mistakes {
            self.mistake(wrong.place, wrong.value, "", None);
        }
        let variables = uses.variables.iter().map(|path| At::new(format!("<{}>", path.join(".")), path.place));
        let named = variables.chain(uses.data).chain(uses.lists).chain(uses.steps).collect::<Vec<_>>();
        for name in named {
            self.mistake(name.place, format!("`{name}` belongs to a scenario, and this is judged in all of them"), "", None);
        }
        for place in uses.walks {
            self.mistake(place, "not every step walks pages, so this can't be judged always", "", None);
        }
        if statement.expect.is_empty() {
            self.mistake(statement.expect.place, "this statement expects nothing", "", None);
        }
    }

    /// How many bytes a datum has, where that is plain to see.
    pub(super) fn plain_size(name: &str, scenario: &Scenario) -> Option<u64> {
        match &scenario.data.get(name)?.content {
            Content::Blob(size) => Some(size.0.min(MAX_SIZE.0)),
            Content::Text(text) if text.variables().next().is_none() => Some(text.fill(|_| None).ok()?.len() as u64),
            _ => None,
        }
    }
}

/// Puts data after what they are made of.
pub(super) fn sort_data(scenario: &mut Scenario) {
    if let Ok(order) = order(&scenario.data) {
        Arc::make_mut(&mut scenario.data).sort_by_key(|name, _| order.get(name.as_str()).copied());
    }
}
