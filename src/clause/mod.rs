//! What binds a registry: clauses with their levels, documents, capabilities, profiles.
//!
//! Takes the files of `scenarios/clauses/`, `capabilities.yaml` and `profiles/`, and profiles of the user's own; gives the catalogue. May use `text` and the rooms above.

mod capability;
mod catalogue;
mod clauses;
mod document;
mod id;
mod level;
mod meaning;
mod own;
mod profile;
#[cfg(test)]
mod tests;

pub use capability::Capability;
pub use catalogue::{AUTO, Catalogue};
pub use clauses::{Binding, Clause, Client, Section};
pub use document::Document;
pub use id::{ClauseId, ClauseIdError};
pub use level::Level;
pub use own::is_profile;
pub use profile::{AutoChoice, Chosen, Deviation, Offer, OwnFile, PageUrls, Profile, profile_schema};
