//! What a client is made from.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use http::Uri;

use super::credentials::Credentials;
use super::dialer::Dialer;
use crate::clock::Clock;
use crate::exchange::Secrets;

/// How a client connects, waits, reads and logs in.
#[derive(Clone, Debug)]
pub struct Options {
    /// The registry that `credentials` are for: they are sent to its origin and to the token service that it names, nowhere else.
    pub target: Option<Uri>,
    /// With what [`Identity::Auto`](super::Identity::Auto) logs in.
    pub credentials: Option<Credentials>,
    /// PEM files with certificates to trust beside the system's.
    pub ca_certs: Vec<PathBuf>,
    /// Limit on opening a connection: name look-up, TCP and TLS together.
    pub connect_timeout: Duration,
    /// Limit on sending a request and getting the head of its answer, and again on reading the body.
    pub request_timeout: Duration,
    /// Bytes of a body that are kept.
    pub body_limit: usize,
    /// Bytes of a body that are read, hashed and counted; past them the exchange fails with `TooLong`.
    pub body_cap: u64,
    /// When everything ends: what is under way is `TimedOut` then, and nothing begins later: whoever sets it drops what waits.
    pub deadline: Option<Instant>,
    /// Says when tokens expire.
    pub clock: Clock,
    /// Gets every secret that the client is given or learns.
    pub secrets: Secrets,
    /// Opens connections in place of the network.
    pub dialer: Option<Dialer>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            target: None,
            credentials: None,
            ca_certs: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
            body_limit: 8 << 20,
            body_cap: 2 << 30,
            deadline: None,
            clock: Clock::system(),
            secrets: Secrets::new(),
            dialer: None,
        }
    }
}

/// Why there is no client.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// A file of `ca_certs` can't be read, or holds no certificate.
    #[error("{file} can't be used as a CA certificate: {why}", file = file.display())]
    CaCert {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Credentials without a registry that they are for, or with one that no request could be sent to.
    #[error("credentials need the http or https URL of the registry that they are for")]
    NoTarget,
}
