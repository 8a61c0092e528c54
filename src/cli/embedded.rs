//! The reference registry in plimsoll's own process, with token login and generated credentials.

use super::exit::{Ended, Exit};
use crate::client::credentials::Credentials;
use crate::clock::Clock;
use crate::registry::{Auth, Config, Rules, Running, TokenAuth, User, start as start_registry};
use crate::seed::nonce;

/// The profile whose rules the reference registry can follow.
pub(super) const GITHUB_PACKAGES: &str = "github-packages";

/// A registry that runs, what moves its time, and who may log in.
pub(super) struct Embedded {
    pub(super) running: Running,
    pub(super) clock: Clock,
    pub(super) credentials: Credentials,
}

/// Starts it on a free loopback port; under the profile `github-packages` it keeps that registry's rules, with its Basic login.
pub(super) async fn start(profile: &str) -> Result<Embedded, Ended> {
    let clock = Clock::system();
    let (user, password) = (format!("surveyor-{}", nonce(6)), nonce(24));
    let users = vec![User::new(&user, &password)];
    let github = profile == GITHUB_PACKAGES;
    let config = Config {
        auth: if github { Auth::Basic { users } } else { Auth::Token(TokenAuth::new(users)) },
        rules: if github { Rules::GithubPackages } else { Rules::Standard },
        clock: clock.clone(),
        ..Config::open()
    };
    let running = start_registry(config).await;
    let running = running.map_err(|why| Ended::new(Exit::NotJudged, format!("the embedded registry could not be started: {why}")))?;
    Ok(Embedded { running, clock, credentials: Credentials::new(user, password) })
}
