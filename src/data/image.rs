//! Blobs, images and indexes with all that is known of them.

use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;

use super::stream::{Flowing, Source, Stem};

/// Content with its digest.
#[derive(Clone, Debug)]
pub struct Blob {
    /// `sha256:…`
    pub digest: Box<str>,
    /// The hash itself.
    pub sha256: [u8; 32],
    /// Bytes.
    pub size: u64,
    /// Its media type.
    pub media_type: &'static str,
    /// Its place among the blobs that were prepared; none for what a push made on the way.
    pub ordinal: Option<u32>,
    pub(super) content: Content,
}

/// Where the bytes are.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Made { stem: Arc<Stem>, number: u64 },
    Whole(Bytes),
}

impl Blob {
    pub(super) fn made(source: &Source, stem: &Arc<Stem>, number: u64, media_type: &'static str) -> Self {
        let sha256 = stem.digest(source, number);
        let content = Content::Made { stem: Arc::clone(stem), number };
        Self { digest: named(&sha256), sha256, size: stem.size(), media_type, ordinal: None, content }
    }

    pub(super) fn whole(bytes: Bytes, media_type: &'static str) -> Self {
        use sha2::Digest as _;
        let sha256: [u8; 32] = sha2::Sha256::digest(&bytes).into();
        Self { digest: named(&sha256), sha256, size: bytes.len() as u64, media_type, ordinal: None, content: Content::Whole(bytes) }
    }

    pub(super) fn with_ordinal(self, ordinal: u32) -> Self {
        Self { ordinal: Some(ordinal), ..self }
    }

    /// Its bytes, where they stand in memory: configs, manifests and indexes.
    #[must_use]
    pub fn bytes(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Whole(bytes) => Some(bytes),
            Content::Made { .. } => None,
        }
    }

    /// Its bytes, made on the way; none where they stand in memory.
    #[must_use]
    pub fn flow(&self, source: &Arc<Source>) -> Option<Flowing> {
        match &self.content {
            Content::Made { stem, number } => Some(stem.flow(source, *number)),
            Content::Whole(_) => None,
        }
    }

    /// The hash in hexadecimal digits.
    #[must_use]
    pub fn hex(&self) -> &str {
        self.digest.split_once(':').map_or("", |(_, hex)| hex)
    }
}

/// `sha256:…`
fn named(sha256: &[u8; 32]) -> Box<str> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(71);
    text.push_str("sha256:");
    for byte in sha256 {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text.into_boxed_str()
}

/// An image.
#[derive(Clone, Debug)]
pub struct Image {
    /// Its manifest.
    pub manifest: Arc<Blob>,
    /// Its config.
    pub config: Arc<Blob>,
    /// Its layers, the lowest first.
    pub layers: Vec<Arc<Blob>>,
    /// How many of them, from below, come from a base image.
    pub shared: usize,
    /// The tag under which it is kept.
    pub tag: Box<str>,
}

impl Image {
    /// All bytes that a pull of it brings.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.manifest.size + self.config.size + self.layers.iter().map(|layer| layer.size).sum::<u64>()
    }
}

/// A multi-platform index.
#[derive(Clone, Debug)]
pub struct Index {
    /// The index itself.
    pub manifest: Arc<Blob>,
    /// Its images.
    pub images: Vec<Arc<Image>>,
    /// The tag under which it is kept.
    pub tag: Box<str>,
}

/// A descriptor, as JSON.
pub(super) fn descriptor(blob: &Blob, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, r#"{{"mediaType":"{}","digest":"{}","size":{}}}"#, blob.media_type, blob.digest, blob.size);
}
