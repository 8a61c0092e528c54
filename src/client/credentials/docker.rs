//! Docker's config file, and the `auth.json` of podman and skopeo, which has the same form.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use indexmap::IndexMap;
use serde::Deserialize;

use super::{Credentials, CredentialsError, Secret};

/// What a config file has on logins; whatever else is in it is not ours.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Config {
    #[serde(default)]
    auths: Option<IndexMap<String, Entry>>,
    #[serde(default, rename = "credsStore")]
    store: Option<String>,
    #[serde(default, rename = "credHelpers")]
    helpers: Option<IndexMap<String, String>>,
    #[serde(skip)]
    file: PathBuf,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entry([redacted])")
    }
}

impl Config {
    /// Reads a file; nothing where there is none. An error names the file and the place, never what stands there.
    pub(super) fn read(file: &Path) -> Result<Option<Self>, CredentialsError> {
        let broken = |why: String| CredentialsError::Config { file: file.to_owned(), why };
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(broken(error.kind().to_string())),
        };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let config: Self = serde_json::from_slice(&bytes)
            .map_err(|error| broken(format!("it is no valid config, at line {} column {}", error.line(), error.column())))?;
        Ok(Some(Self { file: file.to_owned(), ..config }))
    }

    /// The helper that keeps the login of a host, by the first of its `names`, with the name to ask it by.
    pub(super) fn helper<'a>(&'a self, names: &'a [String]) -> Option<(&'a str, &'a str)> {
        let own = self.helpers.as_ref().and_then(|helpers| {
            names
                .iter()
                .find_map(|name| helpers.iter().find(|(key, _)| plain(key) == *name).map(|(key, helper)| (helper.as_str(), key.as_str())))
        });
        own.filter(|(helper, _)| !helper.is_empty())
    }

    /// The helper that keeps all logins.
    pub(super) fn store(&self) -> Option<&str> {
        self.store.as_deref().filter(|store| !store.is_empty())
    }

    /// The login kept in the file itself, by the first of `names` that has one.
    pub(super) fn entry(&self, names: &[String]) -> Result<Option<Credentials>, CredentialsError> {
        let Some(auths) = &self.auths else { return Ok(None) };
        for name in names {
            for (key, entry) in auths.iter().filter(|(key, _)| plain(key) == *name) {
                if let Some(credentials) = self.credentials(key, entry)? {
                    return Ok(Some(credentials));
                }
            }
        }
        Ok(None)
    }

    fn credentials(&self, key: &str, entry: &Entry) -> Result<Option<Credentials>, CredentialsError> {
        let text = |field: &Option<String>| field.clone().filter(|text| !text.is_empty());
        let pair = match text(&entry.auth) {
            Some(auth) => Some(pair(&auth).ok_or_else(|| CredentialsError::Config {
                file: self.file.clone(),
                why: format!("`auth` of {key} is not the Base64 of user:password"),
            })?),
            None => text(&entry.username).zip(text(&entry.password)),
        };
        let identity_token = text(&entry.identitytoken).map(Secret::new);
        Ok(match (pair, identity_token) {
            (None, None) => None,
            (Some((user, _)), token @ Some(_)) => Some(Credentials { user, password: None, identity_token: token }),
            (None, token @ Some(_)) => Some(Credentials { user: String::new(), password: None, identity_token: token }),
            (Some((user, password)), None) => Some(Credentials::new(user, password)),
        })
    }
}

fn pair(auth: &str) -> Option<(String, String)> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decoded = GeneralPurpose::new(&ALPHABET, config).decode(auth.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.trim_end_matches('\0').to_owned()))
}

/// A key of the file as `host[:port][/path]`: `https://host/v1/` is an old way to write `host`.
fn plain(key: &str) -> String {
    let key = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    let key = key.trim_end_matches('/');
    let key = key.strip_suffix("/v1").or_else(|| key.strip_suffix("/v2")).unwrap_or(key);
    key.to_ascii_lowercase()
}
