//! A reference such as a `Location` value, resolved against the URL that was asked for (RFC 3986, section 5.2).
//!
//! Percent-encoding stays as it was sent: a registry that signs its URLs may compare them byte by byte. `url::Url` would rewrite it.

use http::Uri;

/// Why a reference leads nowhere that a request could be sent to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// The base has no scheme or host.
    #[error("the URL that it is relative to is not absolute")]
    RelativeBase,
    /// Neither http nor https.
    #[error("its scheme is `{0}`, and only http and https can be followed")]
    Scheme(String),
    /// Not a URL: spaces, control characters, a bad port, ….
    #[error("it is no URL: {0}")]
    Malformed(String),
}

/// The absolute URL that `reference` means in an answer to a request for `base`; its fragment is dropped.
///
/// # Errors
/// A base that is not absolute, a scheme other than http and https, a text that is no URL.
pub fn resolve(base: &Uri, reference: &str) -> Result<Uri, ResolveError> {
    let (Some(scheme), Some(authority)) = (base.scheme_str(), base.authority()) else {
        return Err(ResolveError::RelativeBase);
    };
    let reference = reference.split('#').next().unwrap_or_default();
    let parts = Parts::of(reference);
    let host = parts.authority.unwrap_or(authority.as_str());
    let rooted = parts.scheme.is_some() || parts.authority.is_some();
    let (path, query) = match (rooted, parts.path) {
        (true, path) => (without_dots(path), parts.query),
        (false, "") => (base.path().to_owned(), parts.query.or(base.query())),
        (false, path) if path.starts_with('/') => (without_dots(path), parts.query),
        (false, path) => (without_dots(&merged(base.path(), path)), parts.query),
    };
    let scheme = parts.scheme.map_or_else(|| scheme.to_owned(), str::to_ascii_lowercase);
    if scheme != "http" && scheme != "https" {
        return Err(ResolveError::Scheme(scheme));
    }
    absolute(&scheme, host, &path, query)
}

fn absolute(scheme: &str, host: &str, path: &str, query: Option<&str>) -> Result<Uri, ResolveError> {
    let malformed = |why: String| ResolveError::Malformed(why);
    if host.is_empty() {
        return Err(malformed("it names no host".into()));
    }
    let path = if path.is_empty() { "/" } else { path };
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let url: Uri = format!("{scheme}://{host}{path}{query}").parse().map_err(|e: http::uri::InvalidUri| malformed(e.to_string()))?;
    match url.authority() {
        Some(authority) if authority.host().is_empty() => Err(malformed("it names no host".into())),
        Some(authority) if authority.port().is_none() && has_port(authority.as_str()) => Err(malformed("its port is no number".into())),
        Some(_) => Ok(url),
        None => Err(malformed("it names no host".into())),
    }
}

/// Whether something stands after the host's colon.
fn has_port(authority: &str) -> bool {
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.rsplit(']').next().unwrap_or_default().contains(':')
}

/// A reference taken apart by the expression of RFC 3986, appendix B, its fragment already gone.
struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(reference: &'a str) -> Self {
        let (scheme, rest) = match reference.split_once(':') {
            Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
            _ => (None, reference),
        };
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                (Some(&rest[..end]), &rest[end..])
            }
            None => (None, rest),
        };
        // `http:path` and `http:///path` name no host; an empty authority makes that an error.
        let authority = if scheme.is_some() { authority.or(Some("")) } else { authority };
        Self { scheme, authority, path, query }
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

fn merged(base: &str, path: &str) -> String {
    let directory = base.rfind('/').map_or("/", |slash| &base[..=slash]);
    format!("{directory}{path}")
}

/// The path without its segments `.` and `..`; every other segment, an empty one too, stays.
fn without_dots(path: &str) -> String {
    let Some(rest) = path.strip_prefix('/') else { return path.to_owned() };
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = rest.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            _ => {
                kept.push(segment);
                continue;
            }
        }
        if last {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn resolved(base: &str, reference: &str) -> String {
        resolve(&base.parse().unwrap(), reference).map_or_else(|error| error.to_string(), |url| url.to_string())
    }

    #[test]
    fn references_resolve_as_rfc_3986_section_5_4_lists_them() {
        let cases = [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("g#s", "http://a/b/c/g"),
            ("g?y#s", "http://a/b/c/g?y"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g..", "http://a/b/c/g.."),
            ("./g/.", "http://a/b/c/g/"),
            ("g/../h", "http://a/b/c/h"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("HTTPS://h:1/x", "https://h:1/x"),
            ("http://[::1]:5000/x", "http://[::1]:5000/x"),
        ];
        for (reference, want) in cases {
            assert_eq!(resolved("http://a/b/c/d;p?q", reference), want, "{reference}");
        }
    }

    #[test]
    fn percent_encoding_and_doubled_slashes_stay_as_they_were_sent() {
        let base = "http://h:5000/v2/a/blobs/uploads/";
        assert_eq!(resolved(base, "/v2/a%2fb//x?_state=a%3D%3d&b=%7e"), "http://h:5000/v2/a%2fb//x?_state=a%3D%3d&b=%7e");
        assert_eq!(resolved(base, "0b-1?x=a:b"), "http://h:5000/v2/a/blobs/uploads/0b-1?x=a:b");
    }

    #[test]
    fn what_no_request_can_be_sent_to_is_an_error() {
        for reference in ["ftp://h/x", "mailto:a", "http://", "http:///x", "http:x", "/a b", "//h:port/x", "http://h:99999/x", "/\u{7}"] {
            assert!(resolve(&"http://a/b".parse().unwrap(), reference).is_err(), "{reference}");
        }
        assert_eq!(resolve(&"/b".parse().unwrap(), "/x"), Err(ResolveError::RelativeBase));
    }

    proptest! {
        #[test]
        fn no_text_makes_resolving_panic_and_what_resolves_is_absolute(reference in "\\PC{0,40}|[:/?#.@\\[\\]a0% ]{0,24}") {
            if let Ok(url) = resolve(&"https://h/v2/a/".parse().unwrap(), &reference) {
                prop_assert!(url.scheme().is_some() && url.host().is_some_and(|host| !host.is_empty()));
            }
        }
    }
}
