//! Errors.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::change::{ALWAYS, Variant, variant};
use super::super::hooks::{Kind, after, before, content, header, json, page, reply};
use crate::registry::reply::empty;

pub(in super::super) const VARIANTS: &[Variant] = &[
    variant(8, "error/empty", "A 4xx has no body.", ALWAYS, || {
        after(|request, reply| {
            if reply.status().is_client_error() && super::super::hooks::kind(request) != Kind::Token {
                header(reply, "content-type", "");
                content(request, reply, "");
            }
        })
    }),
    variant(8, "error/text", "A 4xx has a body of text.", ALWAYS, || {
        after(|request, reply| {
            if reply.status().is_client_error() && super::super::hooks::kind(request) != Kind::Token {
                header(reply, "content-type", "text/plain; charset=utf-8");
                content(request, reply, "this is not done here\n");
            }
        })
    }),
    variant(8, "error/page", "A 4xx has a page for people.", ALWAYS, || {
        after(|request, reply| {
            if reply.status().is_client_error() && super::super::hooks::kind(request) != Kind::Token {
                page(request, reply);
            }
        })
    }),
    variant(8, "error/code-alone", "An error has a code, and neither message nor detail.", ALWAYS, || {
        after(|request, reply| {
            if reply.status().is_client_error() {
                json(request, reply, |value| {
                    for error in value["errors"].as_array_mut().into_iter().flatten() {
                        *error = serde_json::json!({ "code": error["code"] });
                    }
                });
            }
        })
    }),
    variant(8, "error/detail-text", "The detail of an error is a text.", ALWAYS, || {
        after(|request, reply| {
            if reply.status().is_client_error() {
                json(request, reply, |value| {
                    for error in value["errors"].as_array_mut().into_iter().flatten() {
                        error["detail"] = "as the registry sees it".into();
                    }
                });
            }
        })
    }),
    variant(8, "error/several", "A refusal tells several errors.", ALWAYS, || {
        after(|request, reply| {
            if reply.status().is_client_error() {
                json(request, reply, |value| {
                    if let Some(errors) = value["errors"].as_array_mut() {
                        errors.push(serde_json::json!({ "code": "UNSUPPORTED", "message": "and more" }));
                    }
                });
            }
        })
    }),
    variant(9, "error/docker-codes", "An n that is no number is refused with PAGINATION_NUMBER_INVALID.", &["docker-v2"], || {
        reply("GET", Kind::Tags, 400, |request, reply| {
            json(request, reply, |value| value["errors"][0]["code"] = "PAGINATION_NUMBER_INVALID".into());
        })
    }),
    variant(10, "error/rate-limited", "Now and then a request is answered 429, in text, without Retry-After.", ALWAYS, || {
        let asked = AtomicU64::new(0);
        before(move |_| {
            // Rare, since a client that is told nothing waits long.
            (asked.fetch_add(1, Ordering::SeqCst) % 1500 == 1499).then(|| {
                let mut reply = empty(http::StatusCode::TOO_MANY_REQUESTS);
                header(&mut reply, "content-type", "text/plain");
                *reply.body_mut() = "slow down\n".into();
                reply
            })
        })
    }),
];
