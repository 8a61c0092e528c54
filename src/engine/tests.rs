//! What an iteration of an item shows, against a scripted server and the reference registry.

mod always;
mod judging;
mod naming;
mod requests;
mod steps;
pub(crate) mod support;
