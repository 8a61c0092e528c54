//! What an iteration of an item shows, against a scripted server and the reference registry.

mod always;
mod judging;
mod requests;
mod steps;
pub(crate) mod support;
