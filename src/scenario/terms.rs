//! The clauses and capabilities that scenarios may speak of.

use std::collections::BTreeMap;

/// What a scenario is held against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Clause ids; with the reason, where no client can see whether one is kept.
    pub clauses: BTreeMap<String, Option<String>>,
    /// Names of capabilities; with the id of the probe that decides each, where one does.
    pub capabilities: BTreeMap<String, Option<String>>,
}

impl Terms {
    /// The ids of all clauses.
    pub(super) fn clause_ids(&self) -> impl Iterator<Item = &str> {
        self.clauses.keys().map(String::as_str)
    }

    /// The names of all capabilities.
    pub(super) fn capability_names(&self) -> impl Iterator<Item = &str> {
        self.capabilities.keys().map(String::as_str)
    }
}
