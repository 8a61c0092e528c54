//! The bytes of manifests and indexes (image-spec manifest.md and image-index.md; Docker's manifest v2 schema 2).

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::judge::Content;
use crate::oci::MediaType;
use crate::scenario::Flavour;

/// The media types of one family.
pub(super) struct Types {
    pub(super) manifest: String,
    pub(super) index: String,
    pub(super) config: String,
    pub(super) layer: String,
}

pub(super) fn types(flavour: Flavour) -> Types {
    let (manifest, index, config, layer) = match flavour {
        Flavour::Oci => (MediaType::OCI_MANIFEST, MediaType::OCI_INDEX, MediaType::OCI_CONFIG, MediaType::OCI_LAYER_GZIP),
        Flavour::Docker => (MediaType::DOCKER_MANIFEST, MediaType::DOCKER_LIST, MediaType::DOCKER_CONFIG, MediaType::DOCKER_LAYER_GZIP),
    };
    Types { manifest: manifest.to_string(), index: index.to_string(), config: config.to_string(), layer: layer.to_string() }
}

/// What a document says of another.
#[derive(Clone, Debug)]
pub(super) struct Child {
    media_type: String,
    digest: String,
    size: usize,
}

impl Child {
    pub(super) fn of(content: &Content) -> Self {
        Self { media_type: content.media_type.clone(), digest: content.digest.to_string(), size: content.bytes.len() }
    }

    pub(super) fn typed(self, media_type: &str) -> Self {
        Self { media_type: media_type.to_owned(), ..self }
    }

    fn descriptor(&self) -> Value {
        json!({"mediaType": self.media_type, "digest": self.digest, "size": self.size})
    }
}

/// What manifests and indexes have alike.
pub(super) struct Extras {
    pub(super) subject: Option<Child>,
    pub(super) artifact_type: Option<String>,
    pub(super) annotations: Vec<(String, String)>,
}

/// A document's text, past the formatter that `to_string` goes through.
fn written(document: Map<String, Value>) -> String {
    let document = Value::Object(document);
    serde_json::to_string(&document).unwrap_or_else(|_| document.to_string())
}

/// The annotation that makes a manifest as long as it is to be, and how it is written while it is empty. Within a text its quotes would
/// be escaped, so it stands nowhere else.
const PAD: &str = "plimsoll.pad";
const EMPTY_PAD: &str = "\"plimsoll.pad\":\"\"";

fn finish(mut document: Map<String, Value>, extras: &Extras, pad: bool) -> Map<String, Value> {
    if let Some(subject) = &extras.subject {
        document.insert("subject".into(), subject.descriptor());
    }
    let pad = pad.then(|| (PAD.to_owned(), String::new()));
    let annotations: Map<String, Value> = extras.annotations.iter().cloned().chain(pad).map(|(k, v)| (k, v.into())).collect();
    if !annotations.is_empty() {
        document.insert("annotations".into(), annotations.into());
    }
    document
}

fn head(media_type: Option<&str>, extras: &Extras) -> Map<String, Value> {
    let mut document = Map::new();
    document.insert("schemaVersion".into(), 2.into());
    if let Some(media_type) = media_type {
        document.insert("mediaType".into(), media_type.into());
    }
    if let Some(artifact_type) = &extras.artifact_type {
        document.insert("artifactType".into(), artifact_type.clone().into());
    }
    document
}

/// An image manifest, padded to exactly `pad` bytes where that is asked for.
pub(super) fn manifest(
    media_type: Option<&str>,
    config: &Child,
    layers: &[Child],
    extras: &Extras,
    pad: Option<usize>,
) -> Result<Bytes, String> {
    let mut document = head(media_type, extras);
    document.insert("config".into(), config.descriptor());
    document.insert("layers".into(), layers.iter().map(Child::descriptor).collect::<Vec<_>>().into());
    let bare = written(finish(document, extras, pad.is_some()));
    match pad {
        Some(size) => padded(&bare, size),
        None => Ok(bare.into()),
    }
}

/// A manifest grown to `size` bytes in the place of its empty pad: megabytes of it are written once, and no document holds them.
fn padded(bare: &str, size: usize) -> Result<Bytes, String> {
    let missing = size.checked_sub(bare.len());
    let missing = missing.ok_or_else(|| format!("a manifest of these parts has {} bytes, more than its pad of {size}", bare.len()))?;
    let (before, after) = bare.split_once(EMPTY_PAD).ok_or("a manifest to be padded has no pad")?;
    let mut out = Vec::with_capacity(size);
    out.extend_from_slice(before.as_bytes());
    out.extend_from_slice(&EMPTY_PAD.as_bytes()[..EMPTY_PAD.len() - 1]);
    out.resize(out.len() + missing, b'p');
    out.push(b'"');
    out.extend_from_slice(after.as_bytes());
    Ok(out.into())
}

/// The platforms of an index's children: distinct, and those that real images have.
const PLATFORMS: [(&str, &str); 8] = [
    ("linux", "amd64"),
    ("linux", "arm64"),
    ("linux", "s390x"),
    ("linux", "ppc64le"),
    ("linux", "riscv64"),
    ("linux", "386"),
    ("windows", "amd64"),
    ("darwin", "arm64"),
];

/// An index, or a manifest list.
pub(super) fn index(media_type: &str, children: &[Child], extras: &Extras) -> Bytes {
    let mut document = head(Some(media_type), extras);
    let manifests = children.iter().enumerate().map(|(n, child)| {
        let (os, architecture) = PLATFORMS[n % PLATFORMS.len()];
        let mut descriptor = child.descriptor();
        descriptor["platform"] = json!({"os": os, "architecture": architecture});
        descriptor
    });
    document.insert("manifests".into(), manifests.collect::<Vec<_>>().into());
    written(finish(document, extras, false)).into()
}
