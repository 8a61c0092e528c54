//! Mistakes that only a whole set of files shows.

use super::support::files;
use crate::scenario::Suite;
use crate::text::{Files, SourceFile};

fn whole_titles(change: impl Fn(&mut Files)) -> Vec<String> {
    let mut set = files(&[]);
    change(&mut set);
    Suite::read(&set).map_or_else(|wrong| wrong.into_iter().map(|wrong| wrong.title).collect(), |_| Vec::new())
}

fn put(files: &mut Files, name: &str, text: &str) {
    files.insert(name, SourceFile::new(format!("scenarios/{name}"), text.to_owned()));
}

#[test]
fn the_files_of_tests_are_right_as_they_are() {
    assert_eq!(whole_titles(|_| {}), [""; 0]);
}

#[test]
fn two_scenarios_that_would_share_a_repository_are_told() {
    let step = "steps:\n  - { request: GET /v2/, expect: { a/one: { status: 200 } } }\n";
    let told = whole_titles(|files| {
        put(files, "a/b-c.yaml", &format!("title: one\n{step}"));
        put(files, "a-b/c.yaml", &format!("title: two\n{step}"));
    });
    assert_eq!(told, ["a repository of `a-b/c` would have the same name, `a-b-c`"]);
    let told = whole_titles(|files| {
        put(files, "a/b.yaml", &format!("title: one\neach: {{ x: [p, q] }}\n{}", step.replace("/v2/", "/v2/<x>")));
        put(files, "a/b-2.yaml", &format!("title: two\n{step}"));
    });
    assert_eq!(told.len(), 1, "{told:?}");
}

#[test]
fn a_clause_that_binds_under_no_profile_is_told() {
    let told = whole_titles(|files| {
        put(files, "clauses/b.yaml", "b/lost:\n  says: It is said nowhere.\n  documents: { docker-token: { level: MUST, section: S } }\n");
        put(files, "b/x.yaml", "title: lost\nsteps:\n  - { request: GET /v2/, expect: { b/lost: { status: 200 } } }\n");
    });
    assert_eq!(told, ["`b/lost` binds under no profile"]);
}

#[test]
fn an_outcome_that_does_not_judge_the_deciding_clause_is_told() {
    let told = whole_titles(|files| {
        put(
            files,
            "probes/extra.yaml",
            "title: The probe of extra\nsteps:\n  - request: GET /extra\n    capability: extra\n    outcomes: { accepted: { o/extra: { status: 2xx } }, declined: { a/one: { status: 4xx } } }\n",
        );
    });
    assert_eq!(told, ["the outcome `declined` does not judge `o/extra`, which decides the capability"]);
}
