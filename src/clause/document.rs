//! The documents that clauses are taken from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A document, in one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Document {
    /// OCI distribution specification 1.0.
    #[serde(rename = "oci-1.0")]
    Oci10,
    /// OCI distribution specification 1.1.
    #[serde(rename = "oci-1.1")]
    Oci11,
    /// OCI distribution specification, main branch.
    #[serde(rename = "oci-main")]
    OciMain,
    /// Docker's API.
    #[serde(rename = "docker-v2")]
    DockerV2,
    /// Docker's documents on tokens, `OAuth2` among them.
    #[serde(rename = "docker-token")]
    DockerToken,
    /// OCI image specification.
    #[serde(rename = "oci-image")]
    OciImage,
    /// HTTP's semantics.
    #[serde(rename = "rfc-9110")]
    Rfc9110,
    /// HTTP/1.1's messages and connections.
    #[serde(rename = "rfc-9112")]
    Rfc9112,
    /// What GitHub said of its package registry.
    #[serde(rename = "github-packages")]
    GithubPackages,
}

impl Document {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Oci10,
        Self::Oci11,
        Self::OciMain,
        Self::DockerV2,
        Self::DockerToken,
        Self::OciImage,
        Self::Rfc9110,
        Self::Rfc9112,
        Self::GithubPackages,
    ];

    /// As files name it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Oci10 => "oci-1.0",
            Self::Oci11 => "oci-1.1",
            Self::OciMain => "oci-main",
            Self::DockerV2 => "docker-v2",
            Self::DockerToken => "docker-token",
            Self::OciImage => "oci-image",
            Self::Rfc9110 => "rfc-9110",
            Self::Rfc9112 => "rfc-9112",
            Self::GithubPackages => "github-packages",
        }
    }

    /// As reports name it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Oci10 => "OCI distribution 1.0",
            Self::Oci11 => "OCI distribution 1.1",
            Self::OciMain => "OCI distribution main (July 2026)",
            Self::DockerV2 => "Docker Registry HTTP API V2",
            Self::DockerToken => "Docker token authentication",
            Self::OciImage => "OCI image format",
            Self::Rfc9110 => "RFC 9110",
            Self::Rfc9112 => "RFC 9112",
            Self::GithubPackages => "GitHub Packages for Docker (2019)",
        }
    }
}

impl std::fmt::Display for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_document_is_read_by_the_name_it_is_written_by() {
        for document in Document::ALL {
            assert_eq!(serde_json::to_value(document).unwrap(), document.id());
            assert_eq!(serde_json::from_value::<Document>(document.id().into()).unwrap(), document);
        }
    }
}
