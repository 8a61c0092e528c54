//! The specification's own conformance suite on the reference registry.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use plimsoll::text::{SourceFile, read};
use serde::Deserialize;
use tempfile::TempDir;

use crate::support::configs::{self, Door, PASSWORD, USER};
use crate::support::peer::peer;
use crate::support::program;

/// Far above what the suite takes anywhere (5 s on docker-registry).
const LIMIT: Duration = Duration::from_mins(3);

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn the_official_suite_finds_no_failure_in_the_reference_registry() {
    finds_no_failure(&[]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn the_official_suite_finds_no_failure_in_the_reference_registry_with_basic_login() {
    finds_no_failure(&["--user", &format!("{USER}:{PASSWORD}")]);
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn the_official_suite_finds_no_failure_in_the_reference_registry_with_tokens() {
    finds_no_failure(&["--user", &format!("{USER}:{PASSWORD}"), "--token"]);
}

fn finds_no_failure(options: &[&str]) {
    let Some(suite) = peer("oci-conformance") else { return };
    let folder = TempDir::new().expect("a folder");
    let server = configs::plimsoll(folder.path(), options);
    let cases = official_suite(&suite, &server.host(), folder.path());
    assert!(cases.count("passed") > 600, "{cases:?}");
    assert!(cases.failed.is_empty(), "{cases:#?}");
    let rows: Vec<Row> = read(&SourceFile::new("official-suite.yaml", include_str!("../../docs/official-suite.yaml"))).unwrap();
    let unheld: Vec<&String> = cases.names.iter().filter(|case| !rows.iter().any(|row| fits(&row.test, case))).collect();
    assert!(unheld.is_empty(), "docs/official-suite.yaml does not hold these against any clause: {unheld:#?}");
}

/// A line of `docs/official-suite.yaml`.
#[derive(Deserialize)]
struct Row {
    test: String,
}

/// Whether a line stands for a case: `kind`, `way` and `…` are any part of a name, `algorithm` is one, a last `…` is any ending.
fn fits(row: &str, case: &str) -> bool {
    let case = case.replacen("sha256 ", "algorithm ", 1).replacen("sha512 ", "algorithm ", 1);
    let (row, case): (Vec<&str>, Vec<&str>) = (row.split('/').collect(), case.split('/').collect());
    let part = |(row, case): (&&str, &&str)| match row.strip_suffix('…') {
        Some(beginning) => case.starts_with(beginning),
        None => ["kind", "way"].contains(row) || row == case,
    };
    row.len() == case.len() && row.iter().zip(&case).all(part)
}

#[test]
#[ignore = "wants real registries and clients: `just peers` installs and runs them"]
fn the_official_suite_finds_failures_in_docker_registry_so_this_test_can_see_them() {
    let Some((suite, registry)) = peer("oci-conformance").zip(peer("docker-registry")) else { return };
    let folder = TempDir::new().expect("a folder");
    let server = configs::distribution(&registry, folder.path(), &Door::Basic);
    let cases = official_suite(&suite, &server.host(), folder.path());
    assert!(cases.total() > 600, "{cases:?}");
    assert_eq!(cases.count("failure"), 98, "{cases:?}");
    assert_eq!(cases.count("error"), 0, "{cases:?}");
}

/// The suite's test cases by status, and the names of those that failed.
#[derive(Debug)]
struct Cases {
    counts: BTreeMap<String, usize>,
    /// All of them, without the suite's own name.
    names: BTreeSet<String>,
    failed: Vec<String>,
}

impl Cases {
    fn total(&self) -> usize {
        self.counts.values().sum()
    }

    fn count(&self, status: &str) -> usize {
        self.counts.get(status).copied().unwrap_or_default()
    }
}

/// Runs the suite with its settings for version 1.1 and reads its report. Its exit code is 0 too where it judged nothing, so only the
/// report tells.
fn official_suite(suite: &Path, host: &str, folder: &Path) -> Cases {
    let results = folder.join("results");
    let mut command = program::command(suite, folder);
    command.env("OCI_VERSION", "1.1").env("OCI_REGISTRY", host).env("OCI_TLS", "disabled").env("OCI_RESULTS_DIR", &results);
    command.env("OCI_REPO1", "conformance/one").env("OCI_REPO2", "conformance/two");
    command.env("OCI_USERNAME", USER).env("OCI_PASSWORD", PASSWORD);
    let finished = program::run(&mut command, LIMIT);
    let report = fs::read_to_string(results.join("junit.xml"));
    read_cases(&report.unwrap_or_else(|error| panic!("the suite left no report ({error}):\n{}", finished.stderr)))
}

/// The suite writes a case's verdict into an attribute, and no `failure` elements.
fn read_cases(report: &str) -> Cases {
    let mut cases = Cases { counts: BTreeMap::new(), names: BTreeSet::new(), failed: Vec::new() };
    for case in report.split("<testcase ").skip(1) {
        let head = case.split('>').next().unwrap_or_default();
        let status = attribute(head, "status");
        cases.names.extend(attribute(head, "name").split_once('/').map(|(_, name)| name.to_owned()));
        if status != "passed" && status != "skipped" {
            cases.failed.push(attribute(head, "name").to_owned());
        }
        *cases.counts.entry(status.to_owned()).or_default() += 1;
    }
    cases
}

fn attribute<'a>(head: &'a str, name: &str) -> &'a str {
    let value = head.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split('"').next());
    value.unwrap_or_else(|| panic!("a test case of the suite has no {name}: {head}"))
}
