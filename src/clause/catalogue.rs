//! Everything that binds, read from files and held together.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::profile::{Written as WrittenProfile, choose};
use super::{AutoChoice, Capability, Chosen, Clause, ClauseId, Deviation, Profile, capability, clauses};
use crate::text::{At, Diagnostic, Diagnostics, Files, SourceFile, expected_one_of, read};

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
        catalogue.add_profiles(files, &mut wrong);
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

    fn add_profiles(&mut self, files: &Files, wrong: &mut Diagnostics) {
        let mut waiting = Vec::new();
        for (name, file) in files.under("profiles") {
            let stem = name.trim_start_matches("profiles/").trim_end_matches(".yaml");
            match read::<WrittenProfile>(file) {
                Ok(written) => waiting.push((stem, file, written)),
                Err(diagnostic) => wrong.push(diagnostic),
            }
        }
        // Those that extend another come after it.
        let ready = |catalogue: &Self, base: Option<&At<String>>| base.is_none_or(|base| catalogue.profiles.contains_key(base.as_str()));
        while let Some(at) = waiting.iter().position(|(_, _, written)| ready(self, written.extends.as_ref())) {
            let (name, file, written) = waiting.remove(at);
            self.add_profile(name, file, written, wrong);
        }
        for (_, file, written) in &waiting {
            wrong.extend(written.extends.as_ref().map(|base| self.no_base(file, base)));
        }
        self.profiles.sort_keys();
    }

    pub(super) fn no_base(&self, file: &SourceFile, base: &At<String>) -> Diagnostic {
        let known: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
        let title = format!("there is no profile `{base}` to extend");
        Diagnostic::new(file, base.place, title).help(expected_one_of(base, &known))
    }

    fn add_profile(&mut self, name: &str, file: &SourceFile, written: WrittenProfile, wrong: &mut Diagnostics) {
        match (written.choose.as_deref(), name == AUTO) {
            (Some([_, ..]), true) if written.documents.is_none() && written.extends.is_none() => {
                self.auto = written.choose.unwrap_or_default();
            }
            (_, true) => {
                wrong.push(Diagnostic::of_file(&file.path, "the profile `auto` has `title` and a list `choose`, and nothing else"));
            }
            (_, false) => match self.made(name, file, written) {
                Ok(profile) => drop(self.profiles.insert(name.to_owned(), profile)),
                Err(mistake) => wrong.push(mistake),
            },
        }
    }

    /// A profile of which the one that it extends is there.
    pub(super) fn made(&self, name: &str, file: &SourceFile, written: WrittenProfile) -> Result<Profile, Diagnostic> {
        let whole = |title: &str| Diagnostic::of_file(&file.path, title);
        if written.choose.is_some() {
            return Err(whole("only the profile `auto` has `choose`"));
        }
        let base = written.extends.as_ref().map(|base| self.profiles.get(base.as_str()).ok_or_else(|| self.no_base(file, base)));
        let base = base.transpose()?;
        if written.documents.as_ref().map_or(base.is_none(), Vec::is_empty) {
            return Err(whole("this profile names no documents").help(Some("add `documents: [oci-1.1, rfc-9110]`, or `extends: oci-1.1`")));
        }
        let own = written.deviations.len();
        let mut profile = written.profile(name, base);
        // What is known of the other profile's documents says nothing where they bind no more.
        let inherited = profile.deviations.len() - own;
        let bound = |known: &Deviation| self.clauses.get(&known.clause.value).is_some_and(|clause| clause.binding(&profile).is_some());
        let known = profile.deviations.iter().enumerate().filter(|(at, known)| *at >= inherited || bound(known));
        let kept = known.map(|(_, known)| known.clone()).collect();
        profile.deviations = kept;
        Ok(profile)
    }
}

fn position(clause: &Clause) -> String {
    format!("{}:{}:{}", clause.file, clause.place.line, clause.place.column)
}
