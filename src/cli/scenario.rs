//! `plimsoll scenario`: list, show, lint, schema.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::choice::{is_file, meant_pattern, own};
use super::coverage::coverage;
use super::exit::{Ended, Exit};
use super::output::Output;
use super::show::shown;
use super::suite::{files, invalid, suite};
use crate::clause::{is_profile, profile_schema};
use crate::plan::glob;
use crate::scenario::{Suite, schema};
use crate::text::{Diagnostics, SourceFile, meant_tail};

/// Options of `scenario`.
#[derive(Debug, Args)]
pub(super) struct ScenarioArgs {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: ScenarioCommand,
    /// Read scenarios from this directory in place of the ones shipped.
    #[arg(long, value_name = "DIR", global = true)]
    pub(super) scenarios: Option<PathBuf>,
}

/// What `scenario` can do.
#[derive(Debug, Subcommand)]
pub(super) enum ScenarioCommand {
    /// List the scenarios with their titles.
    List {
        /// Only ids that match (`push/*`).
        #[arg(value_name = "GLOB")]
        only: Vec<String>,
    },
    /// Tell what a scenario does, step by step, in words.
    Show {
        /// Its id (push/blob-post-put), or a scenario file of your own.
        #[arg(value_name = "ID|FILE")]
        id: String,
    },
    /// Check scenario and profile files for mistakes; without files, the whole set.
    Lint {
        /// Files to check against the set's clauses and capabilities.
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Show which clauses are judged: a table by document and level, or the whole list in markdown.
        #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "table", conflicts_with = "files")]
        coverage: Option<CoverageForm>,
    },
    /// Print the JSON Schema of scenario files, or of profiles, for editors.
    Schema {
        /// Which files.
        #[arg(value_enum, default_value_t = SchemaOf::Scenario, value_name = "KIND")]
        of: SchemaOf,
    },
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    /// A scenario's file.
    Scenario,
    /// A profile's file.
    Profile,
}

/// How coverage is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CoverageForm {
    /// Numbers by document and level.
    Table,
    /// Every clause of every document, in markdown.
    Markdown,
}

pub(super) fn run(args: &ScenarioArgs, output: &Output) -> Result<Exit, Ended> {
    let directory = args.scenarios.as_deref();
    match &args.command {
        ScenarioCommand::List { only } => list(&suite(directory, output)?, only, output),
        ScenarioCommand::Show { id } => show(&suite(directory, output)?, id, output),
        ScenarioCommand::Lint { coverage: Some(form), .. } => {
            let (suite, gaps) =
                files(directory).and_then(|files| Suite::read_with_gaps(&files)).map_err(|wrong| invalid(&wrong, output))?;
            Output::print(&coverage(&suite, *form));
            if gaps.is_empty() { Ok(Exit::Conforms) } else { Err(invalid(&gaps, output)) }
        }
        ScenarioCommand::Lint { files, .. } if files.is_empty() => {
            let suite = suite(directory, output)?;
            let thresholds = crate::load::lint(&suite);
            if !thresholds.is_empty() {
                return Err(invalid(&thresholds, output));
            }
            let (scenarios, probes) = (suite.scenarios.len(), suite.probes.len());
            let loads = format!("{} journeys, {} workloads", suite.journeys.len(), suite.workloads.len());
            output.remark(&format!(
                "no mistakes in {scenarios} scenarios, {probes} probes, {loads} and {} clauses",
                suite.catalogue.clauses.len()
            ));
            Ok(Exit::Conforms)
        }
        ScenarioCommand::Lint { files, .. } => lint(files, directory, output),
        ScenarioCommand::Schema { of } => {
            Output::print(&if *of == SchemaOf::Profile { profile_schema() } else { schema() });
            Ok(Exit::Conforms)
        }
    }
}

fn list(suite: &Suite, only: &[String], output: &Output) -> Result<Exit, Ended> {
    let wanted = |id: &str| only.is_empty() || only.iter().any(|pattern| glob(pattern, id));
    let scenarios = suite.scenarios.values().map(|scenario| (scenario.id.clone(), scenario.title.value.as_str()));
    let journeys = suite.journeys.values().map(|journey| (format!("journeys/{}", journey.id), journey.title.value.as_str()));
    let workloads = suite.workloads.values().map(|workload| (format!("workloads/{}", workload.id), workload.title.value.as_str()));
    let chosen: Vec<(String, &str)> = scenarios.chain(journeys).chain(workloads).filter(|(id, _)| wanted(id)).collect();
    if chosen.is_empty() {
        let near = only.iter().find_map(|pattern| meant_pattern(pattern, &suite.scenarios.keys().map(String::as_str)));
        let hint = near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        return Err(Ended::new(Exit::Usage, format!("no scenario matches{hint}; `plimsoll scenario list` without a pattern lists all")));
    }
    let width = chosen.iter().map(|(id, _)| id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for (id, title) in chosen {
        let _ = writeln!(out, "{id:<width$}  {title}");
    }
    Output::print(&output.folded(&out));
    Ok(Exit::Conforms)
}

fn show(suite: &Suite, id: &str, output: &Output) -> Result<Exit, Ended> {
    if is_file(id) {
        let (scenario, _) = own(Path::new(id), suite).map_err(|mistakes| invalid(&mistakes, output))?;
        Output::print(&output.folded(&shown(&scenario, suite)));
        return Ok(Exit::Conforms);
    }
    let known = suite.scenarios.get(id).or_else(|| suite.probes.get(id));
    let scenario = known.ok_or_else(|| {
        let ids = suite.scenarios.keys().chain(suite.probes.keys()).map(String::as_str);
        let hint = meant_tail(id, ids);
        Ended::new(Exit::Usage, format!("there is no scenario `{id}`{hint}"))
    })?;
    Output::print(&output.folded(&shown(scenario, suite)));
    Ok(Exit::Conforms)
}

/// A profile of the user's own, or else a scenario.
fn lint_one(path: &Path, suite: &Suite) -> Result<(), Diagnostics> {
    match SourceFile::open(path) {
        Ok(file) if is_profile(&file) => suite.catalogue.own_profile(&file).map(drop),
        _ => own(path, suite).map(drop),
    }
}

/// Checks files of the user's own against the clauses and capabilities of the set.
fn lint(paths: &[PathBuf], directory: Option<&Path>, output: &Output) -> Result<Exit, Ended> {
    let suite = suite(directory, output)?;
    let mut wrong = Diagnostics::default();
    for path in paths {
        if let Err(mistakes) = lint_one(path, &suite) {
            wrong.extend(mistakes);
        }
    }
    if wrong.is_empty() {
        output.remark(&format!("no mistakes in {} file{}", paths.len(), if paths.len() == 1 { "" } else { "s" }));
        return Ok(Exit::Conforms);
    }
    Err(invalid(&wrong, output))
}
