//! The first words with a target: is it there, is it a registry, does it ask for a login, and does it take ours?

use http::{Method, Uri};

use super::cleanup::{Pushed, note_session};
use super::fault::{self, Fault};
use super::options::{CheckError, Options};
use crate::client::{Ask, Asked, Call, Client, Identity};
use crate::exchange::{Challenge, Exchange, Failure, evidence, preferred};
use crate::judge::observed;
use crate::plan::{Facts, State};

/// Why a target can't be surveyed at all.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No answer.
    #[error("{url} can't be reached: {why}")]
    Unreachable {
        /// The base URL.
        url: String,
        /// What happened.
        why: String,
    },
    /// Something else lives there.
    #[error("{url} is no registry: {why}")]
    NoRegistry {
        /// The base URL.
        url: String,
        /// How that is known.
        why: String,
    },
    /// It asks for a login, and what we have is not enough.
    #[error("{url} refused the login: {why}")]
    Login {
        /// The base URL.
        url: String,
        /// What was tried, what came, what to do.
        why: String,
    },
}

/// What the first words told.
#[derive(Debug, Default)]
pub(crate) struct Greeting {
    /// The `Server` header.
    pub(crate) server: Option<String>,
    /// The `Docker-Distribution-API-Version` header.
    pub(crate) api_version: Option<String>,
    /// `none`, `basic`, `bearer`, or `unreadable` where it asks in no way that plimsoll can follow.
    pub(crate) login: &'static str,
    /// Facts of the driver's own: login and its kinds, token service.
    pub(crate) facts: Facts,
    /// What is wrong with how it asks for a login, so that nothing else can be judged.
    pub(super) fault: Option<Fault>,
    /// Upload sessions that it opened.
    pub(crate) sessions: Vec<Pushed>,
}

impl Greeting {
    /// Why nothing else can be done there, where its manner of asking for a login is broken.
    pub(crate) fn stuck(&self) -> Option<String> {
        self.fault.as_ref().map(Fault::in_words)
    }
}

/// Asks the base endpoint, and a repository too: a 200 at `/v2/` does not prove that the registry is open.
///
/// # Errors
/// The target can't be surveyed at all.
pub(crate) async fn greet(client: &Client, options: &Options, run: &str) -> Result<Greeting, Refusal> {
    let ping = get(client, options, "/v2/", &Identity::None).await;
    let url = options.base.to_string().trim_end_matches('/').to_owned();
    let response = match &ping.answer {
        Ok(response) => response,
        Err(failure) => return Err(unreachable(url, failure)),
    };
    if let Some(why) = no_registry(&ping) {
        return Err(Refusal::NoRegistry { url, why });
    }
    let header = |name: &str| response.headers.get(name).map(|value| evidence::printable(value.as_bytes()));
    let mut greeting = Greeting { server: header("server"), api_version: header("docker-distribution-api-version"), ..Greeting::default() };
    // With --repository nothing else is written to.
    let place =
        options.repository.as_ref().map_or_else(|| format!("/v2/{}/{run}/greeting", options.prefix), |pinned| format!("/v2/{pinned}"));
    let asking = asking(client, options, &ping, &place, &mut greeting.sessions).await;
    let challenge = asking.as_ref().and_then(|asking| preferred(&asking.response()?.headers));
    greeting.login = match &challenge {
        Some(challenge) if challenge.is("bearer") => "bearer",
        Some(_) => "basic",
        None if asking.is_some() => "unreadable",
        None => "none",
    };
    note_driver_facts(&mut greeting, challenge.as_ref(), options);
    if let Some(asking) = &asking {
        greeting.fault = fault::of_challenge(asking);
        if greeting.fault.is_none() {
            greeting.fault = log_in(client, options, &url, asking, &mut greeting.sessions).await?;
        }
    }
    Ok(greeting)
}

