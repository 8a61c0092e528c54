//! What runs, what is skipped and what can't be judged.

use super::support::{facts, items, planned, setting, suite};
use crate::plan::State::{Accepted, Broken, Declined, Unknown};
use crate::plan::{Fate, Setting, State, deciding_clause, plan};

const NEEDS_LISTS: &str = "title: t\nneeds: [lists]\nsteps:\n  - { request: GET /v2/, expect: { a/one: { status: 200 } } }\n";

fn fate(text: &str, noted: &[(&str, State)], setting: &Setting) -> Fate {
    planned(text, "oci", &facts(noted), setting).items[0].fate.clone()
}

fn stuck(reason: &str, because: &str) -> Fate {
    Fate::Inconclusive { reason: reason.into(), because: Some(because.parse().unwrap()) }
}

#[test]
fn what_an_item_needs_decides_whether_it_runs() {
    let up = [("pull", Accepted), ("push", Accepted)];
    let with = |lists: State| [up[0], up[1], ("lists", lists)];
    for (noted, expected) in [
        (with(Accepted).to_vec(), Fate::Run),
        (with(Declined).to_vec(), Fate::Skip("lists declined".into())),
        (with(Broken).to_vec(), stuck("lists is broken: lists seen", "o/lists")),
        (with(Unknown).to_vec(), stuck("lists could not be found out: lists seen", "o/lists")),
        (up.to_vec(), stuck("lists could not be found out: not tried", "o/lists")),
        // The blame goes to where it began.
        (vec![("pull", Accepted), ("push", Broken), ("lists", Unknown)], stuck("lists could not be found out: lists seen", "o/push")),
        (vec![("pull", Unknown), ("push", Unknown), ("lists", Unknown)], stuck("lists could not be found out: lists seen", "o/pull")),
        (vec![("pull", Accepted), ("push", Broken), ("lists", Broken)], stuck("lists is broken: lists seen", "o/lists")),
        // Without an answer at the base endpoint nothing is judged at all.
        (vec![("pull", Broken), ("lists", Accepted)], stuck("pull is broken: pull seen", "o/pull")),
    ] {
        assert_eq!(fate(NEEDS_LISTS, &noted, &setting()), expected, "{noted:?}");
    }
}

#[test]
fn what_the_driver_found_is_told_in_its_own_words() {
    let text = NEEDS_LISTS.replace("[lists]", "[login]");
    assert_eq!(fate(&text, &[("login", Declined)], &setting()), Fate::Skip("login seen".into()));
}

#[test]
fn the_first_need_that_is_not_there_is_the_reason() {
    let text = NEEDS_LISTS.replace("[lists]", "[push, lists, login]");
    let noted = [("push", Accepted), ("lists", Declined), ("login", Declined)];
    assert_eq!(fate(&text, &noted, &setting()), Fate::Skip("lists declined".into()));
}

#[test]
fn a_scenario_without_needs_runs_even_where_nothing_is_known() {
    assert!(
        items("title: t\nsteps:\n  - { request: GET /v2/, expect: { a/one: { status: 200 } } }\n")
            .iter()
            .all(|item| item.fate == Fate::Run)
    );
}

#[test]
fn a_pinned_repository_is_every_repository_and_skips_what_needs_two() {
    let pinned = Setting { repository: Some("my/own".into()), ..setting() };
    let step = "steps:\n  - { request: GET /v2/<repo>/, expect: { a/one: { status: 200 } } }\n";
    let one = planned(&format!("title: t\n{step}"), "oci", &facts(&[]), &pinned);
    assert_eq!((one.items[0].repos["repo"].as_str(), &one.items[0].fate), ("my/own", &Fate::Run));
    let two = format!("title: t\nrepos: [repo, other]\n{}", step.replace("<repo>/", "<repo>/<other>"));
    assert_eq!(fate(&two, &[], &pinned), Fate::Skip("it needs a second repository, and --repository pins one".into()));
    assert_eq!(fate(&two, &[], &setting()), Fate::Run);
}

#[test]
fn the_clause_that_decides_a_capability_is_the_first_of_its_probes_first_outcome() {
    let suite = suite(&[]);
    for (capability, clause) in [("push", Some("o/push")), ("lists", Some("o/lists")), ("login", None), ("nonsense", None)] {
        assert_eq!(deciding_clause(&suite, capability).map(|clause| clause.to_string()).as_deref(), clause, "{capability}");
    }
}

#[test]
fn skipped_items_stay_in_the_plan_with_their_steps() {
    let suite = suite(&[("a/x", NEEDS_LISTS)]);
    let plan = plan(&suite, &suite.catalogue.profiles["oci"], &facts(&[("lists", Declined)]), &setting());
    assert_eq!((plan.items.len(), plan.items[0].steps.len()), (1, 1));
}

#[test]
fn what_writes_beside_a_pinned_repository_is_skipped() {
    let pinned = Setting { repository: Some("team/app".into()), ..setting() };
    for (request, skipped) in [
        ("POST /v2/<repo>/blobs/uploads/", None),
        ("PUT /v2/<repo>/manifests/v1", None),
        ("GET /v2/<repo>/more/tags/list", None),
        ("POST /v2/<repo>/a/b/c/blobs/uploads/", Some("it writes to /v2/<repo>/a/b/c/blobs/uploads/, and --repository pins another")),
        ("PUT /v2/other/<run>/manifests/v1", Some("it writes to /v2/other/<run>/manifests/v1, and --repository pins another")),
        ("DELETE /v2/<run>/blobs/x", Some("it writes to /v2/<run>/blobs/x, and --repository pins another")),
    ] {
        let text = format!("title: t\nsteps:\n  - {{ request: \"{request}\", expect: {{ a/one: {{ status: 200 }} }} }}\n");
        let expected = skipped.map_or(Fate::Run, |why| Fate::Skip(why.into()));
        assert_eq!(fate(&text, &[("pull", Accepted)], &pinned), expected, "{request}");
        assert_eq!(fate(&text, &[("pull", Accepted)], &setting()), Fate::Run, "{request}");
    }
}
