//! Faults of logins and tokens.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::request::Parts;

use super::change::{Fault, Ground, fault};
use super::hooks::configured;
use super::hooks::{Kind, Memory, admitted, after, before, header, is, refusal, reply, set_request, status, text_of, text_of_request};
use crate::oci::ErrorCode;
use crate::registry::Auth;
use crate::registry::reply::Reply;

pub(super) fn bearer(request: &Parts) -> Option<String> {
    let text = text_of_request(request, "authorization");
    text.strip_prefix("Bearer ").map(str::to_owned)
}

/// What the middle part of a token says, whoever signed it.
pub(super) fn claims(token: &str) -> Option<serde_json::Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?).ok()
}

/// Changes a parameter of the challenge.
fn challenge(reply: &mut Reply, change: impl Fn(&str) -> String) {
    let told = text_of(reply, "www-authenticate");
    if !told.is_empty() {
        header(reply, "www-authenticate", &change(&told));
    }
}

/// A challenge without one of its parameters.
pub(super) fn without(told: &str, parameter: &str) -> String {
    let (scheme, parameters) = told.split_once(' ').unwrap_or((told, ""));
    let kept: Vec<&str> =
        parameters.split("\",").map(|part| part.trim_end_matches('"')).filter(|part| !part.starts_with(parameter)).collect();
    let kept: Vec<String> = kept.iter().map(|part| format!("{part}\"")).collect();
    format!("{scheme} {}", kept.join(","))
}

