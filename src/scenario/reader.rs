//! What is known, and what was noted, while one scenario is read.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::datum::ListFile;
use super::file::{ScenarioFile, StepFile};
use super::{List, MAX_SIZE};
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
    /// Whether the scenario runs only where pages of packages are known.
    pub(super) pages: bool,
    number: usize,
}

/// How many mistakes of one file are told.
const MOST_MISTAKES: usize = 100;
/// How many steps, and how many data, a scenario may have.
pub(super) const MOST_STEPS: usize = 1000;
/// How many texts all lists of a scenario may have.
const LONGEST_LISTS: usize = 100_000;

/// The keys that say what a step does.
const ACTS: &str = "`request`, `push`, `together` or `advance`";

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a SourceFile, catalogue: &'a Catalogue) -> Self {
        Self {
            file,
            catalogue,
            wrong: Diagnostics::default(),
            used: HashSet::new(),
            saved: HashMap::new(),
            bearer: false,
            pages: false,
            number: 0,
        }
    }

    /// Notes a mistake.
    pub(super) fn mistake(&mut self, place: Place, title: impl Into<String>, label: &str, help: Option<String>) {
        if self.is_full() {
            return;
        }
        self.wrong.push(Diagnostic::new(self.file, place, title).label(label).help(help));
    }

    /// Whether so much is wrong that no more is told.
    pub(super) fn is_full(&self) -> bool {
        self.wrong.0.len() >= MOST_MISTAKES
    }

    /// Whether no step may come after so many; told once.
    pub(super) fn has_too_many_steps(&mut self, place: Place) -> bool {
        if self.number == MOST_STEPS {
            self.mistake(place, format!("a scenario has at most {MOST_STEPS} steps"), "one too many", Some("make two of it".into()));
            self.number += 1;
        }
        self.number > MOST_STEPS
    }

    /// Not too many data, nor too much of them.
    pub(super) fn limit_data(&mut self, written: &mut ScenarioFile) {
        let place = written.data.get_index(MOST_STEPS).map(|(name, _)| name.place);
        if let Some(place) = place {
            self.mistake(place, format!("a scenario has at most {MOST_STEPS} data"), "one too many", Some("make two of it".into()));
            written.data.truncate(MOST_STEPS);
        }
        let mut total: u64 = 0;
        for (name, datum) in &written.data {
            total = total.saturating_add(datum.blob.map_or(0, |size| size.0));
            if total > MAX_SIZE.0 {
                let help = "content is made in memory".to_owned();
                return self.mistake(name.place, "the blobs of a scenario come to at most 1GiB", "that is too much", Some(help));
            }
        }
    }

    /// The lists, written out, where they are not too long altogether.
    pub(super) fn lists(&mut self, written: IndexMap<At<String>, ListFile>) -> IndexMap<At<String>, List> {
        let mut left = LONGEST_LISTS;
        let mut lists = IndexMap::new();
        for (name, list) in written {
            let fits = list.len() <= left;
            if !fits {
                let help = format!("the lists of a scenario have at most {LONGEST_LISTS} texts altogether");
                self.mistake(name.place, "this list is too long", "", Some(help));
            }
            left -= if fits { list.len() } else { 0 };
            lists.insert(name, if fits { list.list() } else { List(vec![String::new()]) });
        }
        lists
    }

    pub(super) fn next_number(&mut self) -> usize {
        self.number += 1;
        self.number - 1
    }

    /// Exactly one act, and no key that the act has no use for.
    pub(super) fn check_keys(&mut self, step: &StepFile, place: Place) {
        let nothing = |place| (place, "nothing is expected here", Some("write `CLAUSE: { status: 200 }`, or take it away".to_owned()));
        let expect = step.expect.as_ref().filter(|expect| expect.is_empty()).map(|expect| nothing(expect.place));
        let outcomes = step.outcomes.as_ref().filter(|outcomes| outcomes.is_empty()).map(|outcomes| nothing(outcomes.place));
        for (place, title, help) in expect.into_iter().chain(outcomes) {
            self.mistake(place, title, "empty", help);
        }
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
