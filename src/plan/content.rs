//! The bytes of a scenario's data. Content derives from (seed, run, scenario, item, datum), so no two share a blob by accident.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::layer::{self, Layer};
use super::manifest::{self, Child};
use super::parts::{self, datum_and_part};
use crate::judge::Content;
use crate::oci::{Algorithm, Digest, MediaType};
use crate::scenario::{self, Data, Datum, Flavour, Image};
use crate::seed::Seed;
use crate::text::{At, Template};

/// How much an image's layer holds before it is packed, in bytes.
const LAYER_BYTES: usize = 1024;

/// How an item's content is made.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// What there is to make: the scenario's.
    pub data: Arc<Data>,
    /// The item's own seed.
    pub seed: Seed,
    /// What data without a flavour of their own are.
    pub flavour: Flavour,
}

/// An item's content, by the names of its data and of their parts (`img.config`, `img.layer1`).
#[derive(Clone, Debug, Default)]
pub struct Contents {
    made: HashMap<String, Content>,
}

impl Contents {
    /// A datum, or a part of one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Content> {
        self.made.get(name)
    }

    /// `<layer.digest>`, `<img.config.size>`: a field of a datum or of a part.
    #[must_use]
    pub fn variable(&self, path: &[String]) -> Option<String> {
        let (field, name) = path.split_last()?;
        let content = self.made.get(&name.join("."))?;
        Some(match field.as_str() {
            "digest" => content.digest.to_string(),
            "hex" => content.digest.hex(),
            "size" => content.bytes.len().to_string(),
            "last" => content.bytes.len().saturating_sub(1).to_string(),
            "type" => content.media_type.clone(),
            _ => return None,
        })
    }
}

impl Recipe {
    /// Makes all of it.
    ///
    /// # Errors
    /// A variable without a value, a datum that is not there or goes in a circle.
    pub fn contents(&self, variables: &dyn Fn(&str) -> Option<String>) -> Result<Contents, String> {
        let mut maker = Maker { recipe: self, variables, contents: Contents::default(), diff_ids: HashMap::new(), under_way: Vec::new() };
        for name in self.data.keys() {
            maker.make(name.as_str())?;
        }
        Ok(maker.contents)
    }
}

struct Maker<'a> {
    recipe: &'a Recipe,
    variables: &'a dyn Fn(&str) -> Option<String>,
    contents: Contents,
    /// An image's layers, its own and those it shares.
    diff_ids: HashMap<String, Vec<Layer>>,
    under_way: Vec<String>,
}

