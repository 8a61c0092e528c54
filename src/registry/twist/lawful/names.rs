//! Names and tags.

use super::super::change::{ALWAYS, OCI, Variant, variant};
use super::super::hooks::{
    Kind, Memory, after, before, content, failure, header, is, name_of, page, push, refusal, renamed, reply, status,
};
use crate::oci::{Digest, ErrorCode, Reference};

pub(in super::super) const VARIANTS: &[Variant] = &[
    variant(1, "name/five-components", "A name of more than five components is refused with 403 DENIED.", ALWAYS, || {
        before(|request| name_of(request).is_some_and(|name| name.split('/').count() > 5).then(|| refusal(403, ErrorCode::DENIED)))
    }),
    variant(1, "name/one-component", "A name of one component is refused with 400 NAME_INVALID.", ALWAYS, || {
        before(|request| name_of(request).is_some_and(|name| !name.contains('/')).then(|| refusal(400, ErrorCode::NAME_INVALID)))
    }),
    variant(2, "name/created-first", "A push to a repository that nobody has created is refused with 404 NAME_UNKNOWN.", OCI, || {
        before(|request| is(request, "POST", Kind::Uploads).then(|| refusal(404, ErrorCode::NAME_UNKNOWN)))
    })
    .settles_little("nothing can be pushed, so only what a registry without content answers is judged"),
    variant(3, "name/short", "A name of more than 100 characters is refused with 400.", OCI, || {
        before(|request| name_of(request).is_some_and(|name| name.len() > 100).then(|| refusal(400, ErrorCode::NAME_INVALID)))
    }),
    variant(3, "name/long", "A name of more than 255 characters is taken.", OCI, || {
        before(|request| {
            renamed(request, |name| {
                if name.len() > 255 { format!("long/{}", &Digest::sha256(name.as_bytes()).to_string()[7..]) } else { name.to_owned() }
            });
            None
        })
    }),
    variant(4, "name/single-separators", "A name with two separators in a row is refused with 400.", &["oci-1.0", "docker-v2"], || {
        before(|request| {
            let double = name_of(request).is_some_and(|name| name.contains("__") || name.contains("--"));
            double.then(|| refusal(400, ErrorCode::NAME_INVALID))
        })
    }),
    variant(5, "name/invalid-not-found", "An invalid name is answered 404 with a page for people.", ALWAYS, || {
        after(|request, reply| {
            if String::from_utf8_lossy(&reply.body().bytes()).contains("NAME_INVALID") {
                status(reply, 404);
                page(request, reply);
            }
        })
    }),
    variant(5, "name/invalid-cleaned", "A path with two slashes in a row is redirected to the one without.", ALWAYS, || {
        before(|request| {
            let path = request.uri.path_and_query().map(|whole| whole.as_str().to_owned()).unwrap_or_default();
            path.contains("//").then(|| {
                let mut reply = crate::registry::reply::empty(http::StatusCode::MOVED_PERMANENTLY);
                header(&mut reply, "location", &path.replace("//", "/"));
                reply
            })
        })
    }),
    variant(6, "tag/invalid-name-invalid", "An invalid tag is refused with 400 NAME_INVALID.", ALWAYS, || {
        after(|request, reply| {
            if is(request, "PUT", Kind::Nowhere) && request.uri.path().contains("/manifests/") && reply.status() == 400 {
                let refused = refusal(400, ErrorCode::NAME_INVALID);
                content(request, reply, refused.body().bytes());
            }
        })
    }),
    variant(6, "tag/invalid-not-found", "An invalid tag is answered 404.", ALWAYS, || {
        after(|request, reply| {
            if is(request, "PUT", Kind::Nowhere) && request.uri.path().contains("/manifests/") && reply.status() == 400 {
                status(reply, 404);
            }
        })
    }),
    variant(7, "tag/immutable", "A tag that is in use is not moved: the push is refused with 409.", ALWAYS, || {
        push(|inner, name, push| {
            let Reference::Tag(_) = &push.reference else { return inner.push_manifest(name, push) };
            let there = inner.manifest(name, &push.reference).is_ok_and(|stored| stored.bytes != push.bytes);
            if there { Err(failure(409, ErrorCode::DENIED)) } else { inner.push_manifest(name, push) }
        })
    }),
    variant(12, "name/hidden", "A repository that is not there is answered 403, as one that is hidden would be.", ALWAYS, || {
        let made = Memory::default();
        reply("", Kind::Any, 0, move |request, reply| {
            let Some(name) = name_of(request) else { return };
            if reply.status().is_success() && request.method != "GET" && request.method != "HEAD" {
                made.first(name);
            } else if reply.status() == 404 && !made.knows(&name) {
                status(reply, 403);
            }
        })
    }),
];
