//! What a plan comes to.

mod contents;
mod fates;
mod items;
mod lints;
mod pushes;
mod shipped;
mod steps;
pub(crate) mod support;