/// The exchange in which the target asked for a login, if it did: at `/v2/`, for a repository's tags, or for a push.
async fn asking(client: &Client, options: &Options, ping: &Exchange, place: &str, open: &mut Vec<Pushed>) -> Option<Exchange> {
    if ping.status() == Some(401) {
        return Some(ping.clone());
    }
    if let Some((repo, reference)) = options.images.images.first() {
        let pull = get(client, options, &format!("/v2/{repo}/manifests/{reference}"), &Identity::None).await;
        if pull.status() == Some(401) || options.images.alone {
            return (pull.status() == Some(401)).then_some(pull);
        }
    }
    let pull = get(client, options, &format!("{place}/tags/list"), &Identity::None).await;
    if pull.status() == Some(401) {
        return Some(pull);
    }
    let push = send(client, options, Method::POST, &format!("{place}/blobs/uploads/"), &Identity::None).await;
    note_session(open, &push);
    (push.status() == Some(401)).then_some(push)
}

/// With the credentials at hand, the same request must not be answered 401 again.
async fn log_in(
    client: &Client,
    options: &Options,
    url: &str,
    asking: &Exchange,
    open: &mut Vec<Pushed>,
) -> Result<Option<Fault>, Refusal> {
    let path = asking.request.url.path().to_owned();
    let asked = ask(client, options, asking.request.method.clone(), &path, &Identity::Auto).await;
    let again = &asked.exchange;
    note_session(open, again);
    let refused = |why: String| Err(Refusal::Login { url: url.to_owned(), why });
    match &again.answer {
        Ok(response) if response.status != 401 => Ok(None),
        Ok(_) if options.login.is_none() => refused(
            "it asks for a login, and no credentials are at hand. Give --user NAME with --password-stdin, set PLIMSOLL_USER and PLIMSOLL_PASSWORD, or log in with docker login".into(),
        ),
        Ok(_) => refused(format!("it answered {} to {} {path} with the credentials of {}", observed(again), asking.request.method, who(options))),
        Err(Failure::Login(_)) if fault::of_token(&asked).is_some() => Ok(fault::of_token(&asked)),
        Err(Failure::Login(why)) => refused(format!("{why} (as {})", who(options))),
        Err(failure) => Err(unreachable(url.to_owned(), failure)),
    }
}

fn who(options: &Options) -> String {
    options.login.as_ref().map_or_else(|| "nobody".to_owned(), |(user, _)| format!("`{}`", evidence::printable(user.as_bytes())))
}

fn note_driver_facts(greeting: &mut Greeting, challenge: Option<&Challenge>, options: &Options) {
    let facts = &mut greeting.facts;
    let (login, why) = match (challenge, &options.login) {
        (None, _) if greeting.login == "unreadable" => (State::Declined, "a login is asked for, in a way that can't be read"),
        (None, _) => (State::Declined, "no login asked for"),
        (Some(_), None) => (State::Declined, "no user name and password at hand"),
        (Some(_), Some(_)) => (State::Accepted, greeting.login),
    };
    facts.note("login", login, why);
    for (capability, scheme) in [("login-basic", "basic"), ("login-bearer", "bearer")] {
        let (state, observed) = match login {
            State::Accepted if greeting.login == scheme => (State::Accepted, scheme.to_owned()),
            State::Accepted => (State::Declined, format!("the login is {}", greeting.login)),
            _ => (State::Declined, why.to_owned()),
        };
        facts.note(capability, state, observed);
    }
    facts.realm = challenge.and_then(|challenge| challenge.param("realm")).map(str::to_owned).filter(|_| greeting.login == "bearer");
    facts.service = challenge.and_then(|challenge| challenge.param("service")).map(str::to_owned);
    let (clock, observed) = match (&options.embedded, options.wait_expiry) {
        (Some(_), _) => (State::Accepted, "the reference registry's clock is moved"),
        (None, true) => (State::Accepted, "waited for, with --wait-expiry"),
        (None, false) => (State::Declined, "it would take a minute or more: --wait-expiry waits"),
    };
    facts.note("clock", clock, observed);
    let (own, observed) = match &options.repository {
        None => (State::Accepted, "each scenario has repositories of its own"),
        Some(_) => (State::Declined, "it needs an empty repository, and --repository pins one"),
    };
    facts.note("own-repositories", own, observed);
}

