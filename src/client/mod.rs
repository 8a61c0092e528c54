//! What speaks to a registry: HTTP/1.1 over connections of our own, redirects, and login as real clients do it.
//!
//! - Takes: a [`Call`] (one request), or an [`Ask`] (a request with the manner in which it logs in).
//! - Gives: [`Exchange`](crate::exchange::Exchange)s. Whatever a peer does (silence, garbage, endless answers, a broken handshake)
//!   is a [`Failure`](crate::exchange::Failure) in one of them, within the time-outs; nothing panics, nothing hangs.
//! - Holds no opinion on what came. Knows no secret that [`Client::secrets`] does not redact.
//! - May use: `oci`, `clock`, `seed`, `exchange`; never `registry`.

mod auth;
mod call;
pub mod credentials;
mod dialer;
pub mod line;
mod options;
mod patience;
mod redirect;
mod send;
#[cfg(test)]
mod tests;
mod traffic;
mod wire;

pub use auth::{Ask, Asked, Identity, Login, Wanted};
pub use call::{Body, Call, Framing};
pub use credentials::{Credentials, Secret};
pub use dialer::Dialer;
pub use options::{ClientError, Options};
pub use send::Client;
pub use wire::Origin;
