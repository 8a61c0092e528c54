//! The order in which credentials are looked for.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use http::Uri;

use super::docker::Config;
use super::{Credentials, Secret, helper};
use crate::client::wire::Origin;

/// What the user gave on the command line.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// `--user`.
    pub user: Option<String>,
    /// What `--password-stdin` read, without its line end.
    pub password: Option<Secret>,
}

/// Why there are no credentials, although somebody meant there to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// A user without a password, or a password without a user.
    #[error("{has} is given, but {lacks} is not")]
    Half {
        /// What is there.
        has: &'static str,
        /// What is missing.
        lacks: &'static str,
    },
    /// A config file that can't be read.
    #[error("{file}: {why}", file = file.display())]
    Config {
        /// The file.
        file: PathBuf,
        /// What is wrong with it; never what stands in it.
        why: String,
    },
    /// A credential helper that does not work.
    #[error("{helper}, asked for the login of {server}: {why}")]
    Helper {
        /// The program.
        helper: String,
        /// The server that it was asked for.
        server: String,
        /// What went wrong; never what it printed.
        why: String,
    },
}

/// Environment variables.
#[derive(Clone)]
pub struct Environment(HashMap<String, OsString>);

impl Environment {
    /// These variables and no others.
    #[must_use]
    pub fn of(variables: HashMap<String, OsString>) -> Self {
        Self(variables)
    }

    fn get(&self, name: &str) -> Option<OsString> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.into_string().ok()
    }

    fn path(&self, name: &str, rest: &str) -> Option<PathBuf> {
        self.get(name).map(|directory| Path::new(&directory).join(rest))
    }
}

impl fmt::Debug for Environment {
    /// Variables may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

/// The credentials for `target`: from the command line, from `PLIMSOLL_USER` and `PLIMSOLL_PASSWORD`, from `$REGISTRY_AUTH_FILE`, Docker's
/// config file, or the `auth.json` of containers; the first source that has any. In a file a helper of the host's own comes first, then
/// `credsStore`, then `auths`, whose keys may be a host, or `host/repository/prefix` where `prefix` is or begins with it.
///
/// # Errors
/// Half a login, a file that can't be read, a helper that does not work. A missing file and a helper without an entry are no errors.
pub async fn resolve(given: Given, target: &Uri, prefix: &str, environment: &Environment) -> Result<Option<Credentials>, CredentialsError> {
    let user = given.user.or_else(|| given.password.as_ref().and(environment.text("PLIMSOLL_USER")));
    let password = given.password.or_else(|| user.as_ref().and(environment.text("PLIMSOLL_PASSWORD")).map(Secret::new));
    if let Some(login) = whole((user, "--user"), (password, "--password-stdin or PLIMSOLL_PASSWORD"))? {
        return Ok(Some(login));
    }
    let (user, password) = (environment.text("PLIMSOLL_USER"), environment.text("PLIMSOLL_PASSWORD").map(Secret::new));
    if let Some(login) = whole((user, "PLIMSOLL_USER"), (password, "PLIMSOLL_PASSWORD"))? {
        return Ok(Some(login));
    }
    let Ok(origin) = Origin::of(target) else { return Ok(None) };
    let names = names(&origin, prefix);
    for file in files(environment) {
        if let Some(config) = Config::read(&file)?
            && let Some(login) = in_config(&config, &origin, &names, environment).await?
        {
            return Ok(Some(login));
        }
    }
    Ok(None)
}

fn whole(
    (user, user_from): (Option<String>, &'static str),
    (password, password_from): (Option<Secret>, &'static str),
) -> Result<Option<Credentials>, CredentialsError> {
    match (user, password) {
        (Some(user), Some(password)) => Ok(Some(Credentials { user, password: Some(password), identity_token: None })),
        (Some(_), None) => Err(CredentialsError::Half { has: user_from, lacks: password_from }),
        (None, Some(_)) => Err(CredentialsError::Half { has: password_from, lacks: user_from }),
        (None, None) => Ok(None),
    }
}

async fn in_config(
    config: &Config,
    origin: &Origin,
    names: &[String],
    environment: &Environment,
) -> Result<Option<Credentials>, CredentialsError> {
    let path = environment.get("PATH");
    let path: Option<&OsStr> = path.as_deref();
    if let Some((name, server)) = config.helper(names)
        && let Some(login) = helper::ask(name, server, path).await?
    {
        return Ok(Some(login));
    }
    if let Some(store) = config.store()
        && let Some(login) = helper::ask(store, &server(origin), path).await?
    {
        return Ok(Some(login));
    }
    config.entry(names)
}

/// The files in the order in which they are read.
fn files(environment: &Environment) -> Vec<PathBuf> {
    let docker = environment.path("DOCKER_CONFIG", "config.json").or_else(|| environment.path("HOME", ".docker/config.json"));
    let files = [
        environment.get("REGISTRY_AUTH_FILE").map(PathBuf::from),
        docker,
        environment.path("XDG_RUNTIME_DIR", "containers/auth.json"),
        environment.path("XDG_CONFIG_HOME", "containers/auth.json").or_else(|| environment.path("HOME", ".config/containers/auth.json")),
    ];
    files.into_iter().flatten().collect()
}

/// Under what the login of a target may be kept, the narrowest first.
fn names(origin: &Origin, prefix: &str) -> Vec<String> {
    let mut hosts = vec![origin.to_string()];
    if origin.port() == if origin.is_tls() { 443 } else { 80 } {
        hosts.extend(origin.to_string().rsplit_once(':').map(|(host, _)| host.to_owned()));
    }
    if is_hub(origin) {
        hosts.extend(["docker.io".to_owned(), "index.docker.io".to_owned()]);
    }
    let parts: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    let paths = (0..=parts.len()).rev().map(|depth| parts[..depth].iter().fold(String::new(), |path, part| format!("{path}/{part}")));
    paths.flat_map(|path| hosts.iter().map(move |host| format!("{host}{path}")).collect::<Vec<_>>()).collect()
}

/// How a helper is asked for a host.
fn server(origin: &Origin) -> String {
    if is_hub(origin) {
        return "https://index.docker.io/v1/".to_owned();
    }
    let standard = origin.port() == if origin.is_tls() { 443 } else { 80 };
    let whole = origin.to_string();
    if standard { whole.rsplit_once(':').map_or(whole.clone(), |(host, _)| host.to_owned()) } else { whole }
}

fn is_hub(origin: &Origin) -> bool {
    matches!(origin.host(), "docker.io" | "index.docker.io" | "registry-1.docker.io")
}
