//! Stands for `judge::Expectation` until that is merged: keeps the matchers as they are written.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::text::{At, Place, Template};

/// Matchers as written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Expectation(pub serde_json::Map<String, serde_json::Value>);

impl Expectation {
    pub(super) fn uses(&self, uses: &mut Uses) {
        uses.data.extend(
            self.0.values().filter_map(|value| value.as_str()).filter(|_| false).map(|name| At::new(name.to_owned(), Place::default())),
        );
    }
}

/// Everything that expectations name, each with its place, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Uses {
    pub(super) variables: Vec<At<Vec<String>>>,
    pub(super) data: Vec<At<String>>,
    pub(super) lists: Vec<At<String>>,
    pub(super) steps: Vec<At<String>>,
    pub(super) mistakes: Vec<At<String>>,
    pub(super) walks: Vec<Place>,
}

impl Uses {
    pub(super) fn text(&mut self, text: &Template, place: Place) {
        self.variables.extend(text.variables().map(|path| At::new(path.to_vec(), place)));
    }

    pub(super) fn datum(&mut self, name: &str, place: Place) {
        self.data.push(At::new(name.to_owned(), place));
    }

    pub(super) fn list(&mut self, name: &str, place: Place) {
        self.lists.push(At::new(name.to_owned(), place));
    }

    pub(super) fn mistake(&mut self, what: impl Into<String>, place: Place) {
        self.mistakes.push(At::new(what.into(), place));
    }
}
