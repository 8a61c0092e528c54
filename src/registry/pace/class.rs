//! Kinds of operations.

use http::Method;

use crate::registry::route::Route;

/// A class of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Every request but those for tokens.
    All,
    /// GET and HEAD of manifests and blobs.
    Pull,
    /// GET and HEAD of manifests.
    Manifest,
    /// GET and HEAD of blobs.
    Blob,
    /// Uploads of blobs, all their requests, and manifests that are put.
    Push,
    /// Tags, referrers, the catalog.
    List,
}

impl Class {
    /// Names of the language, from the general to the special: the last that holds is asked.
    pub(super) const ALL: [(&'static str, Self); 6] = [
        ("all", Self::All),
        ("pull", Self::Pull),
        ("manifest", Self::Manifest),
        ("blob", Self::Blob),
        ("push", Self::Push),
        ("list", Self::List),
    ];

    /// Whether a request belongs to it.
    pub(super) fn holds(self, route: &Route, method: &Method) -> bool {
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let manifest = reads && matches!(route, Route::Manifest { .. });
        let blob = reads && matches!(route, Route::Blob { .. });
        match self {
            Self::All => *route != Route::Token,
            Self::Pull => manifest || blob,
            Self::Manifest => manifest,
            Self::Blob => blob,
            Self::Push => {
                let put = matches!(route, Route::Manifest { .. }) && *method == Method::PUT;
                put || matches!(route, Route::Uploads { .. } | Route::Upload { .. })
            }
            Self::List => matches!(route, Route::Tags { .. } | Route::Referrers { .. } | Route::Catalog),
        }
    }
}
