//! Descriptors: how one document refers to another.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::media_type::MediaType;

/// What a manifest or an index says of another piece of content. Unknown fields are let through when read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// The content's type.
    pub media_type: MediaType,
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// Where else it can be fetched; with these it need not be in the registry.
    #[serde(default, deserialize_with = "super::manifest::null_is_empty", skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// Free text by key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
    /// The content itself, in Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// What the content is, where it is an artifact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// What the content runs on, where it is an image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
}

impl Descriptor {
    /// A descriptor of its three required fields.
    #[must_use]
    pub fn new(media_type: MediaType, digest: Digest, size: u64) -> Self {
        Self { media_type, digest, size, urls: Vec::new(), annotations: None, data: None, artifact_type: None, platform: None }
    }

    /// Whether a registry may lack the content: it is a foreign layer, or has other places to be fetched from.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.media_type.is_foreign_layer() || !self.urls.is_empty()
    }
}

/// The machine that an image runs on, in the words of Go's `GOOS` and `GOARCH`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Platform {
    /// Processor.
    pub architecture: String,
    /// Operating system.
    pub os: String,
    /// Its version.
    #[serde(default, rename = "os.version", skip_serializing_if = "Option::is_none")]
    pub os_version: Option<String>,
    /// What it must offer.
    #[serde(default, rename = "os.features", deserialize_with = "super::manifest::null_is_empty", skip_serializing_if = "Vec::is_empty")]
    pub os_features: Vec<String>,
    /// The processor's variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}