impl Maker<'_> {
    fn make(&mut self, name: &str) -> Result<(), String> {
        if self.contents.made.contains_key(name) {
            return Ok(());
        }
        if self.under_way.iter().any(|other| other == name) {
            return Err(format!("the datum {name} refers to itself"));
        }
        let datum = parts::datum(&self.recipe.data, name).ok_or_else(|| format!("there is no datum {name}"))?.clone();
        self.under_way.push(name.to_owned());
        for other in datum.refers_to() {
            self.make(datum_and_part(other.as_str()).0)?;
        }
        for template in datum.templates() {
            for path in template.variables().filter(|path| path.len() > 1 && parts::datum(&self.recipe.data, &path[0]).is_some()) {
                self.make(&path[0])?;
            }
        }
        let (bytes, default_type) = self.bytes(name, &datum)?;
        let media_type = datum.media_type.as_ref().map(|written| self.fill(written)).transpose()?;
        self.keep(name, bytes, media_type.unwrap_or(default_type), datum.algorithm);
        self.under_way.pop();
        Ok(())
    }

    fn keep(&mut self, name: &str, bytes: Bytes, media_type: String, algorithm: Algorithm) {
        let digest = Digest::of(algorithm, &bytes);
        self.contents.made.insert(name.to_owned(), Content { bytes, media_type, digest });
    }

    fn fill(&self, template: &Template) -> Result<String, String> {
        template.fill(|path| self.value(path)).map_err(|name| format!("the variable <{name}> has no value"))
    }

    fn value(&self, path: &[String]) -> Option<String> {
        (self.variables)(&path.join(".")).or_else(|| self.contents.variable(path))
    }

    fn flavour(&self, written: Option<Flavour>) -> Flavour {
        written.unwrap_or(self.recipe.flavour)
    }

    /// A datum's bytes and the media type of its kind.
    fn bytes(&mut self, name: &str, datum: &Datum) -> Result<(Bytes, String), String> {
        let octets = || "application/octet-stream".to_owned();
        Ok(match &datum.content {
            scenario::Content::Blob(size) => (self.seed(name).bytes(usize::try_from(size.0).unwrap_or(usize::MAX)).into(), octets()),
            scenario::Content::Text(text) => (self.fill(text)?.into(), octets()),
            scenario::Content::Json(json) => {
                let json = json.fill(|path| self.value(path)).map_err(|name| format!("the variable <{name}> has no value"))?;
                (json.to_string().into(), octets())
            }
            scenario::Content::Manifest(written) => self.manifest(name, written, datum.algorithm)?,
            scenario::Content::Index(written) => self.index(written)?,
            scenario::Content::Image(written) => self.image(name, written, datum.algorithm)?,
        })
    }

    fn seed(&self, name: &str) -> Seed {
        self.recipe.seed.child(name)
    }

    fn content(&self, name: &str) -> Result<&Content, String> {
        self.contents.get(name).ok_or_else(|| format!("there is no datum {name}"))
    }

    fn child(&self, name: &str) -> Result<Child, String> {
        self.content(name).map(Child::of)
    }

    fn extras(
        &self,
        subject: Option<&str>,
        artifact_type: Option<&Template>,
        annotations: &indexmap::IndexMap<String, Template>,
    ) -> Result<manifest::Extras, String> {
        Ok(manifest::Extras {
            subject: subject.map(|name| self.child(name)).transpose()?,
            artifact_type: artifact_type.map(|text| self.fill(text)).transpose()?,
            annotations: annotations.iter().map(|(key, text)| Ok((key.clone(), self.fill(text)?))).collect::<Result<_, String>>()?,
        })
    }

    fn manifest(&mut self, name: &str, written: &scenario::Manifest, algorithm: Algorithm) -> Result<(Bytes, String), String> {
        let types = manifest::types(self.flavour(written.flavour));
        let config = if let Some(config) = &written.config {
            self.child(config.as_str())?.typed(&self.typed(written.config_type.as_ref(), config.as_str(), &types.config)?)
        } else {
            let part = format!("{name}.config");
            self.keep(&part, Bytes::from_static(b"{}"), MediaType::OCI_EMPTY.to_string(), algorithm);
            let kind = written.config_type.as_ref().map(|text| self.fill(text)).transpose()?;
            self.child(&part)?.typed(&kind.unwrap_or_else(|| MediaType::OCI_EMPTY.to_string()))
        };
        let mut layers = Vec::new();
        for layer in &written.layers {
            layers.push(self.child(layer.as_str())?.typed(&self.typed(written.layer_type.as_ref(), layer.as_str(), &types.layer)?));
        }
        let extras = self.extras(written.subject.as_ref().map(At::as_str), written.artifact_type.as_ref(), &written.annotations)?;
        let media_type = written.media_type.then_some(types.manifest.as_str());
        let pad = written.pad.as_ref().map(|size| usize::try_from(size.value.0).unwrap_or(usize::MAX));
        Ok((manifest::manifest(media_type, &config, &layers, &extras, pad)?, types.manifest.clone()))
    }

    /// The type of a part: as the manifest says, else as the datum itself says, else its kind's.
    fn typed(&self, written: Option<&Template>, name: &str, default: &str) -> Result<String, String> {
        if let Some(text) = written {
            return self.fill(text);
        }
        let own = parts::datum(&self.recipe.data, name).and_then(|datum| datum.media_type.as_ref());
        own.map_or_else(|| Ok(default.to_owned()), |text| self.fill(text))
    }

    fn index(&self, written: &scenario::Index) -> Result<(Bytes, String), String> {
        let types = manifest::types(self.flavour(written.flavour));
        let children = written.manifests.iter().map(|name| self.child(name.as_str())).collect::<Result<Vec<_>, _>>()?;
        let extras = self.extras(written.subject.as_ref().map(At::as_str), written.artifact_type.as_ref(), &written.annotations)?;
        Ok((manifest::index(&types.index, &children, &extras), types.index.clone()))
    }

    fn image(&mut self, name: &str, written: &Image, algorithm: Algorithm) -> Result<(Bytes, String), String> {
        let types = manifest::types(self.flavour(written.flavour));
        let seed = self.seed(name);
        let own = parts::own_layers(written);
        let mut layers = match &written.shares {
            Some(other) => {
                self.diff_ids.get(other.as_str()).cloned().ok_or_else(|| format!("{other} is no image whose layers can be shared"))?
            }
            None => Vec::new(),
        };
        let first = layers.len();
        layers.extend((0..own).map(|n| layer::layer(&seed.child(&format!("layer{n}")), first + n + 1, LAYER_BYTES)));
        for (n, layer) in layers.iter().enumerate() {
            self.keep(&format!("{name}.layer{}", n + 1), layer.blob.clone(), types.layer.clone(), algorithm);
        }
        self.keep(&format!("{name}.config"), layer::config(&seed, &layers), types.config.clone(), algorithm);
        let children = (1..=layers.len()).map(|n| self.child(&format!("{name}.layer{n}"))).collect::<Result<Vec<_>, _>>()?;
        let config = self.child(&format!("{name}.config"))?;
        self.diff_ids.insert(name.to_owned(), layers);
        let extras = self.extras(written.subject.as_ref().map(At::as_str), written.artifact_type.as_ref(), &written.annotations)?;
        Ok((manifest::manifest(Some(&types.manifest), &config, &children, &extras, None)?, types.manifest.clone()))
    }
}
