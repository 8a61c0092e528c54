//! What a datum is made of, by names alone: what must be pushed before it.

use crate::scenario::{Content, Data, Datum, Image};

/// Whether a part goes to `/blobs/` or to `/manifests/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A blob of this name.
    Blob(String),
    /// A manifest or an index of this name.
    Manifest(String),
}

/// `img.layer1` → (`img`, `layer1`).
pub(super) fn datum_and_part(name: &str) -> (&str, Option<&str>) {
    name.split_once('.').map_or((name, None), |(name, part)| (name, Some(part)))
}

/// The datum of this name (not of a part).
pub(super) fn datum<'a>(data: &'a Data, name: &str) -> Option<&'a Datum> {
    data.iter().find(|(key, _)| key.as_str() == name).map(|(_, datum)| datum)
}

/// How many layers an image has beside those it shares.
pub(super) fn own_layers(image: &Image) -> usize {
    let default = u32::from(image.shares.is_none());
    image.layers.as_ref().map_or(default, |layers| layers.value) as usize
}

fn all_layers(data: &Data, image: &Image) -> usize {
    let shared = image.shares.as_ref().and_then(|other| datum(data, other.as_str()));
    let shared = match shared.map(|datum| &datum.content) {
        Some(Content::Image(other)) => all_layers(data, other),
        _ => 0,
    };
    shared + own_layers(image)
}

/// Everything that pushing a datum sends, what is referred to before what refers, the datum itself last; each once. A subject is not part of it.
pub(super) fn parts(data: &Data, name: &str) -> Vec<Part> {
    let mut out = Vec::new();
    collect(data, name, &mut out);
    out
}

fn collect(data: &Data, name: &str, out: &mut Vec<Part>) {
    let mut push = |part: Part| {
        if !out.contains(&part) {
            out.push(part);
        }
    };
    let blob = |name: &str| Part::Blob(name.to_owned());
    let (base, part) = datum_and_part(name);
    let Some(datum) = datum(data, base) else { return };
    if part.is_some() {
        return push(blob(name));
    }
    match &datum.content {
        Content::Blob(_) | Content::Text(_) | Content::Json(_) => return push(blob(name)),
        Content::Manifest(manifest) => {
            let config = manifest.config.as_ref().map_or_else(|| format!("{name}.config"), |config| config.as_str().to_owned());
            push(Part::Blob(config));
            manifest.layers.iter().for_each(|layer| push(blob(layer.as_str())));
        }
        Content::Image(image) => {
            push(Part::Blob(format!("{name}.config")));
            (1..=all_layers(data, image)).for_each(|n| push(Part::Blob(format!("{name}.layer{n}"))));
        }
        Content::Index(index) => index.manifests.iter().for_each(|child| collect(data, child.as_str(), out)),
    }
    let whole = Part::Manifest(name.to_owned());
    if !out.contains(&whole) {
        out.push(whole);
    }
}
