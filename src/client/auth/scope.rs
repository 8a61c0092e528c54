//! What a request needs to be allowed, as far as a client can tell.

use http::{Method, Uri};
use percent_encoding::percent_decode_str;

/// What a request does to a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Access {
    Read,
    Write,
    Delete,
}

impl Access {
    pub(super) fn of(method: &Method) -> Self {
        match *method {
            Method::GET | Method::HEAD | Method::OPTIONS => Self::Read,
            Method::DELETE => Self::Delete,
            _ => Self::Write,
        }
    }

    /// The actions that clients ask for, where the challenge names none.
    fn actions(self) -> &'static str {
        match self {
            Self::Read => "pull",
            Self::Write => "pull,push",
            Self::Delete => "pull,push,delete",
        }
    }

    fn is_granted_by(self, action: &str) -> bool {
        match self {
            Self::Read => matches!(action, "pull" | "*"),
            Self::Write => matches!(action, "push" | "*"),
            Self::Delete => matches!(action, "delete" | "*"),
        }
    }
}

/// What a token is looked up by: a repository, or a path that belongs to none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Resource {
    Repository(String),
    /// A blob of another repository is mounted: docker and skopeo ask for both in one token.
    Mount {
        into: String,
        from: String,
    },
    Path(String),
}

impl Resource {
    /// The repository that the caller names, or that stands in the path.
    pub(super) fn of(url: &Uri, repository: Option<&str>) -> Self {
        match (repository.or_else(|| in_path(url.path())), mounted_from(url)) {
            (Some(name), Some(from)) => Self::Mount { into: name.to_owned(), from },
            (Some(name), None) => Self::Repository(name.to_owned()),
            (None, _) => Self::Path(url.path().to_owned()),
        }
    }
}

/// The repository that a blob is to be mounted from.
fn mounted_from(url: &Uri) -> Option<String> {
    let value = |name: &str| url.query()?.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    value("mount")?;
    percent_decode_str(value("from")?).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

fn in_path(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/v2/")?;
    let end = ["/manifests/", "/blobs/", "/tags/", "/referrers/"].iter().filter_map(|kind| rest.rfind(kind)).max()?;
    Some(&rest[..end])
}

/// The scopes to ask for: those of the challenge, or where it names none those that clients make up themselves.
pub(super) fn wanted(challenged: Option<&str>, resource: &Resource, access: Access) -> Vec<String> {
    let named: Vec<String> = challenged.unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect();
    match resource {
        Resource::Repository(name) if named.is_empty() => vec![format!("repository:{name}:{}", access.actions())],
        Resource::Mount { into, from } => {
            let whole = vec![format!("repository:{into}:{}", access.actions())];
            let mut scopes = if named.is_empty() { whole } else { named };
            scopes.push(format!("repository:{from}:pull"));
            scopes
        }
        _ => named,
    }
}

/// What a token with `scopes` is good for, beside what it was fetched for.
pub(super) fn covers(scopes: &[String]) -> Vec<(Resource, Access)> {
    let mut found = Vec::new();
    for scope in scopes {
        // The name may hold a colon, of a port; neither the type nor the actions do.
        let Some((name, actions)) = scope.strip_prefix("repository:").and_then(|rest| rest.rsplit_once(':')) else { continue };
        for access in [Access::Read, Access::Write, Access::Delete] {
            if actions.split(',').any(|action| access.is_granted_by(action)) {
                found.push((Resource::Repository(name.to_owned()), access));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_asks_for_the_source_too() {
        let url: Uri = "http://h/v2/b/c/blobs/uploads/?mount=sha256%3A0&from=a%2Fsource".parse().unwrap();
        let resource = Resource::of(&url, None);
        assert_eq!(resource, Resource::Mount { into: "b/c".into(), from: "a/source".into() });
        let scopes = wanted(Some("repository:b/c:pull,push"), &resource, Access::Write);
        assert_eq!(scopes, ["repository:b/c:pull,push", "repository:a/source:pull"]);
    }

    #[test]
    fn the_repository_stands_in_the_path() {
        let of = |path: &str| Resource::of(&format!("http://h{path}").parse().unwrap(), None);
        let repository = |name: &str| Resource::Repository(name.into());
        assert_eq!(of("/v2/a/b/manifests/latest"), repository("a/b"));
        assert_eq!(of("/v2/a/manifests/blobs/uploads/?digest=x"), repository("a/manifests"));
        assert_eq!(of("/v2/a/tags/list"), repository("a"));
        assert_eq!(of("/v2/"), Resource::Path("/v2/".into()));
        assert_eq!(of("/v2/_catalog"), Resource::Path("/v2/_catalog".into()));
        assert_eq!(Resource::of(&"http://h/up/1".parse().unwrap(), Some("c")), repository("c"));
    }

    #[test]
    fn the_challenge_says_which_scopes_and_else_the_request_does() {
        let repository = Resource::Repository("a".into());
        assert_eq!(wanted(Some("repository:a:pull,push repository:b:pull"), &repository, Access::Write).len(), 2);
        assert_eq!(wanted(None, &repository, Access::Write), ["repository:a:pull,push"]);
        assert_eq!(wanted(None, &Resource::Path("/v2/".into()), Access::Read), [""; 0]);
    }

    #[test]
    fn a_token_for_push_is_good_for_pull_and_one_for_a_mount_for_its_source() {
        let a = Resource::Repository("a".into());
        let mount = covers(&["repository:a:pull,push".into(), "repository:h:5000/b:pull".into(), "registry:catalog:*".into()]);
        assert_eq!(mount, [(a.clone(), Access::Read), (a, Access::Write), (Resource::Repository("h:5000/b".into()), Access::Read)]);
        assert_eq!(covers(&["repository:a:*".into()]).len(), 3);
    }
}
