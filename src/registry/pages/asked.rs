//! Which page a path names.

use http::Method;

use crate::oci::RepositoryName;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// `/OWNER/REPOSITORY/packages`
    List {
        /// `OWNER/REPOSITORY`
        repository: RepositoryName,
    },
    /// `/OWNER/REPOSITORY/packages/IMAGE`
    Page {
        /// `OWNER/REPOSITORY/IMAGE`
        name: RepositoryName,
    },
    /// `/graphql`
    Query,
}

impl Asked {
    /// Reads a path; `None` where it names no page.
    pub(crate) fn parse(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        match parts.as_slice() {
            ["graphql"] => Some(Self::Query),
            ["v2", ..] => None,
            [owner, repository, "packages"] => Some(Self::List { repository: format!("{owner}/{repository}").parse().ok()? }),
            [owner, repository, "packages", image] => Some(Self::Page { name: format!("{owner}/{repository}/{image}").parse().ok()? }),
            _ => None,
        }
    }

    /// The methods that it takes, as an `Allow` header names them.
    pub(crate) fn allowed(&self) -> &'static str {
        if *self == Self::Query { "POST" } else { "GET, HEAD" }
    }

    /// Whether it takes this method.
    pub(crate) fn takes(&self, method: &Method) -> bool {
        self.allowed().split(", ").any(|allowed| allowed == method.as_str())
    }
}
