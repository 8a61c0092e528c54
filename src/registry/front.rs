//! From a request to the room that answers it: route, admission, dispatch.

use std::sync::Arc;

use http::header::{AUTHORIZATION, HOST};
use http::request::Parts;
use http::{HeaderMap, Method, Request, StatusCode};
use hyper::body::Incoming;
use tokio::sync::Semaphore;

use super::access::{Access, Action};
use super::auth::{Guard, TokenRequest};
use super::config::Limits;
use super::failure::Failure;
use super::intake::Intake;
use super::operations::Operations;
use super::pace::Pacer;
use super::pages::{Asked, LARGEST_QUERY, Pages};
use super::query::Query;
use super::reply::{Reply, finish, json_reply};
use super::route::Route;
use super::twist::Twists;
use super::upload::Upload;
use super::{blob, list, manifest};
use crate::oci::RepositoryName;

/// The largest form that the token endpoint reads, in bytes.
const LARGEST_FORM: usize = 64 << 10;

/// Answers requests.
pub(crate) struct Front {
    pub(crate) operations: Arc<dyn Operations>,
    pub(crate) guard: Guard,
    pub(crate) limits: Limits,
    /// Manifests are held in memory before they are counted, so only so many are received at once.
    pub(crate) manifests: Semaphore,
    /// What each request waits for.
    pub(crate) pacer: Pacer,
    /// `http://host:port`, for a client that names no host.
    pub(crate) address: String,
    /// The pages of packages, where the rules have such.
    pub(crate) pages: Option<Pages>,
    /// What it does otherwise.
    pub(crate) twists: Twists,
}

/// A request's head, read once.
struct Head<'a> {
    method: &'a Method,
    query: Query,
    headers: &'a HeaderMap,
    whole: &'a Parts,
}

impl Front {
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Reply {
        let (mut request, body) = request.into_parts();
        // Made first: where the request is refused below, what is still being sent is read on behalf of the client (see Intake).
        let body = Intake::new(&request.headers, body, self.limits.body);
        let reply = match self.twists.before(&mut request) {
            Some(reply) => reply,
            None => self.answer_unless(&request, body).await.unwrap_or_else(Failure::into_reply),
        };
        let mut reply = finish(reply, &request.method);
        self.twists.after(&request, &mut reply);
        reply
    }

    async fn answer_unless(&self, request: &Parts, body: Intake) -> Result<Reply, Failure> {
        let query = Query::of_url(request.uri.query());
        let head = Head { method: &request.method, query, headers: &request.headers, whole: request };
        if let Some((pages, asked)) = self.pages.as_ref().zip(Asked::parse(request.uri.path())) {
            return self.page(pages, &asked, &head, body).await;
        }
        let route = Route::parse(request.uri.path(), head.method)?;
        if !route.allowed().split(", ").any(|allowed| allowed == head.method.as_str()) {
            return Err(Failure::method(route.allowed()));
        }
        if route == Route::Token {
            return self.token(head, body).await;
        }
        let mut wanted = wanted(&route, head.method);
        self.twists.wanted(request, &mut wanted);
        self.admit(request, &wanted)?;
        self.pacer.serve(&route, head.method).await?;
        self.dispatch(route, head, body).await
    }

    /// A page wants a login as the API does, since a page tells of what only those who log in may pull.
    async fn page(&self, pages: &Pages, asked: &Asked, head: &Head<'_>, mut body: Intake) -> Result<Reply, Failure> {
        if !asked.takes(head.method) {
            return Err(Failure::method(asked.allowed()));
        }
        self.admit(head.whole, &[Access::Base])?;
        let bytes = body.all(LARGEST_QUERY).await?;
        let bytes = bytes.ok_or_else(|| Failure::unsupported(StatusCode::PAYLOAD_TOO_LARGE, "the query is too large"))?;
        pages.show(asked, self.base(head.headers).trim_start_matches("http://"), &bytes)
    }

    fn admit(&self, request: &Parts, wanted: &[Access]) -> Result<(), Failure> {
        let verdict = self.guard.admit(request.headers.get(AUTHORIZATION), &self.base(&request.headers), wanted);
        self.twists.admitted(request, verdict)
    }

