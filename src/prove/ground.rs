//! The registry that a twist is tried on.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::client::credentials::Credentials;
use crate::registry::{Auth, Change, Config, Ground, Limits, Rules, TokenAuth, User};

/// The port that it thinks to be on: nothing listens.
const PORT: u16 = 5000;
const USER: &str = "prover";
const PASSWORD: &str = "a-password-of-no-value";

/// A registry of that kind, with these changes.
pub(super) fn config(ground: Ground, changes: Vec<Change>) -> Config {
    let users = vec![User::new(USER, PASSWORD)];
    let auth = match ground {
        Ground::Open => Auth::Open,
        Ground::Basic | Ground::GithubPackages => Auth::Basic { users },
        Ground::Token => Auth::Token(TokenAuth::new(users)),
    };
    let rules = if ground == Ground::GithubPackages { Rules::GithubPackages } else { Rules::Standard };
    // Nobody is waited for who was left without an answer.
    let limits = Limits { grace: Duration::from_millis(50), ..Limits::default() };
    Config { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)), auth, rules, limits, changes, ..Config::open() }
}

/// Who logs in there.
pub(super) fn credentials(ground: Ground) -> Option<Credentials> {
    (ground != Ground::Open).then(|| Credentials::new(USER, PASSWORD))
}

/// As reports name it.
pub(super) fn name(ground: Ground) -> &'static str {
    match ground {
        Ground::Open => "open",
        Ground::Basic => "basic",
        Ground::Token => "token",
        Ground::GithubPackages => "github-packages",
    }
}
