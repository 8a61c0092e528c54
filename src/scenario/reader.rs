//! What is known, and what was noted, while one scenario is read.

use std::collections::{HashMap, HashSet};

use super::file::StepFile;
use crate::clause::Catalogue;
use crate::text::{At, Diagnostic, Diagnostics, Place, SourceFile};

/// Reads one scenario, noting every mistake.
pub(super) struct Reader<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) catalogue: &'a Catalogue,
    pub(super) wrong: Diagnostics,
    /// Names that something read.
    pub(super) used: HashSet<String>,
    /// Where each value is saved, by any step: for the help.
    pub(super) saved: HashMap<String, Place>,
    /// Whether the registry is known to ask for tokens.
    pub(super) bearer: bool,
    number: usize,
}

/// The keys that say what a step does.
const ACTS: &str = "`request`, `push`, `together` or `advance`";

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a SourceFile, catalogue: &'a Catalogue) -> Self {
        Self { file, catalogue, wrong: Diagnostics::default(), used: HashSet::new(), saved: HashMap::new(), bearer: false, number: 0 }
    }

    /// Notes a mistake.
    pub(super) fn mistake(&mut self, place: Place, title: impl Into<String>, label: &str, help: Option<String>) {
        self.wrong.push(Diagnostic::new(self.file, place, title).label(label).help(help));
    }

    pub(super) fn next_number(&mut self) -> usize {
        self.number += 1;
        self.number - 1
    }

    /// Exactly one act, and no key that the act has no use for.
    pub(super) fn check_keys(&mut self, step: &StepFile, place: Place) {
        let acts: Vec<(&str, Place)> = step.acts().into_iter().filter_map(|(name, place)| Some((name, place?))).collect();
        match acts.as_slice() {
            [] => self.mistake(place, "this step does nothing", "", Some(format!("give it one of {ACTS}"))),
            [("request", _)] => self.check_unused(step.of_push(), "push"),
            [(act, _)] => {
                let act = format!("a step with `{act}`");
                for (key, place) in step.of_request().into_iter().filter_map(|(key, place)| Some((key, place?))) {
                    self.mistake(
                        place,
                        format!("{act} has no `{key}`"),
                        "of no use here",
                        Some("give the request a step of its own".into()),
                    );
                }
                if !act.contains("push") {
                    self.check_unused(step.of_push(), "push");
                }
            }
            [_, (second, at), ..] => {
                let title = format!("a step does one thing, and `{second}` is a second one");
                self.mistake(*at, title, "", Some(format!("a step has one of {ACTS}")));
            }
        }
    }

    fn check_unused(&mut self, keys: [(&str, Option<Place>); 2], belongs: &str) {
        for (key, place) in keys.into_iter().filter_map(|(key, place)| Some((key, place?))) {
            self.mistake(place, format!("`{key}` goes with `{belongs}` alone"), "of no use here", None);
        }
    }
}

/// Where each value is saved, in these steps and those in them.
pub(super) fn saves(steps: &[At<StepFile>]) -> HashMap<String, Place> {
    let mut all = HashMap::new();
    for step in steps {
        all.extend(step.save.iter().flat_map(|save| save.keys()).map(|name| (name.value.clone(), name.place)));
        all.extend(step.together.iter().flat_map(|scripts| scripts.iter()).flat_map(|script| saves(script)));
    }
    all
}

impl StepFile {
    fn acts(&self) -> [(&'static str, Option<Place>); 4] {
        [
            ("request", self.request.as_ref().map(|at| at.place)),
            ("push", self.push.as_ref().map(|at| at.place)),
            ("together", self.together.as_ref().map(|at| at.place)),
            ("advance", self.advance.as_ref().map(|at| at.place)),
        ]
    }

    fn of_push(&self) -> [(&'static str, Option<Place>); 2] {
        [("to", self.to.as_ref().map(|at| at.place)), ("tag", self.tag.as_ref().map(|at| at.place))]
    }

    fn of_request(&self) -> [(&'static str, Option<Place>); 14] {
        [
            ("query", self.query.as_ref().map(|at| at.place)),
            ("headers", self.headers.as_ref().map(|at| at.place)),
            ("body", self.body.as_ref().map(|at| at.place)),
            ("chunked", self.chunked.as_ref().map(|at| at.place)),
            ("auth", self.auth.as_ref().map(|at| at.place)),
            ("client", self.client.as_ref().map(|at| at.place)),
            ("follow", self.follow.as_ref().map(|at| at.place)),
            ("expect", self.expect.as_ref().map(|at| at.place)),
            ("outcomes", self.outcomes.as_ref().map(|at| at.place)),
            ("capability", self.capability.as_ref().map(|at| at.place)),
            ("save", self.save.as_ref().map(|at| at.place)),
            ("each", self.each.as_ref().map(|at| at.place)),
            ("walk", self.walk.as_ref().map(|at| at.place)),
            ("until", self.until.as_ref().map(|at| at.place)),
        ]
    }
}
