//! What a registry decides by itself, beyond what the specifications speak of: whose names it takes, what it adds to a list.

use super::super::change::{ALWAYS, Variant, variant};
use super::super::hooks::{Kind, before, header, is, json, name_of, refusal, reply, tags};
use crate::oci::{Digest, ErrorCode, Tag};
use crate::registry::operations::{Cut, Page};

/// Whether the policy is against a name: the last component of a quarter of all names, but none that a probe asks for, on whose answer
/// all else hangs.
fn unwanted(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or_default();
    !last.starts_with("probes-") && Digest::sha256(last.as_bytes()).to_string().ends_with(['0', '1', '2', '3'])
}

fn not_taken(code: u16, error: fn() -> ErrorCode) -> super::super::change::Made {
    before(move |request| {
        let write = is(request, "POST", Kind::Uploads) || is(request, "PUT", Kind::Manifest);
        (write && name_of(request).is_some_and(|name| unwanted(&name))).then(|| refusal(code, error()))
    })
}

pub(in super::super) const VARIANTS: &[Variant] = &[
    variant(1, "name/some-denied", "Pushes to a quarter of all names are refused with 403 DENIED.", ALWAYS, || {
        not_taken(403, || ErrorCode::DENIED)
    }),
    variant(
        2,
        "name/some-unknown",
        "A quarter of all repositories were not created: a push there is refused with 404 NAME_UNKNOWN.",
        ALWAYS,
        || not_taken(404, || ErrorCode::NAME_UNKNOWN),
    ),
    variant(
        43,
        "tags/signed",
        "Every repository lists two tags more: that of a signature, and that of a list of referrers.",
        ALWAYS,
        || {
            tags(|inner, name, cut| {
                let mut all: Vec<Tag> = inner.tags(name, &Cut { after: None, limit: usize::MAX - 1 })?.items;
                let own = Digest::sha256(name.as_str().as_bytes()).to_string().replace(':', "-");
                all.extend([own.parse(), format!("{own}.sig").parse()].into_iter().flatten());
                all.sort_by(|a, b| a.as_str().cmp(b.as_str()));
                let later = all.into_iter().filter(|tag| cut.after.as_deref().is_none_or(|after| tag.as_str() > after));
                Ok(Page::first(later, cut.limit))
            })
        },
    ),
    variant(
        43,
        "lists/more-members",
        "Every list has members that nobody knows, before and after those of the specification.",
        ALWAYS,
        || {
            reply("GET", Kind::Any, 200, |request, reply| {
                if is(request, "", Kind::Tags) || is(request, "", Kind::Catalog) || is(request, "", Kind::Referrers) {
                    json(request, reply, |value| {
                        value["a-first"] = serde_json::json!({ "tags": null, "manifests": [1] });
                        value["zz-last"] = serde_json::json!([true, null, { "name": 7 }]);
                    });
                }
            })
        },
    ),
    variant(45, "catalog/login-wanted", "The catalog wants a login, though nothing else does.", ALWAYS, || {
        reply("GET", Kind::Catalog, 200, |_, reply| {
            *reply = refusal(401, ErrorCode::UNAUTHORIZED);
            header(reply, "www-authenticate", "Basic realm=\"catalog\"");
        })
    }),
];
