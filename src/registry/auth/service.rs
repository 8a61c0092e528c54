//! The token service, as docker-token.md (GET) and docker-oauth.md (POST) have it.

use http::header::CACHE_CONTROL;
use http::{HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::credentials::{self, Login};
use super::guard::wrong_login;
use super::jwt::{self, Claims, Refusal, Terms};
use super::key::{KeyError, SigningKey};
use super::refresh::Refreshers;
use super::scope::{self, Grant};
use super::users::Users;
use crate::clock::{Clock, rfc3339};
use crate::oci::ErrorCode;
use crate::registry::config::{Rights, TokenAuth};
use crate::registry::failure::Failure;
use crate::registry::query::Query;
use crate::registry::reply::{Reply, json_reply, set};
use crate::seed::nonce;

/// Tokens are valid from a little before they were made, for registries whose clock is a little behind.
const EARLY: u64 = 5;

/// A request for a token.
#[derive(Debug)]
pub(crate) struct TokenRequest<'a> {
    pub(crate) method: &'a Method,
    pub(crate) authorization: Option<&'a HeaderValue>,
    /// The URL's.
    pub(crate) query: Query,
    /// A POST's body.
    pub(crate) form: Query,
}

/// Gives tokens, and knows its own again.
pub(crate) struct Service {
    users: Users,
    name: String,
    issuer: String,
    realm: Option<String>,
    key: SigningKey,
    life: u64,
    clock: Clock,
    refreshers: Refreshers,
}

/// The reply to a request that is granted.
#[derive(Serialize)]
struct Granted {
    token: String,
    access_token: String,
    expires_in: u64,
    issued_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// A refusal as OAuth words it (RFC 6749 §5.2): its name, and what it means here.
struct Oauth(&'static str, &'static str);

impl Service {
    pub(crate) fn new(config: &TokenAuth, clock: Clock) -> Result<Self, KeyError> {
        let key = config.key.clone().map_or_else(SigningKey::generate, Ok)?;
        Ok(Self {
            users: Users::new(&config.users),
            name: config.service.clone(),
            issuer: config.issuer.clone(),
            realm: config.realm.clone(),
            key,
            life: config.token_life.max(TokenAuth::MIN_LIFE).as_secs(),
            clock,
            refreshers: Refreshers::default(),
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The service's URL, where it is not on the registry's host.
    pub(crate) fn realm(&self) -> Option<&str> {
        self.realm.as_deref()
    }

    /// What a token grants.
    pub(crate) fn verify(&self, token: &str) -> Result<Vec<Grant>, Refusal> {
        jwt::verify(&self.key, &Terms { issuer: &self.issuer, audience: &self.name, now: self.clock.unix_seconds() }, token)
    }

    /// Answers a request for a token.
    pub(crate) fn answer(&self, asked: TokenRequest<'_>) -> Reply {
        let TokenRequest { method, authorization, query, form } = asked;
        let mut reply = if method == Method::POST {
            self.post(&form).unwrap_or_else(Oauth::into_reply)
        } else {
            self.get(authorization, &query).unwrap_or_else(Failure::into_reply)
        };
        set(&mut reply, CACHE_CONTROL, "no-store");
        reply
    }

    fn get(&self, authorization: Option<&HeaderValue>, query: &Query) -> Result<Reply, Failure> {
        let login = credentials::basic(authorization);
        let user = login.as_ref().and_then(|login| self.users.find(login)).ok_or_else(|| wrong_login(login.is_some()))?;
        // Clients that read no `service` in a challenge have none to send.
        if query.get("service").is_some_and(|service| !self.is_named(service)) {
            return Err(Failure::unsupported(StatusCode::BAD_REQUEST, "this token service is for another registry than `service` names"));
        }
        let refresh = (query.get("offline_token") == Some("true")).then(|| self.refreshers.give(user));
        let grants = self.grants(user, query.all("scope"));
        self.granted(user, &grants, None, refresh).ok_or_else(unsigned)
    }

    fn post(&self, form: &Query) -> Result<Reply, Oauth> {
        if form.get("client_id").is_none_or(str::is_empty) {
            return Err(Oauth("invalid_request", "`client_id` is missing"));
        }
        match form.get("service") {
            None => return Err(Oauth("invalid_request", "`service` is missing")),
            Some(service) if !self.is_named(service) => return Err(Oauth("invalid_request", "`service` names another registry")),
            Some(_) => {}
        }
        let offline = form.get("access_type") == Some("offline");
        let (user, refresh) = match form.get("grant_type") {
            Some("password") => {
                let user = self.by_password(form)?;
                (user, offline.then(|| self.refreshers.give(user)))
            }
            Some("refresh_token") => {
                let (user, token) = self.by_refresh_token(form)?;
                (user, offline.then(|| token.to_owned()))
            }
            Some(_) => return Err(Oauth("unsupported_grant_type", "`grant_type` is neither password nor refresh_token")),
            None => return Err(Oauth("invalid_request", "`grant_type` is missing")),
        };
        let grants = self.grants(user, form.all("scope"));
        self.granted(user, &grants, Some(scope::list(&grants)), refresh).ok_or(Oauth("server_error", UNSIGNED))
    }

    fn by_password(&self, form: &Query) -> Result<usize, Oauth> {
        let (Some(name), Some(password)) = (form.get("username"), form.get("password")) else {
            return Err(Oauth("invalid_request", "`username` or `password` is missing"));
        };
        let login = Login { name: name.to_owned(), password: password.to_owned() };
        self.users.find(&login).ok_or(Oauth("invalid_grant", "the user name or the password is wrong"))
    }

    fn by_refresh_token<'a>(&self, form: &'a Query) -> Result<(usize, &'a str), Oauth> {
        let token = form.get("refresh_token").ok_or(Oauth("invalid_request", "`refresh_token` is missing"))?;
        let user = self.refreshers.owner(token).ok_or(Oauth("invalid_grant", "the refresh token is not known"))?;
        Ok((user, token))
    }

    /// A `+` is a space in some clients' queries.
    fn is_named(&self, service: &str) -> bool {
        service == self.name || service.replace('+', " ") == self.name
    }

    fn grants<'a>(&self, user: usize, scopes: impl Iterator<Item = &'a str>) -> Vec<Grant> {
        self.users.rights(user).map_or_else(Vec::new, |rights: Rights| scope::grant(scopes, rights))
    }

    fn granted(&self, user: usize, grants: &[Grant], scope: Option<String>, refresh_token: Option<String>) -> Option<Reply> {
        let now = self.clock.now();
        let iat = self.clock.unix_seconds();
        let claims = Claims {
            iss: &self.issuer,
            sub: self.users.name(user),
            aud: &self.name,
            exp: iat.saturating_add(self.life),
            nbf: iat.saturating_sub(EARLY),
            iat,
            jti: &nonce(16),
            access: grants,
        };
        let token = jwt::sign(&self.key, &claims)?;
        let (access_token, issued_at) = (token.clone(), rfc3339(now));
        Some(json_reply(StatusCode::OK, &Granted { token, access_token, expires_in: self.life, issued_at, scope, refresh_token }))
    }
}

const UNSIGNED: &str = "no token can be signed: there is no randomness";

fn unsigned() -> Failure {
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::UNKNOWN, UNSIGNED)
}

impl Oauth {
    fn into_reply(self) -> Reply {
        let status = if self.0 == "server_error" { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST };
        json_reply(status, &json!({ "error": self.0, "error_description": self.1 }))
    }
}
