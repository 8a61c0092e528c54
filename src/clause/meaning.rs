//! Mistakes of meaning in the catalogue: names that are not there, and circles.

use std::collections::HashSet;

use super::catalogue::CAPABILITIES;
use super::{Catalogue, ClauseId, PageUrls, Profile};
use crate::text::{At, Diagnostic, Diagnostics, Files, Place, expected_one_of};

/// What a profile's repository pattern may hold.
const REPOSITORY_PARTS: [&str; 3] = ["prefix", "run", "slug"];
/// What the addresses of its pages may hold.
const PAGE_PARTS: [&str; 4] = ["registry", "owner", "repository", "image"];

/// Mistakes of one file.
struct Page<'a> {
    files: &'a Files,
    name: String,
}

impl Page<'_> {
    fn diagnostic(&self, place: Place, title: &str) -> Diagnostic {
        self.files.get(&self.name).map_or_else(|| Diagnostic::of_file(&self.name, title), |file| Diagnostic::new(file, place, title))
    }

    fn unknown(&self, kind: &str, name: &str, place: Place, known: &[&str]) -> Option<Diagnostic> {
        let title = format!("there is no {kind} `{name}`");
        (!known.contains(&name)).then(|| self.diagnostic(place, &title).help(expected_one_of(name, known)))
    }
}

impl Catalogue {
    /// Everything that names what is not there, and every circle.
    pub(super) fn mistakes(&self, files: &Files) -> Diagnostics {
        let mut wrong = Diagnostics::default();
        self.mistakes_of_clauses(files, &mut wrong);
        self.mistakes_of_capabilities(files, &mut wrong);
        for profile in self.profiles.values() {
            self.mistakes_of_profile(files, profile, &mut wrong);
        }
        self.mistakes_of_auto(files, &mut wrong);
        wrong
    }

    fn clause_names(&self) -> Vec<&str> {
        self.clauses.keys().map(ClauseId::as_str).collect()
    }

    fn capability_names(&self) -> Vec<&str> {
        self.capabilities.keys().map(String::as_str).collect()
    }

    fn mistakes_of_clauses(&self, files: &Files, wrong: &mut Diagnostics) {
        let known = self.clause_names();
        let requires = |name: &str| self.clauses.get(name).map(|clause| clause.requires.iter().map(|id| id.value.as_str()).collect());
        for clause in self.clauses.values() {
            let page = Page { files, name: clause.file.clone() };
            wrong.extend(clause.requires.iter().filter_map(|id| page.unknown("clause", id.as_str(), id.place, &known)));
            let unseen =
                clause.requires.iter().filter(|id| self.clauses.get(id.as_str()).is_some_and(|other| other.unobservable.is_some()));
            wrong.extend(unseen.map(|id| page.diagnostic(id.place, &format!("`{id}` is unobservable, so nothing can require it"))));
            let told = circle(clause.id.as_str(), requires).map(|path| format!("these clauses require each other: {path}"));
            wrong.extend(told.map(|title| page.diagnostic(clause.place, &title)));
        }
    }

    fn mistakes_of_capabilities(&self, files: &Files, wrong: &mut Diagnostics) {
        let known = self.capability_names();
        let page = Page { files, name: CAPABILITIES.into() };
        let needs = |name: &str| self.capabilities.get(name).map(|capability| capability.needs.iter().map(At::as_str).collect());
        for capability in self.capabilities.values() {
            wrong.extend(capability.needs.iter().filter_map(|name| page.unknown("capability", name, name.place, &known)));
            let told = circle(&capability.id, needs).map(|path| format!("these capabilities need each other: {path}"));
            wrong.extend(told.map(|title| page.diagnostic(capability.place, &title)));
        }
    }

    /// Why a deviation could never be met: nothing that binds under the profile can fail so.
    fn idle(&self, profile: &Profile, at: usize) -> Option<String> {
        let deviation = profile.deviations.get(at)?;
        let clause = self.clauses.get(&deviation.clause.value)?;
        if profile.deviations[..at].iter().any(|earlier| earlier.clause == deviation.clause) {
            Some(format!("`{}` has a deviation already", clause.id))
        } else if clause.unobservable.is_some() {
            Some(format!("`{}` is unobservable: nothing judges it, so nothing deviates from it", clause.id))
        } else if clause.binding(profile).is_none() {
            Some(format!("no document of this profile says `{}`, so nothing deviates from it", clause.id))
        } else {
            None
        }
    }

    pub(super) fn mistakes_of_profile(&self, files: &Files, profile: &Profile, wrong: &mut Diagnostics) {
        let page = Page { files, name: format!("profiles/{}.yaml", profile.name) };
        let (clauses, capabilities) = (self.clause_names(), self.capability_names());
        wrong.extend(profile.expects.keys().filter_map(|name| page.unknown("capability", name, name.place, &capabilities)));
        for (at, deviation) in profile.deviations.iter().enumerate() {
            wrong.extend(page.unknown("clause", deviation.clause.as_str(), deviation.clause.place, &clauses));
            wrong.extend(self.idle(profile, at).map(|title| page.diagnostic(deviation.clause.place, &title)));
            if deviation.reason.trim().is_empty() {
                let title = format!("the deviation from `{}` has no reason", deviation.clause);
                wrong.push(
                    page.diagnostic(deviation.reason.place, &title).help(Some("say why it is known: the reason appears in the reports")),
                );
            }
        }
        for url in profile.pages.iter().flat_map(PageUrls::all) {
            let parts = url.variables().map(|path| path.join("."));
            wrong.extend(parts.filter_map(|part| page.unknown("part of a page's address", &part, url.place, &PAGE_PARTS)));
        }
        let repository = &profile.repository;
        let parts: Vec<String> = repository.variables().map(|path| path.join(".")).collect();
        wrong
            .extend(parts.iter().filter_map(|part| page.unknown("part of a repository's name", part, repository.place, &REPOSITORY_PARTS)));
        for needed in ["run", "slug"].into_iter().filter(|needed| !parts.iter().any(|part| part == needed)) {
            let title = format!("without `<{needed}>` two scenarios or runs would share a repository");
            wrong.push(page.diagnostic(repository.place, &title));
        }
    }

    fn mistakes_of_auto(&self, files: &Files, wrong: &mut Diagnostics) {
        let page = Page { files, name: "profiles/auto.yaml".into() };
        let (profiles, capabilities): (Vec<&str>, _) = (self.profiles.keys().map(String::as_str).collect(), self.capability_names());
        for choice in &self.auto {
            wrong.extend(page.unknown("profile", &choice.profile, choice.profile.place, &profiles));
            wrong.extend(choice.when.iter().filter_map(|name| page.unknown("capability", name, name.place, &capabilities)));
        }
    }
}

/// The way from a name back to itself, if there is one: `a → b → a`.
fn circle<'a>(start: &'a str, next: impl Fn(&str) -> Option<Vec<&'a str>>) -> Option<String> {
    let mut seen = HashSet::new();
    let mut ways = vec![vec![start]];
    while let Some(way) = ways.pop() {
        let here = way.last().copied().unwrap_or(start);
        for name in next(here).unwrap_or_default() {
            let longer: Vec<&str> = way.iter().copied().chain([name]).collect();
            if name == start {
                return Some(longer.join(" → "));
            }
            if seen.insert(name) {
                ways.push(longer);
            }
        }
    }
    None
}
