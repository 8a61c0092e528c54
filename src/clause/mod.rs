//! What binds a registry: clauses with their levels, documents, capabilities, profiles.
//!
//! Takes the files of `scenarios/clauses/`, `capabilities.yaml` and `profiles/`; gives the catalogue. May use `text` and the rooms above.

mod level;

pub use level::Level;
