//! Small twists from closures, and hands for what a reply is made of.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;

use super::change::Made;
use super::seams::{Attached, Twist, Wire};
use crate::oci::{Algorithm, Descriptor, Digest, ErrorCode, Reference, RepositoryName, Tag};
use crate::registry::access::Access;
use crate::registry::config::Config;
use crate::registry::failure::Failure;
use crate::registry::operations::{Cut, Opening, Operations, Page, Push, Pushed, Stored};
use crate::registry::query::Query;
use crate::registry::reply::{Body, Reply, finish, set};
use crate::registry::route::Route;
use crate::registry::store::Writer;

/// Kinds of resource, for closures that change replies about one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::registry::twist) enum Kind {
    Any,
    Base,
    Catalog,
    Token,
    Blob,
    Manifest,
    /// Where sessions are opened.
    Uploads,
    /// An open session.
    Upload,
    Tags,
    Referrers,
    /// Nothing that has a route.
    Nowhere,
}

/// What a request is about, as far as it has a route.
pub(in crate::registry::twist) fn route(request: &Parts) -> Option<Route> {
    Route::parse(request.uri.path(), &request.method).ok()
}

/// Which kind of resource a request is about.
pub(in crate::registry::twist) fn kind(request: &Parts) -> Kind {
    match route(request) {
        Some(Route::Base) => Kind::Base,
        Some(Route::Catalog) => Kind::Catalog,
        Some(Route::Token) => Kind::Token,
        Some(Route::Blob { .. }) => Kind::Blob,
        Some(Route::Manifest { .. }) => Kind::Manifest,
        Some(Route::Uploads { .. }) => Kind::Uploads,
        Some(Route::Upload { .. }) => Kind::Upload,
        Some(Route::Tags { .. }) => Kind::Tags,
        Some(Route::Referrers { .. }) => Kind::Referrers,
        None => Kind::Nowhere,
    }
}

/// Whether a request has one of `methods` (`GET HEAD`; empty: any) and is about that kind of resource.
pub(in crate::registry::twist) fn is(request: &Parts, methods: &str, wanted: Kind) -> bool {
    let method = methods.is_empty() || methods.split(' ').any(|method| method == request.method.as_str());
    method && (wanted == Kind::Any || kind(request) == wanted)
}

