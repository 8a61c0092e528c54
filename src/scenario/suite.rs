//! All scenarios of a set of files.

use indexmap::IndexMap;

use super::always::AlwaysFile;
use super::file::ScenarioFile;
use super::reader::Reader;
use super::{Always, Scenario, Terms};
use crate::text::{Diagnostics, Files, SourceFile, read};

/// Folders and files that hold no scenarios.
const NO_SCENARIOS: [&str; 4] = ["clauses/", "profiles/", "journeys/", "workloads/"];

/// Everything that a set of files says.
#[derive(Clone, Debug, Default)]
pub struct Suite {
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
    /// Every mistake in it: of each file the first one of syntax or shape, or all of meaning.
    pub fn read(files: &Files, terms: &Terms) -> Result<Self, Diagnostics> {
        let mut suite = Self::default();
        let mut wrong = Diagnostics::default();
        for (name, file) in files.iter() {
            let Some(id) = name.strip_suffix(".yaml").filter(|id| id.contains('/')) else { continue };
            if NO_SCENARIOS.iter().any(|folder| id.starts_with(folder)) {
                continue;
            }
            match read_scenario(file, id, terms) {
                Err(mistakes) => wrong.extend(mistakes),
                Ok(probe) if id.starts_with("probes/") => drop(suite.probes.insert(id.to_owned(), probe)),
                Ok(scenario) => drop(suite.scenarios.insert(id.to_owned(), scenario)),
            }
        }
        match files.get("always.yaml").map(|file| read_always(file, terms)) {
            Some(Ok(always)) => suite.always = always,
            Some(Err(mistakes)) => wrong.extend(mistakes),
            None => {}
        }
        wrong.or(suite)
    }
}

/// One scenario; a probe's id begins with `probes/`.
///
/// # Errors
/// The first mistake of syntax or shape, or all of meaning.
pub fn read_scenario(file: &SourceFile, id: &str, terms: &Terms) -> Result<Scenario, Diagnostics> {
    let written: ScenarioFile = read(file)?;
    let mut reader = Reader::new(file, terms);
    let scenario = reader.scenario(id, written);
    reader.wrong.or(scenario)
}

fn read_always(file: &SourceFile, terms: &Terms) -> Result<Vec<Always>, Diagnostics> {
    let written: Vec<AlwaysFile> = read(file)?;
    let mut reader = Reader::new(file, terms);
    for statement in &written {
        reader.lint_always(statement);
    }
    let always = |AlwaysFile { on, expect }| Always { path: file.path.clone(), on: on.map(|on| on.value), expect: expect.value };
    reader.wrong.or(written.into_iter().map(always).collect())
}
