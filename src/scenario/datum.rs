//! Named content of a scenario, as written: what it is made of, not its bytes.

use std::fmt;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::value::Size;
use crate::oci::Algorithm;
use crate::text::{At, JsonTemplate, Template, mistake};

/// One named content.
#[derive(Clone, Debug)]
pub struct Datum {
    /// What it is.
    pub content: Content,
    /// What it is addressed by.
    pub algorithm: Algorithm,
    /// Its media type, where that is not the one its kind has.
    pub media_type: Option<Template>,
}

/// What a datum is made of. Other data are named by their names in the scenario.
#[derive(Clone, Debug)]
pub enum Content {
    /// That many incompressible bytes.
    Blob(Size),
    /// Text.
    Text(Template),
    /// JSON, written compactly.
    Json(JsonTemplate),
    /// An image manifest.
    Manifest(Box<Manifest>),
    /// An image index, or manifest list.
    Index(Box<Index>),
    /// An image as `docker build` makes it; the datum is its manifest, `NAME.config`, `NAME.layer1` … are its parts.
    Image(Box<Image>),
}

/// A family of media types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// `application/vnd.oci.…`
    Oci,
    /// `application/vnd.docker.…`
    Docker,
}

/// What an image manifest refers to.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The config's datum; left out: the empty JSON config.
    pub config: Option<At<String>>,
    /// The layers' data, in order.
    #[serde(default)]
    pub layers: Vec<At<String>>,
    /// Sets all media types that are not written.
    pub flavour: Option<Flavour>,
    /// The datum of the manifest that it refers to.
    pub subject: Option<At<String>>,
    /// The field `artifactType`.
    pub artifact_type: Option<Template>,
    /// The annotations; none: no such field.
    #[serde(default)]
    pub annotations: IndexMap<String, Template>,
    /// `false` leaves the field `mediaType` out.
    #[serde(default = "yes")]
    pub media_type: bool,
    /// The config descriptor's media type.
    pub config_type: Option<Template>,
    /// The layer descriptors' media type.
    pub layer_type: Option<Template>,
    /// Fills the manifest up to exactly this size with an annotation.
    pub pad: Option<At<Size>>,
}

/// What an index refers to.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// The manifests' data, in order; each has a platform of its own.
    #[serde(default)]
    pub manifests: Vec<At<String>>,
    /// `docker` makes a manifest list.
    pub flavour: Option<Flavour>,
    /// The datum of the manifest that it refers to.
    pub subject: Option<At<String>>,
    /// The field `artifactType`.
    pub artifact_type: Option<Template>,
    /// The annotations; none: no such field.
    #[serde(default)]
    pub annotations: IndexMap<String, Template>,
}

/// What an image is made of.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// How many layers of its own it has.
    #[serde(default)]
    pub layers: Option<At<u32>>,
    /// Sets all media types.
    pub flavour: Option<Flavour>,
    /// Another image, whose layers come first.
    pub shares: Option<At<String>>,
    /// The field `artifactType`.
    pub artifact_type: Option<Template>,
    /// The datum of the manifest that it refers to.
    pub subject: Option<At<String>>,
    /// The annotations; none: no such field.
    #[serde(default)]
    pub annotations: IndexMap<String, Template>,
}

impl Image {
    /// How many layers it has of its own: one by default.
    #[must_use]
    pub fn own_layers(&self) -> u32 {
        self.layers.map_or(1, |layers| layers.value)
    }
}

/// How many layers an image may have.
pub(super) const MOST_LAYERS: u32 = 1000;

fn yes() -> bool {
    true
}

impl Datum {
    /// The empty blob.
    #[must_use]
    pub fn nothing() -> Self {
        Self { content: Content::Blob(Size(0)), algorithm: Algorithm::Sha256, media_type: None }
    }

    /// The data that it is made of or refers to.
    #[must_use]
    pub fn refers_to(&self) -> Vec<&At<String>> {
        match &self.content {
            Content::Blob(_) | Content::Text(_) | Content::Json(_) => Vec::new(),
            Content::Manifest(m) => m.config.iter().chain(&m.layers).chain(&m.subject).collect(),
            Content::Index(i) => i.manifests.iter().chain(&i.subject).collect(),
            Content::Image(i) => i.shares.iter().chain(&i.subject).collect(),
        }
    }

    /// The texts with variables in it.
    #[must_use]
    pub fn templates(&self) -> Vec<Template> {
        let mut all: Vec<Template> = self.media_type.iter().cloned().collect();
        match &self.content {
            Content::Blob(_) => {}
            Content::Text(text) => all.push(text.clone()),
            Content::Json(json) => all.extend(json.templates()),
            Content::Manifest(m) => {
                all.extend(m.artifact_type.iter().chain(&m.config_type).chain(&m.layer_type).chain(m.annotations.values()).cloned());
            }
            Content::Index(i) => all.extend(i.artifact_type.iter().chain(i.annotations.values()).cloned()),
            Content::Image(i) => all.extend(i.artifact_type.iter().chain(i.annotations.values()).cloned()),
        }
        all
    }
}

/// A named list of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List(pub Vec<String>);

/// A list, as serde reads it: a range is not yet written out.
#[derive(Clone, Debug)]
pub(super) enum ListFile {
    Texts(Vec<String>),
    Range(Numbered),
}

/// Numbered texts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Numbered {
    /// First and last number.
    range: (u32, u32),
    /// What stands before the number.
    #[serde(default)]
    prefix: String,
    /// How many digits it has at least.
    #[serde(default)]
    width: u8,
}

impl ListFile {
    /// How many texts it has.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.len(),
            Self::Range(Numbered { range: (from, to), .. }) => (to.saturating_sub(*from) as usize).saturating_add(1),
        }
    }

    /// The list, written out.
    pub(super) fn list(self) -> List {
        match self {
            Self::Texts(texts) => List(texts),
            Self::Range(Numbered { range: (from, to), prefix, width }) => {
                List((from..=to).map(|n| format!("{prefix}{n:0width$}", width = usize::from(width))).collect())
            }
        }
    }
}

impl<'de> Deserialize<'de> for ListFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = ListFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of texts, or `{ range: [1, 100], prefix: t, width: 3 }`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<ListFile, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            list.push(entry);
        }
        Ok(ListFile::Texts(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ListFile, A::Error> {
        let numbered = Numbered::deserialize(de::value::MapAccessDeserializer::new(map))?;
        let (from, to) = numbered.range;
        if from > to {
            let help = Some("the smaller number comes first");
            return Err(mistake(format_args!("the range [{from}, {to}] runs backwards"), "", help));
        }
        Ok(ListFile::Range(numbered))
    }
}

impl JsonSchema for ListFile {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "List".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let range = generator.subschema_for::<Numbered>();
        json_schema!({"description": "Texts, or a range of numbered ones.", "anyOf": [{"type": "array", "items": {"type": ["string", "number"]}}, range]})
    }
}