    /// Where the client thinks that we are, as far as it can be believed to be an authority.
    fn base(&self, headers: &HeaderMap) -> String {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).and_then(|host| host.parse::<http::uri::Authority>().ok());
        host.map_or_else(|| self.address.clone(), |host| format!("http://{host}"))
    }

    async fn token(&self, head: Head<'_>, mut body: Intake) -> Result<Reply, Failure> {
        let mut form = match *head.method {
            Method::POST => {
                let bytes = body.all(LARGEST_FORM).await?;
                let bytes = bytes.ok_or_else(|| Failure::unsupported(StatusCode::PAYLOAD_TOO_LARGE, "the form is too large"))?;
                Query::of_form(&String::from_utf8_lossy(&bytes))
            }
            _ => Query::default(),
        };
        self.twists.form(&mut form);
        let authorization = head.headers.get(AUTHORIZATION);
        let asked = TokenRequest { method: head.method, authorization, query: head.query, form };
        self.guard.token(asked).ok_or_else(Failure::no_such_path)
    }

    async fn dispatch(&self, route: Route, head: Head<'_>, body: Intake) -> Result<Reply, Failure> {
        let operations = self.operations.as_ref();
        match &route {
            Route::Base => Ok(json_reply(StatusCode::OK, &serde_json::json!({}))),
            Route::Catalog => list::catalog(operations, &head.query, self.limits.page),
            Route::Tags { name } => list::tags(operations, name, &head.query, self.limits.page),
            Route::Referrers { name, digest } => list::referrers(operations, name, digest, &head.query, self.limits.referrers_page),
            Route::Blob { name, digest } if *head.method == Method::DELETE => blob::delete(operations, name, digest),
            Route::Blob { name, digest } => blob::get(operations, name, digest, head.method, head.headers),
            Route::Manifest { name, reference } => match *head.method {
                Method::DELETE => manifest::delete(operations, name, reference),
                Method::PUT => {
                    let bytes = self.manifest_body(body).await?;
                    let push = manifest::push(head.headers, &head.query, reference, bytes)?;
                    manifest::put(operations, name, push, self.pages.as_ref())
                }
                _ => {
                    let reply = manifest::get(operations, name, reference, head.headers)?;
                    if let Some(pages) = self.pages.as_ref().filter(|_| *head.method == Method::GET && reply.status() == StatusCode::OK) {
                        pages.pulled(name, reference);
                    }
                    Ok(reply)
                }
            },
            Route::Uploads { name } => {
                let may_pull = |from: &RepositoryName| {
                    let access = Access::Repository { name: from.clone(), action: Action::Pull };
                    self.admit(head.whole, std::slice::from_ref(&access)).is_ok()
                };
                upload(operations, name, &head).begin(body, may_pull).await
            }
            Route::Upload { name, id } => self.session(&upload(operations, name, &head), id, head.method, body).await,
            Route::Token => Err(Failure::no_such_path()),
        }
    }

    async fn session(&self, upload: &Upload<'_>, id: &str, method: &Method, body: Intake) -> Result<Reply, Failure> {
        match *method {
            Method::PATCH => upload.patch(id, body).await,
            Method::PUT => upload.close(id, body).await,
            Method::DELETE => upload.cancel(id),
            _ => upload.status(id),
        }
    }

    async fn manifest_body(&self, mut body: Intake) -> Result<bytes::Bytes, Failure> {
        // The semaphore is never closed; were it, the bound would be off, not the registry.
        let _permit = self.manifests.acquire().await.ok();
        let limit = self.limits.manifest;
        body.all(limit).await?.ok_or_else(|| Failure::manifest_too_large(limit))
    }
}

fn upload<'a>(operations: &'a dyn Operations, name: &'a RepositoryName, head: &'a Head<'_>) -> Upload<'a> {
    Upload { operations, name, headers: head.headers, query: &head.query }
}

/// What a request wants to do, in the words of scopes: a push may pull too, as every client asks for it.
fn wanted(route: &Route, method: &Method) -> Vec<Access> {
    let Some(name) = route.name() else {
        return vec![if *route == Route::Catalog { Access::Catalog } else { Access::Base }];
    };
    let access = |action| Access::Repository { name: name.clone(), action };
    let about_session = matches!(route, Route::Uploads { .. } | Route::Upload { .. });
    match *method {
        Method::DELETE if !about_session => vec![access(Action::Delete)],
        Method::GET | Method::HEAD if !about_session => vec![access(Action::Pull)],
        _ => vec![access(Action::Pull), access(Action::Push)],
    }
}
