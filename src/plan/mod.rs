//! What will be run: scenarios, profile, facts and seed made into items with their steps.
//!
//! Takes definitions and facts; gives a [`Plan`]. Pure: it decides every skip with its reason, and a run never changes it. May use
//! `scenario`, `judge`, `clause` and the rooms above.

mod build;
mod clients;
mod content;
mod expand;
mod facts;
mod given;
mod item;
mod layer;
mod manifest;
mod pages;
mod parts;
mod steps;
#[cfg(test)]
pub(crate) mod tests;

pub use build::{GREETING, Plan, Setting, deciding_clause, glob, may_run, only, plan, probes};
pub use clients::client_headers;
pub use content::{Contents, Recipe};
pub use facts::{Fact, Facts, State};
pub use given::{GivenBlob, GivenImage, image_name};
pub use item::{Act, Always, Body, DECLINED, Deciding, Expected, Fate, Item, Lists, Outcome, Request, Save, Step, WITHHELD, Walk, When};
pub use steps::planned_save;
