//! plimsoll surveys container registries. This is the tour of its rooms, in the order in which data walks through them; a room
//! imports only rooms above it in this list (`tests/it/layers.rs` holds that).
//!
//! - What everybody speaks: [`oci`] has the field's values; [`clock`], [`seed`] and [`stats`] are time, chance and figures; [`text`] reads
//!   YAML and points at mistakes; [`data`] makes content for a load.
//! - What is right: [`clause`] is the catalogue of what binds a registry; [`exchange`] is one request with its answer; [`judge`] holds an
//!   exchange against what a clause expects; [`record`] is the document of a run.
//! - What is to be done: [`scenario`] reads the scripts, [`plan`] makes them into steps for one target, [`report`] shows what came of it.
//! - Who does it: [`registry`] is the reference registry; [`client`] speaks to any; [`engine`] runs one planned item; [`check`] surveys a
//!   target; [`load`] measures one; [`prove`] surveys the reference registry with faults; [`cli`] is the command line over all of it.

pub mod oci;

pub mod clock;
pub mod seed;
pub mod stats;
pub mod text;
pub mod data;
pub mod clause;
pub mod exchange;
pub mod judge;
pub mod record;
pub mod scenario;
pub mod plan;
pub mod report;
pub mod registry;
pub mod client;
pub mod engine;
pub mod check;
pub mod load;
pub mod prove;
pub mod cli;
