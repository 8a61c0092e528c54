//! Mistakes that only all files together show.

use std::collections::{HashMap, HashSet};

use super::{Scenario, Suite};
use crate::clause::Clause;
use crate::text::{At, Diagnostic, Diagnostics, Files, Place};

/// What is wrong with a suite each of whose files is right.
pub(super) fn mistakes(suite: &Suite, files: &Files) -> Diagnostics {
    let mut wrong = Diagnostics::default();
    wrong.extend(unjudged(suite, files));
    wrong.extend(unbound(suite, files));
    wrong.extend(same_titles(suite, files));
    wrong.extend(same_repositories(suite, files));
    wrong.extend(undecided(suite, files));
    wrong.extend(misplaced(suite, files));
    wrong.extend(undeciding(suite, files));
    wrong
}

fn at(files: &Files, name: &str, place: Place, title: String) -> Diagnostic {
    match files.get(name) {
        Some(file) => Diagnostic::new(file, place, title),
        None => Diagnostic::of_file(name, title),
    }
}

fn at_scenario(files: &Files, scenario: &Scenario, place: Place, title: String) -> Diagnostic {
    at(files, &format!("{}.yaml", scenario.id), place, title)
}

/// Clauses that could be judged and that nothing judges.
fn unjudged(suite: &Suite, files: &Files) -> Vec<Diagnostic> {
    let scenarios = suite.scenarios.values().chain(suite.probes.values());
    let mut judged: HashSet<&str> = scenarios.flat_map(Scenario::clauses).map(|clause| clause.as_str()).collect();
    judged.extend(suite.always.iter().flat_map(|statement| statement.expect.keys()).map(|clause| clause.as_str()));
    let open = suite.catalogue.clauses.values().filter(|clause| clause.unobservable.is_none() && !judged.contains(clause.id.as_str()));
    let help = "give it an expectation in a scenario; or say `unobservable: REASON`, if no client can see it";
    open.map(|clause| at(files, &clause.file, clause.place, format!("nothing judges the clause `{}`", clause.id)).help(Some(help)))
        .collect()
}

/// Clauses that are judged, but bind under no profile: nobody would ever be told what came of them.
fn unbound(suite: &Suite, files: &Files) -> Vec<Diagnostic> {
    let profiles = || suite.catalogue.profiles.values();
    let idle = |clause: &&Clause| clause.unobservable.is_none() && profiles().all(|profile| clause.binding(profile).is_none());
    let clauses = suite.catalogue.clauses.values().filter(|_| profiles().next().is_some()).filter(idle);
    let help = "name a document that a profile holds targets to, or the client that breaks";
    clauses
        .map(|clause| at(files, &clause.file, clause.place, format!("`{}` binds under no profile", clause.id)).help(Some(help)))
        .collect()
}

/// Scenarios that would share a repository, since their ids, items and `repos` come to the same name.
fn same_repositories(suite: &Suite, files: &Files) -> Vec<Diagnostic> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    let mut wrong = Vec::new();
    for scenario in suite.scenarios.values().chain(suite.probes.values()) {
        for slug in scenario.slugs() {
            if let Some(other) = seen.insert(slug.clone(), &scenario.id) {
                let title = format!("a repository of `{other}` would have the same name, `{slug}`");
                wrong.push(
                    at_scenario(files, scenario, scenario.title.place, title).help(Some("give the file or the repository another name")),
                );
            }
        }
    }
    wrong
}

/// Outcomes of a deciding step without the clause that decides: what the profile does not want could not be told there.
fn undeciding(suite: &Suite, files: &Files) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for probe in suite.probes.values() {
        let requests = probe.all_steps().into_iter().filter_map(super::Step::request);
        for request in requests.filter(|request| request.capability.is_some()) {
            let Some(decider) = request.outcomes.values().next().and_then(|first| first.keys().next()) else { continue };
            let without = request.outcomes.iter().filter(|(_, expect)| !expect.keys().any(|clause| clause.value == decider.value));
            wrong.extend(without.map(|(name, _)| {
                let title = format!("the outcome `{name}` does not judge `{decider}`, which decides the capability");
                at_scenario(files, probe, name.place, title).help(Some("each outcome of a deciding step begins with the deciding clause"))
            }));
        }
    }
    wrong
}

fn same_titles(suite: &Suite, files: &Files) -> Vec<Diagnostic> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    let mut wrong = Vec::new();
    for scenario in suite.scenarios.values().chain(suite.probes.values()) {
        if let Some(other) = seen.insert(scenario.title.to_lowercase(), &scenario.id) {
            let title = format!("`{other}` has this title too");
            wrong.push(at_scenario(files, scenario, scenario.title.place, title).help(Some("say how the two differ")));
        }
    }
    wrong
}

/// Capabilities whose probe is not there, or does not decide them.
fn undecided(suite: &Suite, files: &Files) -> Vec<Diagnostic> {
    let mut wrong = Vec::new();
    for capability in suite.catalogue.capabilities.values() {
        let Some(id) = &capability.probe else { continue };
        let title = match suite.probes.get(id.as_str()) {
            None => format!("there is no probe `{id}`"),
            Some(probe) if !decides(probe).any(|decided| decided == capability.id) => {
                format!("`{id}` has no step with `capability: {}`", capability.id)
            }
            Some(_) => continue,
        };
        wrong.push(at(files, "capabilities.yaml", id.place, title));
    }
    wrong
}

fn decides(scenario: &Scenario) -> impl Iterator<Item = &str> {
    let requests = scenario.all_steps().into_iter().filter_map(super::Step::request);
    requests.filter_map(|request| request.capability.as_ref()).map(At::as_str)
}

/// A probe that decides nothing, or a capability that is decided elsewhere than in its probe.
fn misplaced(suite: &Suite, files: &Files) -> Vec<Diagnostic> {
    let idle = suite.probes.values().filter(|probe| decides(probe).next().is_none());
    let idle = idle.map(|probe| {
        let help = "give the step that decides `capability: NAME`";
        at_scenario(files, probe, probe.title.place, "this probe decides no capability".into()).help(Some(help))
    });
    let scenarios = suite.scenarios.values().chain(suite.probes.values());
    let steps = scenarios.flat_map(|scenario| scenario.all_steps().into_iter().map(move |step| (scenario, step)));
    let elsewhere = steps.filter_map(|(scenario, step)| {
        let capability = step.request()?.capability.as_ref()?;
        let probe = suite.catalogue.capabilities.get(capability.as_str())?.probe.as_ref();
        let title = match probe {
            Some(probe) if probe.value == scenario.id => return None,
            Some(probe) => format!("`{capability}` is decided by `{probe}`, not here"),
            None => format!("`{capability}` is found out by the driver, not here"),
        };
        Some(at_scenario(files, scenario, capability.place, title))
    });
    idle.chain(elsewhere).collect()
}
