//! Repository names by the grammars of the distribution specification.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which version's grammar a name is held to. Every name of [`NameGrammar::V1_0`] is one of [`NameGrammar::V1_1`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum NameGrammar {
    /// OCI distribution 1.0 and Docker's API: a single `.`, `_` or `-` between letters and digits.
    #[serde(rename = "1.0")]
    V1_0,
    /// OCI distribution 1.1 and later: `__` and any run of `-` too.
    #[serde(rename = "1.1")]
    V1_1,
}

impl NameGrammar {
    /// Whether `name` matches. No grammar has a rule on length.
    #[must_use]
    pub fn matches(self, name: &str) -> bool {
        name.split('/').all(|component| self.component(component))
    }

    fn component(self, text: &str) -> bool {
        let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        text.starts_with(word) && text.ends_with(word) && text.split(word).all(|run| run.is_empty() || self.separator(run))
    }

    fn separator(self, run: &str) -> bool {
        let later = self == Self::V1_1 && (run == "__" || run.bytes().all(|b| b == b'-'));
        matches!(run, "." | "_" | "-") || later
    }
}

/// Why a text is no repository name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no repository name: components of a-z and 0-9, with separators between them, joined by `/`")]
pub struct NameError {
    /// The text.
    pub name: String,
}

/// The name of a repository, as it stands between `/v2/` and `/manifests/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct RepositoryName(String);

impl RepositoryName {
    /// Reads a name by one version's grammar.
    ///
    /// # Errors
    /// Where `name` does not match it.
    pub fn parse(name: &str, grammar: NameGrammar) -> Result<Self, NameError> {
        if grammar.matches(name) { Ok(Self(name.to_owned())) } else { Err(NameError { name: name.to_owned() }) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parts between slashes; at least one.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

impl FromStr for RepositoryName {
    type Err = NameError;

    /// Reads by the widest grammar, [`NameGrammar::V1_1`].
    fn from_str(name: &str) -> Result<Self, NameError> {
        Self::parse(name, NameGrammar::V1_1)
    }
}

impl TryFrom<String> for RepositoryName {
    type Error = NameError;

    fn try_from(name: String) -> Result<Self, NameError> {
        name.parse()
    }
}

impl From<RepositoryName> for String {
    fn from(name: RepositoryName) -> Self {
        name.0
    }
}

impl AsRef<str> for RepositoryName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
