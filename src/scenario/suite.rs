//! All scenarios of a set of files.

use indexmap::IndexMap;

use super::file::ScenarioFile;
use super::reader::Reader;
use super::{Always, Scenario};
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
    pub fn read(files: &Files) -> Result<Self, Diagnostics> {
        let mut suite = Self::default();
        let mut wrong = Diagnostics::default();
        for (name, file) in files.iter() {
            let Some(id) = name.strip_suffix(".yaml").filter(|id| id.contains('/')) else { continue };
            if NO_SCENARIOS.iter().any(|folder| id.starts_with(folder)) {
                continue;
            }
            match scenario(file, id) {
                Err(mistakes) => wrong.extend(mistakes),
                Ok(probe) if id.starts_with("probes/") => drop(suite.probes.insert(id.to_owned(), probe)),
                Ok(scenario) => drop(suite.scenarios.insert(id.to_owned(), scenario)),
            }
        }
        if let Some(file) = files.get("always.yaml") {
            match read::<Vec<Always>>(file) {
                Ok(always) => suite.always = always,
                Err(mistake) => wrong.push(mistake),
            }
        }
        wrong.or(suite)
    }
}

/// One scenario.
fn scenario(file: &SourceFile, id: &str) -> Result<Scenario, Diagnostics> {
    let written: ScenarioFile = read(file)?;
    let mut reader = Reader::new(file);
    let scenario = reader.scenario(id, written);
    reader.wrong.or(scenario)
}