/// How one knows that it is none: a page for people, or an address that leads elsewhere.
fn no_registry(ping: &Exchange) -> Option<String> {
    let response = ping.response()?;
    let header = |name: &str| response.headers.get(name).map(|value| evidence::printable(value.as_bytes())).unwrap_or_default();
    let is_page = header("content-type").starts_with("text/html") || response.body.bytes.trim_ascii_start().starts_with(b"<");
    let knows_api = response.headers.contains_key("docker-distribution-api-version");
    match response.status {
        301 | 302 | 303 | 307 | 308 => Some(format!(
            "GET /v2/ is answered {} and leads to {}. Give that address, if it is the registry's",
            response.status,
            header("location")
        )),
        _ if knows_api || response.status == 401 => None,
        400 if String::from_utf8_lossy(&response.body.bytes).contains("HTTPS") => {
            Some("it wants TLS: it answered \"HTTP request to an HTTPS server\". Use https://".to_owned())
        }
        200..=299 | 400..=499 if is_page => Some(format!("GET /v2/ is answered {} with a page for people (HTML)", response.status)),
        404 => Some("GET /v2/ is answered 404: the distribution API is not there".to_owned()),
        _ => None,
    }
}

/// Whether a pinned repository holds no tag that could be overwritten.
///
/// # Errors
/// It holds some, or that can't be seen.
pub(super) async fn is_unused(client: &Client, options: &Options, repository: &str) -> Result<(), CheckError> {
    let list = send(client, options, Method::GET, &format!("/v2/{repository}/tags/list"), &Identity::Auto).await;
    let in_use = |why: String| Err(CheckError::InUse { repository: repository.to_owned(), why });
    let Some(response) = list.response().filter(|response| matches!(response.status, 200 | 404)) else {
        return in_use(format!("the list of its tags is answered with {}", observed(&list)));
    };
    let json: serde_json::Value = serde_json::from_slice(&response.body.bytes).unwrap_or_default();
    match (response.status, json.get("tags")) {
        (404, _) | (_, Some(serde_json::Value::Null)) => Ok(()),
        (_, Some(serde_json::Value::Array(tags))) if tags.is_empty() => Ok(()),
        (_, Some(serde_json::Value::Array(tags))) => {
            in_use(format!("it holds {} tag{}", tags.len(), if tags.len() == 1 { "" } else { "s" }))
        }
        _ => in_use("the list of its tags can't be read".to_owned()),
    }
}

fn unreachable(url: String, failure: &Failure) -> Refusal {
    Refusal::Unreachable { url, why: evidence::printable(failure.to_string().as_bytes()) }
}

async fn get(client: &Client, options: &Options, path: &str, identity: &Identity) -> Exchange {
    send(client, options, Method::GET, path, identity).await
}

async fn send(client: &Client, options: &Options, method: Method, path: &str, identity: &Identity) -> Exchange {
    ask(client, options, method, path, identity).await.exchange
}

/// A path of the target.
pub(super) fn address(options: &Options, path: &str) -> Uri {
    let url =
        Uri::builder().scheme(options.base.scheme_str().unwrap_or("http")).authority(options.base.authority().map_or("", |a| a.as_str()));
    url.path_and_query(path).build().unwrap_or_else(|_| options.base.clone())
}

async fn ask(client: &Client, options: &Options, method: Method, path: &str, identity: &Identity) -> Asked {
    let ask = Ask { identity: identity.clone(), redirects: 0, ..Ask::new(Call::new(method, address(options, path))) };
    client.ask_patiently(ask, |_| {}).await
}
