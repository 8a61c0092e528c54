//! Items: their names, repositories, variables, and which of them are planned.

use super::support::{item, items, planned, setting, suite};
use crate::clause::{Level, Offer};
use crate::plan::{Facts, Setting, plan, probes};

const ONE: &str = "title: t\nsteps:\n  - { request: GET /v2/<repo>/, expect: { a/one: { status: 200 } } }\n";

#[test]
fn each_value_is_an_item_with_a_label_a_repository_and_variables_of_its_own() {
    let items = items(
        "title: t
each: { case: [{ as: short, name: a, n: 1 }, { as: long, name: abc, n: 2 }] }
repos: [repo, other]
steps:
  - { request: GET /v2/<case.name>/<case.n>/<repo>/<other>, expect: { a/one: { status: 200 } } }
",
    );
    let named: Vec<String> = items.iter().map(crate::plan::Item::name).collect();
    assert_eq!(named, ["a/x [short]", "a/x [long]"]);
    assert_eq!((items[1].variables["case.name"].as_str(), items[1].variables["case.n"].as_str()), ("abc", "2"));
    let repos: Vec<&str> = items.iter().flat_map(|item| item.repos.values()).map(String::as_str).collect();
    assert_eq!(repos, ["plim/soll/r1/a-x-1", "plim/soll/r1/a-x-1-other", "plim/soll/r1/a-x-2", "plim/soll/r1/a-x-2-other"]);
    assert_eq!(items[0].variables["other"], "plim/soll/r1/a-x-1-other");
    assert_eq!(items[0].lists["case"], ["short", "long"]);
}

#[test]
fn an_each_over_a_list_has_an_item_for_each_of_its_texts() {
    let items = items(
        "title: t\nlists: { tags: { range: [9, 11], prefix: t } }\neach: { tag: tags }\nsteps:\n  - { request: GET /v2/<tag>, expect: { a/one: { status: 200 } } }\n",
    );
    let labels: Vec<&str> = items.iter().filter_map(|item| item.label.as_deref()).collect();
    assert_eq!(labels, ["t9", "t10", "t11"]);
    assert_eq!(items[1].variables["tag"], "t10");
    assert_eq!(items[1].lists["tags"], ["t9", "t10", "t11"]);
}

#[test]
fn repositories_follow_the_pattern_of_the_profile() {
    let of = |profile: &str| planned(&ONE.replace("a/one", "a/elsewhere"), profile, &Facts::default(), &setting()).items.remove(0).repos;
    assert_eq!(of("old")["repo"], "plim/soll/of/r1.a-x");
    assert_eq!(of("strict")["repo"], "plim/soll/r1/a-x");
}

#[test]
fn what_every_scenario_knows_is_filled_in_as_far_as_it_is_known() {
    let known = |setting: &Setting, facts: &Facts| planned(ONE, "oci", facts, setting).items.remove(0).variables;
    let plain = known(&setting(), &Facts::default());
    for (name, value) in [("registry", "http://127.0.0.1:5000"), ("host", "127.0.0.1:5000"), ("run", "r1"), ("repo", "plim/soll/r1/a-x")] {
        assert_eq!(plain[name], value, "{name}");
    }
    for name in ["user", "password", "basic", "realm", "service"] {
        assert!(!plain.contains_key(name), "{name}");
    }
    let facts = Facts { realm: Some("http://t/token".into()), service: Some("s".into()), ..Facts::default() };
    let full = known(&Setting { login: Some(("me".into(), "secret".into())), ..setting() }, &facts);
    for (name, value) in [("user", "me"), ("password", "secret"), ("basic", "bWU6c2VjcmV0"), ("realm", "http://t/token"), ("service", "s")]
    {
        assert_eq!(full[name], value, "{name}");
    }
}

