//! What the specification's own suite checks, held against the clauses.

use std::fmt::Write;

use serde::Deserialize;

use super::coverage::cell;
use crate::clause::ClauseId;
use crate::text::{SourceFile, read};

/// The mapping as it is written; `tests/it/coverage.rs` holds that it can be read and that each clause is there.
const WRITTEN: &str = include_str!("../../docs/official-suite.yaml");

/// A test of the suite.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// As its report names it: `sha256 blobs/get-missing`.
    test: String,
    /// What it checks, in our words.
    checks: String,
    /// The clauses that say so.
    #[serde(default)]
    clauses: Vec<ClauseId>,
    /// What of it no clause says, and why.
    unmapped: Option<String>,
}

/// The chapter of `docs/coverage.md`.
pub(super) fn document() -> String {
    let tests: Vec<Row> = read(&SourceFile::new("docs/official-suite.yaml", WRITTEN)).unwrap_or_default();
    let mut out = "
## What the specification's own suite checks
Its tests (folder `conformance` of opencontainers/distribution-spec, July 2026) and the clauses that say the same. *kind* stands for each kind of
content that it pushes, *algorithm* for sha256 and sha512. `docs/official-suite.yaml` is the source.

| test | checks | clauses |
|---|---|---|
"
    .to_owned();
    for Row { test, checks, clauses, unmapped } in tests {
        let mut clauses: Vec<String> = clauses.iter().map(|clause| format!("`{clause}`")).collect();
        clauses.extend(unmapped.map(|reason| format!("*not judged*: {}", cell(&reason))));
        let _ = writeln!(out, "| {} | {} | {} |", cell(&test), cell(&checks), clauses.join(", "));
    }
    out
}
