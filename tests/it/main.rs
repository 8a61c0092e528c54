//! Whole-program tests: one binary, one file per subject.

mod scenario_errors;
mod scenario_schema;
