//! Pages and the query, made from the book.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde_json::{Value, json};

use super::asked::Asked;
use super::book::{Book, Push};
use super::{graphql, html, told};
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
        let text = match asked {
            Asked::Query => return Ok(json_reply(StatusCode::OK, &answer(self, body))),
            Asked::List { repository } => {
                let (book, repository) = (self.book(), repository.as_str());
                if book.of(repository).next().is_none() {
                    return Err(unknown(repository));
                }
                html::list(repository, book.of(repository))
            }
            Asked::Page { name } => html::package(host, name.as_str(), self.book().package(name).ok_or_else(|| unknown(name.as_str()))?),
        };
        Ok(typed(StatusCode::OK, "text/html; charset=utf-8", text))
    }
}

fn unknown(name: &str) -> Failure {
    Failure::new(StatusCode::NOT_FOUND, ErrorCode::NAME_UNKNOWN, format!("there is no package of {name}"))
}

/// GraphQL answers 200, with `data` or with `errors`. The query is read before the book is taken.
fn answer(pages: &Pages, body: &[u8]) -> Value {
    let data = read(body).and_then(|fields| told::answer(&pages.book(), &fields));
    data.map_or_else(|why| json!({ "errors": [{ "message": why }] }), |data| json!({ "data": data }))
}

fn read(body: &[u8]) -> Result<Vec<graphql::Field>, String> {
    let asked: Value = serde_json::from_slice(body).map_err(|_| "the body is not JSON".to_owned())?;
    let query = asked.get("query").and_then(Value::as_str).ok_or("the body has no `query`")?;
    graphql::parse(query, asked.get("variables").unwrap_or(&Value::Null))
}
