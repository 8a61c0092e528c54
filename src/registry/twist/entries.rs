//! All entries.

use super::change::{Fault, Variant};
use super::{
    auth, blob, chunk, codes, condition, delete, http, kept, lawful, list, manifest, mounts, moves, naming, offer, packages, pull,
    referrer, session, tag, token, upload,
};

/// Every fault, by area.
#[must_use]
pub fn faults() -> Vec<Fault> {
    [
        http::FAULTS,
        codes::FAULTS,
        naming::FAULTS,
        auth::FAULTS,
        token::FAULTS,
        blob::FAULTS,
        condition::FAULTS,
        upload::FAULTS,
        mounts::FAULTS,
        chunk::FAULTS,
        session::FAULTS,
        manifest::FAULTS,
        kept::FAULTS,
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
