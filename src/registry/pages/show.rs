//! Pages and the query, made from the book.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde_json::{Value, json};

use super::asked::Asked;
use super::book::{Book, Package, Push, Version};
use super::{graphql, html};
use crate::clock::{self, Clock};
use crate::oci::{ErrorCode, MediaType, Reference, RepositoryName};
use crate::registry::failure::Failure;
use crate::registry::operations::{Push as Pushing, Pushed};
use crate::registry::reply::{Reply, json_reply, typed};

/// The largest query that is read, in bytes.
pub(crate) const LARGEST_QUERY: usize = 64 << 10;

/// The book behind its lock, which is never held across an await.
#[derive(Debug)]
pub(crate) struct Pages {
    book: Mutex<Book>,
    clock: Clock,
}

impl Pages {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { book: Mutex::default(), clock }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what a push has stored.
    pub(crate) fn pushed(&self, name: &RepositoryName, push: &Pushing, pushed: &Pushed) {
        let labels = match &push.reference {
            Reference::Tag(tag) => vec![tag.to_string()],
            Reference::Digest(digest) if pushed.tags.is_empty() => vec![digest.to_string()],
            Reference::Digest(_) => pushed.tags.iter().map(ToString::to_string).collect(),
        };
        let media_type: &MediaType = &push.media_type;
        let when = clock::rfc3339(self.clock.now());
        self.book().pushed(name, Push { labels, digest: pushed.digest, media_type, bytes: &push.bytes, when });
    }

    /// Counts the GET of a manifest, by tag or digest: that is how a pull begins. HEAD moves no image.
    pub(crate) fn pulled(&self, name: &RepositoryName, reference: &Reference) {
        self.book().pulled(name, reference);
    }

    /// A page, or the answer to a query in `body`. `host` is the registry as its client names it.
    pub(crate) fn show(&self, asked: &Asked, host: &str, body: &[u8]) -> Result<Reply, Failure> {
        let book = self.book();
        let text = match asked {
            Asked::Query => return Ok(json_reply(StatusCode::OK, &answer(&book, body))),
            Asked::List { repository } => {
                let repository = repository.as_str();
                if book.of(repository).next().is_none() {
                    return Err(unknown(repository));
                }
                html::list(repository, book.of(repository))
            }
            Asked::Page { name } => html::package(host, name.as_str(), book.package(name).ok_or_else(|| unknown(name.as_str()))?),
        };
        Ok(typed(StatusCode::OK, "text/html; charset=utf-8", text))
    }
}

fn unknown(name: &str) -> Failure {
    Failure::new(StatusCode::NOT_FOUND, ErrorCode::NAME_UNKNOWN, format!("there is no package of {name}"))
}

/// GraphQL answers 200, with `data` or with `errors`.
fn answer(book: &Book, body: &[u8]) -> Value {
    queried(book, body).map_or_else(|why| json!({ "errors": [{ "message": why }] }), |data| json!({ "data": data }))
}

fn queried(book: &Book, body: &[u8]) -> Result<Value, String> {
    let asked: Value = serde_json::from_slice(body).map_err(|_| "the body is not JSON".to_owned())?;
    let query = asked.get("query").and_then(Value::as_str).ok_or("the body has no `query`")?;
    let mut data = serde_json::Map::new();
    for field in graphql::parse(query, asked.get("variables").unwrap_or(&Value::Null))? {
        if field.name != "repository" {
            return Err(format!("there is no field `{}`", field.name));
        }
        let (owner, name) = field.text("owner").zip(field.text("name")).ok_or("a repository has `owner` and `name`")?;
        let packages: Vec<Value> = book.of(&format!("{owner}/{name}")).map(|(image, package)| told(image, package)).collect();
        let whole = json!({ "name": name, "packages": connection(packages) });
        data.insert(field.alias.clone().unwrap_or_else(|| field.name.clone()), graphql::selected(&whole, &field.fields)?);
    }
    Ok(Value::Object(data))
}

fn told(image: &str, package: &Package) -> Value {
    json!({
        "id": image,
        "name": image,
        "packageType": "DOCKER",
        "statistics": { "downloadsTotalCount": package.downloads },
        "latestVersion": package.history.back().and_then(|latest| Some(version(&latest.version, package.versions.get(&latest.version)?))),
        "versions": connection(package.versions.iter().map(|(label, known)| version(label, known)).collect()),
    })
}

fn version(label: &str, version: &Version) -> Value {
    let files = version.files.iter().map(|(name, size)| json!({ "name": name, "size": size })).collect();
    json!({
        "id": version.digest.to_string(),
        "version": label,
        "updatedAt": version.pushed,
        "statistics": { "downloadsTotalCount": version.downloads },
        "files": connection(files),
    })
}

fn connection(nodes: Vec<Value>) -> Value {
    json!({ "totalCount": nodes.len(), "nodes": Value::Array(nodes) })
}
