//! Faults of tags and their lists.

use super::change::{Fault, fault};
use super::hooks::{Kind, ask_for, before, header, is, json, reply, status, tags, text_of};
use crate::oci::{Reference, Tag};
use crate::registry::operations::{Cut, Page};

pub(super) fn lower(tag: &Tag) -> Tag {
    tag.as_str().to_ascii_lowercase().parse().unwrap_or_else(|_| tag.clone())
}

fn listed(request: &http::request::Parts, reply: &mut crate::registry::reply::Reply, change: impl FnOnce(&mut Vec<serde_json::Value>)) {
    json(request, reply, |value| {
        if let Some(tags) = value["tags"].as_array_mut() {
            change(tags);
        }
    });
}

/// The query of a list without one of its parameters.
fn without(request: &mut http::request::Parts, key: &str) {
    let (path, query) = (request.uri.path().to_owned(), request.uri.query().unwrap_or_default().to_owned());
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with(&format!("{key}="))).collect();
    ask_for(request, &format!("{path}?{}", kept.join("&")));
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "tag/list-no-content",
        "The list of tags is answered 203.",
        &[
            "management/tag-unlisted",
            "tags/list-complete",
            "tags/list-json",
            "tags/list-last-absent",
            "tags/list-last-optional",
            "tags/list-n-zero",
            "tags/list-status",
        ],
        || reply("GET", Kind::Tags, 200, |_, reply| status(reply, 203)),
    ),
    fault(
        "tag/list-bare",
        "The list of tags is a bare list.",
        &[
            "lists/listed",
            "management/tag-unlisted",
            "tags/list-apart",
            "tags/list-complete",
            "tags/list-json",
            "tags/list-last",
            "tags/list-last-absent",
            "tags/list-n",
            "tags/list-n-exact",
            "tags/list-n-zero",
            "tags/list-name",
            "tags/list-once",
            "tags/list-only-tags",
            "tags/list-order",
            "tags/list-start",
        ],
        || reply("GET", Kind::Tags, 200, |request, reply| json(request, reply, |value| *value = value["tags"].take())),
    ),
    fault("tag/list-null", "The list of tags is null where there are none.", &["tags/list-json", "tags/list-n-zero"], || {
        reply("GET", Kind::Tags, 200, |request, reply| {
            json(request, reply, |value| {
                if value["tags"].as_array().is_some_and(Vec::is_empty) {
                    value["tags"] = serde_json::Value::Null;
                }
            });
        })
    })
    .seen("field notes: tags: null"),
    fault("tag/list-short-name", "The list of tags names the last component of its repository.", &["tags/list-name"], || {
        reply("GET", Kind::Tags, 200, |request, reply| {
            json(request, reply, |value| {
                let last = value["name"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
                value["name"] = last.into();
            });
        })
    }),
    fault(
        "tag/list-lacks-last",
        "The list of tags lacks its last one.",
        &["lists/listed", "tags/list-apart", "tags/list-complete"],
        || {
            reply("GET", Kind::Tags, 200, |request, reply| {
                if request.uri.query().is_none() {
                    listed(request, reply, |tags| drop(tags.pop()));
                }
            })
        },
    ),
    fault(
        "tag/list-digests",
        "Manifests without a tag are listed by their digests.",
        &["lists/listed", "tags/list-apart", "tags/list-json", "tags/list-only-tags", "tags/list-order"],
        || {
            reply("GET", Kind::Tags, 200, |request, reply| {
                if request.uri.query().is_none() {
                    listed(request, reply, |tags| {
                        tags.insert(0, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into());
                    });
                }
            })
        },
    )
    .seen("field notes: digests listed as tags"),
    fault(
        "tag/list-twice",
        "A page of tags begins with the last tag of the page before.",
        &["tags/list-last", "tags/list-last-absent", "tags/list-last-end", "tags/list-once"],
        || {
            tags(|inner, name, cut| {
                let mut page = inner.tags(name, cut)?;
                if let Some(tag) = cut.after.as_deref().and_then(|after| after.parse::<Tag>().ok()).filter(|_| cut.limit > 1) {
                    page.items.insert(0, tag);
                    page.more |= page.items.len() > cut.limit;
                    page.items.truncate(cut.limit);
                }
                Ok(page)
            })
        },
    ),
    fault("tag/list-newest-first", "Tags are listed in reverse order.", &["tags/list-order", "tags/list-start"], || {
        reply("GET", Kind::Tags, 200, |request, reply| listed(request, reply, |tags| tags.reverse()))
    }),
    fault(
        "tag/list-n-ignored",
        "The parameter n is ignored, and so is paging.",
        &["tags/list-n", "tags/list-n-invalid", "tags/list-n-zero", "tags/page-size"],
        || {
            before(|request| {
                if is(request, "GET", Kind::Tags) {
                    without(request, "n");
                }
                None
            })
        },
    )
    .seen("distribution#3232"),
    fault(
        "tag/list-n-one-less",
        "With n, n-1 tags come without a Link.",
        &[
            "tags/list-last-absent",
            "tags/list-last-next",
            "tags/list-n-above",
            "tags/list-n-exact",
            "tags/list-n-or-link",
            "tags/page-walk",
        ],
        || {
            reply("GET", Kind::Tags, 200, |request, reply| {
                if request.uri.query().is_some_and(|query| query.contains("n=") && !query.contains("n=0")) {
                    listed(request, reply, |tags| drop(tags.pop()));
                    header(reply, "link", "");
                }
            })
        },
    ),
    fault("tag/list-n-one-more", "With n, n+1 tags come.", &["tags/list-n", "tags/page-size"], || {
        tags(|inner, name, cut| {
            inner.tags(name, &Cut { limit: cut.limit.saturating_add(usize::from(cut.limit > 0 && cut.limit < 100)), ..cut.clone() })
        })
    }),
    fault("tag/list-n-zero-all", "With n=0 all tags come.", &["tags/list-n-zero"], || {
        before(|request| {
            if is(request, "GET", Kind::Tags) && request.uri.query().is_some_and(|query| query.contains("n=0")) {
                without(request, "n");
            }
            None
        })
    }),
    fault("tag/list-n-zero-link", "With n=0 there is a Link.", &["tags/list-n-zero-link"], || {
        reply("GET", Kind::Tags, 200, |request, reply| {
            if request.uri.query().is_some_and(|query| query.contains("n=0")) {
                let link = format!("<{}?n=0>; rel=\"next\"", request.uri.path());
                header(reply, "link", &link);
            }
        })
    }),
    fault(
        "tag/list-n-large-refused",
        "An n above the number of tags gives one tag alone.",
        &["tags/list-last-absent", "tags/list-n-above", "tags/page-walk"],
        || {
            reply("GET", Kind::Tags, 200, |request, reply| {
                let n =
                    request.uri.query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("n=")?.parse::<usize>().ok()));
                listed(request, reply, |tags| {
                    if n.is_some_and(|n| n > tags.len()) {
                        tags.truncate(1);
                    }
                });
            })
        },
    ),
    fault("tag/list-n-invalid-error", "An n that is no number is answered 500.", &["tags/list-n-invalid"], || {
        reply("GET", Kind::Tags, 400, |_, reply| status(reply, 500))
    }),
    fault("tag/list-n-invalid-taken", "An n that is no number is ignored.", &["tags/list-n-invalid"], || {
        before(|request| {
            let invalid = request
                .uri
                .query()
                .is_some_and(|query| query.split('&').any(|pair| pair.strip_prefix("n=").is_some_and(|n| n.parse::<u64>().is_err())));
            if invalid && is(request, "GET", Kind::Tags) {
                without(request, "n");
            }
            None
        })
    }),
    fault(
        "tag/list-last-ignored",
        "The parameter last is ignored.",
        &["tags/list-last", "tags/list-last-absent", "tags/list-last-end", "tags/list-once", "tags/list-order", "tags/page-walk"],
        || tags(|inner, name, cut| inner.tags(name, &Cut { after: None, ..cut.clone() })),
    )
    .seen("docker-registry 2.8.2"),
    fault(
        "tag/list-last-skips",
        "With last and n, one tag is passed over.",
        &["tags/list-last-absent", "tags/list-last-next", "tags/page-walk"],
        || {
            tags(|inner, name, cut| {
                let Some(_) = cut.after.as_ref().filter(|_| cut.limit < 100) else { return inner.tags(name, cut) };
                let page = inner.tags(name, &Cut { limit: cut.limit.saturating_add(1), ..cut.clone() })?;
                Ok(Page { items: page.items.into_iter().skip(1).collect(), more: page.more })
            })
        },
    ),
    fault("tag/list-last-alone-one", "With last and without n, one tag alone comes.", &["tags/list-last-alone"], || {
        reply("GET", Kind::Tags, 200, |request, reply| {
            if request.uri.query().is_some_and(|query| query.contains("last=") && !query.contains("n=")) {
                listed(request, reply, |tags| tags.truncate(1));
            }
        })
    }),
    fault(
        "tag/list-last-end-again",
        "After the last tag of all the list begins again.",
        &["tags/list-last-absent", "tags/list-last-end"],
        || {
            tags(|inner, name, cut| {
                let page = inner.tags(name, cut)?;
                if page.items.is_empty() && cut.after.is_some() { inner.tags(name, &Cut { after: None, ..cut.clone() }) } else { Ok(page) }
            })
        },
    ),
    fault("tag/list-last-absent", "A last that is no tag of the repository gives nothing.", &["tags/list-last-absent"], || {
        tags(|inner, name, cut| {
            let known = |after: &String| after.parse().is_ok_and(|tag| inner.manifest(name, &Reference::Tag(tag)).is_ok());
            if cut.after.as_ref().is_some_and(|after| !known(after)) {
                return Ok(Page { items: Vec::new(), more: false });
            }
            inner.tags(name, cut)
        })
    }),
    fault("tag/link-no-brackets", "The Link of a page of tags has no angle brackets.", &["tags/link-form", "tags/page-walk"], || {
        reply("GET", Kind::Tags, 200, |_, reply| {
            let link = text_of(reply, "link").replace(['<', '>'], "");
            header(reply, "link", &link);
        })
    }),
    fault("tag/link-second-page", "The second page of tags has no Link, though there are more.", &["tags/page-walk"], || {
        reply("GET", Kind::Tags, 200, |request, reply| {
            if request.uri.query().is_some_and(|query| query.contains("last=")) {
                header(reply, "link", "");
            }
        })
    })
    .seen("distribution#1936"),
    fault("tag/link-grows", "Each page of a walk is twice as long as the one before.", &["tags/page-size"], || {
        reply("GET", Kind::Tags, 200, |_, reply| {
            let link = text_of(reply, "link");
            if let Some((before, rest)) = link.split_once("n=") {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                let twice = digits.parse::<u64>().unwrap_or_default() * 2;
                header(reply, "link", &format!("{before}n={twice}{}", &rest[digits.len()..]));
            }
        })
    }),
    fault("tag/list-unknown-error", "The tags of a repository that does not exist are answered 500.", &["tags/list-unknown"], || {
        reply("GET", Kind::Tags, 404, |_, reply| status(reply, 500))
    }),
    fault("tag/list-unknown-invented", "A repository that does not exist has the tag latest.", &["tags/list-unknown"], || {
        reply("GET", Kind::Tags, 404, |request, reply| {
            status(reply, 200);
            json(request, reply, |value| *value = serde_json::json!({ "name": "library", "tags": ["latest"] }));
        })
    }),
];
