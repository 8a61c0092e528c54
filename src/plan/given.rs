//! Images that the user has named, as the target serves them.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::scenario::Item;
use crate::text::{At, Place};

/// An image that was named and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenImage {
    /// Its repository.
    pub repo: String,
    /// The tag or digest that it was named by.
    pub reference: String,
    /// Of an index, the platform whose image is judged.
    pub platform: Option<String>,
    /// The digest of its manifest; of an index, that of one platform's image.
    pub manifest: String,
    /// The manifest's size in bytes.
    pub size: u64,
    /// What it is made of.
    pub blobs: Vec<GivenBlob>,
}

/// A config or a layer of an image that was named; or, of an index, an image that is not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenBlob {
    /// Its digest.
    pub digest: String,
    /// Its size in bytes.
    pub size: u64,
    /// What the digest does not tell: the platform.
    pub remark: Option<String>,
    /// Why it is not pulled, where it is not.
    pub left_out: Option<String>,
}

/// The items that a list of that name stands for; `None` where it is no such list.
pub(super) fn items(images: &[GivenImage], list: &str) -> Option<Vec<Item>> {
    let by_digest = |image: &&GivenImage| image.reference.contains(':');
    Some(match list {
        "given-images" => images.iter().map(image).collect(),
        "given-tags" => images.iter().filter(|image| !by_digest(image)).map(|image| reference(image, "tag")).collect(),
        "given-digests" => images.iter().filter(by_digest).map(|image| reference(image, "digest")).collect(),
        "given-blobs" => blobs(images, |_| true),
        "given-parts" => blobs(images, |blob| blob.size > 0),
        _ => return None,
    })
}

/// Each blob of each repository once.
fn blobs(images: &[GivenImage], wanted: impl Fn(&GivenBlob) -> bool) -> Vec<Item> {
    let mut seen = HashSet::new();
    let all = images.iter().flat_map(|image| image.blobs.iter().map(|blob| (image.repo.as_str(), blob)));
    let first = all.filter(|(repo, blob)| wanted(blob) && seen.insert((*repo, blob.digest.as_str(), blob.size)));
    first.map(|(repo, blob)| self::blob(repo, blob)).collect()
}

/// Why nothing is asked for the item of that label.
pub(super) fn left_out(images: &[GivenImage], label: &str) -> Option<String> {
    let mut blobs = images.iter().flat_map(|image| image.blobs.iter().map(|blob| (&image.repo, blob)));
    blobs.find(|(repo, blob)| blob.label(repo) == label).and_then(|(_, blob)| blob.left_out.clone())
}

/// As `--image` takes it: `team/app:v1`, `team/app@sha256:…`.
#[must_use]
pub fn image_name(repo: &str, reference: &str) -> String {
    let joint = if reference.contains(':') { '@' } else { ':' };
    format!("{repo}{joint}{reference}")
}

impl GivenImage {
    fn label(&self) -> String {
        remarked(&image_name(&self.repo, &self.reference), self.platform.as_deref())
    }
}

impl GivenBlob {
    fn label(&self, repo: &str) -> String {
        remarked(&image_name(repo, &self.digest), self.remark.as_deref())
    }
}

fn remarked(name: &str, remark: Option<&str>) -> String {
    remark.map_or_else(|| name.to_owned(), |remark| format!("{name} ({remark})"))
}

fn image(image: &GivenImage) -> Item {
    let GivenImage { repo, reference, manifest, size, .. } = image;
    map(&[("as", &image.label()), ("repo", repo), ("reference", reference), ("manifest", manifest), ("size", &size.to_string())])
}

/// The image by what it was named by.
fn reference(image: &GivenImage, key: &str) -> Item {
    map(&[("as", &image_name(&image.repo, &image.reference)), ("repo", &image.repo), (key, &image.reference)])
}

fn blob(repo: &str, blob: &GivenBlob) -> Item {
    map(&[("as", &blob.label(repo)), ("repo", repo), ("digest", &blob.digest), ("size", &blob.size.to_string())])
}

fn map(fields: &[(&str, &str)]) -> Item {
    let fields = fields.iter().map(|(key, value)| (At::new((*key).to_owned(), Place::default()), (*value).to_owned()));
    Item::Map(fields.collect::<IndexMap<_, _>>())
}
