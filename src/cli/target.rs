//! What a person types for a target, and what is meant.

use http::Uri;

use crate::client::Origin;
use crate::oci::{NameGrammar, Reference, RepositoryName};

/// The longest name of a repository, or beginning of one, that is taken, in bytes. Docker's clients allow 255 for all of it.
const LONGEST_NAME: usize = 150;

/// A registry's address and, perhaps, where in it to work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TargetAddress {
    /// Scheme and authority, path `/`.
    pub(super) base: Uri,
    /// `repository/prefix` behind the host, where one was given.
    pub(super) prefix: Option<String>,
}

impl TargetAddress {
    /// `http://host:port` without a trailing slash.
    #[must_use]
    pub(super) fn url(&self) -> String {
        self.base.to_string().trim_end_matches('/').to_owned()
    }

    /// `host:port` as typed.
    #[must_use]
    pub(super) fn host(&self) -> String {
        self.base.authority().map(ToString::to_string).unwrap_or_default()
    }

    /// Whether what is sent there stays on this machine.
    #[must_use]
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }
}

fn is_loopback(base: &Uri) -> bool {
    Origin::of(base).is_ok_and(|origin| origin.is_loopback())
}

/// Reads `http://host:port`, `https://host`, or `host[/repository/prefix]` (https, except loopback).
///
/// # Errors
/// What is wrong with it, and the forms that are taken.
pub(super) fn parse(text: &str) -> Result<TargetAddress, String> {
    let bad = |why: &str| format!("`{text}` is no target: {why}. Write http://HOST:PORT, https://HOST, or HOST[/REPOSITORY/PREFIX]");
    if text.contains('@') {
        return Err("a target holds no credentials, since they would show in the process list: use --user with --password-stdin, or PLIMSOLL_USER and PLIMSOLL_PASSWORD".into());
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => (Some(scheme), rest),
        Some((other, _)) => return Err(bad(&format!("the scheme is `{other}`, and http or https is wanted"))),
        None => (None, text),
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if authority.is_empty() {
        return Err(bad("it names no host"));
    }
    if path.contains(['?', '#']) || authority.contains(['?', '#']) {
        return Err(bad("it has a query or a fragment"));
    }
    let parsed: http::uri::Authority = authority.parse().map_err(|_| bad("the host can't be read"))?;
    let port_written = parsed.as_str().len() > parsed.host().len();
    if parsed.host().is_empty() || (port_written && parsed.port_u16().is_none_or(|port| port == 0)) {
        return Err(bad("the port is no number from 1 to 65535"));
    }
    let with = |scheme| Uri::builder().scheme(scheme).authority(parsed.clone()).path_and_query("/").build();
    let plain = with("http").map_err(|_| bad("it can't be read"))?;
    let tls = scheme.map_or(!is_loopback(&plain), |scheme| scheme == "https");
    let base = if tls { with("https").map_err(|_| bad("it can't be read"))? } else { plain };
    let prefix = path.trim_matches('/');
    let prefix = if prefix == "v2" { "" } else { prefix.strip_prefix("v2/").unwrap_or(prefix) };
    if !prefix.is_empty() {
        repository_name(prefix).map_err(|why| bad(&format!("what follows the host is no beginning of a repository's name: {why}")))?;
    }
    Ok(TargetAddress { base, prefix: (!prefix.is_empty()).then(|| prefix.to_owned()) })
}

/// Holds a name to the grammar, and to the length that leaves room for the names of the scenarios' own repositories.
///
/// # Errors
/// What is wrong with it.
pub(super) fn repository_name(name: &str) -> Result<(), String> {
    if name.len() > LONGEST_NAME {
        return Err(format!("it has {} characters, and {LONGEST_NAME} are the most", name.len()));
    }
    RepositoryName::parse(name, NameGrammar::V1_1).map(drop).map_err(|_| {
        let upper = if name.contains(|c: char| c.is_ascii_uppercase()) { "; letters are lower-case" } else { "" };
        format!("write parts of a-z and 0-9 with `/` between them, and single `.`, `_`, `-` inside{upper}")
    })
}

/// Reads `team/app:v1` or `team/app@sha256:…`.
///
/// # Errors
/// What is wrong with it, with the forms that are taken.
pub(super) fn image(text: &str) -> Result<(RepositoryName, Reference), String> {
    let bad = |why: String| format!("`{text}` names no image: {why}. Write REPOSITORY:TAG or REPOSITORY@sha256:…");
    let (name, reference) =
        text.split_once('@').or_else(|| text.rsplit_once(':')).ok_or_else(|| bad("it has no tag and no digest".to_owned()))?;
    let name = RepositoryName::parse(name, NameGrammar::V1_1)
        .map_err(|_| bad(format!("`{name}` is no name of a repository (without the registry's host)")))?;
    let reference = reference.parse().map_err(|_| bad(format!("`{reference}` is neither a tag nor a digest")))?;
    Ok((name, reference))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_target_are_read() {
        for (text, url, prefix) in [
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000", None),
            ("https://example.test", "https://example.test", None),
            ("https://example.test/", "https://example.test", None),
            ("example.test", "https://example.test", None),
            ("example.test:5000/team/area", "https://example.test:5000", Some("team/area")),
            ("localhost:5000", "http://localhost:5000", None),
            ("[::1]:5000", "http://[::1]:5000", None),
            ("http://127.0.0.1:5000/v2/", "http://127.0.0.1:5000", None),
        ] {
            let target = parse(text).unwrap();
            assert_eq!((target.url().as_str(), target.prefix.as_deref()), (url, prefix), "{text}");
        }
    }

    #[test]
    fn an_image_is_named_by_tag_or_by_digest() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (text, name, reference) in [
            ("team/app:v1".to_owned(), "team/app", "v1"),
            (format!("app@{digest}"), "app", digest.as_str()),
            ("a/b/c:1.2-3".to_owned(), "a/b/c", "1.2-3"),
        ] {
            let (repo, read) = image(&text).unwrap();
            assert_eq!((repo.as_str(), read.to_string().as_str()), (name, reference));
        }
        for (text, word) in [
            ("app", "no tag"),
            ("App:v1", "no name"),
            ("app:-x", "neither"),
            ("app@sha256:1", "neither"),
            ("localhost:5000/app:v1", "no name"),
        ] {
            assert!(image(text).unwrap_err().contains(word), "{text}");
        }
    }

    #[test]
    fn what_is_no_target_is_refused_in_words() {
        for (text, word) in [
            ("ftp://x", "scheme"),
            ("http://", "no host"),
            ("", "no host"),
            ("http://u:p@x", "credentials"),
            ("http://x:99999", "port"),
            ("http://x?y", "query"),
            ("http://x/Team", "lower-case"),
            ("http://x/team//area", "parts of a-z"),
            ("http://x/team/../area", "parts of a-z"),
            ("http://x/-team", "parts of a-z"),
            (&format!("http://x/{}", "a".repeat(151)), "151 characters"),
        ] {
            assert!(parse(text).unwrap_err().contains(word), "{text}");
        }
    }
}
