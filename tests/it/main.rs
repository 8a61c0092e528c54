//! Whole-program tests: one binary, one file per subject.

mod cli;
mod coverage;
mod docs;
mod interrupts;
mod layers;
mod load;
mod peers_clients;
mod peers_suite;
mod peers_surveys;
mod profiles;
mod prove;
mod pull_only;
mod reports;
mod samples;
mod scenario_errors;
mod scenario_schema;
mod secrets;
mod shipped;
mod support;
mod targets;
