//! Whole-program tests: one binary, one file per subject.

mod layers;
mod reports;
mod samples;
mod scenario_errors;
mod scenario_schema;
mod shipped;
