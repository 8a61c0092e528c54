//! `plimsoll explain`: what a clause says, how strongly it binds, what judges it.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;

use super::choice::meant_pattern;
use super::exit::{Ended, Exit};
use super::output::Output;
use super::suite::suite;
use crate::clause::{Clause, ClauseId, Level};
use crate::plan::glob;
use crate::registry::{Fault, faults};
use crate::scenario::{Scenario, Suite};

/// Options of `explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// A clause's id (push/session-status), or a pattern (`push/*`), which lists; left out, all clauses are listed.
    #[arg(value_name = "CLAUSE")]
    pub(super) clause: Option<String>,
    /// Read scenarios from this directory in place of the ones shipped.
    #[arg(long, value_name = "DIR")]
    pub(super) scenarios: Option<PathBuf>,
}

pub(super) fn run(args: &ExplainArgs, output: &Output) -> Result<Exit, Ended> {
    let suite = suite(args.scenarios.as_deref(), output)?;
    let asked = args.clause.as_deref().unwrap_or("*");
    let known = ClauseId::new(asked).ok().and_then(|id| suite.catalogue.clauses.get(&id));
    let text = match known {
        Some(clause) => explained(clause, &suite),
        None => listed(asked, &suite)?,
    };
    Output::print(&output.folded(&text));
    Ok(Exit::Conforms)
}

/// The clauses that match a pattern, each with the strongest of its levels.
fn listed(pattern: &str, suite: &Suite) -> Result<String, Ended> {
    let chosen: Vec<&Clause> = suite.catalogue.clauses.values().filter(|clause| glob(pattern, clause.id.as_str())).collect();
    let width = chosen.iter().map(|clause| clause.id.as_str().len()).max().ok_or_else(|| unknown(pattern, suite))?;
    let line = |clause: &Clause| {
        let level = clause.documents.values().map(|section| section.level).max().unwrap_or(Level::Client);
        format!("{:<width$}  {:<6}  {}\n", clause.id.as_str(), level.to_string(), clause.says)
    };
    Ok(chosen.into_iter().map(line).collect())
}

fn unknown(name: &str, suite: &Suite) -> Ended {
    let near = meant_pattern(name, &suite.catalogue.clauses.keys().map(ClauseId::as_str));
    let hint = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    Ended::new(Exit::Usage, format!("there is no clause `{name}`: {hint}`plimsoll explain` lists all"))
}

fn explained(clause: &Clause, suite: &Suite) -> String {
    let mut out = format!("{}\n  {}\n", clause.id, clause.says);
    for (document, section) in &clause.documents {
        let _ = write!(out, "\n  {:<7} {}, \"{}\"", section.level, document.title(), section.section);
    }
    if let Some(client) = &clause.client {
        let _ = write!(out, "\n  CLIENT  {}: {}", client.name, client.breaks);
    }
    out.push('\n');
    if let Some(reason) = &clause.unobservable {
        let _ = writeln!(out, "\n  Nothing judges it: {reason}.");
    }
    if !clause.requires.is_empty() {
        let names: Vec<&str> = clause.requires.iter().map(|at| at.value.as_str()).collect();
        let _ = writeln!(out, "\n  It can't be judged without {}.", names.join(", "));
    }
    let _ = writeln!(out, "\n  Binds under these profiles:");
    for (name, profile) in &suite.catalogue.profiles {
        if let Some(binding) = clause.binding(profile) {
            let _ = writeln!(out, "    {name:<16} {}", binding.level);
        }
    }
    if clause.unobservable.is_some() {
        return out;
    }
    let judges = judges(clause, suite);
    let _ = writeln!(out, "\n  Judged by:");
    if judges.is_empty() {
        let _ = writeln!(out, "    nothing");
    }
    for (position, wording) in judges {
        let _ = writeln!(out, "    {position}\n      {wording}");
    }
    let _ = write!(out, "\n  Proven by these faults of the reference registry:\n{}", killers(&[clause.id.as_str()]));
    out
}

/// The faults that break one of these clauses, a line each.
pub(super) fn killers(clauses: &[&str]) -> String {
    let faults: Vec<Fault> = faults().into_iter().filter(|fault| fault.breaks.iter().any(|broken| clauses.contains(broken))).collect();
    let width = faults.iter().map(|fault| fault.id.len()).max().unwrap_or_default();
    let lines = faults.iter().map(|fault| format!("    {:<width$}  {}\n", fault.id, fault.says));
    if faults.is_empty() { "    none\n".to_owned() } else { lines.collect() }
}

/// Where it is judged, and what is expected there.
fn judges(clause: &Clause, suite: &Suite) -> Vec<(String, String)> {
    let id = clause.id.as_str();
    let mut found = Vec::new();
    let scenarios = suite.scenarios.values().chain(suite.probes.values());
    for scenario in scenarios {
        found.extend(judged_in(scenario, id));
    }
    for always in &suite.always {
        for (clause, expectation) in always.expect.iter().filter(|(clause, _)| clause.as_str() == id) {
            let position = format!("{}:{}:{}", always.path, clause.place.line, clause.place.column);
            found.push((position, format!("on every exchange that fits: {}", expectation.wording())));
        }
    }
    found
}

fn judged_in(scenario: &Scenario, id: &str) -> Vec<(String, String)> {
    let requests = scenario.all_steps().into_iter().filter_map(crate::scenario::Step::request);
    let expectations = requests.flat_map(crate::scenario::Request::expectations);
    let mine = expectations.filter(|(_, clause, _)| clause.as_str() == id);
    mine.map(|(outcome, clause, expectation)| {
        let when = outcome.map_or_else(String::new, |outcome| format!(" (outcome {})", outcome.as_str()));
        (scenario.position(clause.place), format!("{}{when}", expectation.wording()))
    })
    .collect()
}
