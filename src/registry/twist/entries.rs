//! All entries.

use super::change::{Fault, Variant};
use super::{
    auth, blob, chunk, delete, http, lawful, list, manifest, mounts, moves, naming, offer, packages, pull, referrer, tag, token, upload,
};

/// Every fault, by area.
#[must_use]
pub fn faults() -> Vec<Fault> {
    [
        http::FAULTS,
        naming::FAULTS,
        auth::FAULTS,
        token::FAULTS,
        blob::FAULTS,
        upload::FAULTS,
        mounts::FAULTS,
        chunk::FAULTS,
        manifest::FAULTS,
        pull::FAULTS,
        tag::FAULTS,
        moves::FAULTS,
        list::FAULTS,
        referrer::FAULTS,
        delete::FAULTS,
        offer::FAULTS,
        packages::FAULTS,
    ]
    .concat()
}

/// Every variant, by the number of its freedom.
#[must_use]
pub fn variants() -> Vec<Variant> {
    lawful::all()
}
