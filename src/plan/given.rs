//! Images that the user has named, as the target serves them.

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
    /// The digest of its manifest; of an index, that of one platform's image.
    pub manifest: String,
    /// The manifest's size in bytes.
    pub size: u64,
    /// Digest and size of its config and layers, as far as they are to be pulled.
    pub blobs: Vec<(String, u64)>,
}

/// The items that a list of that name stands for; `None` where it is no such list.
pub(super) fn items(images: &[GivenImage], list: &str) -> Option<Vec<Item>> {
    Some(match list {
        "given-images" => images.iter().map(image).collect(),
        "given-tags" => images.iter().filter(|image| !image.reference.contains(':')).map(tag).collect(),
        "given-blobs" => {
            let mut blobs: Vec<Item> = Vec::new();
            for blob in images.iter().flat_map(|image| image.blobs.iter().map(|blob| self::blob(&image.repo, blob))) {
                if !blobs.contains(&blob) {
                    blobs.push(blob);
                }
            }
            blobs
        }
        _ => return None,
    })
}

fn image(image: &GivenImage) -> Item {
    let GivenImage { repo, reference, manifest, size, .. } = image;
    map(&[("as", &named(image)), ("repo", repo), ("reference", reference), ("manifest", manifest), ("size", &size.to_string())])
}

fn tag(image: &GivenImage) -> Item {
    map(&[("as", &named(image)), ("repo", &image.repo), ("tag", &image.reference)])
}

fn blob(repo: &str, (digest, size): &(String, u64)) -> Item {
    map(&[("as", &format!("{repo}@{digest}")), ("repo", repo), ("digest", digest), ("size", &size.to_string())])
}

/// As the user wrote it.
fn named(image: &GivenImage) -> String {
    let joint = if image.reference.contains(':') { '@' } else { ':' };
    format!("{}{joint}{}", image.repo, image.reference)
}

fn map(fields: &[(&str, &str)]) -> Item {
    let fields = fields.iter().map(|(key, value)| (At::new((*key).to_owned(), Place::default()), (*value).to_owned()));
    Item::Map(fields.collect::<IndexMap<_, _>>())
}
