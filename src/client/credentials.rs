//! Credentials, and where they come from.

mod docker;
mod helper;
mod resolve;

use std::fmt;

use crate::exchange::Secrets;

pub use resolve::{CredentialsError, Environment, Given, resolve};

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides `text`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, to be sent and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A login: a password, or an identity token that the token service gives tokens for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// User name; empty beside an identity token without one.
    pub user: String,
    /// Password, or a personal access token in its place.
    pub password: Option<Secret>,
    /// An `OAuth2` refresh token, as `docker login` stores it for some registries.
    pub identity_token: Option<Secret>,
}

impl Credentials {
    /// A user with a password.
    #[must_use]
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { user: user.into(), password: Some(Secret::new(password)), identity_token: None }
    }

    /// An identity token.
    #[must_use]
    pub fn identity_token(token: impl Into<String>) -> Self {
        Self { user: String::new(), password: None, identity_token: Some(Secret::new(token)) }
    }

    /// Makes their secrets known for redaction.
    pub fn tell(&self, secrets: &Secrets) {
        if let Some(password) = &self.password {
            secrets.add_login(&self.user, password.expose());
        }
        if let Some(token) = &self.identity_token {
            secrets.add(token.expose());
        }
    }
}
