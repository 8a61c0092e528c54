//! A request with its login.

use std::fmt;

use http::header::AUTHORIZATION;
use http::{HeaderValue, Uri};

use super::known::{Key, basic, sensitive};
use super::scope::{Access, Resource, wanted};
use crate::client::call::{Call, Prepared};
use crate::client::send::{Client, failed};
use crate::client::wire::Origin;
use crate::exchange::{Challenge, Exchange, Failure, challenges};

/// Who a request comes from.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Identity {
    /// Logs in as the registry asks, with the credentials of [`Options`](crate::client::Options), and keeps what it learns.
    #[default]
    Auto,
    /// Nobody: a challenge is the answer.
    None,
    /// This login in an `Authorization: Basic` header, right away; a challenge is the answer.
    Basic {
        /// User name.
        user: String,
        /// Password.
        password: String,
    },
    /// This token in an `Authorization: Bearer` header, right away; a challenge is the answer.
    Bearer(String),
}

/// A request and the manner in which it is asked.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The request. An `Authorization` header of its own is sent as it is, and nothing is added to it.
    pub call: Call,
    /// Who asks.
    pub identity: Identity,
    /// The repository that the request is about, where its path does not tell (an upload session at an opaque URL).
    pub repository: Option<String>,
    /// How many redirects are followed, for GET and HEAD.
    pub redirects: usize,
}

/// What came of an [`Ask`].
#[derive(Clone, Debug)]
pub struct Asked {
    /// The answer: the last hop, with the login that it took.
    pub exchange: Exchange,
    /// What came before, in order: challenged requests, token fetches, redirects.
    pub before: Vec<Exchange>,
}

impl Ask {
    /// Asks as [`Identity::Auto`] and follows up to 5 redirects.
    #[must_use]
    pub fn new(call: Call) -> Self {
        Self { call, identity: Identity::Auto, repository: None, redirects: 5 }
    }
}

/// One request of [`Identity::Auto`]: what is known of it.
pub(super) struct Request {
    pub(super) origin: Origin,
    pub(super) resource: Resource,
    pub(super) access: Access,
}

impl Client {
    /// Sends a request, logs in where that is asked for, follows redirects. A 401 that no login helps against is the answer; a login that
    /// fails is [`Failure::Login`].
    pub async fn ask(&self, ask: Ask) -> Asked {
        let Ask { mut call, identity, repository, redirects } = ask;
        let own = call.headers.iter().any(|(name, _)| *name == AUTHORIZATION);
        let mut before = Vec::new();
        let first = match (self.header(&identity), Origin::of(&call.url)) {
            (None, Ok(origin)) if !own && identity == Identity::Auto => {
                let resource = Resource::of(&call.url, repository.as_deref());
                let request = Request { origin, resource, access: Access::of(&call.method) };
                self.logged_in(&mut call, &request, &mut before).await
            }
            (header, _) => {
                call.headers.extend(header.filter(|_| !own).map(|header| (AUTHORIZATION, header)));
                self.send(call.clone()).await
            }
        };
        let mut hops = vec![first];
        self.follow_on(call, &mut hops, redirects).await;
        let exchange = hops.split_off(hops.len() - 1).swap_remove(0);
        before.append(&mut hops);
        Asked { exchange, before }
    }

    /// The header of an identity that says all by itself.
    fn header(&self, identity: &Identity) -> Option<HeaderValue> {
        match identity {
            Identity::Auto | Identity::None => None,
            Identity::Basic { user, password } => {
                self.secrets().add_pair(user, password);
                Some(basic(user, password))
            }
            Identity::Bearer(token) => {
                // A made-up token may be an ordinary word; a true one never is that short.
                if token.len() >= 16 {
                    self.secrets().add(token);
                }
                sensitive(format!("Bearer {token}"))
            }
        }
    }