#[test]
fn a_clause_binds_as_the_profile_has_it_and_what_binds_nowhere_is_not_planned() {
    let mixed =
        "title: t\nsteps:\n  - request: GET /v2/\n    expect:\n      a/should: { status: 200 }\n      a/elsewhere: { status: 200 }\n";
    let bindings = |profile: &str| -> Vec<Option<Level>> {
        let plan = planned(mixed, profile, &Facts::default(), &setting());
        plan.items.iter().flat_map(|item| item.expectations()).map(|expected| expected.binding.as_ref().map(|bound| bound.level)).collect()
    };
    assert_eq!(bindings("oci"), [Some(Level::Should), None]);
    assert_eq!(bindings("old"), [None, Some(Level::Must)]);
    assert_eq!(bindings("strict"), [Some(Level::Should), Some(Level::Must)]);
    assert_eq!(planned(&ONE.replace("a/one", "a/elsewhere"), "oci", &Facts::default(), &setting()).items.len(), 0);
}

#[test]
fn only_the_scenarios_that_a_pattern_fits_are_planned_in_the_order_of_their_ids() {
    let other = ONE.replace("title: t", "title: u");
    let third = ONE.replace("title: t", "title: v");
    let suite = suite(&[("b/y", ONE), ("a/x", &other), ("a/w-1", &third)]);
    for (only, ids) in [
        (&[][..], &["a/w-1", "a/x", "b/y"][..]),
        (&["a/*"], &["a/w-1", "a/x"]),
        (&["a/x", "b/?"], &["a/x", "b/y"]),
        (&["*-1"], &["a/w-1"]),
        (&["a"], &[]),
    ] {
        let setting = Setting { only: only.iter().map(|&pattern| pattern.to_owned()).collect(), ..setting() };
        let plan = plan(&suite, &suite.catalogue.profiles["oci"], &Facts::default(), &setting);
        assert_eq!(plan.items.iter().map(|item| item.scenario.as_str()).collect::<Vec<_>>(), ids, "{only:?}");
    }
}

#[test]
fn probes_are_planned_in_the_order_of_the_capabilities_whatever_binds() {
    let suite = suite(&[]);
    let plan = probes(&suite, &suite.catalogue.profiles["old"], &Facts::default(), &Setting { only: vec!["a/*".into()], ..setting() });
    assert_eq!(
        plan.items.iter().map(|item| item.scenario.as_str()).collect::<Vec<_>>(),
        ["probes/pull", "probes/push", "probes/lists", "probes/extra"]
    );
}

#[test]
fn a_deciding_step_knows_what_the_profile_expects() {
    let suite = suite(&[]);
    for (profile, expected) in [
        ("oci", [Offer::Accepted, Offer::Accepted, Offer::Accepted, Offer::Either]),
        ("strict", [Offer::Accepted, Offer::Accepted, Offer::Declined, Offer::Accepted]),
        ("old", [Offer::Either; 4]),
    ] {
        let plan = probes(&suite, &suite.catalogue.profiles[profile], &Facts::default(), &setting());
        let offers: Vec<Offer> = plan.items.iter().map(|item| item.steps[0].capability.as_ref().unwrap().expected).collect();
        assert_eq!(offers, expected, "{profile}");
    }
}

#[test]
fn what_is_judged_on_every_exchange_has_numbers_that_no_script_reaches() {
    let plan = planned(ONE, "oci", &Facts::default(), &setting());
    let numbers: Vec<usize> = plan.always.iter().flat_map(|always| &always.expect).map(|expected| expected.number).collect();
    assert!(numbers.len() > 1 && numbers.is_sorted_by(|a, b| a < b) && numbers[0] > 1 << 32, "{numbers:?}");
    assert!(plan.always[0].expect[0].position.starts_with("scenarios/always.yaml:3:"));
}

#[test]
fn what_a_scenario_says_of_itself_is_in_its_item() {
    let item = item(&ONE.replace("title: t", "title: It is there\nalone: true"));
    assert_eq!((item.title.as_str(), item.area.as_str(), item.alone, item.label), ("It is there", "a", true, None));
}
