//! The reference registry in plimsoll's own process, with token login and generated credentials.

use super::exit::{Ended, Exit};
use crate::clause::{Document, Profile};
use crate::client::credentials::Credentials;
use crate::clock::Clock;
use crate::registry::{Auth, Config, Rules, Running, TokenAuth, User, start as start_registry};
use crate::seed::nonce;

/// The profile whose rules the reference registry can follow.
pub(super) const GITHUB_PACKAGES: &str = "github-packages";

/// What is told where no target was given: what is done (`surveying`) with the embedded registry at `url`, and how it asks for a login.
pub(super) fn in_place_of_a_target(doing: &str, url: &str, login: &str) -> String {
    format!("No target given: {doing} the embedded reference registry on {url} ({login} login, generated credentials).")
}

/// A registry that runs, what moves its time, and who may log in.
pub(super) struct Embedded {
    pub(super) running: Running,
    /// How it asks for a login: `token` or `Basic`.
    pub(super) login: &'static str,
    pub(super) clock: Clock,
    pub(super) credentials: Credentials,
}

/// The reference registry on a thread and a runtime of its own, so that it does not take turns with a driver.
pub(super) struct Apart {
    pub(super) url: String,
    /// How it asks for a login: `token` or `Basic`.
    pub(super) login: &'static str,
    pub(super) credentials: Credentials,
    stop: tokio::sync::oneshot::Sender<()>,
    thread: std::thread::JoinHandle<()>,
}

impl Apart {
    /// Starts it and waits until it answers.
    pub(super) fn start() -> Result<Self, Ended> {
        let bug = |why: String| Ended::new(Exit::Bug, why);
        let (started, ready) = std::sync::mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let body = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let embedded = start(None).await;
                let told = embedded.as_ref().map(|embedded| (embedded.running.url(), embedded.login, embedded.credentials.clone()));
                // Nobody listens any more only where the command is over.
                let _ = started.send(told.map_err(|ended| ended.message.clone()));
                if let Ok(embedded) = embedded {
                    let _ = stopped.await;
                    embedded.running.stop().await;
                }
            });
        };
        let thread = std::thread::Builder::new().name("registry".to_owned()).spawn(body);
        let thread = thread.map_err(|why| bug(format!("a thread could not be made: {why}")))?;
        let told = ready.recv().map_err(|_| bug("the embedded registry has no runtime".to_owned()))?;
        let (url, login, credentials) = told.map_err(|why| Ended::new(Exit::NotJudged, why))?;
        Ok(Self { url, login, credentials, stop, thread })
    }

    /// Stops it and waits until it is gone.
    pub(super) fn stop(self) {
        let _ = self.stop.send(());
        // A panic in it is nobody's loss now.
        drop(self.thread.join());
    }
}

/// Starts it on a free loopback port; under a profile that GitHub's package registry binds it keeps that registry's rules, with its Basic login.
pub(super) async fn start(profile: Option<&Profile>) -> Result<Embedded, Ended> {
    let clock = Clock::system();
    let (user, password) = (format!("surveyor-{}", nonce(6)), nonce(24));
    let users = vec![User::new(&user, &password)];
    let github = profile.is_some_and(|profile| profile.documents.contains(&Document::GithubPackages));
    let config = Config {
        auth: if github { Auth::Basic { users } } else { Auth::Token(TokenAuth::new(users)) },
        rules: if github { Rules::GithubPackages } else { Rules::Standard },
        clock: clock.clone(),
        ..Config::open()
    };
    let running = start_registry(config).await;
    let running = running.map_err(|why| Ended::new(Exit::NotJudged, format!("the embedded registry could not be started: {why}")))?;
    Ok(Embedded { running, login: if github { "Basic" } else { "token" }, clock, credentials: Credentials::new(user, password) })
}
