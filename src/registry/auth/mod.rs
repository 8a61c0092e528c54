//! Who may do what: logins, tokens, and the service that gives them.
//!
//! - Takes: the configured users and key, `Authorization` headers, and requests for tokens.
//! - Gives: a [`Guard`], which admits a request or says with which challenge it is refused, and answers at `/token`.
//! - May use: the registry's values, `clock`, `seed`.
//!
//! Secrets are compared in constant time, and no message repeats one. A token is a JWT signed with one configured key and algorithm;
//! a refresh token is a random string that only this process knows, so that neither can pass for the other.

mod credentials;
mod der;
mod guard;
mod jwt;
mod key;
mod refresh;
mod scope;
mod service;
#[cfg(test)]
mod tests;
mod users;

pub(crate) use guard::Guard;
pub use key::{KeyError, SigningKey};
pub(crate) use service::TokenRequest;
