//! The scenarios that are built into the program.

use plimsoll::scenario::Suite;
use plimsoll::text::Files;

#[test]
fn the_shipped_suite_has_no_mistakes_so_every_clause_has_a_scenario_and_every_expectation_a_clause() {
    let files = Files::shipped().unwrap();
    let suite = Suite::read(&files).unwrap_or_else(|wrong| panic!("{wrong}"));
    assert!(suite.scenarios.len() > 100 && !suite.probes.is_empty() && !suite.always.is_empty());
}

#[test]
fn the_shipped_files_are_those_of_the_folder() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    assert_eq!(Files::shipped().unwrap().hash(), Files::from_dir(&folder).unwrap().hash());
}

#[test]
fn a_clause_that_loses_its_scenario_is_told() {
    let mut files = Files::shipped().unwrap();
    let suite = Suite::read(&files).unwrap();
    let mut judged = std::collections::HashMap::new();
    for scenario in suite.scenarios.values() {
        for clause in scenario.clauses() {
            judged.entry(clause.as_str()).or_insert_with(std::collections::HashSet::new).insert(scenario.id.as_str());
        }
    }
    let everywhere: Vec<&str> = suite.always.iter().flat_map(|always| always.expect.keys()).map(|clause| clause.as_str()).collect();
    let alone = judged.iter().find(|(clause, scenarios)| scenarios.len() == 1 && !everywhere.contains(clause)).unwrap();
    let (clause, scenario) = (alone.0.to_string(), (*alone.1.iter().next().unwrap()).to_owned());
    files.remove(&format!("{scenario}.yaml"));
    let told = Suite::read(&files).unwrap_err().to_string();
    assert!(told.contains(&format!("nothing judges the clause `{clause}`")), "{told}");
}

#[test]
fn a_walk_goes_on_for_as_many_pages_as_a_registry_may_make_of_what_was_pushed() {
    let suite = Suite::read(&Files::shipped().unwrap()).unwrap();
    for scenario in suite.scenarios.values() {
        let longest = scenario.lists.values().map(|list| list.0.len()).max().unwrap_or(0);
        for walk in scenario.all_steps().into_iter().filter_map(|step| step.request()?.walk.as_ref()) {
            assert!(walk.pages as usize >= longest + 3, "{}: {longest} entries and {} pages", scenario.id, walk.pages);
        }
    }
}
