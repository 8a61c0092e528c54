//! Admission: whether a request may do what it wants.

use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};

use super::key::KeyError;
use super::service::{Service, TokenRequest};
use super::users::{Users, allows};
use super::{credentials, scope};
use crate::clock::Clock;
use crate::oci::ErrorCode;
use crate::registry::access::Access;
use crate::registry::config::Auth;
use crate::registry::failure::Failure;
use crate::registry::reply::Reply;

/// Keeps the door.
pub(crate) struct Guard {
    way: Way,
}

enum Way {
    Open,
    Basic(Users),
    Token(Box<Service>),
}

impl Guard {
    /// A guard over the configured users; `clock` tells when tokens expire.
    pub(crate) fn new(auth: &Auth, clock: Clock) -> Result<Self, KeyError> {
        let way = match auth {
            Auth::Open => Way::Open,
            Auth::Basic { users } => Way::Basic(Users::new(users)),
            Auth::Token(config) => Way::Token(Box::new(Service::new(config, clock)?)),
        };
        Ok(Self { way })
    }

    /// Whether a request with this `Authorization` may do all of `wanted`. `base` is the scheme and host that the client asked.
    pub(crate) fn admit(&self, authorization: Option<&HeaderValue>, base: &str, wanted: &[Access]) -> Result<(), Failure> {
        match &self.way {
            Way::Open => Ok(()),
            Way::Basic(users) => admit_user(users, authorization, wanted),
            Way::Token(service) => admit_bearer(service, authorization, base, wanted),
        }
    }

    /// Answers at `/token`; `None` where there is no token service.
    pub(crate) fn token(&self, asked: TokenRequest<'_>) -> Option<Reply> {
        match &self.way {
            Way::Open | Way::Basic(_) => None,
            Way::Token(service) => Some(service.answer(asked)),
        }
    }
}

fn admit_user(users: &Users, authorization: Option<&HeaderValue>, wanted: &[Access]) -> Result<(), Failure> {
    let login = credentials::basic(authorization);
    let user = login.as_ref().and_then(|login| users.find(login)).ok_or_else(|| wrong_login(login.is_some()))?;
    let rights = users.rights(user);
    if wanted.iter().all(|access| rights.is_some_and(|rights| allows(rights, access))) {
        Ok(())
    } else {
        Err(Failure::denied(format!("`{}` may not do this", users.name(user))))
    }
}

fn admit_bearer(service: &Service, authorization: Option<&HeaderValue>, base: &str, wanted: &[Access]) -> Result<(), Failure> {
    let refused = |error: Option<&str>, message: &str| unauthorized(message).with(WWW_AUTHENTICATE, &bearer(service, base, wanted, error));
    let token = credentials::bearer(authorization).ok_or_else(|| refused(None, "a token is needed"))?;
    let grants = service.verify(token).map_err(|refusal| refused(Some("invalid_token"), &refusal.to_string()))?;
    if wanted.iter().all(|access| scope::covers(&grants, access)) {
        Ok(())
    } else {
        Err(refused(Some("insufficient_scope"), "the token does not allow this"))
    }
}

/// The refusal of a login that is absent, unreadable or wrong.
pub(crate) fn wrong_login(given: bool) -> Failure {
    let message = if given { "the user name or the password is wrong" } else { "a user name and a password are needed" };
    unauthorized(message).with(WWW_AUTHENTICATE, r#"Basic realm="plimsoll""#)
}

fn unauthorized(message: &str) -> Failure {
    Failure::new(StatusCode::UNAUTHORIZED, ErrorCode::UNAUTHORIZED, message)
}

/// The challenge that leads to a token for `wanted` (docker-token.md; RFC 6750 §3).
fn bearer(service: &Service, base: &str, wanted: &[Access], error: Option<&str>) -> String {
    let realm = service.realm().map_or_else(|| format!("{base}/token"), str::to_owned);
    let scope = scope::needed(wanted);
    let parameters = [("realm", Some(realm.as_str())), ("service", Some(service.name())), ("scope", scope.as_deref()), ("error", error)];
    let written = parameters.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", quoted(value?))));
    format!("Bearer {}", written.collect::<Vec<_>>().join(","))
}

/// A quoted string (RFC 9110 §5.6.4).
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
