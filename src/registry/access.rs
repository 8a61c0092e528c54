//! What a request wants to do.

use crate::oci::RepositoryName;

/// One thing to do, as a scope names it (docker-scope.md).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// To be there: the base endpoint. Any login will do.
    Base,
    /// To list the catalog: `registry:catalog:*`.
    Catalog,
    /// To do something in a repository: `repository:NAME:ACTION`.
    Repository {
        /// Which.
        name: RepositoryName,
        /// What.
        action: Action,
    },
}

/// What is done in a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// Reading.
    Pull,
    /// Writing.
    Push,
    /// Deleting.
    Delete,
}

impl Action {
    /// As a scope has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Delete => "delete",
        }
    }
}
