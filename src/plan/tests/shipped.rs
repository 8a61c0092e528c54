//! What must hold of the scenarios that are shipped.

use std::collections::HashMap;

use super::support::setting;
use crate::plan::{Expected, Facts, Step, plan, probes};
use crate::scenario::Suite;
use crate::text::Files;

fn shipped() -> Suite {
    Suite::read(&Files::shipped().unwrap()).unwrap_or_else(|wrong| panic!("{wrong}"))
}

#[test]
fn no_two_items_of_a_profile_share_a_repository() {
    let suite = shipped();
    for profile in suite.catalogue.profiles.values() {
        let mut seen: HashMap<String, String> = HashMap::new();
        let run = plan(&suite, profile, &Facts::default(), &setting());
        for item in probes(&suite, profile, &Facts::default(), &setting()).items.iter().chain(&run.items) {
            for (repo, name) in &item.repos {
                let place = format!("{} <{repo}>", item.name());
                assert_eq!(seen.insert(name.clone(), place.clone()), None, "{name} of {place} under {}", profile.name);
            }
        }
    }
}

#[test]
fn the_content_of_every_item_can_be_made() {
    let suite = shipped();
    let login = Some(("me".to_owned(), "secret".to_owned()));
    let setting = crate::plan::Setting { login, ..setting() };
    let facts = Facts { realm: Some("http://h/token".into()), service: Some("s".into()), ..Facts::default() };
    // A profile chooses what is judged, not what is sent: one that binds most is enough.
    let profile = &suite.catalogue.profiles["oci-main"];
    let run = plan(&suite, profile, &facts, &setting);
    for item in probes(&suite, profile, &facts, &setting).items.iter().chain(&run.items) {
        assert_eq!(item.contents().err(), None, "{}", item.name());
    }
}

#[test]
fn every_outcome_of_a_deciding_step_judges_the_clause_that_decides() {
    // Else a refusal that the profile does not want would be told nowhere.
    let suite = shipped();
    let plan = probes(&suite, &suite.catalogue.profiles["oci-1.1"], &Facts::default(), &setting());
    for step in plan.items.iter().flat_map(|item| &item.steps).flat_map(Step::with_inner).filter(|step| step.capability.is_some()) {
        let decider = &step.deciding().unwrap().clause;
        for outcome in &step.outcomes {
            assert!(outcome.expect.iter().any(|expected| expected.clause == *decider), "{}: {} lacks {decider}", step.title, outcome.name);
        }
    }
}

#[test]
fn a_clause_is_judged_after_those_that_it_requires_in_the_same_step() {
    let suite = shipped();
    let plan = plan(&suite, &suite.catalogue.profiles["oci-1.1"], &Facts::default(), &setting());
    for step in plan.items.iter().flat_map(|item| &item.steps).flat_map(Step::with_inner) {
        let own: Vec<&Expected> = step.expect.iter().collect();
        let by_outcome = step.outcomes.iter().map(|outcome| own.iter().copied().chain(&outcome.expect).collect());
        for order in by_outcome.chain([own.clone()]).collect::<Vec<Vec<&Expected>>>() {
            for (n, expected) in order.iter().enumerate() {
                let late = order[n..].iter().find(|later| expected.requires.contains(&later.clause));
                assert!(late.is_none(), "{}: {} stands before {}", expected.position, expected.clause, late.unwrap().clause);
            }
        }
    }
}
