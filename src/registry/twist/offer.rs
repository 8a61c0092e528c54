//! Faults of what is offered, and of the catalog.

use super::change::{Fault, fault};
use super::hooks::{Kind, Memory, ask_for, before, catalog, header, is, json, page, refusal, reply, status, text_of};
use crate::oci::ErrorCode;
use crate::registry::operations::Cut;

/// Refuses such requests with 405.
fn not_allowed(methods: &'static str, on: Kind, fits: fn(&http::request::Parts) -> bool) -> super::change::Made {
    before(move |request| {
        (is(request, methods, on) && fits(request)).then(|| {
            let mut reply = refusal(405, ErrorCode::UNSUPPORTED);
            header(&mut reply, "allow", "OPTIONS");
            reply
        })
    })
}

pub(super) const FAULTS: &[Fault] = &[
    fault("offer/no-uploads", "No upload session is opened: 405.", &["offers/push"], || not_allowed("POST", Kind::Uploads, |_| true)),
    fault("offer/no-chunks", "A PATCH with Content-Range is refused with 405.", &["offers/chunked-upload"], || {
        not_allowed("PATCH", Kind::Upload, |request| request.headers.contains_key("content-range"))
    }),
    fault("offer/no-tag-list", "The list of tags is refused with 405.", &["offers/tag-listing"], || {
        not_allowed("GET", Kind::Tags, |_| true)
    }),
    fault("offer/no-cancel", "A session cannot be cancelled: 405.", &["offers/upload-cancel"], || {
        not_allowed("DELETE", Kind::Upload, |_| true)
    }),
    fault("offer/no-blob-deletes", "Blobs cannot be deleted: 405.", &["offers/delete-blob"], || {
        not_allowed("DELETE", Kind::Blob, |_| true)
    }),
    fault("offer/stream-ok", "The first PATCH without Content-Range is answered 202, later ones 200.", &["push/stream-status"], || {
        let streamed = Memory::default();
        reply("PATCH", Kind::Upload, 202, move |request, reply| {
            if !request.headers.contains_key("content-range") && !streamed.first("one") {
                status(reply, 200);
            }
        })
    }),
    fault(
        "referrer/list-no-content",
        "The list of referrers is answered 203.",
        &[
            "referrers/apart",
            "referrers/deleted",
            "referrers/empty",
            "referrers/list-status",
            "referrers/listed",
            "referrers/listed-all",
            "referrers/only-own",
            "referrers/subject-header-honest",
        ],
        || reply("GET", Kind::Referrers, 200, |_, reply| status(reply, 203)),
    ),
    fault("tag/list-page", "The list of tags is served as HTML, though it is JSON.", &["tags/list-type"], || {
        reply("GET", Kind::Tags, 200, |_, reply| header(reply, "content-type", "text/html"))
    }),
    fault(
        "http/deleted-once-broken",
        "What was deleted is answered 500 the first time that it is asked for.",
        &["http/server-error"],
        || {
            let deleted = std::sync::Arc::new(Memory::default());
            let noted = std::sync::Arc::clone(&deleted);
            let told = Memory::default();
            [
                reply("DELETE", Kind::Any, 202, move |request, _| {
                    noted.first(request.uri.path());
                }),
                reply("GET HEAD", Kind::Any, 404, move |request, reply| {
                    if deleted.knows(request.uri.path()) && told.first(request.uri.path()) {
                        status(reply, 500);
                    }
                }),
            ]
            .concat()
        },
    )
    .seen("distribution#4489: served as 500 for ever"),
    // The catalog
    fault(
        "catalog/null",
        "The catalog's list of repositories is null.",
        &["docker/catalog-json", "docker/catalog-last", "docker/catalog-n", "docker/catalog-names"],
        || reply("GET", Kind::Catalog, 200, |request, reply| json(request, reply, |value| value["repositories"] = serde_json::Value::Null)),
    ),
    fault(
        "catalog/page",
        "The catalog is a page for people.",
        &["docker/catalog-json", "docker/catalog-last", "docker/catalog-n", "docker/catalog-names", "docker/catalog-type"],
        || reply("GET", Kind::Catalog, 200, page),
    ),
    fault("catalog/type", "The catalog is served as text.", &["docker/catalog-type"], || {
        reply("GET", Kind::Catalog, 200, |_, reply| header(reply, "content-type", "text/html"))
    }),
    fault("catalog/names", "The catalog holds the names of repositories with a tag each.", &["docker/catalog-names"], || {
        reply("GET", Kind::Catalog, 200, |request, reply| {
            json(request, reply, |value| {
                for name in value["repositories"].as_array_mut().into_iter().flatten() {
                    *name = format!("{}:latest", name.as_str().unwrap_or_default()).into();
                }
            });
        })
    }),
    fault("catalog/n-ignored", "The catalog comes whole, whatever n says.", &["docker/catalog-last", "docker/catalog-n"], || {
        before(|request| {
            if is(request, "GET", Kind::Catalog) {
                ask_for(request, "/v2/_catalog");
            }
            None
        })
    }),
    fault("catalog/link-bare", "The Link of a page of the catalog has no angle brackets.", &["docker/catalog-link"], || {
        reply("GET", Kind::Catalog, 200, |_, reply| {
            let link = text_of(reply, "link").replace(['<', '>'], "");
            header(reply, "link", &link);
        })
    }),
    fault("catalog/reversed", "The catalog is in reverse order.", &["docker/catalog-order"], || {
        reply("GET", Kind::Catalog, 200, |request, reply| {
            json(request, reply, |value| value["repositories"].as_array_mut().into_iter().for_each(|names| names.reverse()));
        })
    }),
    fault(
        "catalog/link-behind",
        "The catalog comes in pages of ten, and each begins with the end of the last.",
        &["docker/catalog-walk"],
        || {
            [
                catalog(|inner, cut| inner.catalog(&Cut { limit: cut.limit.min(10), ..cut.clone() })),
                reply("GET", Kind::Catalog, 200, |_, reply| {
                    let value: serde_json::Value = serde_json::from_slice(&reply.body().bytes()).unwrap_or_default();
                    let names: Vec<&str> =
                        value["repositories"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
                    let link = text_of(reply, "link");
                    if let ([.., before, _], Some((start, _))) = (&names[..], link.split_once("last=")) {
                        let behind = format!("{start}last={before}>; rel=\"next\"");
                        header(reply, "link", &behind);
                    }
                }),
            ]
            .concat()
        },
    ),
    fault("catalog/last-error", "A last that is no repository is answered 500.", &["docker/catalog-last"], || {
        reply("GET", Kind::Catalog, 200, |request, reply| {
            if request.uri.query().is_some_and(|query| query.contains("last=")) {
                status(reply, 500);
            }
        })
    }),
];
