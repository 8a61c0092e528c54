//! What the catalogue covers, and that the document about it is current.

use std::path::{Path, PathBuf};
use std::time::Duration;

use plimsoll::clause::ClauseId;
use plimsoll::scenario::Suite;
use plimsoll::text::{Files, SourceFile, read};
use serde::Deserialize;

use crate::support::program::{plimsoll, run};

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn lint(arguments: &[&str]) -> String {
    let home = tempfile::tempdir().unwrap();
    run(plimsoll(home.path()).args(["scenario", "lint"]).args(arguments), Duration::from_secs(30)).expect_success("scenario lint")
}

#[test]
fn the_document_about_coverage_is_current() {
    let current = lint(&["--coverage=markdown"]);
    if std::env::var_os("PLIMSOLL_UPDATE").is_some() {
        std::fs::write(project("docs/coverage.md"), &current).unwrap();
    }
    let stored = std::fs::read_to_string(project("docs/coverage.md")).unwrap_or_default();
    assert!(stored == current, "docs/coverage.md is out of date: run the tests with PLIMSOLL_UPDATE=1 and commit it");
}

#[test]
fn the_table_counts_every_clause_once_and_each_is_judged_or_unobservable() {
    let table = lint(&["--coverage"]);
    let last: Vec<usize> = table.lines().last().unwrap().split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let suite = Suite::read(&Files::shipped().unwrap()).unwrap();
    let [clauses, judged, expectations, unobservable, unjudged] = last[..] else { panic!("{table}") };
    assert_eq!(clauses, suite.catalogue.clauses.len());
    assert_eq!((judged + unobservable, unjudged), (clauses, 0));
    assert!(expectations > judged, "{table}");
}

#[test]
fn a_clause_that_nothing_judges_is_counted_and_then_told() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("scenarios");
    std::fs::create_dir_all(folder.join("clauses")).unwrap();
    std::fs::write(folder.join("capabilities.yaml"), "clock: { says: It is there., from: driver }\n").unwrap();
    let lone = "http/lone: { says: It is alone., documents: { oci-1.1: { level: MUST, section: API } } }\n";
    std::fs::write(folder.join("clauses/http.yaml"), lone).unwrap();
    let out = run(plimsoll(home.path()).args(["scenario", "--scenarios", "scenarios", "lint", "--coverage"]), Duration::from_secs(30));
    assert_eq!(out.code, Some(3), "{}", out.stderr);
    let words: Vec<&str> = out.stdout.lines().last().unwrap().split_whitespace().collect();
    assert_eq!(words[words.len() - 5..], ["1", "0", "0", "0", "1"]);
    assert!(out.stderr.contains("nothing judges the clause `http/lone`"), "{}", out.stderr);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Official {
    test: String,
    checks: String,
    #[serde(default)]
    clauses: Vec<ClauseId>,
    unmapped: Option<String>,
}

#[test]
fn every_test_of_the_official_suite_is_held_against_clauses_that_are_there_or_says_why_not() {
    let file = SourceFile::open(&project("docs/official-suite.yaml")).unwrap();
    let tests: Vec<Official> = read(&file).unwrap_or_else(|wrong| panic!("{}", wrong.title));
    let suite = Suite::read(&Files::shipped().unwrap()).unwrap();
    let mut seen = std::collections::HashSet::new();
    for Official { test, checks, clauses, unmapped } in tests {
        assert!(!checks.is_empty() && (!clauses.is_empty() || unmapped.is_some()), "{test} is held against nothing, and says no reason");
        for clause in clauses {
            assert!(suite.catalogue.clauses.contains_key(&clause), "{test} names `{clause}`, which is not there");
        }
        assert!(seen.insert(test.clone()), "{test} stands twice");
    }
    assert!(seen.len() > 40, "the list is cut short");
}
