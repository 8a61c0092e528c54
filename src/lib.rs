//! plimsoll surveys container registries. This is the tour of its rooms, in the order in which data walks through them; a room
//! imports only rooms above it in this list (`tests/it/layers.rs` holds that).

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
