//! What an expectation makes use of, so that the lint can tell what is not there.

use crate::text::{At, Place, Template};

/// Everything that expectations name, each with its place, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Paths of variables: `<layer.digest>` is `["layer", "digest"]`.
    pub variables: Vec<At<Vec<String>>>,
    /// Names of data.
    pub data: Vec<At<String>>,
    /// Names of lists.
    pub lists: Vec<At<String>>,
    /// Names of steps.
    pub steps: Vec<At<String>>,
    /// Mistakes of meaning that need nothing else to be told: a bad regex, an empty range.
    pub mistakes: Vec<At<String>>,
    /// Where a `walk` is judged: the step needs one.
    pub walks: Vec<Place>,
    /// Where a body is judged that is not empty: no answer to HEAD has one.
    pub bodies: Vec<Place>,
    /// The slices of data that are compared.
    pub slices: Vec<super::Slice>,
}

impl Uses {
    /// Every variable of a text.
    pub fn text(&mut self, text: &Template, place: Place) {
        self.variables.extend(text.variables().map(|path| At::new(path.to_vec(), place)));
    }

    /// A datum.
    pub fn datum(&mut self, name: &str, place: Place) {
        self.data.push(At::new(name.to_owned(), place));
    }

    /// A named list.
    pub fn list(&mut self, name: &str, place: Place) {
        self.lists.push(At::new(name.to_owned(), place));
    }

    /// A step.
    pub fn step(&mut self, name: &str, place: Place) {
        self.steps.push(At::new(name.to_owned(), place));
    }

    /// A mistake of meaning.
    pub fn mistake(&mut self, what: impl Into<String>, place: Place) {
        self.mistakes.push(At::new(what.into(), place));
    }
}
