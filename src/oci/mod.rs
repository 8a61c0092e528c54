//! The values of the field: digest, repository name, tag, reference, media type, descriptor, manifest, index, error body.
//!
//! - Takes: text and bytes, as registries and clients write them.
//! - Gives: values that hold their grammar once parsed; nothing here reads a clock, a file or a socket.
//! - May use: no other room.

mod descriptor;
mod digest;
mod error;
mod manifest;
mod media_type;
mod name;
mod reference;
#[cfg(test)]
mod tests;

pub use descriptor::{Descriptor, Platform};
pub use digest::{Algorithm, Digest, DigestError, Hasher};
pub use error::{ErrorBody, ErrorCode, ErrorItem};
pub use manifest::{Document, DocumentError, Index, Manifest};
pub use media_type::MediaType;
pub use name::{NameError, NameGrammar, RepositoryName};
pub use reference::{Reference, ReferenceError, Tag, TagError};
