//! Faults of names.

use super::change::{Fault, Ground, Made, fault};
use super::hooks::{Kind, after, before, manifest, name_of, push, refusal, renamed, status};
use crate::oci::{ErrorCode, Reference};
use crate::registry::operations::Cut;

/// Finds manifests under such references in every repository.
fn shared(fits: fn(&Reference) -> bool) -> Made {
    manifest(move |inner, name, reference| {
        inner.manifest(name, reference).or_else(|refused| {
            let all = inner.catalog(&Cut { after: None, limit: 10_000 }).map(|page| page.items).unwrap_or_default();
            let found = all.iter().filter(|_| fits(reference)).find_map(|other| inner.manifest(other, reference).ok());
            found.ok_or(refused)
        })
    })
}

pub(super) const FAULTS: &[Fault] = &[
    fault("naming/upper-case-folded", "A name in upper case is read as the one in lower case.", &["naming/not-another-name"], || {
        before(|request| {
            renamed(request, str::to_ascii_lowercase);
            None
        })
    }),
    fault(
        "naming/dashes-folded",
        "Dots and underscores in a name are read as dashes.",
        &["naming/kept-apart", "naming/manifests-apart", "tags/list-name"],
        || {
            before(|request| {
                renamed(request, |name| name.replace(['.', '_'], "-"));
                None
            })
        },
    ),
    fault(
        "naming/dots-error",
        "A name with a dot in it is answered 500.",
        &["naming/invalid-name", "naming/kept-apart", "naming/manifests-apart", "naming/valid-name"],
        || {
            before(|request| {
                let name = request.uri.path().rsplit_once("/manifests/").map_or("", |(name, _)| name);
                name.contains('.').then(|| refusal(500, ErrorCode::UNKNOWN))
            })
        },
    ),
    fault(
        "naming/double-underscore-error",
        "A name with two underscores in a row is answered 500.",
        &["naming/invalid-name", "naming/valid-long-separators", "naming/valid-tag"],
        || {
            before(|request| {
                let double = request.uri.path().contains("__") || request.uri.path().contains("--");
                double.then(|| refusal(500, ErrorCode::UNKNOWN))
            })
        },
    ),
    fault("naming/invalid-tag-error", "A push under an invalid tag is answered 500.", &["naming/invalid-tag"], || {
        after(|request, reply| {
            let push =
                request.method == "PUT" && super::hooks::is(request, "PUT", Kind::Nowhere) && request.uri.path().contains("/manifests/");
            if push && reply.status() == 400 && !request.uri.path().contains("sha256:") {
                status(reply, 500);
            }
        })
    }),
    fault("naming/invalid-tag-found", "Any tag that is invalid is found.", &["naming/invalid-tag-lookup"], || {
        after(|request, reply| {
            let lookup = super::hooks::is(request, "GET HEAD", Kind::Nowhere) && request.uri.path().contains("/manifests/");
            if lookup && reply.status() == 404 && !request.uri.path().contains("sha") {
                status(reply, 200);
            }
        })
    }),
    fault(
        "naming/manifests-shared",
        "A manifest is found by its digest in every repository.",
        &["management/manifest-gone", "naming/manifests-apart"],
        || shared(|reference| matches!(reference, Reference::Digest(_))),
    ),
    fault(
        "naming/tags-shared",
        "A tag is found in every repository of the same owner.",
        &[
            "docker/existence-head",
            "lists/no-trace",
            "management/manifest-tags-gone",
            "management/tag-gone",
            "naming/kept-apart",
            "pull/repository-unknown",
            "push/refused-not-stored",
            "tags/apart",
        ],
        || shared(|reference| matches!(reference, Reference::Tag(_))),
    ),
    fault("naming/one-image", "Of several images in one path the last one pushed is served for all.", &["naming/many-images"], || {
        let last: std::sync::Arc<std::sync::Mutex<Option<crate::registry::operations::Stored>>> = std::sync::Arc::default();
        let noted = std::sync::Arc::clone(&last);
        [
            push(move |inner, name, push| {
                let reference = push.reference.clone();
                let pushed = inner.push_manifest(name, push)?;
                if name.as_str().contains("many-images") {
                    *noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = inner.manifest(name, &reference).ok();
                }
                Ok(pushed)
            }),
            manifest(move |inner, name, reference| {
                let stored = inner.manifest(name, reference)?;
                let last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
                Ok(last.filter(|_| name.as_str().contains("many-images")).unwrap_or(stored))
            }),
        ]
        .concat()
    }),
    fault("naming/depth", "A name of five components or more is refused with 400.", &["offers/nested-names"], || {
        before(|request| {
            let deep = name_of(request).is_some_and(|name| name.split('/').count() > 4);
            deep.then(|| refusal(400, ErrorCode::NAME_INVALID))
        })
    }),
    fault(
        "naming/github-any-depth",
        "Names of more or fewer components than three are taken.",
        &["naming/three-components-only", "offers/nested-names"],
        || {
            before(|request| {
                renamed(request, |name| match name.split('/').count() {
                    3 => name.to_owned(),
                    _ => format!("any/depth/{}", name.replace('/', "-")),
                });
                None
            })
        },
    )
    .on(Ground::GithubPackages),
    fault(
        "naming/github-upper-case",
        "A name in upper case is read as the one in lower case.",
        &["naming/lower-case-only", "naming/not-another-name"],
        || {
            before(|request| {
                renamed(request, str::to_ascii_lowercase);
                None
            })
        },
    )
    .on(Ground::GithubPackages),
];
