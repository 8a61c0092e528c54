//! All entries.

use super::change::{Fault, Variant};
use super::{auth, blob, delete, http, lawful, list, manifest, naming, referrer, tag, upload};

/// Every fault, by area.
#[must_use]
pub fn faults() -> Vec<Fault> {
    [
        http::FAULTS,
        naming::FAULTS,
        auth::FAULTS,
        blob::FAULTS,
        upload::FAULTS,
        manifest::FAULTS,
        tag::FAULTS,
        list::FAULTS,
        referrer::FAULTS,
        delete::FAULTS,
    ]
    .concat()
}

/// Every variant, by the number of its freedom.
#[must_use]
pub fn variants() -> Vec<Variant> {
    lawful::all()
}
