//! The registry as its clients see it: over HTTP, with an ordinary client where it will do and with raw bytes where not.

mod lists;
mod manifests;
mod paces;
mod pages;
mod pulls;
mod pushes;
mod races;
mod random;
mod routes;
mod rules;
mod storage;
mod store;
mod support;
mod wire;
