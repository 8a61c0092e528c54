//! Faults of referrers.

use http::request::Parts;

use super::change::{Fault, fault};
use super::hooks::{Kind, before, failure, header, is, json, push, referrers, refusal, reply, status, text_of};
use crate::oci::{ErrorCode, RepositoryName};
use crate::registry::operations::{Cut, Page};
use crate::registry::reply::Reply;

/// Changes each descriptor of a list.
fn each(request: &Parts, reply: &mut Reply, change: impl Fn(&mut serde_json::Value)) {
    json(request, reply, |value| {
        if let Some(manifests) = value["manifests"].as_array_mut() {
            manifests.iter_mut().for_each(change);
        }
    });
}

fn remove(value: &mut serde_json::Value, field: &str) {
    if let Some(object) = value.as_object_mut() {
        object.remove(field);
    }
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "referrer/absent",
        "There is no list of referrers, and OCI-Subject is sent all the same.",
        &["offers/referrers", "referrers/subject-header-honest"],
        || before(|request| is(request, "GET", Kind::Referrers).then(|| refusal(404, ErrorCode::UNSUPPORTED))),
    )
    .seen("sigstore-js#1183"),
    fault("referrer/plain-type", "The list of referrers is served as application/json.", &["referrers/list-type"], || {
        reply("GET", Kind::Referrers, 200, |_, reply| header(reply, "content-type", "application/json"))
    })
    .seen("harbor#19690"),
    fault("referrer/no-schema-version", "The list of referrers has no schemaVersion.", &["referrers/list-json"], || {
        reply("GET", Kind::Referrers, 200, |request, reply| json(request, reply, |value| remove(value, "schemaVersion")))
    }),
    fault(
        "referrer/null",
        "The list of referrers is null where there are none.",
        &[
            "referrers/apart",
            "referrers/deleted",
            "referrers/empty",
            "referrers/filter-honest",
            "referrers/list-json",
            "referrers/only-own",
        ],
        || {
            reply("GET", Kind::Referrers, 200, |request, reply| {
                json(request, reply, |value| {
                    if value["manifests"].as_array().is_some_and(Vec::is_empty) {
                        value["manifests"] = serde_json::Value::Null;
                    }
                });
            })
        },
    ),
    fault("referrer/empty-not-found", "A digest that is not there and that nothing refers to gets a 404.", &["referrers/empty"], || {
        referrers(|inner, name, asked| {
            let page = inner.referrers(name, asked.to, asked.of, asked.cut)?;
            let nothing = inner.referrers(name, asked.to, None, asked.cut)?.items.is_empty();
            let there = inner.manifest(name, &crate::oci::Reference::Digest(*asked.to)).is_ok();
            if nothing && !there { Err(failure(404, ErrorCode::MANIFEST_UNKNOWN)) } else { Ok(page) }
        })
    }),
    fault(
        "referrer/image-unlisted",
        "Images with a subject are not listed; indexes are.",
        &["referrers/filter-keeps", "referrers/listed", "referrers/listed-all"],
        || {
            referrers(|inner, name, asked| {
                let mut page = inner.referrers(name, asked.to, asked.of, asked.cut)?;
                page.items.retain(|descriptor| descriptor.media_type.is_index());
                Ok(page)
            })
        },
    ),
    fault(
        "referrer/index-unlisted",
        "Indexes with a subject are not listed; images are.",
        &["referrers/annotations", "referrers/artifact-type", "referrers/listed-index"],
        || {
            referrers(|inner, name, asked| {
                let mut page = inner.referrers(name, asked.to, asked.of, asked.cut)?;
                page.items.retain(|descriptor| !descriptor.media_type.is_index());
                Ok(page)
            })
        },
    ),
    fault("referrer/first-five", "The list of referrers ends after the fifth, without a Link.", &["referrers/listed-all"], || {
        referrers(|inner, name, asked| {
            let page = inner.referrers(name, asked.to, asked.of, &Cut { limit: 5, ..asked.cut.clone() })?;
            Ok(Page { more: false, ..page })
        })
    }),
    fault(
        "referrer/size-off",
        "A referrer is listed with the size of its first layer's descriptor.",
        &["referrers/descriptor", "referrers/listed-index"],
        || reply("GET", Kind::Referrers, 200, |request, reply| each(request, reply, |descriptor| descriptor["size"] = 2.into())),
    ),
    fault(
        "referrer/no-artifact-type",
        "A referrer is listed without its artifactType.",
        &["referrers/artifact-type", "referrers/artifact-type-config", "referrers/filter-honest"],
        || reply("GET", Kind::Referrers, 200, |request, reply| each(request, reply, |descriptor| remove(descriptor, "artifactType"))),
    )
    .seen("quay#3047"),
    fault(
        "referrer/config-type-always",
        "A referrer is listed with the type of its config, though it has an artifactType.",
        &["referrers/artifact-type", "referrers/filter-honest"],
        || {
            reply("GET", Kind::Referrers, 200, |request, reply| {
                each(request, reply, |descriptor| {
                    if descriptor.get("artifactType").is_some_and(|of| !of.as_str().unwrap_or_default().contains("config")) {
                        descriptor["artifactType"] = "application/vnd.oci.empty.v1+json".into();
                    }
                });
            })
        },
    )
    .seen("harbor#19867"),
    fault(
        "referrer/config-type-never",
        "A referrer without an artifactType is listed without one, whatever its config.",
        &["referrers/artifact-type-config"],
        || {
            reply("GET", Kind::Referrers, 200, |request, reply| {
                each(request, reply, |descriptor| {
                    if descriptor.get("artifactType").is_some_and(|of| of.as_str().unwrap_or_default().contains("config")) {
                        remove(descriptor, "artifactType");
                    }
                });
            })
        },
    ),
    fault(
        "referrer/index-type-invented",
        "An index without an artifactType is listed with its media type for one.",
        &["referrers/artifact-type-index"],
        || {
            reply("GET", Kind::Referrers, 200, |request, reply| {
                each(request, reply, |descriptor| {
                    if descriptor["mediaType"].as_str().is_some_and(|kind| kind.contains("index"))
                        && descriptor.get("artifactType").is_none()
                    {
                        descriptor["artifactType"] = descriptor["mediaType"].clone();
                    }
                });
            })
        },
    ),
    fault("referrer/no-annotations", "A referrer is listed without its annotations.", &["referrers/annotations"], || {
        reply("GET", Kind::Referrers, 200, |request, reply| each(request, reply, |descriptor| remove(descriptor, "annotations")))
    })
    .seen("quay#3047"),
    fault(
        "referrer/everybodys",
        "The list of one subject holds the referrers of the subject that was listed before it.",
        &["referrers/filter-honest", "referrers/only-own"],
        || {
            let last: std::sync::Mutex<Option<(RepositoryName, Vec<crate::oci::Descriptor>)>> = std::sync::Mutex::default();
            referrers(move |inner, name, asked| {
                let mut page = inner.referrers(name, asked.to, asked.of, asked.cut)?;
                let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let before = last.replace((name.clone(), page.items.clone()));
                if let Some((_, items)) = before.filter(|(before, _)| before == name) {
                    let new: Vec<_> = items.into_iter().filter(|item| !page.items.contains(item)).collect();
                    page.items.extend(new);
                }
                Ok(page)
            })
        },
    ),
    fault("referrer/everywhere", "The list holds referrers of other repositories.", &["referrers/apart"], || {
        referrers(|inner, name, asked| {
            let mut page = inner.referrers(name, asked.to, asked.of, asked.cut)?;
            let others = inner.catalog(&Cut { after: None, limit: 1000 })?.items;
            for other in others.iter().filter(|other| *other != name) {
                page.items.extend(inner.referrers(other, asked.to, asked.of, asked.cut)?.items);
            }
            Ok(page)
        })
    }),
    fault("referrer/malformed-not-found", "A malformed digest is answered 404.", &["referrers/digest-malformed"], || {
        reply("GET", Kind::Nowhere, 400, |request, reply| {
            if request.uri.path().contains("/referrers/") {
                status(reply, 404);
            }
        })
    }),
    fault(
        "referrer/link-no-relation",
        "The Link of a page of referrers names no relation.",
        &["referrers/link-form", "referrers/listed-all"],
        || {
            [
                super::hooks::configured(|config| config.limits.referrers_page = 3),
                reply("GET", Kind::Referrers, 200, |_, reply| {
                    let link = text_of(reply, "link").replace("; rel=\"next\"", "");
                    header(reply, "link", &link);
                }),
            ]
            .concat()
        },
    ),
    fault(
        "referrer/filter-ignored",
        "The filter is ignored, and the header does not say that it was applied.",
        &["referrers/filter"],
        || {
            [
                referrers(|inner, name, asked| inner.referrers(name, asked.to, None, asked.cut)),
                reply("GET", Kind::Referrers, 200, |_, reply| header(reply, "oci-filters-applied", "")),
            ]
            .concat()
        },
    ),
    fault(
        "referrer/filter-claimed",
        "The filter is ignored, and the header says that it was applied.",
        &["referrers/filter-honest"],
        || referrers(|inner, name, asked| inner.referrers(name, asked.to, None, asked.cut)),
    ),
    fault(
        "referrer/filter-silent",
        "The filter is applied, and no header says so.",
        &["referrers/filter", "referrers/filter-header"],
        || reply("GET", Kind::Referrers, 200, |_, reply| header(reply, "oci-filters-applied", "")),
    ),
    fault("referrer/filter-empties", "A filter leaves nothing.", &["referrers/filter-keeps", "referrers/filter-pages"], || {
        referrers(|inner, name, asked| {
            let page = inner.referrers(name, asked.to, asked.of, asked.cut)?;
            Ok(if asked.of.is_some() { Page { items: Vec::new(), more: false } } else { page })
        })
    }),
    fault("referrer/filter-three", "A filtered list ends after the third, without a Link.", &["referrers/filter-pages"], || {
        referrers(|inner, name, asked| {
            let mut page = inner.referrers(name, asked.to, asked.of, asked.cut)?;
            if asked.of.is_some() && page.items.len() > 3 {
                page.items.truncate(3);
                page.more = false;
            }
            Ok(page)
        })
    }),
    fault(
        "referrer/filter-stale",
        "A filtered list stays as it was when it was first asked for.",
        &["referrers/filter-after-delete"],
        || {
            let first: std::sync::Mutex<std::collections::BTreeMap<String, Page<crate::oci::Descriptor>>> = std::sync::Mutex::default();
            referrers(move |inner, name, asked| {
                let page = inner.referrers(name, asked.to, asked.of, asked.cut)?;
                let Some(of) = asked.of else { return Ok(page) };
                let mut first = first.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                Ok(first.entry(format!("{name}@{} {of} {:?}", asked.to, asked.cut.after)).or_insert(page).clone())
            })
        },
    ),
    fault("referrer/first-twice", "The first of eight referrers or more is listed twice.", &["referrers/listed-once"], || {
        referrers(|inner, name, asked| {
            let mut page = inner.referrers(name, asked.to, asked.of, asked.cut)?;
            if page.items.len() > 7 {
                page.items.extend(page.items.first().cloned());
            }
            Ok(page)
        })
    }),
    fault("referrer/no-subject-header", "The 201 for a manifest with a subject has no OCI-Subject.", &["referrers/subject-header"], || {
        reply("PUT", Kind::Manifest, 201, |_, reply| header(reply, "oci-subject", ""))
    }),
    fault(
        "referrer/subject-header-own",
        "OCI-Subject names the manifest itself.",
        &["referrers/subject-header", "referrers/subject-header-true"],
        || {
            reply("PUT", Kind::Manifest, 201, |_, reply| {
                let own = text_of(reply, "docker-content-digest");
                if reply.headers().contains_key("oci-subject") {
                    header(reply, "oci-subject", &own);
                }
            })
        },
    ),
    fault(
        "referrer/subject-wanted",
        "A manifest whose subject is not there is refused with 404.",
        &["referrers/subject-header", "referrers/subject-unknown"],
        || {
            push(|inner, name, push| {
                let value: serde_json::Value = serde_json::from_slice(&push.bytes).unwrap_or_default();
                let subject = value["subject"]["digest"].as_str().and_then(|text| text.parse().ok());
                let missing = subject.is_some_and(|digest| inner.manifest(name, &crate::oci::Reference::Digest(digest)).is_err());
                if missing { Err(failure(404, ErrorCode::MANIFEST_UNKNOWN)) } else { inner.push_manifest(name, push) }
            })
        },
    ),
    fault(
        "referrer/subject-refused",
        "A manifest with a subject is answered 405.",
        &["offers/subject", "push/manifest-created", "referrers/subject-header", "referrers/subject-unknown"],
        || {
            push(|inner, name, push| {
                let value: serde_json::Value = serde_json::from_slice(&push.bytes).unwrap_or_default();
                if value.get("subject").is_some() { Err(failure(400, ErrorCode::UNSUPPORTED)) } else { inner.push_manifest(name, push) }
            })
        },
    )
    .seen("field notes: one with subject answered 405"),
    fault("referrer/deleted-listed", "A referrer that was deleted stays in the list.", &["referrers/deleted"], || {
        let known: std::sync::Mutex<std::collections::BTreeMap<String, Vec<crate::oci::Descriptor>>> = std::sync::Mutex::default();
        referrers(move |inner, name, asked| {
            let mut page = inner.referrers(name, asked.to, asked.of, asked.cut)?;
            let mut known = known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let listed = known.entry(format!("{name}@{}", asked.to)).or_default();
            if asked.of.is_none() && asked.cut.after.is_none() {
                listed.retain(|descriptor| !page.items.contains(descriptor));
                let gone = listed.clone();
                listed.extend(page.items.clone());
                page.items.extend(gone);
            }
            Ok(page)
        })
    }),
];