fn login(request: &Parts) -> Option<(String, String)> {
    let text = text_of_request(request, "authorization");
    let decoded = STANDARD.decode(text.strip_prefix("Basic ")?).ok()?;
    let (user, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// Writes a request's login, as if it had been the right one.
fn log_in(request: &mut Parts, user: &str, password: &str) {
    let text = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
    set_request(request, "authorization", &text);
}

/// Lets in whoever `lets` says, under the login that was the first to be let in rightly.
fn also_let_in(lets: fn(given: &(String, String), right: &(String, String)) -> bool) -> super::change::Made {
    let right: std::sync::Arc<std::sync::Mutex<Option<(String, String)>>> = std::sync::Arc::default();
    let known = std::sync::Arc::clone(&right);
    [
        configured(move |config| {
            if let Auth::Basic { users } | Auth::Token(crate::registry::TokenAuth { users, .. }) = &config.auth {
                let first = users.first().map(|user| (user.name.clone(), user.password.clone()));
                *known.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = first;
            }
        }),
        before(move |request| {
            let right = right.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()?;
            let given = login(request)?;
            if lets(&given, &right) {
                log_in(request, &right.0, &right.1);
            }
            None
        }),
    ]
    .concat()
}

pub(super) const FAULTS: &[Fault] = &[
    // Challenges
    fault("auth/no-challenge", "A 401 has no WWW-Authenticate for repositories.", &["auth/basic-realm", "auth/challenge"], || {
        reply("", Kind::Any, 401, |request, reply| {
            if !is(request, "", Kind::Base) {
                header(reply, "www-authenticate", "");
            }
        })
    })
    .seen("field notes: 401 without any WWW-Authenticate")
    .on(Ground::Basic),
    fault("auth/realm-absent", "A Basic challenge has no realm.", &["auth/basic-realm"], || {
        reply("", Kind::Any, 401, |_, reply| challenge(reply, |_| "Basic charset=\"UTF-8\"".to_owned()))
    })
    .on(Ground::Basic),
    fault("auth/realm-relative", "The realm of a Bearer challenge for a pull lacks its scheme.", &["auth/bearer-realm"], || {
        reply("GET", Kind::Blob, 401, |_, reply| challenge(reply, |told| told.replacen("http://", "", 1)))
    })
    .on(Ground::Token),
    fault("auth/service-absent", "A Bearer challenge for a repository names no service.", &["auth/bearer-service"], || {
        reply("", Kind::Any, 401, |request, reply| {
            if !is(request, "", Kind::Base) {
                challenge(reply, |told| without(told, "service"));
            }
        })
    })
    .on(Ground::Token),
    fault("auth/scope-absent", "A Bearer challenge about a repository names no scope.", &["auth/bearer-scope"], || {
        reply("", Kind::Any, 401, |_, reply| challenge(reply, |told| without(told, "scope")))
    })
    .on(Ground::Token),
    fault("auth/scheme-case", "The scheme of credentials is read in one spelling alone.", &["auth/scheme-case"], || {
        before(|request| {
            let text = text_of_request(request, "authorization");
            if !text.is_empty() && !text.starts_with("Basic ") && !text.starts_with("Bearer ") {
                set_request(request, "authorization", "");
            }
            None
        })
    })
    .on(Ground::Basic),
    fault("auth/malformed-error", "Credentials that cannot be read are answered 500.", &["auth/malformed-credentials"], || {
        before(|request| {
            let text = text_of_request(request, "authorization").to_ascii_lowercase();
            let unread = !text.is_empty() && login(request).is_none() && !text.starts_with("basic ") && !text.starts_with("bearer ");
            let broken =
                text.starts_with("basic ") && login(request).is_none() && text_of_request(request, "authorization").starts_with("Basic");
            (unread || broken).then(|| refusal(500, ErrorCode::UNKNOWN))
        })
    })
    .on(Ground::Basic),
    fault("auth/ping-open", "The base endpoint asks for no login, though repositories do.", &["auth/ping-challenges"], || {
        admitted(
            |request, verdict| {
                if is(request, "", Kind::Base) && text_of_request(request, "authorization").is_empty() { Ok(()) } else { verdict }
            },
        )
    })
    .on(Ground::Token),
    fault(
        "auth/ping-refuses",
        "The base endpoint answers 403 to the right credentials.",
        &["auth/ping-let-in", "http/error-shape", "offers/pull"],
        || reply("GET", Kind::Base, 200, |_, reply| status(reply, 403)),
    )
    .on(Ground::Basic),
    // Passwords
    fault(
        "auth/wrong-password-in",
        "The name of a user is enough: any password is taken.",
        &["auth/empty-password", "auth/ping-wrong-login", "auth/wrong-password"],
        || also_let_in(|given, right| given.0 == right.0),
    )
    .on(Ground::Basic),
    fault("auth/empty-password-in", "An empty password is taken for any.", &["auth/empty-password"], || {
        also_let_in(|given, right| given.0 == right.0 && given.1.is_empty())
    })
    .on(Ground::Basic),
    fault(
        "auth/unknown-user-in",
        "A user that nobody knows is let in with any password.",
        &["auth/ping-wrong-login", "auth/unknown-user"],
        || also_let_in(|given, right| given.0 != right.0),
    )
    .on(Ground::Basic),
    fault(
        "auth/token-for-wrong-password",
        "A wrong password gets a token.",
        &["auth/token-empty-password", "auth/token-wrong-login-powerless", "auth/token-wrong-password"],
        || also_let_in(|given, right| given.0 == right.0),
    )
    .on(Ground::Token),
    fault("auth/token-for-unknown-user", "A user that nobody knows gets a token.", &["auth/token-unknown-user"], || {
        also_let_in(|given, right| given.0 != right.0)
    })
    .on(Ground::Token),
    fault("auth/push-anonymous", "A push without credentials is taken.", &["auth/push-anonymous", "auth/token-missing"], || {
        admitted(|request, verdict| {
            let anonymous = text_of_request(request, "authorization").is_empty();
            if anonymous && is(request, "PUT", Kind::Manifest)
                || anonymous && is(request, "POST PUT PATCH", Kind::Any) && !is(request, "", Kind::Base)
            {
                return Ok(());
            }
            verdict
        })
    })
    .on(Ground::Token),
    fault("auth/blobs-open", "Manifests want a login, and blobs do not.", &["auth/private-throughout"], || {
        admitted(
            |request, verdict| {
                if is(request, "GET HEAD", Kind::Blob) && text_of_request(request, "authorization").is_empty() { Ok(()) } else { verdict }
            },
        )
    })
    .on(Ground::Basic),
    fault("auth/pull-anonymous-error", "A pull without credentials is answered 500.", &["auth/pull-anonymous"], || {
        before(|request| {
            let anonymous = text_of_request(request, "authorization").is_empty() && is(request, "GET", Kind::Manifest);
            anonymous.then(|| refusal(500, ErrorCode::UNKNOWN))
        })
    })
    .on(Ground::Basic),
    fault("auth/pull-open", "Pulls want no login, though they are to.", &["auth/pull-wants-login", "auth/wants-basic-login"], || {
        admitted(|request, verdict| {
            let pull = is(request, "GET HEAD", Kind::Manifest) || is(request, "GET HEAD", Kind::Blob);
            if pull && text_of_request(request, "authorization").is_empty() { Ok(()) } else { verdict }
        })
    })
    .on(Ground::GithubPackages),
    fault(
        "auth/refused-done",
        "A delete that is refused for want of rights is done all the same.",
        &["auth/refused-changes-nothing"],
        || {
            let refused = std::sync::Arc::new(Memory::default());
            let noted = std::sync::Arc::clone(&refused);
            [
                after(move |request, reply| {
                    if reply.status() == 401 && is(request, "DELETE", Kind::Manifest) {
                        noted.first(request.uri.path());
                    }
                }),
                before(move |request| {
                    (is(request, "GET HEAD", Kind::Manifest) && refused.knows(request.uri.path()))
                        .then(|| refusal(404, ErrorCode::MANIFEST_UNKNOWN))
                }),
            ]
            .concat()
        },
    )
    .on(Ground::Basic),
    fault(
        "auth/bearer-for-basic",
        "A pull is told to log in with a token, of a service that is not there.",
        &["auth/wants-basic-login"],
        || reply("GET", Kind::Blob, 401, |_, reply| header(reply, "www-authenticate", "Bearer realm=\"http://127.0.0.1:1/token\"")),
    )
    .on(Ground::GithubPackages),
    // Uploads that outlive a token
    fault("auth/upload-bound-to-token", "An upload is bound to the token that opened it.", &["docker/upload-over-new-token"], || {
        let opened: std::sync::Arc<std::sync::Mutex<std::collections::BTreeMap<String, String>>> = std::sync::Arc::default();
        let noted = std::sync::Arc::clone(&opened);
        [
            reply("POST", Kind::Uploads, 202, move |request, reply| {
                if let Some(token) = bearer(request) {
                    noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(text_of(reply, "location"), token);
                }
            }),
            before(move |request| {
                let token = bearer(request)?;
                let opened = opened.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let other = opened.get(request.uri.path()).is_some_and(|first| *first != token);
                other.then(|| refusal(404, ErrorCode::BLOB_UPLOAD_UNKNOWN))
            }),
        ]
        .concat()
    })
    .on(Ground::Token),
    fault("auth/upload-lost-over-401", "A 401 on the PUT that closes an upload loses its data.", &["docker/upload-over-401"], || {
        let lost = std::sync::Arc::new(Memory::default());
        let noted = std::sync::Arc::clone(&lost);
        [
            before(move |request| {
                (lost.knows(request.uri.path()) && !text_of_request(request, "authorization").is_empty())
                    .then(|| refusal(404, ErrorCode::BLOB_UPLOAD_UNKNOWN))
            }),
            after(move |request, reply| {
                if reply.status() == 401 && is(request, "PUT", Kind::Upload) {
                    noted.first(request.uri.path());
                }
            }),
        ]
        .concat()
    })
    .on(Ground::Token),
];
