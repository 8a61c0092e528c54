//! Lawful behaviours: each entry is one of the freedoms that the specifications leave a registry. One file for each chapter of the list in
//! `docs/proof.md`.

mod auth;
mod content;
mod deletes;
mod errors;
mod lists;
mod manifests;
mod names;
mod policy;
mod transfer;
mod uploads;
mod wire;
mod all;

pub(super) use all::all;
