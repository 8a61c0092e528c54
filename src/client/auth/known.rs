//! What has been learnt about logging in: how each origin asks, and which tokens there are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri};

use super::flight::Flight;
use super::scope::{Access, Resource, covers};
use crate::client::credentials::Credentials;
use crate::client::options::{ClientError, Options};
use crate::client::wire::Origin;
use crate::clock::Clock;

/// Credentials, and what has been learnt.
pub(in crate::client) struct Logins {
    home: Option<(Origin, Credentials)>,
    pub(super) clock: Clock,
    learnt: Mutex<Learnt>,
}

#[derive(Default)]
struct Learnt {
    /// Origins that have asked for Basic.
    basic: Vec<Origin>,
    /// Which token goes with a request.
    tokens: HashMap<(Origin, Resource, Access), Key>,
    flights: HashMap<Key, Arc<Flight>>,
}

/// What a token is kept by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) realm: Uri,
    pub(super) service: Option<String>,
    /// Sorted, each once.
    pub(super) scopes: Vec<String>,
    /// The origin that asked.
    pub(super) origin: Origin,
}

impl Logins {
    pub(in crate::client) fn new(options: Options) -> Result<Self, ClientError> {
        let home = match (options.credentials, &options.target) {
            (None, _) => None,
            (Some(_), None) => return Err(ClientError::NoTarget),
            (Some(credentials), Some(target)) => {
                credentials.tell(&options.secrets);
                Some((Origin::of(target).map_err(|_| ClientError::NoTarget)?, credentials))
            }
        };
        Ok(Self { home, clock: options.clock, learnt: Mutex::default() })
    }

    /// The same credentials, and nothing learnt.
    pub(in crate::client) fn afresh(&self) -> Self {
        Self { home: self.home.clone(), clock: self.clock.clone(), learnt: Mutex::default() }
    }

    /// The credentials for an origin.
    pub(super) fn credentials(&self, origin: &Origin) -> Option<&Credentials> {
        self.home.as_ref().filter(|(home, _)| home == origin).map(|(_, credentials)| credentials)
    }

    /// Whether the origin has asked for Basic.
    pub(super) fn wants_basic(&self, origin: &Origin) -> bool {
        self.learnt().basic.contains(origin)
    }

    pub(super) fn learn_basic(&self, origin: &Origin) {
        let mut learnt = self.learnt();
        if !learnt.basic.contains(origin) {
            learnt.basic.push(origin.clone());
        }
    }

    /// The token that went, or should go, with such a request.
    pub(super) fn key(&self, origin: &Origin, resource: &Resource, access: Access) -> Option<Key> {
        self.learnt().tokens.get(&(origin.clone(), resource.clone(), access)).cloned()
    }

    /// Notes that `key`'s token goes with such requests, and with those that its scopes cover and nothing was known of.
    pub(super) fn learn(&self, key: &Key, resource: &Resource, access: Access) {
        let mut learnt = self.learnt();
        learnt.basic.retain(|origin| *origin != key.origin);
        for (resource, access) in covers(&key.scopes) {
            learnt.tokens.entry((key.origin.clone(), resource, access)).or_insert_with(|| key.clone());
        }
        learnt.tokens.insert((key.origin.clone(), resource.clone(), access), key.clone());
    }

    pub(super) fn flight(&self, key: &Key) -> Arc<Flight> {
        Arc::clone(self.learnt().flights.entry(key.clone()).or_default())
    }

    fn learnt(&self) -> MutexGuard<'_, Learnt> {
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `Basic …`, marked as sensitive.
pub(super) fn basic(user: &str, password: &str) -> HeaderValue {
    sensitive(format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))).unwrap_or_else(|| HeaderValue::from_static("Basic"))
}

/// A header value that no log shows; nothing where it can't be one.
pub(super) fn sensitive(text: String) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
