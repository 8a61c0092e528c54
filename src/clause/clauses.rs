//! Clauses: what binds a registry, and how strongly under a profile.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ClauseId, Document, Level, Profile};
use crate::text::{At, Place};

/// One statement that binds a registry.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Its name.
    pub id: ClauseId,
    /// The file that it stands in, relative to the set of files: `clauses/push.yaml`.
    pub file: String,
    /// Where its id stands in that file.
    pub place: Place,
    /// What it requires, in plimsoll's words.
    pub says: String,
    /// Who says it, how strongly, and where.
    pub documents: IndexMap<Document, Section>,
    /// Clauses without which it can't be judged.
    pub requires: Vec<At<ClauseId>>,
    /// The client that breaks, where no document of a profile binds.
    pub client: Option<Client>,
    /// Why no client can see it; then nothing judges it.
    pub unobservable: Option<String>,
}

/// Where a document says it, and how strongly.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// MUST, SHOULD or MAY.
    pub level: Level,
    /// The section's title or number.
    pub section: String,
}

/// A client that breaks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// `docker`, `containerd`, ….
    pub name: String,
    /// What goes wrong in it.
    pub breaks: String,
}

/// How strongly a clause binds under a profile, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The level.
    pub level: Level,
    /// `OCI distribution 1.1, Pushing manifests`, or `client docker: docker push reads the digest from it`.
    pub source: String,
}

/// A clause as it is written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    says: String,
    #[serde(default)]
    documents: IndexMap<Document, Section>,
    #[serde(default)]
    requires: Vec<At<ClauseId>>,
    client: Option<Client>,
    unobservable: Option<String>,
}

impl Clause {
    pub(super) fn new(id: At<ClauseId>, file: &str, written: Written) -> Self {
        let Written { says, documents, requires, client, unobservable } = written;
        Self { id: id.value, file: file.to_owned(), place: id.place, says, documents, requires, client, unobservable }
    }

    /// How it binds under a profile: the highest level among the profile's documents (of equal ones the profile's first), else CLIENT
    /// where a client breaks, else not at all.
    #[must_use]
    pub fn binding(&self, profile: &Profile) -> Option<Binding> {
        let saying = profile.documents.iter().filter_map(|document| Some((*document, self.documents.get(document)?)));
        let strongest = saying.reduce(|best, next| if next.1.level > best.1.level { next } else { best });
        let by_document = strongest
            .map(|(document, Section { level, section })| Binding { level: *level, source: format!("{}, {section}", document.title()) });
        let by_client = || {
            let Client { name, breaks } = self.client.as_ref()?;
            Some(Binding { level: Level::Client, source: format!("client {name}: {breaks}") })
        };
        by_document.or_else(by_client)
    }

    /// What is wrong with it taken alone.
    pub(super) fn mistakes(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.documents.is_empty() && self.client.is_none() {
            wrong.push(format!("`{}` is said by no document and breaks no client", self.id));
        }
        if let Some((document, _)) = self.documents.iter().find(|(_, section)| section.level == Level::Client) {
            wrong.push(format!("`{}` has the level CLIENT under `{document}`: that is for `client`, not for documents", self.id));
        }
        if self.says.trim().is_empty() {
            wrong.push(format!("`{}` says nothing", self.id));
        }
        let place = self.file.trim_start_matches("clauses/").trim_end_matches(".yaml");
        if place.split('/').next() != Some(self.id.area()) {
            wrong.push(format!("`{0}` belongs into `clauses/{1}.yaml`, or below `clauses/{1}/`", self.id, self.id.area()));
        }
        wrong
    }
}
