//! What a proof comes to, with a small suite and with the entries as they are shipped.

use std::collections::BTreeSet;

use super::{Progress, Proof, prove};
use crate::plan::tests::support::suite;
use crate::record::Matrix;
use crate::registry::{Fault, faults, variants};
use crate::scenario::Suite;
use crate::text::Files;

struct Silent;

impl Progress for Silent {
    fn done(&self, _: usize, _: usize, _: &str) {}
}

/// Judges that a blob is found by HEAD and that the ping answers.
const LOOK: &str = "title: t
data: { img: { image: {} } }
steps:
  - { push: img }
  - { request: HEAD /v2/<repo>/blobs/<img.layer1.digest>, expect: { a/one: { header: { Content-Length: present } } } }
  - { request: GET /v2/, expect: { a/two: { status: 200 } } }
";

/// The shipped fault that takes the length from the HEAD of a blob, said to break other clauses.
fn no_length(breaks: &'static [&'static str]) -> Fault {
    let fault = faults().into_iter().find(|fault| fault.id == "blob/head-no-length").unwrap();
    Fault { breaks, ..fault }
}

fn matrix(look: &str, faults: Vec<Fault>) -> Matrix {
    let suite = suite(&[("a/look", look)]);
    let proof = Proof { suite: &suite, scenario_set: "set".into(), faults, variants: Vec::new(), threads: 2 };
    prove(&proof, &Silent).unwrap()
}

/// With what the small suite lacks in its own: capabilities that nothing offers fail on every registry.
fn beyond(matrix: &Matrix) -> Vec<&str> {
    let clean: BTreeSet<&str> = matrix.clean[0].failed.iter().map(|failed| failed.clause.as_str()).collect();
    matrix.faults[0].beyond.iter().map(String::as_str).filter(|clause| !clean.contains(clause)).collect()
}

#[test]
fn a_fault_is_killed_by_exactly_the_clause_that_it_names() {
    let matrix = matrix(LOOK, vec![no_length(&["a/one"])]);
    assert!(matrix.faults[0].survived.is_empty(), "{:?}", matrix.faults[0]);
    assert_eq!(beyond(&matrix), Vec::<&str>::new());
    assert!(matrix.faults[0].failed.iter().any(|failed| failed.clause == "a/one" && failed.scenario == "a/look"));
}

#[test]
fn a_fault_that_the_suite_does_not_see_survives() {
    let matrix = matrix(LOOK, vec![no_length(&["a/one", "a/two"])]);
    assert_eq!(matrix.faults[0].survived, ["a/two"]);
    assert!(!matrix.faults[0].is_killed() && !matrix.holds());
}

#[test]
fn a_clause_that_fails_and_is_not_named_is_told() {
    let matrix = matrix(LOOK, vec![no_length(&["a/two"])]);
    assert_eq!((beyond(&matrix), matrix.faults[0].survived.as_slice()), (vec!["a/one"], &["a/two".to_owned()][..]));
    assert!(!matrix.holds());
}

#[test]
fn a_suite_that_fails_the_clean_registry_proves_nothing() {
    let matrix = matrix(&LOOK.replace("a/two: { status: 200 }", "a/two: { status: 201 }"), vec![no_length(&["a/one", "a/two"])]);
    assert!(matrix.clean[0].failed.iter().any(|failed| failed.clause == "a/two") && !matrix.holds());
}

#[test]
fn nothing_to_try_proves_nothing() {
    assert!(!matrix(LOOK, Vec::new()).holds());
}

fn shipped() -> Suite {
    Suite::read(&Files::shipped().unwrap()).unwrap_or_else(|wrong| panic!("{wrong}"))
}

#[test]
fn every_entry_has_an_id_of_its_own_and_names_what_there_is() {
    let suite = shipped();
    let mut seen = BTreeSet::new();
    for fault in faults() {
        assert!(seen.insert(fault.id), "{} stands twice", fault.id);
        assert!(!fault.breaks.is_empty() && fault.says.ends_with('.'), "{}", fault.id);
        for clause in fault.breaks {
            assert!(suite.catalogue.clauses.contains_key(*clause), "{} breaks {clause}, which is no clause", fault.id);
        }
    }
    let mut seen = BTreeSet::new();
    for variant in variants() {
        assert!(seen.insert(variant.id), "{} stands twice", variant.id);
        assert!(!variant.lawful.is_empty() && variant.says.ends_with('.'), "{}", variant.id);
        assert!(variant.lawful.iter().all(|name| suite.catalogue.profiles.contains_key(*name)), "{}", variant.id);
        assert!(variant.undone.iter().all(|clause| suite.catalogue.clauses.contains_key(*clause)), "{}", variant.id);
    }
}

/// The clauses at MUST and SHOULD that no fault proves, each with the reason.
const UNPROVEN: [(&str, &str); 2] = [
    ("auth/credentials-open", "where the right credentials open nothing, the survey has ended before"),
    ("naming/three-components", "where such a name is not taken, nothing is pushed at all, and its scenario is skipped"),
];

#[test]
fn every_must_and_should_that_is_judged_is_proven_by_a_fault_or_is_known_not_to_be() {
    let suite = shipped();
    let proven: BTreeSet<&str> = faults().iter().flat_map(|fault| fault.breaks).copied().collect();
    let bound = suite.catalogue.clauses.values().filter(|clause| clause.unobservable.is_none());
    let strong = bound.filter(|clause| clause.documents.values().any(|section| section.level >= crate::clause::Level::Should));
    let open: BTreeSet<&str> = strong.map(|clause| clause.id.as_str()).filter(|id| !proven.contains(id)).collect();
    let known: BTreeSet<&str> = UNPROVEN.iter().map(|(clause, _)| *clause).collect();
    assert_eq!(open, known, "a new clause wants a fault that breaks it");
}

#[test]
fn every_freedom_has_a_variant() {
    let held: BTreeSet<u8> = variants().iter().map(|variant| variant.freedom).collect();
    assert_eq!(held, (1..=50).collect());
}
