//! Everything that a set of files says: the catalogue and the scenarios.

use crate::clause::Catalogue;
use crate::scenario::{Suite, Terms};
use crate::text::{Diagnostics, Files};

/// The catalogue and the scenarios of one set of files.
#[derive(Clone, Debug)]
pub struct Library {
    /// Clauses, capabilities, profiles.
    pub catalogue: Catalogue,
    /// Scenarios, probes, statements for every exchange.
    pub suite: Suite,
    /// Hash of all files: equal sets have equal hashes.
    pub hash: String,
}

impl Library {
    /// Reads a set of files.
    ///
    /// # Errors
    /// Every mistake in it, with its place.
    pub fn read(files: &Files) -> Result<Self, Diagnostics> {
        let catalogue = Catalogue::read(files)?;
        let suite = Suite::read(files, &terms(&catalogue))?;
        Ok(Self { catalogue, suite, hash: files.hash() })
    }
}

/// What scenarios may speak of.
#[must_use]
pub fn terms(catalogue: &Catalogue) -> Terms {
    Terms {
        clauses: catalogue.clauses.values().map(|clause| (clause.id.to_string(), clause.unobservable.clone())).collect(),
        capabilities: catalogue
            .capabilities
            .values()
            .map(|capability| (capability.id.clone(), capability.probe.as_ref().map(|probe| probe.value.clone())))
            .collect(),
    }
}
