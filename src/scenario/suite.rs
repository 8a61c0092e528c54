//! All scenarios of a set of files, with what they are held against.

use indexmap::IndexMap;

use super::always::AlwaysFile;
use super::file::ScenarioFile;
use super::reader::Reader;
use super::{Always, Scenario, whole};
use crate::clause::Catalogue;
use crate::text::{Diagnostics, Files, SourceFile, read};

/// Folders that hold no scenarios.
const NO_SCENARIOS: [&str; 4] = ["clauses", "profiles", "journeys", "workloads"];

/// Everything that a set of files says.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// Clauses, capabilities and profiles.
    pub catalogue: Catalogue,
    /// The scenarios by id, sorted.
    pub scenarios: IndexMap<String, Scenario>,
    /// The probes by id (`probes/manifest-lists`), sorted.
    pub probes: IndexMap<String, Scenario>,
    /// What is judged on every exchange.
    pub always: Vec<Always>,
}

impl Suite {
    /// Reads a set of files.
    ///
    /// # Errors
    /// What is wrong with the catalogue; else, of each file, the first mistake of syntax or shape or all of meaning; else what is wrong
    /// with the set as a whole: clauses that nothing judges, titles that stand twice, capabilities that nothing decides.
    pub fn read(files: &Files) -> Result<Self, Diagnostics> {
        let (suite, gaps) = Self::read_with_gaps(files)?;
        gaps.or(suite)
    }

    /// The same, but what is wrong with the set as a whole stands beside it.
    ///
    /// # Errors
    /// What is wrong with the catalogue or with a file.
    pub fn read_with_gaps(files: &Files) -> Result<(Self, Diagnostics), Diagnostics> {
        let mut suite = Self { catalogue: Catalogue::read(files)?, ..Self::default() };
        let mut wrong = Diagnostics::default();
        for (name, file) in files.iter() {
            let Some((area, _)) = name.split_once('/').filter(|(area, _)| !NO_SCENARIOS.contains(area)) else { continue };
            let into = if area == "probes" { &mut suite.probes } else { &mut suite.scenarios };
            match read_scenario(file, name.trim_end_matches(".yaml"), &suite.catalogue) {
                Ok(scenario) => drop(into.insert(scenario.id.clone(), scenario)),
                Err(mistakes) => wrong.extend(mistakes),
            }
        }
        match files.get("always.yaml").map(|file| read_always(file, &suite.catalogue)) {
            Some(Ok(always)) => suite.always = always,
            Some(Err(mistakes)) => wrong.extend(mistakes),
            None => {}
        }
        let suite = wrong.or(suite)?;
        let gaps = whole::mistakes(&suite, files);
        Ok((suite, gaps))
    }
}

/// One scenario; a probe's id begins with `probes/`.
///
/// # Errors
/// The first mistake of syntax or shape, or all of meaning.
pub fn read_scenario(file: &SourceFile, id: &str, catalogue: &Catalogue) -> Result<Scenario, Diagnostics> {
    let written: ScenarioFile = read(file)?;
    let mut reader = Reader::new(file, catalogue);
    let scenario = reader.scenario(id, written);
    reader.wrong.or(scenario)
}

fn read_always(file: &SourceFile, catalogue: &Catalogue) -> Result<Vec<Always>, Diagnostics> {
    let written: Vec<AlwaysFile> = read(file)?;
    let mut reader = Reader::new(file, catalogue);
    for statement in &written {
        reader.lint_always(statement);
    }
    let always = |AlwaysFile { on, expect }| Always { path: file.path.clone(), on, expect: expect.value };
    reader.wrong.or(written.into_iter().map(always).collect())
}
