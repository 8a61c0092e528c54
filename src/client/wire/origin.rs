//! Where a request goes.

use std::fmt;
use std::net::IpAddr;

use http::Uri;

use crate::exchange::Failure;

/// Scheme, host and port: what connections and logins are kept by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    tls: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of an absolute URL.
    ///
    /// # Errors
    /// [`Failure::Unsendable`] where the URL is not absolute, is neither http nor https, or has credentials in it.
    pub fn of(url: &Uri) -> Result<Self, Failure> {
        let unsendable = |why: &str| Failure::Unsendable(why.to_owned());
        let tls = match url.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(unsendable("its URL is neither http nor https")),
        };
        let authority = url.authority().ok_or_else(|| unsendable("its URL names no host"))?;
        if authority.as_str().contains('@') {
            return Err(unsendable("its URL has credentials in it"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            None if authority.as_str().ends_with(|c: char| c.is_ascii_digit()) && has_port(authority.as_str()) => {
                return Err(unsendable("its URL has a port out of range"));
            }
            None if tls => 443,
            None => 80,
        };
        if host.is_empty() { Err(unsendable("its URL names no host")) } else { Ok(Self { tls, host, port }) }
    }

    /// Whether it is spoken to with TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.tls
    }

    /// The host in lower case, an IPv6 address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, the scheme's own where the URL names none.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether what is sent there stays on this machine: a loopback address, `localhost` or a name under it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.ends_with(".localhost") || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

fn has_port(authority: &str) -> bool {
    authority.rsplit(']').next().unwrap_or_default().contains(':')
}

impl fmt::Display for Origin {
    /// `host:port`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') { write!(f, "[{}]:{}", self.host, self.port) } else { write!(f, "{}:{}", self.host, self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Result<String, Failure> {
        Origin::of(&url.parse().unwrap()).map(|origin| format!("{} {origin}", origin.is_tls()))
    }

    #[test]
    fn an_origin_has_a_port_whether_the_url_names_one_or_not() {
        assert_eq!(of("http://H/x").unwrap(), "false h:80");
        assert_eq!(of("https://h/x").unwrap(), "true h:443");
        assert_eq!(of("https://[::1]:5000/").unwrap(), "true [::1]:5000");
    }

    #[test]
    fn what_cannot_be_sent_to_has_none() {
        for url in ["/v2/", "ftp://h/", "http://u:p@h/", "http://h:99999/"] {
            assert!(matches!(of(url), Err(Failure::Unsendable(_))), "{url}");
        }
    }

    #[test]
    fn loopback_is_told_by_address_and_by_name() {
        let loopback = |url: &str| Origin::of(&url.parse().unwrap()).unwrap().is_loopback();
        assert!(
            loopback("http://127.8.0.1/") && loopback("http://[::1]/") && loopback("http://LocalHost/") && loopback("http://r.localhost/")
        );
        assert!(!loopback("http://10.0.0.1/") && !loopback("http://localhost.example/") && !loopback("http://127.0.0.1.example/"));
    }
}