/// A function that makes a twist of a closure for one hook.
macro_rules! hook {
    ($(#[$doc:meta])* $name:ident is $hook:ident($($arg:ident: $type:ty),*) $(-> $gives:ty)?) => {
        $(#[$doc])*
        pub(in crate::registry::twist) fn $name(change: impl Fn($($type),*) $(-> $gives)? + Send + Sync + 'static) -> Made {
            struct Hook<F>(F);
            impl<F: Fn($($type),*) $(-> $gives)? + Send + Sync + 'static> Twist for Hook<F> {
                fn $hook(&self, $($arg: $type),*) $(-> $gives)? {
                    (self.0)($($arg),*)
                }
            }
            vec![Arc::new(Hook(change))]
        }
    };
}

hook!(/** Starts the registry with something else. */ configured is configure(config: &mut Config));
hook!(/** Changes requests before they are read, or answers them. */ before is before(request: &mut Parts) -> Option<Reply>);
hook!(/** Changes what a request is held to. */ wanted is wanted(request: &Parts, wanted: &mut Vec<Access>));
hook!(/** Changes what admission says. */ admitted is admitted(request: &Parts, verdict: Result<(), Failure>) -> Result<(), Failure>);
hook!(/** Changes forms posted to the token service. */ form is form(form: &mut Query));
hook!(/** Changes whole replies. */ after is after(request: &Parts, reply: &mut Reply));
hook!(/** Changes how blobs are read. */ blob is blob(inner: &dyn Operations, name: &RepositoryName, digest: &Digest) -> Result<Bytes, Failure>);
hook!(/** Changes how blobs are deleted. */ delete_blob is delete_blob(inner: &dyn Operations, name: &RepositoryName, digest: &Digest) -> Result<(), Failure>);
hook!(/** Changes mounts. */ mount is mount(inner: &dyn Operations, to: &RepositoryName, from: &RepositoryName, digest: &Digest) -> Result<bool, Failure>);
hook!(/** Changes how sessions begin. */ begin is begin_upload(inner: &dyn Operations, name: &RepositoryName, algorithm: Algorithm) -> Result<String, Failure>);
hook!(/** Changes how sessions are taken for writing. */ open is open_upload(inner: &dyn Operations, name: &RepositoryName, id: &str, opening: Opening) -> Result<Writer, Failure>);
hook!(/** Changes how chunks are kept. */ keep is keep_chunk(inner: &dyn Operations, writer: Writer) -> Result<u64, Failure>);
hook!(/** Changes how sessions are closed. */ close is close_upload(inner: &dyn Operations, writer: Writer, digest: &Digest) -> Result<(), Failure>);
hook!(/** Changes how sessions are cancelled. */ cancel is cancel_upload(inner: &dyn Operations, name: &RepositoryName, id: &str) -> Result<(), Failure>);
hook!(/** Changes how manifests are read. */ manifest is manifest(inner: &dyn Operations, name: &RepositoryName, reference: &Reference) -> Result<Stored, Failure>);
hook!(/** Changes how manifests are pushed. */ push is push_manifest(inner: &dyn Operations, name: &RepositoryName, push: Push) -> Result<Pushed, Failure>);
hook!(/** Changes how manifests and tags are deleted. */ delete is delete_manifest(inner: &dyn Operations, name: &RepositoryName, reference: &Reference) -> Result<(), Failure>);
hook!(/** Changes how tags are listed. */ tags is tags(inner: &dyn Operations, name: &RepositoryName, cut: &Cut) -> Result<Page<Tag>, Failure>);
hook!(/** Changes how referrers are listed. */ referrers is referrers(inner: &dyn Operations, name: &RepositoryName, asked: Attached<'_>) -> Result<Page<Descriptor>, Failure>);
hook!(/** Changes how repositories are listed. */ catalog is catalog(inner: &dyn Operations, cut: &Cut) -> Result<Page<RepositoryName>, Failure>);

/// Changes the replies of that status (0: any) to those methods on that kind of resource.
pub(in crate::registry::twist) fn reply(
    methods: &'static str,
    on: Kind,
    status: u16,
    change: impl Fn(&Parts, &mut Reply) + Send + Sync + 'static,
) -> Made {
    after(move |request, reply| {
        if (status == 0 || reply.status() == status) && is(request, methods, on) {
            change(request, reply);
        }
    })
}

/// Answers requests of those methods for that kind of resource with a status and an error, without doing anything.
pub(in crate::registry::twist) fn refuse(methods: &'static str, on: Kind, code: u16, error: ErrorCode) -> Made {
    before(move |request| is(request, methods, on).then(|| refusal(code, error.clone())))
}

/// A refusal with an error.
pub(in crate::registry::twist) fn refusal(code: u16, error: ErrorCode) -> Reply {
    failure(code, error).into_reply()
}

/// The same before it is a reply.
pub(in crate::registry::twist) fn failure(code: u16, error: ErrorCode) -> Failure {
    Failure::new(StatusCode::from_u16(code).unwrap_or_default(), error, "this is not done here")
}

/// What has been seen so far.
#[derive(Debug, Default)]
pub(in crate::registry::twist) struct Memory(Mutex<BTreeSet<String>>);

impl Memory {
    /// Notes it; tells whether this is the first time.
    pub(in crate::registry::twist) fn first(&self, what: impl Into<String>) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(what.into())
    }

    /// Whether it was noted.
    pub(in crate::registry::twist) fn knows(&self, what: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(what)
    }
}

/// Gives the reply another status.
pub(in crate::registry::twist) fn status(reply: &mut Reply, code: u16) {
    *reply.status_mut() = StatusCode::from_u16(code).unwrap_or_default();
}

/// Gives the reply another body of its true length; a HEAD's gets the length alone.
pub(in crate::registry::twist) fn content(request: &Parts, reply: &mut Reply, bytes: impl Into<Bytes>) {
    let bytes = bytes.into();
    reply.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    *reply.body_mut() = if request.method == Method::HEAD { Body::default() } else { bytes.into() };
}

/// Changes the JSON in a reply's body, if that is what it has.
pub(in crate::registry::twist) fn json(request: &Parts, reply: &mut Reply, change: impl FnOnce(&mut Value)) {
    if let Ok(mut value) = serde_json::from_slice(&reply.body().bytes()) {
        change(&mut value);
        content(request, reply, value.to_string());
    }
}

/// Sets or, with an empty value, removes a header.
pub(in crate::registry::twist) fn header(reply: &mut Reply, name: &'static str, value: &str) {
    let name = HeaderName::from_static(name);
    if value.is_empty() {
        reply.headers_mut().remove(name);
    } else {
        set(reply, name, value);
    }
}

/// A header's text.
pub(in crate::registry::twist) fn text_of(reply: &Reply, name: &str) -> String {
    reply.headers().get(name).map_or_else(String::new, |value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// A page for people in place of what was there.
pub(in crate::registry::twist) fn page(request: &Parts, reply: &mut Reply) {
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    content(request, reply, "<html><body>Something went wrong.</body></html>");
}

/// The reply as bytes, head and all, for the connection to say verbatim.
pub(in crate::registry::twist) fn written(reply: &Reply, body: &[u8]) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {}\r\n", reply.status()).into_bytes();
    for (name, value) in reply.headers() {
        out.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    out.extend(b"\r\n");
    out.extend(body);
    out
}

/// Has the connection say these bytes in place of the reply, and end.
pub(in crate::registry::twist) fn say(reply: &mut Reply, bytes: Vec<u8>) {
    reply.extensions_mut().insert(Wire::Raw(bytes.into()));
}

/// A request header's text.
pub(in crate::registry::twist) fn text_of_request(request: &Parts, name: &str) -> String {
    request.headers.get(name).map_or_else(String::new, |value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Sets or, with an empty value, removes a header of a request.
pub(in crate::registry::twist) fn set_request(request: &mut Parts, name: &'static str, value: &str) {
    match HeaderValue::from_str(value) {
        Ok(value) if !value.is_empty() => drop(request.headers.insert(name, value)),
        _ => drop(request.headers.remove(name)),
    }
}

/// Has a request ask for another path and query.
pub(in crate::registry::twist) fn ask_for(request: &mut Parts, path_and_query: &str) {
    if let Ok(uri) = path_and_query.parse() {
        request.uri = uri;
    }
}

/// The repository of a request's path, as it is written there, valid or not.
pub(in crate::registry::twist) fn name_of(request: &Parts) -> Option<String> {
    let path = request.uri.path();
    let ends = ["/manifests/", "/blobs/", "/tags/", "/referrers/"];
    let at = ends.iter().filter_map(|end| path.rfind(end)).max()?;
    path.get(4..at).filter(|_| path.starts_with("/v2/")).map(str::to_owned)
}

/// Has a request name its repository otherwise.
pub(in crate::registry::twist) fn renamed(request: &mut Parts, rename: impl Fn(&str) -> String) {
    let Some(name) = name_of(request) else { return };
    let whole = request.uri.path_and_query().map(|whole| whole.as_str().to_owned()).unwrap_or_default();
    ask_for(request, &format!("/v2/{}{}", rename(&name), whole.get(4 + name.len()..).unwrap_or_default()));
}

/// The digest at the end of a blob's path.
pub(in crate::registry::twist) fn blob_digest(path: &str) -> Option<Digest> {
    path.rsplit_once("/blobs/").and_then(|(_, digest)| digest.parse().ok())
}

/// Has another reply go out in place of the one that was made: a refusal.
pub(in crate::registry::twist) fn instead(request: &Parts, reply: &mut Reply, code: u16, error: ErrorCode) {
    *reply = finish(refusal(code, error), &request.method);
}