    /// Sends with what is known, answers one challenge, sends again. Leaves the login in `call`.
    async fn logged_in(&self, call: &mut Call, request: &Request, before: &mut Vec<Exchange>) -> Exchange {
        let sent = match self.known_login(request, before).await {
            Ok(header) => header,
            Err(why) => return self.refused(call, &why),
        };
        let plain = call.headers.len();
        call.headers.extend(sent.clone().map(|header| (AUTHORIZATION, header)));
        let exchange = self.send(call.clone()).await;
        let mut fetched = Vec::new();
        let Some(answer) = self.answer(request, &exchange, sent.as_ref(), &mut fetched).await else { return exchange };
        before.push(exchange);
        before.append(&mut fetched);
        call.headers.truncate(plain);
        match answer {
            Ok(header) => {
                call.headers.push((AUTHORIZATION, header));
                self.send(call.clone()).await
            }
            Err(why) => self.refused(call, &why),
        }
    }

    /// The login that such a request was last seen to need; its token is fetched anew where it has expired.
    pub(super) async fn known_login(&self, request: &Request, taken: &mut Vec<Exchange>) -> Result<Option<HeaderValue>, String> {
        let logins = self.logins();
        if logins.wants_basic(&request.origin) {
            return Ok(self.basic_login(&request.origin));
        }
        match logins.key(&request.origin, &request.resource, request.access) {
            Some(key) => logins.flight(&key).token(&logins.clock, None, Box::pin(self.fetch_token(&key, taken))).await.map(Some),
            None => Ok(None),
        }
    }

    /// The login that answers the challenge in `exchange`, or why there is none; nothing where there is no challenge that a login could
    /// help against. `sent` is the login that was just challenged.
    pub(super) async fn answer(
        &self,
        request: &Request,
        exchange: &Exchange,
        sent: Option<&HeaderValue>,
        taken: &mut Vec<Exchange>,
    ) -> Option<Result<HeaderValue, String>> {
        let response = exchange.response().filter(|response| response.status == 401)?;
        let asked = challenges(&response.headers);
        let bearer = asked.iter().find(|challenge| challenge.is("bearer"));
        if let Some(key) = bearer.and_then(|challenge| key(challenge, request)) {
            return Some(self.token(&key, request, sent, taken).await);
        }
        if asked.iter().any(|challenge| challenge.is("basic")) {
            self.logins().learn_basic(&request.origin);
            return self.basic_login(&request.origin).filter(|header| sent != Some(header)).map(Ok);
        }
        bearer.map(|_| Err("the Bearer challenge names no http or https URL as its realm".to_owned()))
    }

    /// The token for `key`, from what is kept or from the token service; not the one that was just `rejected`.
    async fn token(
        &self,
        key: &Key,
        request: &Request,
        rejected: Option<&HeaderValue>,
        taken: &mut Vec<Exchange>,
    ) -> Result<HeaderValue, String> {
        let logins = self.logins();
        let header = logins.flight(key).token(&logins.clock, rejected, Box::pin(self.fetch_token(key, taken))).await?;
        logins.learn(key, &request.resource, request.access);
        Ok(header)
    }

    fn basic_login(&self, origin: &Origin) -> Option<HeaderValue> {
        let credentials = self.logins().credentials(origin)?;
        Some(basic(&credentials.user, credentials.password.as_ref()?.expose()))
    }

    /// The exchange that never was, for want of a login.
    fn refused(&self, call: &Call, why: &str) -> Exchange {
        failed(Prepared::of(call.clone()).request, Failure::Login(self.secrets().redact(why)))
    }
}

fn key(challenge: &Challenge, request: &Request) -> Option<Key> {
    let realm: Uri = challenge.param("realm")?.parse().ok()?;
    if !matches!(realm.scheme_str(), Some("http" | "https")) {
        return None;
    }
    let mut scopes = wanted(challenge.param("scope"), &request.resource, request.access);
    scopes.sort();
    scopes.dedup();
    let service = challenge.param("service").filter(|service| !service.is_empty()).map(str::to_owned);
    Some(Key { realm, service, scopes, origin: request.origin.clone() })
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("Auto"),
            Self::None => f.write_str("None"),
            Self::Basic { user, .. } => write!(f, "Basic({user}, [redacted])"),
            Self::Bearer(_) => f.write_str("Bearer([redacted])"),
        }
    }
}
