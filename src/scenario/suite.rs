//! All scenarios of a set of files, with what they are held against.

use indexmap::IndexMap;

use super::always::AlwaysFile;
use super::file::ScenarioFile;
use super::journey::{Journey, read_journey};
use super::reader::Reader;
use super::workload::{Workload, read_workload};
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
    /// The journeys by id (`docker/pull`), sorted.
    pub journeys: IndexMap<String, Journey>,
    /// The workloads by id (`pull-storm`), sorted.
    pub workloads: IndexMap<String, Workload>,
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
        suite.loads(files, &mut wrong);
        match files.get("always.yaml").map(|file| read_always(file, &suite.catalogue)) {
            Some(Ok(always)) => suite.always = always,
            Some(Err(mistakes)) => wrong.extend(mistakes),
            None => {}
        }
        let suite = wrong.or(suite)?;
        let gaps = whole::mistakes(&suite, files);
        Ok((suite, gaps))
    }

    /// Journeys, then workloads, which name them.
    fn loads(&mut self, files: &Files, wrong: &mut Diagnostics) {
        let id = |name: &str| name.split_once('/').map_or("", |(_, rest)| rest).trim_end_matches(".yaml").to_owned();
        for (name, file) in files.under("journeys") {
            match read_journey(file, &id(name), &self.catalogue) {
                Ok(journey) => drop(self.journeys.insert(id(name), journey)),
                Err(mistakes) => wrong.extend(mistakes),
            }
        }
        for (name, file) in files.under("workloads") {
            match read_workload(file, &id(name), &self.catalogue, &self.journeys) {
                Ok(workload) => drop(self.workloads.insert(id(name), workload)),
                Err(mistakes) => wrong.extend(mistakes),
            }
        }
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
