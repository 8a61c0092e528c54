//! Authentication.

use super::super::change::{ALWAYS, Ground, Variant, variant};
use super::super::hooks::{
    Kind, before, configured, header, is, json, refusal, reply, set_request, status, text_of, text_of_request, wanted,
};
use crate::oci::ErrorCode;
use crate::registry::access::{Access, Action};
use crate::registry::{Auth, Rights};

pub(in super::super) const VARIANTS: &[Variant] = &[
    variant(11, "auth/ping-open", "The base endpoint answers 200 to everybody, though repositories want a login.", ALWAYS, || {
        super::super::hooks::admitted(|request, verdict| {
            if is(request, "", Kind::Base) && text_of_request(request, "authorization").is_empty() { Ok(()) } else { verdict }
        })
    })
    .on(Ground::Token),
    variant(11, "auth/pulls-open", "The base endpoint wants a login, though pulls do not.", ALWAYS, || {
        super::super::hooks::admitted(|request, verdict| {
            let pull = is(request, "GET HEAD", Kind::Manifest) || is(request, "GET HEAD", Kind::Blob);
            if pull && text_of_request(request, "authorization").is_empty() { Ok(()) } else { verdict }
        })
    })
    .on(Ground::Token),
    variant(13, "auth/pulls-only", "The right credentials may pull and not push.", ALWAYS, || {
        configured(|config| {
            if let Auth::Basic { users } = &mut config.auth {
                for user in users {
                    user.rights = Rights::Pull;
                }
            }
        })
    })
    .settles_little("nobody can push, so there is nothing to pull")
    .on(Ground::Basic),
    variant(12, "auth/foreign-hidden", "What a login may not see is answered 404.", ALWAYS, || {
        reply("", Kind::Any, 401, |request, reply| {
            let told = text_of(reply, "www-authenticate");
            if told.contains("insufficient_scope") && !is(request, "", Kind::Base) {
                *reply = refusal(404, ErrorCode::NAME_UNKNOWN);
                header(reply, "docker-distribution-api-version", "registry/2.0");
            }
        })
    })
    .on(Ground::Token),
    variant(13, "auth/scope-forbidden", "A token that lacks the scope is answered 403.", ALWAYS, || {
        reply("", Kind::Any, 401, |_, reply| {
            if text_of(reply, "www-authenticate").contains("insufficient_scope") {
                status(reply, 403);
            }
        })
    })
    .on(Ground::Token),
    variant(13, "auth/delete-denied", "A delete is refused with 403 DENIED.", ALWAYS, || {
        before(|request| {
            (is(request, "DELETE", Kind::Manifest) || is(request, "DELETE", Kind::Blob)).then(|| refusal(403, ErrorCode::DENIED))
        })
    }),
    variant(14, "auth/token-fewer-actions", "A token grants no deletes, whatever is asked for.", ALWAYS, || {
        wanted(|_, wanted| {
            // As if nobody had the right: what a token of this registry never holds is wanted.
            for access in wanted.iter_mut() {
                if let Access::Repository { action: Action::Delete, .. } = access {
                    *access = Access::Catalog;
                }
            }
        })
    })
    .on(Ground::Token),
    variant(14, "auth/access-token-alone", "The token comes as access_token alone.", ALWAYS, || {
        reply("GET POST", Kind::Token, 200, |request, reply| {
            json(request, reply, |value| {
                if let Some(object) = value.as_object_mut() {
                    object.remove("token");
                }
            });
        })
    })
    .on(Ground::Token),
    variant(14, "auth/token-alone", "The token comes as token alone, with no word of its life.", ALWAYS, || {
        reply("GET", Kind::Token, 200, |request, reply| {
            json(request, reply, |value| {
                if let Some(object) = value.as_object_mut() {
                    object.retain(|key, _| key == "token");
                }
            });
        })
    })
    .on(Ground::Token),
    variant(14, "auth/token-no-post", "The token service takes no POST: it is answered 405.", ALWAYS, || {
        before(|request| {
            is(request, "POST", Kind::Token).then(|| {
                let mut reply = refusal(405, ErrorCode::UNSUPPORTED);
                header(&mut reply, "allow", "GET");
                reply
            })
        })
    })
    .on(Ground::Token),
    variant(14, "auth/wrong-password-forbidden", "A wrong password is answered 403 by the token service.", ALWAYS, || {
        reply("GET", Kind::Token, 401, |_, reply| {
            status(reply, 403);
            header(reply, "www-authenticate", "");
        })
    })
    .on(Ground::Token),
    variant(14, "auth/token-opaque", "Tokens are texts that mean nothing to others.", ALWAYS, || {
        let known: std::sync::Arc<std::sync::Mutex<Vec<String>>> = std::sync::Arc::default();
        let given = std::sync::Arc::clone(&known);
        [
            reply("GET POST", Kind::Token, 200, move |request, reply| {
                let mut given = given.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                json(request, reply, |value| {
                    given.push(value["access_token"].as_str().unwrap_or_default().to_owned());
                    let opaque = format!("opaque-token-{}", given.len());
                    value["token"] = opaque.clone().into();
                    value["access_token"] = opaque.into();
                });
            }),
            before(move |request| {
                let number: usize =
                    text_of_request(request, "authorization").to_ascii_lowercase().strip_prefix("bearer opaque-token-")?.parse().ok()?;
                let known = known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let token = known.get(number.checked_sub(1)?)?.clone();
                set_request(request, "authorization", &format!("Bearer {token}"));
                None
            }),
        ]
        .concat()
    })
    .on(Ground::Token),
    variant(15, "http/ping-head-not-allowed", "HEAD of the base endpoint is answered 405.", &["oci-1.0", "oci-1.1", "docker-v2"], || {
        reply("HEAD", Kind::Base, 200, |_, reply| {
            status(reply, 405);
            header(reply, "allow", "GET");
        })
    }),
];
