//! Who reads what: variables, data and lists are there where they are named, and something names each.

use super::data::{fields_help, is_field, listed, order, parts_help};
use super::names::{Known, PAGES, Scope, What};
use super::reader::Reader;
use super::{Act, Scenario, datum_and_part};
use crate::text::{At, Place};

impl Reader<'_> {
    /// Checks all that a step names; gives the numbers of the steps whose saves it reads or that it is compared with.
    pub(super) fn reads(&mut self, act: &Act, scope: &mut Scope) -> Vec<usize> {
        let each = if let Act::Request(request) = act { request.each.as_ref() } else { None };
        let hidden = each.map(|each| (&each.name, scope.known.get(each.name.as_str()).cloned()));
        if let Some(each) = each {
            let fields = self.fields(each);
            self.define(&each.name, What::Each(fields), scope);
        }
        let steps = self.reads_in(act, scope);
        match hidden {
            Some((name, Some(known))) => drop(scope.known.insert(name.value.clone(), known)),
            Some((name, None)) => drop(scope.known.shift_remove(name.as_str())),
            None => {}
        }
        steps
    }

    fn reads_in(&mut self, act: &Act, scope: &Scope) -> Vec<usize> {
        let uses = act.uses();
        for wrong in &uses.mistakes {
            self.mistake(wrong.place, wrong.value.clone(), "", None);
        }
        uses.data.iter().for_each(|name| self.read_datum(name, scope));
        uses.lists.iter().for_each(|name| self.read_list(name, scope));
        let mut steps: Vec<usize> = uses.steps.iter().filter_map(|name| self.step_named(name, scope)).collect();
        steps.extend(uses.variables.iter().filter_map(|path| self.read_variable(path, scope)));
        steps
    }

    /// Checks a variable; gives the number of the step that saved it.
    fn read_variable(&mut self, path: &At<Vec<String>>, scope: &Scope) -> Option<usize> {
        let written = format!("<{}>", path.join("."));
        let place = self.narrow(path.place, &written);
        let (name, rest) = path.split_first()?;
        let Some(known) = scope.known.get(name) else {
            self.undefined(name, &written, place, scope);
            return None;
        };
        self.used.insert(name.clone());
        if (name == "realm" || name == "service") && !self.bearer {
            let help = "add `needs: [login-bearer]` to the scenario".to_owned();
            self.mistake(place, format!("`{written}` is known only where the registry asks for tokens"), "", Some(help));
        }
        if matches!(known.what, What::Pages) && !self.pages {
            let help = "add `needs: [package-pages]` to the scenario".to_owned();
            self.mistake(place, format!("`{written}` is known only where the profile says where pages are"), "", Some(help));
        }
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        let (fits, help) = match &known.what {
            What::List => (false, format!("`{name}` is a list: it is named in `each`, or in a matcher")),
            What::BuiltIn | What::Repository | What::Save(_) | What::Each(None) => (rest.is_empty(), format!("write `<{name}>`")),
            What::Each(Some(fields)) => (
                matches!(rest.as_slice(), [field] if fields.iter().any(|known| known == field)),
                format!("all values of `{name}` have {}, and no other key", listed(&fields.iter().map(String::as_str).collect::<Vec<_>>())),
            ),
            What::Pages => (matches!(rest.as_slice(), [field] if PAGES.contains(field)), format!("`pages` has {}", listed(&PAGES))),
            What::Datum(parts) => (is_field(&rest, parts), fields_help(name, parts)),
        };
        if !fits {
            self.mistake(place, format!("there is no `{written}`"), "", Some(help));
        }
        match known.what {
            What::Save(step) => Some(step),
            _ => None,
        }
    }

    fn undefined(&mut self, name: &str, written: &str, place: Place, scope: &Scope) {
        let near = self.near(name, scope, |what| !matches!(what, What::List));
        self.used.insert(name.to_owned());
        let help = match (self.saved.get(name), near) {
            (Some(saved), _) => Some(format!("it is saved in line {}, by a step that comes later or runs at this one's side", saved.line)),
            (None, Some(near)) => Some(near),
            (None, None) => {
                Some("a variable is a repository, a datum's field, an earlier step's save, or the variable of `each`".to_owned())
            }
        };
        self.mistake(place, format!("the variable `{written}` is not defined here"), "", help);
    }

    fn read_datum(&mut self, name: &At<String>, scope: &Scope) {
        let (datum, part) = datum_and_part(name);
        let Some(What::Datum(parts)) = scope.known.get(datum).map(|known| &known.what) else {
            let help = self.near(datum, scope, |what| matches!(what, What::Datum(_)));
            let help = help.unwrap_or_else(|| scope.data_help());
            return self.mistake(name.place, format!("there is no datum `{datum}`"), "", Some(help));
        };
        self.used.insert(datum.to_owned());
        if let Some(part) = part.filter(|part| !parts.iter().any(|known| known == part)) {
            self.mistake(name.place, format!("`{datum}` has no part `{part}`"), "", Some(parts_help(datum, parts)));
        }
    }

    pub(super) fn read_list(&mut self, name: &At<String>, scope: &Scope) {
        if matches!(scope.known.get(name.as_str()), Some(Known { what: What::List, .. })) {
            self.used.insert(name.value.clone());
            return;
        }
        let help = self.near(name, scope, |what| matches!(what, What::List));
        let help = help.unwrap_or_else(|| "the lists of a scenario are under `lists`".to_owned());
        self.mistake(name.place, format!("there is no list `{name}`"), "", Some(help));
    }

    /// The name that was most likely meant: it counts as read, so that one slip is told once.
    fn near(&mut self, name: &str, scope: &Scope, fits: impl Fn(&What) -> bool) -> Option<String> {
        if self.is_full() {
            return None;
        }
        let near = scope.near(name, fits)?;
        self.used.insert(near.to_owned());
        Some(format!("did you mean `{near}`?"))
    }

    /// The place of a word within a longer text, or else after its beginning, where it can be found.
    pub(super) fn narrow(&self, place: Place, word: &str) -> Place {
        let (text, start) = (&self.file.text, place.start as usize);
        let found = place.of_text(text).find(word).or_else(|| text.get(start..)?.find(word));
        found.map_or(place, |at| Place::at_byte(text, start + at, start + at + word.len()))
    }

    /// What a datum refers to is there; no datum is part of itself.
    pub(super) fn check_data(&mut self, scenario: &Scenario, scope: &Scope) {
        for (name, datum) in scenario.data.iter() {
            for other in datum.refers_to() {
                self.read_datum(other, scope);
            }
            for text in datum.templates() {
                for path in text.variables() {
                    self.read_variable(&At::new(path.to_vec(), name.place), scope);
                }
            }
        }
        if let Err((name, why)) = order(&scenario.data) {
            let help = "data are made one after the other: take one reference away".to_owned();
            self.mistake(name.place, format!("the datum `{name}` {why}"), "", Some(help));
        }
    }

    /// After the last step: what nothing has read.
    pub(super) fn close(&mut self, scenario: &Scenario) {
        let unread = |name: &&At<String>| !self.used.contains(name.as_str());
        let data: Vec<_> = scenario.data.keys().filter(unread).cloned().collect();
        let lists: Vec<_> = scenario.lists.keys().filter(unread).cloned().collect();
        let steps = scenario.all_steps();
        let saves = steps.iter().filter_map(|step| step.request()).flat_map(|request| request.save.keys());
        let saves: Vec<_> = saves.filter(unread).cloned().collect();
        for (what, names) in [("datum", data), ("list", lists), ("saved value", saves)] {
            for name in names {
                let help = Some("use it, or take it away".to_owned());
                self.mistake(name.place, format!("nothing uses the {what} `{name}`"), "never read", help);
            }
        }
    }
}
