//! Manifests and indexes, read only as far as their references go.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::descriptor::Descriptor;
use super::media_type::MediaType;

/// An image manifest, OCI's or Docker's version 2 schema 2. Unknown fields are let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Always 2.
    pub schema_version: u32,
    /// The document's own type; optional in OCI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<MediaType>,
    /// What the artifact is, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// The config blob.
    pub config: Descriptor,
    /// The layers, base first.
    #[serde(deserialize_with = "null_is_empty")]
    pub layers: Vec<Descriptor>,
    /// The manifest that this one refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    /// Free text by key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
}

/// An image index or a Docker manifest list. Unknown fields are let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Always 2.
    pub schema_version: u32,
    /// The document's own type; optional in OCI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<MediaType>,
    /// What the artifact is, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// The children.
    #[serde(deserialize_with = "null_is_empty")]
    pub manifests: Vec<Descriptor>,
    /// The manifest that this one refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    /// Free text by key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
}

/// Go writes an empty list as `null`.
pub(super) fn null_is_empty<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Either of the documents that a registry keeps as manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// One image or artifact.
    Manifest(Box<Manifest>),
    /// A list of manifests.
    Index(Box<Index>),
}

/// Why bytes are no document of their type.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Neither a manifest's type nor an index's.
    #[error("`{0}` is no type of a manifest or an index")]
    UnknownType(MediaType),
    /// Not JSON, or not of that shape.
    #[error("it does not read as {media_type}: {source}")]
    Shape {
        /// The type it was read as.
        media_type: MediaType,
        /// What JSON's reader says.
        source: serde_json::Error,
    },
    /// Not 2.
    #[error("its schemaVersion is {0}, not 2")]
    SchemaVersion(u32),
    /// The type inside and the type outside differ.
    #[error("it says that it is {inside}, but came as {outside}")]
    OtherType {
        /// The `mediaType` field.
        inside: MediaType,
        /// The type it came under.
        outside: MediaType,
    },
    /// It has both a manifest's and an index's references, so that two readers would see two documents.
    #[error("it has the fields of a manifest and of an index at once")]
    Ambiguous,
}

/// Only tells whether a field is there.
#[derive(Deserialize)]
struct Shape {
    layers: Option<serde::de::IgnoredAny>,
    config: Option<serde::de::IgnoredAny>,
    manifests: Option<serde::de::IgnoredAny>,
}

impl Document {
    /// Reads `bytes` as the document that `media_type` names.
    ///
    /// # Errors
    /// Where the type is unknown, or the bytes are something else.
    pub fn read(media_type: &MediaType, bytes: &[u8]) -> Result<Self, DocumentError> {
        let shape = |source| DocumentError::Shape { media_type: media_type.clone(), source };
        let document = if media_type.is_manifest() {
            Self::Manifest(serde_json::from_slice(bytes).map_err(shape)?)
        } else if media_type.is_index() {
            Self::Index(serde_json::from_slice(bytes).map_err(shape)?)
        } else {
            return Err(DocumentError::UnknownType(media_type.clone()));
        };
        document.agrees_with(media_type)?;
        document.is_one_thing(&serde_json::from_slice(bytes).map_err(shape)?)?;
        Ok(document)
    }

    fn agrees_with(&self, outside: &MediaType) -> Result<(), DocumentError> {
        if self.schema_version() != 2 {
            return Err(DocumentError::SchemaVersion(self.schema_version()));
        }
        match self.media_type() {
            Some(inside) if inside != outside => Err(DocumentError::OtherType { inside: inside.clone(), outside: outside.clone() }),
            _ => Ok(()),
        }
    }

    fn is_one_thing(&self, shape: &Shape) -> Result<(), DocumentError> {
        let other = match self {
            Self::Manifest(_) => shape.manifests.is_some(),
            Self::Index(_) => shape.layers.is_some() || shape.config.is_some(),
        };
        if other { Err(DocumentError::Ambiguous) } else { Ok(()) }
    }

    /// The `schemaVersion` field.
    #[must_use]
    pub fn schema_version(&self) -> u32 {
        match self {
            Self::Manifest(manifest) => manifest.schema_version,
            Self::Index(index) => index.schema_version,
        }
    }

    /// The `mediaType` field.
    #[must_use]
    pub fn media_type(&self) -> Option<&MediaType> {
        match self {
            Self::Manifest(manifest) => manifest.media_type.as_ref(),
            Self::Index(index) => index.media_type.as_ref(),
        }
    }

    /// What this is attached to.
    #[must_use]
    pub fn subject(&self) -> Option<&Descriptor> {
        match self {
            Self::Manifest(manifest) => manifest.subject.as_ref(),
            Self::Index(index) => index.subject.as_ref(),
        }
    }

    /// The `annotations` field.
    #[must_use]
    pub fn annotations(&self) -> Option<&BTreeMap<String, String>> {
        match self {
            Self::Manifest(manifest) => manifest.annotations.as_ref(),
            Self::Index(index) => index.annotations.as_ref(),
        }
    }

    /// What a referrers list says of this document: its `artifactType`, or for a manifest without one its config's type.
    #[must_use]
    pub fn artifact_type(&self) -> Option<&str> {
        let (field, config) = match self {
            Self::Manifest(manifest) => (&manifest.artifact_type, Some(manifest.config.media_type.as_str())),
            Self::Index(index) => (&index.artifact_type, None),
        };
        field.as_deref().filter(|text| !text.is_empty()).or(config)
    }

    /// The blobs it needs: config first, then layers. Empty for an index.
    #[must_use]
    pub fn blobs(&self) -> Vec<&Descriptor> {
        match self {
            Self::Manifest(manifest) => std::iter::once(&manifest.config).chain(&manifest.layers).collect(),
            Self::Index(_) => Vec::new(),
        }
    }

    /// The children of an index. Empty for a manifest.
    #[must_use]
    pub fn children(&self) -> &[Descriptor] {
        match self {
            Self::Manifest(_) => &[],
            Self::Index(index) => &index.manifests,
        }
    }
}
