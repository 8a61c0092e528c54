//! `plimsoll prove`, and twists of `serve`, as a person uses them.

use std::time::Duration;

use crate::support::program::{plimsoll, run};

fn said(words: &[&str]) -> crate::support::program::Finished {
    let home = tempfile::tempdir().expect("a temporary folder can be made");
    run(plimsoll(home.path()).args(words), Duration::from_mins(5))
}

#[test]
fn what_there_is_to_prove_is_listed() {
    let out = said(&["prove", "--list"]);
    assert_eq!(out.code, Some(0), "{}", out.stderr);
    let (faults, variants) = (out.stdout.matches("fault    ").count(), out.stdout.matches("variant  ").count());
    assert!(faults >= 120 && variants >= 50, "{faults} faults and {variants} variants");
}

#[test]
fn a_twist_that_is_not_there_is_a_wrong_command_line() {
    for (words, told) in [
        (vec!["prove", "--fault", "tag/nothing-of-the-kind"], "no fault matches tag/nothing-of-the-kind"),
        (vec!["prove", "--variant", "x/*"], "no variant matches x/*"),
        (vec!["prove", "--format", "jsn"], "there is no format `jsn`"),
        (vec!["serve", "--fault", "tag/list-newest-firs"], "did you mean `tag/list-newest-first`?"),
        (vec!["serve", "--variant", "mount/nevr"], "did you mean `mount/never`?"),
    ] {
        let out = said(&words);
        assert_eq!(out.code, Some(2), "{words:?}: {}", out.stderr);
        assert!(out.stderr.contains(told), "{words:?}: {}", out.stderr);
    }
}

#[test]
fn a_fault_is_killed_and_a_variant_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let stored = folder.path().join("matrix.json");
    let path = stored.to_str().expect("a path in plain letters");
    let out = said(&["prove", "--fault", "upload/no-uuid", "--variant", "tags/link-unquoted", "--output", path]);
    assert_eq!(out.code, Some(0), "{}\n{}", out.stdout, out.stderr);
    assert!(out.stdout.contains("proven: 1 of 1 fault killed, 1 of 1 variant left alone"), "{}", out.stdout);
    assert!(!out.stdout.contains("upload/no-uuid"), "what went as it should is counted alone: {}", out.stdout);
    let again = said(&["report", path]);
    assert_eq!((again.code, &again.stdout), (Some(0), &out.stdout), "{}", again.stderr);
    let whole = said(&["report", path, "--verbose"]);
    assert!(whole.stdout.contains("killed    upload/no-uuid") && whole.stdout.contains("lawful    tags/link-unquoted"), "{}", whole.stdout);
    let json = said(&["report", path, "--format", "json"]);
    assert_eq!(json.stdout, std::fs::read_to_string(&stored).expect("the matrix"), "{}", json.stderr);
    let none = said(&["report", path, "--format", "junit"]);
    assert_eq!(none.code, Some(2), "{}", none.stderr);
    assert!(none.stderr.contains("a kill matrix has terminal, json"), "{}", none.stderr);
}

#[test]
fn the_schema_of_the_kill_matrix_is_current() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/kill-matrix.json");
    let current = plimsoll::record::matrix_schema().expect("a schema");
    if std::env::var_os("PLIMSOLL_UPDATE").is_some_and(|update| update == "1") {
        plimsoll::record::write_atomically(&path, &current).expect("it is written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == current,
        "schemas/kill-matrix.json is not what the types say; PLIMSOLL_UPDATE=1 cargo test the_schema_of_the_kill_matrix rewrites it"
    );
}
