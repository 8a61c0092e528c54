//! What a registry is started with.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::auth::SigningKey;
use super::pace::Rule;
use super::twist::Change;
use crate::clock::Clock;

/// Everything that [`super::start`] wants to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Who may come in.
    pub auth: Auth,
    /// Whose manners to keep.
    pub rules: Rules,
    /// The most bytes that blobs, manifests, open uploads and the records of them may take together.
    pub max_storage: u64,
    /// Tells when tokens and upload sessions expire; move it to make them.
    pub clock: Clock,
    /// How fast it is; without rules, as fast as it can be.
    pub pace: Vec<Rule>,
    /// The bounds that are seldom changed.
    pub limits: Limits,
    /// What it does otherwise than it should; each is laid around those before it.
    pub changes: Vec<Change>,
}

impl Config {
    /// An open registry on a free loopback port, with 4 GiB of storage.
    #[must_use]
    pub fn open() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            auth: Auth::Open,
            rules: Rules::Standard,
            max_storage: 4 << 30,
            clock: Clock::system(),
            pace: Vec::new(),
            limits: Limits::default(),
            changes: Vec::new(),
        }
    }
}

/// How clients prove who they are.
#[derive(Clone, Debug)]
pub enum Auth {
    /// Not at all: everybody may do everything.
    Open,
    /// With a name and a password on every request, for pulls too.
    Basic {
        /// Who is known.
        users: Vec<User>,
    },
    /// With a token of the registry's own service at `/token`.
    Token(TokenAuth),
}

/// The token service and what trusts it.
#[derive(Clone, Debug)]
pub struct TokenAuth {
    /// Who is known.
    pub users: Vec<User>,
    /// What this registry calls itself: the `service` of challenges and the audience of tokens.
    pub service: String,
    /// What the token service calls itself: the issuer of tokens.
    pub issuer: String,
    /// The token service's URL; left out, `/token` on the host that the client asked.
    pub realm: Option<String>,
    /// What tokens are signed with; left out, a new key.
    pub key: Option<SigningKey>,
    /// How long a token lives; at least [`TokenAuth::MIN_LIFE`].
    pub token_life: Duration,
}

impl TokenAuth {
    /// Clients count on tokens that live this long, so no token lives shorter.
    pub const MIN_LIFE: Duration = Duration::from_mins(1);

    /// A service named `plimsoll` with a new key, whose tokens live five minutes.
    #[must_use]
    pub fn new(users: Vec<User>) -> Self {
        Self { users, service: "plimsoll".into(), issuer: "plimsoll".into(), realm: None, key: None, token_life: Duration::from_mins(5) }
    }
}

/// Somebody who may log in.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// The password, in the clear.
    pub password: String,
    /// What the user may do.
    pub rights: Rights,
}

impl User {
    /// A user who may do everything.
    #[must_use]
    pub fn new(name: impl Into<String>, password: impl Into<String>) -> Self {
        Self { name: name.into(), password: password.into(), rights: Rights::All }
    }

    /// A user who may only pull.
    #[must_use]
    pub fn reader(name: impl Into<String>, password: impl Into<String>) -> Self {
        Self { rights: Rights::Pull, ..Self::new(name, password) }
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("name", &self.name).field("rights", &self.rights).finish_non_exhaustive()
    }
}

/// What a user may do, in every repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Pull, push, delete, and list the catalog.
    All,
    /// Pull alone.
    Pull,
}

/// Whose manners the registry keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rules {
    /// The specification's, all of it.
    #[default]
    Standard,
    /// GitHub Package Registry's of 2019: names are OWNER/REPOSITORY/IMAGE, manifest lists and indexes are declined, nothing is deleted.
    GithubPackages,
}

/// Bounds beside the storage.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The largest manifest, in bytes.
    pub manifest: usize,
    /// Manifest bodies that are received at once; more wait.
    pub manifests_at_once: usize,
    /// Connections at once; more wait, and while they do, idle ones are closed.
    pub connections: usize,
    /// Open upload sessions.
    pub uploads: usize,
    /// How long an upload session lives untouched, by the configured clock.
    pub upload_life: Duration,
    /// How long the next piece of a body may take, either way, and all of a manifest or a form.
    pub body: Duration,
    /// How long a request's head may take, and a connection be idle.
    pub head: Duration,
    /// How long requests may still take once the registry is told to stop.
    pub grace: Duration,
    /// The most bytes of a request's head.
    pub head_bytes: usize,
    /// The most entries of one page of tags or repositories.
    pub page: usize,
    /// The most descriptors of one page of referrers.
    pub referrers_page: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            manifest: 8 << 20,
            manifests_at_once: 64,
            connections: 4096,
            uploads: 10_000,
            upload_life: Duration::from_hours(1),
            body: Duration::from_secs(30),
            head: Duration::from_secs(75),
            grace: Duration::from_secs(2),
            head_bytes: 64 << 10,
            page: 10_000,
            referrers_page: 500,
        }
    }
}
