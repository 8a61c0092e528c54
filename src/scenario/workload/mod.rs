//! Workloads: data set, clients, weighted journeys, arrival and thresholds, read from YAML and checked.
//!
//! Takes a file of `workloads/` and the journeys there are; gives a [`Workload`] without mistakes, or every mistake with its place.

mod file;
mod figures;
mod lint;
#[cfg(test)]
mod tests;
mod types;

pub use figures::{Rate, Share, Speed};
pub use lint::read_workload;
pub use types::{Arrival, Clients, Counts, DataSet, Law, Open, Popularity, Sizes, Stage, Tail, Workload};
