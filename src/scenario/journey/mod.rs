//! Journeys: what one client does under load, read from YAML in the language of scenarios and checked.
//!
//! Takes a file of `journeys/` and the catalogue; gives a [`Journey`] without mistakes, or every mistake with its place. What a journey
//! names (an image, its layers, a repository) comes from the data set of a workload, so it has no `data` of its own.

mod file;
mod lint;
mod lower;
mod names;
#[cfg(test)]
mod tests;
mod types;

pub use lower::read_journey;
pub use types::{Act, Exchange, Journey, Loop, Over, Step, Takes};
