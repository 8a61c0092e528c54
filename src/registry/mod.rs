//! The reference registry: a whole OCI distribution 1.1 registry in memory, Docker's API and token service included.
//!
//! - Takes: a [`Config`], and requests over HTTP/1.1.
//! - Gives: a [`Running`] server. Its memory is bounded by [`Config::max_storage`], and no input makes it panic.
//! - May use: `oci`, `clock`, `seed`.
//!
//! A request walks down: `server` (connections) → `front` (route, admission, `pace`, dispatch) → one room per kind of resource (`blob`,
//! `upload`, `manifest`, `list`), which speaks HTTP → `Operations`, which speaks values → `store`. What behaves otherwise wraps
//! `Operations`; [`Rules::GithubPackages`] is such a wrapper, and has `pages` beside the API. A [`Change`] reaches every seam: see `twist`.

mod access;
mod auth;
mod blob;
mod condition;
mod config;
mod failure;
mod front;
mod intake;
mod list;
mod manifest;
mod operations;
mod pace;
mod pages;
mod patient;
mod query;
mod range;
mod reply;
mod route;
mod rules;
mod server;
mod store;
mod twist;
mod upload;

#[cfg(test)]
mod tests;

pub use auth::{KeyError, SigningKey};
pub use config::{Auth, Config, Limits, Rights, Rules, TokenAuth, User};
pub use pace::{Class as PaceClass, HELP as PACE_HELP, PaceError, Rule as PaceRule};
pub use server::{Entrance, Running, StartError, start, start_within};
pub use twist::{Change, Fault, Ground, Variant, faults, variants};
