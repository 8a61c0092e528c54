//! Media types of manifests, configs and layers, OCI's and Docker's.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A media type without parameters. Any text can be one; [`MediaType::is_well_formed`] tells whether RFC 6838 agrees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct MediaType(Cow<'static, str>);

impl MediaType {
    /// OCI image manifest.
    pub const OCI_MANIFEST: Self = Self::known("application/vnd.oci.image.manifest.v1+json");
    /// OCI image index.
    pub const OCI_INDEX: Self = Self::known("application/vnd.oci.image.index.v1+json");
    /// OCI image config.
    pub const OCI_CONFIG: Self = Self::known("application/vnd.oci.image.config.v1+json");
    /// OCI layer, plain tar.
    pub const OCI_LAYER: Self = Self::known("application/vnd.oci.image.layer.v1.tar");
    /// OCI layer, gzip.
    pub const OCI_LAYER_GZIP: Self = Self::known("application/vnd.oci.image.layer.v1.tar+gzip");
    /// OCI layer, zstd.
    pub const OCI_LAYER_ZSTD: Self = Self::known("application/vnd.oci.image.layer.v1.tar+zstd");
    /// OCI layer that is fetched from elsewhere, plain tar.
    pub const OCI_FOREIGN_LAYER: Self = Self::known("application/vnd.oci.image.layer.nondistributable.v1.tar");
    /// OCI layer that is fetched from elsewhere, gzip.
    pub const OCI_FOREIGN_LAYER_GZIP: Self = Self::known("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    /// OCI layer that is fetched from elsewhere, zstd.
    pub const OCI_FOREIGN_LAYER_ZSTD: Self = Self::known("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd");
    /// The two-byte blob `{}`.
    pub const OCI_EMPTY: Self = Self::known("application/vnd.oci.empty.v1+json");
    /// Docker image manifest, version 2 schema 2.
    pub const DOCKER_MANIFEST: Self = Self::known("application/vnd.docker.distribution.manifest.v2+json");
    /// Docker manifest list.
    pub const DOCKER_LIST: Self = Self::known("application/vnd.docker.distribution.manifest.list.v2+json");
    /// Docker image config.
    pub const DOCKER_CONFIG: Self = Self::known("application/vnd.docker.container.image.v1+json");
    /// Docker plugin config.
    pub const DOCKER_PLUGIN_CONFIG: Self = Self::known("application/vnd.docker.plugin.v1+json");
    /// Docker layer, gzip.
    pub const DOCKER_LAYER_GZIP: Self = Self::known("application/vnd.docker.image.rootfs.diff.tar.gzip");
    /// Docker layer that is fetched from elsewhere, gzip.
    pub const DOCKER_FOREIGN_LAYER_GZIP: Self = Self::known("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
    /// Docker manifest, schema 1, not signed.
    pub const DOCKER_SCHEMA1: Self = Self::known("application/vnd.docker.distribution.manifest.v1+json");
    /// Docker manifest, schema 1, signed.
    pub const DOCKER_SCHEMA1_SIGNED: Self = Self::known("application/vnd.docker.distribution.manifest.v1+prettyjws");

    const fn known(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The type that a `Content-Type` value or a `mediaType` field names: parameters cut off, lower case.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let essence = value.split(';').next().unwrap_or_default().trim();
        Self(Cow::Owned(essence.to_ascii_lowercase()))
    }

    /// The type.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An image manifest that can be read as [`super::Manifest`]: OCI's, or Docker's version 2 schema 2.
    #[must_use]
    pub fn is_manifest(&self) -> bool {
        [Self::OCI_MANIFEST, Self::DOCKER_MANIFEST].contains(self)
    }

    /// A list of manifests that can be read as [`super::Index`]: OCI's, or Docker's.
    #[must_use]
    pub fn is_index(&self) -> bool {
        [Self::OCI_INDEX, Self::DOCKER_LIST].contains(self)
    }

    /// What Docker's engine writes as a config, what OCI names as one, or the empty blob.
    #[must_use]
    pub fn is_config(&self) -> bool {
        [Self::OCI_CONFIG, Self::DOCKER_CONFIG, Self::DOCKER_PLUGIN_CONFIG, Self::OCI_EMPTY].contains(self)
    }

    /// A layer, foreign ones included.
    #[must_use]
    pub fn is_layer(&self) -> bool {
        let own = [Self::OCI_LAYER, Self::OCI_LAYER_GZIP, Self::OCI_LAYER_ZSTD, Self::DOCKER_LAYER_GZIP];
        own.contains(self) || self.is_foreign_layer()
    }

    /// A layer that need not be in the registry: clients fetch it from its `urls`.
    #[must_use]
    pub fn is_foreign_layer(&self) -> bool {
        let oci = [Self::OCI_FOREIGN_LAYER, Self::OCI_FOREIGN_LAYER_GZIP, Self::OCI_FOREIGN_LAYER_ZSTD];
        oci.contains(self) || *self == Self::DOCKER_FOREIGN_LAYER_GZIP
    }

    /// Whether it keeps the naming rules of RFC 6838, section 4.2: `type/subtype`, each of at most 127 characters.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        self.0.split_once('/').is_some_and(|(top, sub)| restricted_name(top) && restricted_name(sub))
    }
}

fn restricted_name(text: &str) -> bool {
    let later = |b: &u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(b);
    (1..=127).contains(&text.len()) && text.as_bytes()[0].is_ascii_alphanumeric() && text.as_bytes().iter().all(later)
}

impl AsRef<str> for MediaType {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
