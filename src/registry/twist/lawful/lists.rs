//! Listings and referrers.

use super::super::change::{ALWAYS, OCI, Variant, variant};
use super::super::hooks::{Kind, before, catalog, configured, failure, header, page, referrers, refusal, reply, status, tags, text_of};
use crate::oci::{ErrorCode, Tag};
use crate::registry::operations::{Cut, Page};

pub(in super::super) const VARIANTS: &[Variant] = &[
    variant(41, "tags/ascii-order", "Tags are listed in the order of their bytes: upper case before lower.", ALWAYS, || {
        tags(|inner, name, cut| {
            let mut all: Vec<Tag> = inner.tags(name, &Cut { after: None, limit: usize::MAX - 1 })?.items;
            all.sort_by(|a, b| a.as_str().cmp(b.as_str()));
            let later = all.into_iter().filter(|tag| cut.after.as_deref().is_none_or(|after| tag.as_str() > after));
            Ok(Page::first(later, cut.limit))
        })
    }),
    variant(42, "tags/no-link", "A full page of tags has no Link.", OCI, || {
        reply("GET", Kind::Tags, 200, |_, reply| header(reply, "link", ""))
    }),
    variant(42, "tags/link-unquoted", "The relation of a Link is not quoted.", ALWAYS, || {
        reply("GET", Kind::Any, 200, |_, reply| {
            let link = text_of(reply, "link").replace("rel=\"next\"", "rel=next");
            header(reply, "link", &link);
        })
    }),
    variant(42, "tags/link-absolute", "The URL of a Link is whole.", ALWAYS, || {
        reply("GET", Kind::Any, 200, |request, reply| {
            let host = super::super::hooks::text_of_request(request, "host");
            let link = text_of(reply, "link").replacen("</", &format!("<http://{host}/"), 1);
            header(reply, "link", &link);
        })
    }),
    variant(42, "tags/link-opaque", "The Link of a page of tags goes by a cursor that is no tag.", ALWAYS, || {
        [
            before(|request| {
                let query = request.uri.query().unwrap_or_default().to_owned();
                if let Some(cursor) = query.split('&').find_map(|pair| pair.strip_prefix("cursor=")) {
                    let bytes: Option<Vec<u8>> =
                        (0..cursor.len()).step_by(2).map(|at| u8::from_str_radix(cursor.get(at..at + 2)?, 16).ok()).collect();
                    let path = request.uri.path().to_owned();
                    if let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
                        super::super::hooks::ask_for(request, &format!("{path}?{text}"));
                    }
                }
                None
            }),
            reply("GET", Kind::Tags, 200, |_, reply| {
                let link = text_of(reply, "link");
                if let Some((path, query)) = link.trim_start_matches('<').split_once('>').and_then(|(url, _)| url.split_once('?')) {
                    let cursor = query.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
                    header(reply, "link", &format!("<{path}?cursor={cursor}>; rel=\"next\""));
                }
            }),
        ]
        .concat()
    }),
    variant(42, "tags/link-to-nothing", "A full last page has a Link to one that is empty.", ALWAYS, || {
        tags(|inner, name, cut| {
            let found = inner.tags(name, cut)?;
            let full = found.items.len() == cut.limit && cut.limit > 0;
            Ok(Page { more: found.more || full, ..found })
        })
    }),
    variant(43, "tags/clamped", "An n above five is taken for five, and the plain list comes in pages of five, with a Link.", OCI, || {
        configured(|config| config.limits.page = 5)
    }),
    variant(43, "tags/n-too-large", "An n above 1000 is refused with 400.", &["docker-v2"], || {
        before(|request| {
            let n = request.uri.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("n=")?.parse::<u64>().ok()));
            n.is_some_and(|n| n > 1000).then(|| refusal(400, ErrorCode::PAGINATION_NUMBER_INVALID))
        })
    }),
    variant(44, "tags/none-not-found", "The list of tags of a repository that has none is answered 404.", ALWAYS, || {
        tags(|inner, name, cut| {
            let any = !inner.tags(name, &Cut { after: None, limit: 1 })?.items.is_empty();
            if any { inner.tags(name, cut) } else { Err(failure(404, ErrorCode::NAME_UNKNOWN)) }
        })
    }),
    variant(45, "catalog/absent", "There is no catalog.", ALWAYS, || {
        reply("GET", Kind::Catalog, 200, |request, reply| {
            status(reply, 404);
            page(request, reply);
        })
    }),
    variant(45, "catalog/forbidden", "The catalog is not for everybody.", ALWAYS, || {
        reply("GET", Kind::Catalog, 200, |_, reply| *reply = refusal(403, ErrorCode::DENIED))
    }),
    variant(45, "catalog/stale", "The catalog knows no repository yet.", ALWAYS, || {
        catalog(|_, _| Ok(Page { items: Vec::new(), more: false }))
    }),
    variant(46, "referrer/absent", "There is no list of referrers, and OCI-Subject is not sent.", OCI, || {
        [
            before(|request| request.uri.path().contains("/referrers/").then(|| refusal(404, ErrorCode::UNSUPPORTED))),
            reply("PUT", Kind::Manifest, 201, |_, reply| header(reply, "oci-subject", "")),
        ]
        .concat()
    }),
    variant(46, "referrer/filter-ignored", "The filter is ignored, and no header says otherwise.", OCI, || {
        [
            referrers(|inner, name, asked| inner.referrers(name, asked.to, None, asked.cut)),
            reply("GET", Kind::Referrers, 200, |_, reply| header(reply, "oci-filters-applied", "")),
        ]
        .concat()
    })
    .undone(&["referrers/filter"]),
    variant(46, "referrer/pages-of-two", "The list of referrers comes in pages of two, the last of all first.", OCI, || {
        configured(|config| config.limits.referrers_page = 2)
    }),
    variant(46, "referrer/reversed", "Referrers are listed in reverse order.", OCI, || {
        referrers(|inner, name, asked| {
            let mut found = inner.referrers(name, asked.to, asked.of, asked.cut)?;
            if !found.more {
                found.items.reverse();
            }
            Ok(found)
        })
    }),
];
