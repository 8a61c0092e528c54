//! What a step of a journey can name.

use super::{Over, Takes};

/// The names in force at a step.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// Data, each with the fields of [`FIELDS`].
    data: Vec<&'static str>,
    /// Saved by earlier steps.
    pub(super) saves: Vec<String>,
    /// Outcomes of earlier steps.
    pub(super) outcomes: Vec<String>,
    images: bool,
}

/// What is known of a datum.
const FIELDS: [&str; 4] = ["digest", "hex", "size", "type"];

/// Names without fields: the repository that is worked in, another one, the tag that is pushed to, a digest and a tag of nothing.
const PLAIN: [&str; 3] = ["repo", "source", "tag"];

impl Scope {
    /// What is known before the first step.
    pub(super) fn open(takes: Takes) -> Self {
        let mut data = vec!["missing"];
        if takes.is_image() {
            data.extend(["image", "config"]);
        }
        if takes.is_index() {
            data.push("index");
        }
        Self { data, saves: Vec::new(), outcomes: Vec::new(), images: takes.is_index() }
    }

    /// What is known inside a loop; `None` where there is nothing to go over.
    pub(super) fn inside(&self, over: Over) -> Option<Self> {
        let mut inside = self.clone();
        let (wanted, gained): (bool, &[&'static str]) = match over {
            Over::Layers => (self.has("image"), &["layer"]),
            Over::Blobs => (self.has("image"), &["blob"]),
            Over::Images => (self.images, &["image", "config"]),
        };
        inside.data.extend(gained.iter().filter(|name| !self.data.contains(name)));
        wanted.then_some(inside)
    }

    fn has(&self, name: &str) -> bool {
        self.data.contains(&name)
    }

    /// Whether a datum has this name and can be sent or compared.
    pub(super) fn has_content(&self, name: &str) -> bool {
        name != "missing" && self.has(name)
    }

    /// Whether a variable has this path.
    pub(super) fn knows(&self, path: &[String]) -> bool {
        match path {
            [name] => PLAIN.contains(&name.as_str()) || self.saves.contains(name),
            [name, field] if self.has(name) => {
                FIELDS.contains(&field.as_str()) && name != "missing"
                    || field == "tag" && ["image", "index", "missing"].contains(&name.as_str())
                    || name == "missing" && ["digest", "hex"].contains(&field.as_str())
            }
            _ => false,
        }
    }

    /// Every variable, for the help.
    pub(super) fn all(&self) -> Vec<String> {
        let mut all: Vec<String> = PLAIN.iter().map(|name| (*name).to_owned()).chain(self.saves.iter().cloned()).collect();
        for name in &self.data {
            let fields = FIELDS.iter().chain(&["tag"]).map(|field| vec![(*name).to_owned(), (*field).to_owned()]);
            all.extend(fields.filter(|path| self.knows(path)).map(|path| path.join(".")));
        }
        all
    }
}
