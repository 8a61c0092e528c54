//! Scenarios: scripts of requests with expectations, read from YAML, checked, and ready to be planned.
//!
//! Takes a set of files; gives a [`Suite`] of [`Scenario`]s without mistakes, or every mistake with its place. Nothing is sent
//! or generated here. May use `judge`, `clause`, `text`, `oci` and the rooms above.

mod always;
mod body;
mod coverage;
mod data;
mod datum;
mod each;
mod file;
pub mod journey;
mod lint;
mod lint_request;
mod lower;
mod names;
mod reader;
mod reads;
mod schema;
mod step;
mod suite;
#[cfg(test)]
mod tests;
mod uses;
mod value;
mod whole;
pub mod workload;

pub use always::Always;
pub use body::Body;
pub use coverage::Cover;
pub use data::Data;
pub use datum::{Content, Datum, Flavour, Image, Index, List, Manifest};
pub use each::{Each, Item, Values};
pub use schema::schema;
pub use step::{Act, Auth, Client, Expect, Headers, Outcomes, Push, Query, Request, Save, Scenario, Step, Target, Until, Walk, When};
pub use suite::{Suite, read_scenario};
pub use value::{MAX_SIZE, Many, Period, Size, datum_and_part};
