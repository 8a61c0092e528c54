//! `plimsoll scenario`: list, show, lint, schema.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::args::{ScenarioArgs, ScenarioCommand};
use super::exit::{Ended, Exit};
use super::output::Output;
use super::suite::{files, invalid, suite};
use crate::clause::Catalogue;
use crate::plan::glob;
use crate::scenario::{Act, Scenario, Step, Suite, read_scenario, schema};
use crate::text::{Diagnostics, SourceFile, meant_tail};

pub(super) fn run(args: &ScenarioArgs, output: &Output) -> Result<Exit, Ended> {
    let directory = args.scenarios.as_deref();
    match &args.command {
        ScenarioCommand::List { only } => list(&suite(directory, output)?, only),
        ScenarioCommand::Show { id } => show(&suite(directory, output)?, id),
        ScenarioCommand::Lint { files } if files.is_empty() => {
            let suite = suite(directory, output)?;
            let (scenarios, probes) = (suite.scenarios.len(), suite.probes.len());
            output.remark(&format!("no mistakes in {scenarios} scenarios, {probes} probes and {} clauses", suite.catalogue.clauses.len()));
            Ok(Exit::Conforms)
        }
        ScenarioCommand::Lint { files } => lint(files, directory, output),
        ScenarioCommand::Schema => {
            Output::print(&schema());
            Ok(Exit::Conforms)
        }
    }
}

fn list(suite: &Suite, only: &[String]) -> Result<Exit, Ended> {
    let wanted = |id: &str| only.is_empty() || only.iter().any(|pattern| glob(pattern, id));
    let chosen: Vec<&Scenario> = suite.scenarios.values().filter(|scenario| wanted(&scenario.id)).collect();
    if chosen.is_empty() {
        return Err(Ended::new(Exit::Usage, "no scenario matches; `plimsoll scenario list` without a pattern lists all"));
    }
    let width = chosen.iter().map(|scenario| scenario.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for scenario in chosen {
        let _ = writeln!(out, "{:<width$}  {}", scenario.id, scenario.title.value);
    }
    Output::print(&out);
    Ok(Exit::Conforms)
}

fn show(suite: &Suite, id: &str) -> Result<Exit, Ended> {
    let known = suite.scenarios.get(id).or_else(|| suite.probes.get(id));
    let scenario = known.ok_or_else(|| {
        let ids = suite.scenarios.keys().chain(suite.probes.keys()).map(String::as_str);
        let hint = meant_tail(id, ids);
        Ended::new(Exit::Usage, format!("there is no scenario `{id}`{hint}"))
    })?;
    Output::print(&shown(scenario, suite));
    Ok(Exit::Conforms)
}

fn shown(scenario: &Scenario, suite: &Suite) -> String {
    let mut out = format!("{}\n  {}\n  {}\n", scenario.id, scenario.title.value, scenario.path);
    if !scenario.needs.is_empty() {
        let needs: Vec<&str> = scenario.needs.iter().map(crate::text::At::as_str).collect();
        let _ = writeln!(out, "  needs {}", needs.join(", "));
    }
    if let Some(each) = &scenario.each {
        let _ = writeln!(out, "  once for each <{}>", each.name.value);
    }
    for (n, step) in scenario.steps.iter().enumerate() {
        step_shown(step, &format!("{}", n + 1), suite, &mut out);
    }
    out
}

fn step_shown(step: &Step, number: &str, suite: &Suite, out: &mut String) {
    let when = step.when.as_ref().map_or_else(String::new, |when| format!(" (only after {})", when.outcome.value));
    let _ = writeln!(out, "\n  {number}. {}{when}", step.title);
    match &step.act {
        Act::Request(request) => {
            let target = match &request.target.value {
                crate::scenario::Target::Path(template) | crate::scenario::Target::Url(template) => template,
            };
            let _ = writeln!(out, "     {} {target}", request.method);
            for (outcome, clause, expectation) in request.expectations() {
                let when = outcome.map_or_else(String::new, |outcome| format!("{}: ", outcome.as_str()));
                let _ = writeln!(out, "     - {when}{} — {}", clause.as_str(), expectation.wording());
                if let Some(clause) = suite.catalogue.clauses.get(&clause.value) {
                    let _ = writeln!(out, "       {}", clause.says);
                }
            }
        }
        Act::Push(push) => {
            let _ = writeln!(out, "     pushes {} to {}", push.datum.value, push.to.value);
        }
        Act::Advance(by) => {
            let _ = writeln!(out, "     lets {} pass", by.value);
        }
        Act::Together(branches) => {
            for (n, branch) in branches.iter().enumerate() {
                for (m, step) in branch.iter().enumerate() {
                    step_shown(step, &format!("{number}.{}.{}", n + 1, m + 1), suite, out);
                }
            }
        }
    }
}

/// Checks files of the user's own against the clauses and capabilities of the set.
fn lint(paths: &[PathBuf], directory: Option<&Path>, output: &Output) -> Result<Exit, Ended> {
    let catalogue = files(directory).and_then(|files| Catalogue::read(&files)).map_err(|mistakes| invalid(&mistakes, output))?;
    let mut wrong = Diagnostics::default();
    for path in paths {
        match SourceFile::open(path) {
            Err(mistake) => wrong.push(mistake),
            Ok(file) => {
                if let Err(mistakes) = read_scenario(&file, &id_of(path), &catalogue) {
                    wrong.extend(mistakes);
                }
            }
        }
    }
    if wrong.is_empty() {
        output.remark(&format!("no mistakes in {} file{}", paths.len(), if paths.len() == 1 { "" } else { "s" }));
        return Ok(Exit::Conforms);
    }
    Err(invalid(&wrong, output))
}

/// The id that a file would have in its set: its folder and name.
fn id_of(path: &Path) -> String {
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = path.parent().and_then(Path::file_name).map(|folder| folder.to_string_lossy().into_owned());
    folder.map_or_else(|| format!("own/{name}"), |folder| format!("{folder}/{name}"))
}
