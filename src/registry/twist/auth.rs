//! Faults of logins and tokens.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::request::Parts;

use super::change::{Fault, Ground, fault};
use super::hooks::{
    Kind, Memory, admitted, after, before, form, header, is, json, refusal, reply, set_request, status, text_of, text_of_request, wanted,
};
use super::hooks::{configured, content};
use crate::oci::ErrorCode;
use crate::registry::access::{Access, Action};
use crate::registry::reply::Reply;
use crate::registry::{Auth, Rights};

fn bearer(request: &Parts) -> Option<String> {
    let text = text_of_request(request, "authorization");
    text.strip_prefix("Bearer ").map(str::to_owned)
}

/// What the middle part of a token says, whoever signed it.
fn claims(token: &str) -> Option<serde_json::Value> {
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
fn without(told: &str, parameter: &str) -> String {
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
    fault("auth/no-challenge", "A 401 has no WWW-Authenticate for repositories.", &["auth/challenge"], || {
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
        &["auth/ping-let-in", "http/ping", "offers/pull"],
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
    fault("auth/unknown-user-in", "A user that nobody knows is let in with any password.", &["auth/unknown-user"], || {
        also_let_in(|given, right| given.0 != right.0)
    })
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
    fault("auth/push-anonymous", "A push without credentials is taken.", &["auth/push-anonymous"], || {
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
    fault(
        "auth/locked-after-wrong-login",
        "After a wrong login the next push with the right one is refused.",
        &["auth/credentials-open"],
        || {
            let locked = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
            let lock = std::sync::Arc::clone(&locked);
            [
                after(move |request, reply| {
                    if reply.status() == 401 && login(request).is_some() {
                        lock.store(true, std::sync::atomic::Ordering::SeqCst);
                    }
                }),
                admitted(move |request, verdict| {
                    let push = is(request, "POST", Kind::Uploads) && verdict.is_ok();
                    if push && locked.swap(false, std::sync::atomic::Ordering::SeqCst) {
                        Err(super::hooks::failure(403, ErrorCode::DENIED))
                    } else {
                        verdict
                    }
                }),
            ]
            .concat()
        },
    )
    .on(Ground::Basic),
    fault(
        "auth/pull-anonymous-error",
        "A pull without credentials is answered 500.",
        &["auth/pull-anonymous", "http/server-error"],
        || {
            before(|request| {
                let anonymous = text_of_request(request, "authorization").is_empty() && is(request, "GET", Kind::Manifest);
                anonymous.then(|| refusal(500, ErrorCode::UNKNOWN))
            })
        },
    )
    .on(Ground::Basic),
    fault("auth/pull-open", "Pulls want no login, though they are to.", &["auth/pull-wants-login"], || {
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
    // The token service
    fault("auth/token-no-field", "Who names no account gets the token as id_token alone.", &["auth/token-field"], || {
        reply("GET", Kind::Token, 200, |request, reply| {
            if !request.uri.query().is_some_and(|query| query.contains("account=")) {
                json(request, reply, |value| *value = serde_json::json!({ "id_token": value["token"] }));
            }
        })
    })
    .on(Ground::Token),
    fault("auth/token-life-short", "A token lives ten seconds, by its own words.", &["auth/token-life"], || {
        reply("GET POST", Kind::Token, 200, |request, reply| json(request, reply, |value| value["expires_in"] = 10.into()))
    })
    .on(Ground::Token),
    fault(
        "auth/token-dies-early",
        "A token is refused thirty seconds after it was issued, whatever it says.",
        &["auth/token-lives"],
        || {
            let clock: std::sync::Arc<std::sync::Mutex<Option<crate::clock::Clock>>> = std::sync::Arc::default();
            let known = std::sync::Arc::clone(&clock);
            [
                configured(move |config| *known.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(config.clock.clone())),
                before(move |request| {
                    let now =
                        clock.lock().unwrap_or_else(std::sync::PoisonError::into_inner).as_ref().map(crate::clock::Clock::unix_seconds)?;
                    let issued = claims(&bearer(request)?)?["iat"].as_u64()?;
                    if now > issued + 30 {
                        set_request(request, "authorization", "Bearer x");
                    }
                    None
                }),
            ]
            .concat()
        },
    )
    .on(Ground::Token),
    fault("auth/token-issued-local", "The time at which a token was issued has no zone.", &["auth/token-issued-at"], || {
        reply("GET", Kind::Token, 200, |request, reply| json(request, reply, |value| value["issued_at"] = "2026-11-23 18:16:00".into()))
    })
    .on(Ground::Token),
    fault("auth/token-all-or-nothing", "Who asks for an action that nobody knows gets 403 and no token.", &["auth/token-subset"], || {
        before(|request| {
            let query = request.uri.query().unwrap_or_default().replace("%3A", ":").replace("%2C", ",");
            let scopes = query.split('&').filter_map(|pair| pair.strip_prefix("scope="));
            let actions: Vec<&str> =
                scopes.filter_map(|scope| scope.rsplit_once(':')).flat_map(|(_, actions)| actions.split(',')).collect();
            let unknown = actions.iter().any(|action| !["pull", "push", "delete", "*", "%2A", ""].contains(action));
            (is(request, "GET", Kind::Token) && unknown).then(|| refusal(403, ErrorCode::DENIED))
        })
    })
    .on(Ground::Token),
    fault(
        "auth/token-scope-wanted",
        "A client that names itself cannot ask for a token without a scope.",
        &["auth/token-without-scope"],
        || {
            before(|request| {
                let query = request.uri.query().unwrap_or_default();
                let bare = is(request, "GET", Kind::Token) && query.contains("client_id=") && !query.contains("scope=");
                bare.then(|| refusal(400, ErrorCode::UNSUPPORTED))
            })
        },
    )
    .on(Ground::Token),
    fault("auth/token-first-scope", "Of several scopes the first alone is read.", &["auth/token-several-scopes"], || {
        before(|request| {
            if !is(request, "GET", Kind::Token) {
                return None;
            }
            let (path, query) = (request.uri.path().to_owned(), request.uri.query().unwrap_or_default().to_owned());
            let first = query.find("scope=").unwrap_or_default();
            let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("scope=") || query.find(*pair) == Some(first)).collect();
            super::hooks::ask_for(request, &format!("{path}?{}", kept.join("&")));
            None
        })
    })
    .seen("field notes: only the first scope honoured")
    .on(Ground::Token),
    // The token at the registry
    fault(
        "auth/token-any-repository",
        "A token opens every repository, whatever its scope.",
        &["auth/token-other-repository", "auth/token-other-repository-read"],
        || {
            admitted(|request, verdict| {
                let opens = bearer(request)
                    .and_then(|token| claims(&token))
                    .is_some_and(|claims| claims["access"].as_array().is_some_and(|access| !access.is_empty()));
                let refused = verdict.as_ref().is_err_and(|failure| {
                    failure.headers.iter().any(|(_, value)| value.to_str().is_ok_and(|text| text.contains("insufficient_scope")))
                });
                if opens && refused { Ok(()) } else { verdict }
            })
        },
    )
    .on(Ground::Token),
    fault("auth/token-scopeless-pushes", "A token without a scope pushes.", &["auth/token-without-scope-powerless"], || {
        admitted(|request, verdict| {
            let bare = bearer(request)
                .and_then(|token| claims(&token))
                .is_some_and(|claims| claims["access"].as_array().is_some_and(Vec::is_empty));
            let refused = verdict.as_ref().is_err_and(|failure| {
                failure.headers.iter().any(|(_, value)| value.to_str().is_ok_and(|text| text.contains("insufficient_scope")))
            });
            if bare && refused { Ok(()) } else { verdict }
        })
    })
    .on(Ground::Token),
    fault("auth/pull-token-pushes", "A token for pulls pushes.", &["auth/refused-changes-nothing", "auth/token-pull-only"], || {
        wanted(|request, wanted| {
            for access in wanted.iter_mut().filter(|_| bearer(request).is_some()) {
                if let Access::Repository { action, .. } = access {
                    *action = Action::Pull;
                }
            }
        })
    })
    .on(Ground::Token),
    fault("auth/token-unsigned", "The signature of a token is not looked at.", &["auth/token-forged"], || {
        admitted(|request, verdict| {
            let reads = bearer(request).and_then(|token| claims(&token)).is_some_and(|claims| claims.get("access").is_some());
            let invalid = verdict.as_ref().is_err_and(|failure| {
                failure.headers.iter().any(|(_, value)| value.to_str().is_ok_and(|text| text.contains("invalid_token")))
            });
            if reads && invalid { Ok(()) } else { verdict }
        })
    })
    .on(Ground::Token),
    fault("auth/token-cached", "A token that was taken once is taken for ever.", &["auth/token-expired"], || {
        let taken = Memory::default();
        admitted(move |request, verdict| {
            let Some(token) = bearer(request) else { return verdict };
            let key = format!("{} {} {token}", request.method, request.uri.path());
            if verdict.is_ok() {
                taken.first(key);
                return verdict;
            }
            if taken.knows(&key) { Ok(()) } else { verdict }
        })
    })
    .on(Ground::Token),
    // POST and refresh tokens
    fault("auth/post-error", "A POST to the token service is answered 500.", &["auth/token-post"], || {
        before(|request| is(request, "POST", Kind::Token).then(|| refusal(500, ErrorCode::UNKNOWN)))
    })
    .on(Ground::Token),
    fault("auth/post-token-alone", "The answer to a POST has the token as token alone.", &["auth/token-post-access"], || {
        reply("POST", Kind::Token, 200, |request, reply| {
            json(request, reply, |value| {
                if let Some(object) = value.as_object_mut() {
                    object.remove("access_token");
                }
            });
        })
    })
    .on(Ground::Token),
    fault("auth/post-no-scope", "The answer to a POST does not say which scope was granted.", &["auth/token-post-scope"], || {
        reply("POST", Kind::Token, 200, |request, reply| {
            json(request, reply, |value| {
                if let Some(object) = value.as_object_mut() {
                    object.remove("scope");
                }
            });
        })
    })
    .on(Ground::Token),
    fault("auth/no-refresh-token", "Offline access gets no refresh token.", &["auth/refresh-token"], || {
        reply("GET POST", Kind::Token, 200, |request, reply| {
            json(request, reply, |value| {
                if let Some(object) = value.as_object_mut() {
                    object.remove("refresh_token");
                }
            });
        })
    })
    .on(Ground::Token),
    fault("auth/refresh-token-dead", "A refresh token gets nothing.", &["auth/refresh-token-works"], || {
        form(|form| form.set("refresh_token", "x"))
    })
    .on(Ground::Token),
    fault("auth/refresh-token-any", "Any refresh token gets a token.", &["auth/refresh-token-forged"], || {
        reply("POST", Kind::Token, 400, |request, reply| {
            if String::from_utf8_lossy(&reply.body().bytes()).contains("refresh token is not known") {
                status(reply, 200);
                content(request, reply, r#"{"access_token":"x","token":"x","expires_in":300,"scope":""}"#);
            }
        })
    })
    .on(Ground::Token),
    fault("auth/refresh-token-opens", "A refresh token opens the registry as a token does.", &["auth/refresh-token-opens-nothing"], || {
        let given = std::sync::Arc::new(Memory::default());
        let noted = std::sync::Arc::clone(&given);
        [
            reply("GET POST", Kind::Token, 200, move |_, reply| {
                let value: serde_json::Value = serde_json::from_slice(&reply.body().bytes()).unwrap_or_default();
                if let Some(token) = value["refresh_token"].as_str() {
                    noted.first(token);
                }
            }),
            admitted(move |request, verdict| if bearer(request).is_some_and(|token| given.knows(&token)) { Ok(()) } else { verdict }),
        ]
        .concat()
    })
    .on(Ground::Token),
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
    fault("auth/pulls-only", "The right credentials may pull and not push.", &["auth/credentials-open", "offers/push"], || {
        configured(|config| {
            if let Auth::Basic { users } | Auth::Token(crate::registry::TokenAuth { users, .. }) = &mut config.auth {
                for user in users {
                    user.rights = Rights::Pull;
                }
            }
        })
    })
    .on(Ground::Basic),
];
