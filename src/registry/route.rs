//! Which resource a path names. Names hold slashes, so a path is read from its right end.

use http::Method;
use percent_encoding::percent_decode_str;

use super::failure::Failure;
use crate::oci::{Digest, NameGrammar, Reference, ReferenceError, RepositoryName};

/// Docker's API says that a name is shorter than 256 characters; no grammar says how long.
const MAX_NAME: usize = 255;

/// A resource.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/v2/`
    Base,
    /// `/v2/_catalog`
    Catalog,
    /// `/token`
    Token,
    /// `/v2/<name>/blobs/<digest>`
    Blob { name: RepositoryName, digest: Digest },
    /// `/v2/<name>/manifests/<reference>`
    Manifest { name: RepositoryName, reference: Reference },
    /// `/v2/<name>/blobs/uploads/`
    Uploads { name: RepositoryName },
    /// `/v2/<name>/blobs/uploads/<id>`
    Upload { name: RepositoryName, id: String },
    /// `/v2/<name>/tags/list`
    Tags { name: RepositoryName },
    /// `/v2/<name>/referrers/<digest>`
    Referrers { name: RepositoryName, digest: Digest },
}

impl Route {
    /// Reads a path, percent-encoded as it came. The method tells only how an invalid tag is refused.
    pub(crate) fn parse(path: &str, method: &Method) -> Result<Self, Failure> {
        let rest = match path {
            "/v2" | "/v2/" => return Ok(Self::Base),
            "/v2/_catalog" => return Ok(Self::Catalog),
            "/token" => return Ok(Self::Token),
            _ => path.strip_prefix("/v2/").ok_or_else(Failure::no_such_path)?,
        };
        let parts: Vec<&str> = rest.split('/').collect();
        match parts.as_slice() {
            [name @ .., "blobs", "uploads", ""] | [name @ .., "blobs", "uploads"] => Ok(Self::Uploads { name: repository(name)? }),
            [name @ .., "tags", "list"] => Ok(Self::Tags { name: repository(name)? }),
            [name @ .., "blobs", "uploads", id] => Ok(Self::Upload { name: repository(name)?, id: text(id)? }),
            [name @ .., "blobs", digest] => Ok(Self::Blob { name: repository(name)?, digest: read_digest(digest)? }),
            [name @ .., "referrers", digest] => Ok(Self::Referrers { name: repository(name)?, digest: read_digest(digest)? }),
            [name @ .., "manifests", reference] => {
                Ok(Self::Manifest { name: repository(name)?, reference: read_reference(reference, method)? })
            }
            _ => Err(Failure::no_such_path()),
        }
    }

    /// The methods that the resource takes, as an `Allow` header names them.
    pub(crate) fn allowed(&self) -> &'static str {
        match self {
            Self::Base | Self::Catalog | Self::Tags { .. } | Self::Referrers { .. } => "GET, HEAD",
            Self::Token => "GET, POST",
            Self::Blob { .. } => "GET, HEAD, DELETE",
            Self::Manifest { .. } => "GET, HEAD, PUT, DELETE",
            Self::Uploads { .. } => "POST",
            Self::Upload { .. } => "GET, PATCH, PUT, DELETE",
        }
    }

    /// The repository that it is in.
    pub(crate) fn name(&self) -> Option<&RepositoryName> {
        match self {
            Self::Base | Self::Catalog | Self::Token => None,
            Self::Blob { name, .. }
            | Self::Manifest { name, .. }
            | Self::Uploads { name }
            | Self::Upload { name, .. }
            | Self::Tags { name }
            | Self::Referrers { name, .. } => Some(name),
        }
    }
}

fn text(part: &str) -> Result<String, Failure> {
    let text = percent_decode_str(part).decode_utf8().map_err(|_| Failure::no_such_path())?;
    Ok(text.into_owned())
}

/// An encoded slash is part of a component, where no grammar allows it; joining first would let it through.
fn repository(parts: &[&str]) -> Result<RepositoryName, Failure> {
    let invalid = || Failure::name_invalid(format!("`{}` is no repository name", parts.join("/")));
    let decoded: Vec<String> = parts.iter().map(|part| text(part)).collect::<Result<_, _>>().map_err(|_| invalid())?;
    let name = decoded.join("/");
    if decoded.iter().any(|part| part.contains('/')) || name.len() > MAX_NAME {
        return Err(invalid());
    }
    RepositoryName::parse(&name, NameGrammar::V1_1).map_err(|_| invalid())
}

fn read_digest(part: &str) -> Result<Digest, Failure> {
    text(part)?.parse().map_err(|error| Failure::digest_malformed(&error))
}

/// A tag that the grammar excludes cannot be there, so it is not found; it can only not be pushed.
fn read_reference(part: &str, method: &Method) -> Result<Reference, Failure> {
    text(part)?.parse().map_err(|error| match error {
        ReferenceError::Digest(error) => Failure::digest_malformed(&error),
        ReferenceError::Tag(error) if method == Method::PUT => Failure::manifest_invalid(error.to_string()),
        ReferenceError::Tag(error) => Failure::new(http::StatusCode::NOT_FOUND, crate::oci::ErrorCode::MANIFEST_UNKNOWN, error.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(path: &str) -> Option<Route> {
        Route::parse(path, &Method::GET).ok()
    }

    fn name(text: &str) -> RepositoryName {
        text.parse().unwrap()
    }

    #[test]
    fn a_path_is_read_from_its_right_end() {
        let digest = Digest::sha256(b"");
        let at = |path: &str| read(&path.replace("DIGEST", &digest.to_string()));
        assert_eq!(at("/v2/a/blobs/uploads/"), Some(Route::Uploads { name: name("a") }));
        assert_eq!(at("/v2/a/blobs/uploads"), Some(Route::Uploads { name: name("a") }));
        assert_eq!(at("/v2/a/blobs/uploads/x"), Some(Route::Upload { name: name("a"), id: "x".into() }));
        assert_eq!(at("/v2/a/blobs/uploads/blobs/DIGEST"), Some(Route::Blob { name: name("a/blobs/uploads"), digest }));
        assert_eq!(at("/v2/tags/list/tags/list"), Some(Route::Tags { name: name("tags/list") }));
        assert_eq!(at("/v2/a/manifests/tags/list"), Some(Route::Tags { name: name("a/manifests") }));
        assert_eq!(at("/v2/a/referrers/DIGEST"), Some(Route::Referrers { name: name("a"), digest }));
        assert_eq!(at("/v2/_catalog"), Some(Route::Catalog));
        assert_eq!(at("/v2/_catalog/tags/list"), None);
    }

    proptest! {
        #[test]
        fn any_path_is_read_or_refused(path in "(/v2)?(/(a|blobs|uploads|tags|list|manifests|%[0-9a-f]{2}|[!-~]{0,5})){0,6}") {
            for method in [Method::GET, Method::PUT] {
                if let Ok(route) = Route::parse(&path, &method) {
                    prop_assert!(route.name().is_none_or(|name| NameGrammar::V1_1.matches(name.as_str()) && name.as_str().len() <= MAX_NAME));
                }
            }
        }
    }
}
