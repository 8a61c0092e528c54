//! Everything that binds, read from files and held together.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::profile::{Written as WrittenProfile, choose};
use super::{AutoChoice, Capability, Chosen, Clause, ClauseId, Profile, capability, clauses};
use crate::text::{At, Diagnostic, Diagnostics, Files, Place, SourceFile, Template, read};

/// Where capabilities stand, relative to the set of files.
pub(super) const CAPABILITIES: &str = "capabilities.yaml";
/// The name that stands for a choice by what the target offers.
pub const AUTO: &str = "auto";

/// Clauses, capabilities and profiles, in the order of their files.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// All clauses.
    pub clauses: IndexMap<ClauseId, Clause>,
    /// All capabilities.
    pub capabilities: IndexMap<String, Capability>,
    /// All profiles but `auto`.
    pub profiles: IndexMap<String, Profile>,
    /// What `auto` goes by.
    pub auto: Vec<AutoChoice>,
}

impl Catalogue {
    /// Reads `clauses/*.yaml`, `capabilities.yaml` and `profiles/*.yaml`.
    ///
    /// # Errors
    /// The first mistake of syntax or shape of each file; else every mistake of meaning: names that are not there, circles, clauses
    /// that stand twice, what can't be judged or decided.
    pub fn read(files: &Files) -> Result<Self, Diagnostics> {
        let mut wrong = Diagnostics::default();
        let mut catalogue = Self::default();
        for (name, file) in files.under("clauses") {
            catalogue.add_clauses(name, file, &mut wrong);
        }
        match files.get(CAPABILITIES) {
            Some(file) => catalogue.add_capabilities(file, &mut wrong),
            None => wrong.push(Diagnostic::of_file(CAPABILITIES, "this file is missing: it lists what a registry may offer")),
        }
        for (name, file) in files.under("profiles") {
            let stem = name.trim_start_matches("profiles/").trim_end_matches(".yaml");
            catalogue.add_profile(stem, file, &mut wrong);
        }
        let catalogue = wrong.or(catalogue)?;
        catalogue.mistakes(files).or(catalogue)
    }

    /// The profile that `auto` comes to where exactly these capabilities are accepted; `None` where none fits.
    #[must_use]
    pub fn choose(&self, accepted: &BTreeSet<String>) -> Option<Chosen<'_>> {
        choose(&self.auto, accepted)
    }

    fn add_clauses(&mut self, name: &str, file: &SourceFile, wrong: &mut Diagnostics) {
        let written: IndexMap<At<ClauseId>, clauses::Written> = match read(file) {
            Ok(written) => written,
            Err(diagnostic) => return wrong.push(diagnostic),
        };
        for (id, clause) in written {
            let clause = Clause::new(id, name, clause);
            let diagnose = |title: String| Diagnostic::new(file, clause.place, title);
            wrong.extend(clause.mistakes().into_iter().map(diagnose));
            if let Some(earlier) = self.clauses.get(&clause.id) {
                wrong.push(diagnose(format!("the clause `{}` stands twice", clause.id)).help(Some(format!("see {}", position(earlier)))));
            } else {
                self.clauses.insert(clause.id.clone(), clause);
            }
        }
    }

    fn add_capabilities(&mut self, file: &SourceFile, wrong: &mut Diagnostics) {
        match read::<IndexMap<At<String>, capability::Written>>(file) {
            Ok(written) => {
                for (id, capability) in written {
                    let capability = Capability::new(id, capability);
                    wrong.extend(capability.mistake().map(|title| Diagnostic::new(file, capability.place, title)));
                    self.capabilities.insert(capability.id.clone(), capability);
                }
            }
            Err(diagnostic) => wrong.push(diagnostic),
        }
    }

    fn add_profile(&mut self, name: &str, file: &SourceFile, wrong: &mut Diagnostics) {
        let written: WrittenProfile = match read(file) {
            Ok(written) => written,
            Err(diagnostic) => return wrong.push(diagnostic),
        };
        let whole = |title: &str| Diagnostic::of_file(&file.path, title);
        match (written.documents, written.choose, name == AUTO) {
            (None, Some(choices), true) if !choices.is_empty() => self.auto = choices,
            (_, _, true) => wrong.push(whole("the profile `auto` has `title` and a list `choose`, and nothing else")),
            (Some(documents), None, false) if !documents.is_empty() => {
                let WrittenProfile { title, expects, repository, deviations, .. } = written;
                let repository = repository.unwrap_or_else(default_repository);
                self.profiles.insert(name.to_owned(), Profile { name: name.to_owned(), title, documents, expects, repository, deviations });
            }
            (_, Some(_), false) => wrong.push(whole("only the profile `auto` has `choose`")),
            (_, None, false) => wrong.push(whole("this profile names no documents").help(Some("add `documents: [oci-1.1, rfc-9110]`"))),
        }
    }
}

/// `<prefix>/<run>/<slug>`.
fn default_repository() -> At<Template> {
    let pattern = Template::parse("<prefix>/<run>/<slug>").unwrap_or_else(|error| unreachable!("{error}"));
    At::new(pattern, Place::default())
}

fn position(clause: &Clause) -> String {
    format!("{}:{}:{}", clause.file, clause.place.line, clause.place.column)
}
