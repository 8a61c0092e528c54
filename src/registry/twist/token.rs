//! Faults of the token service, and of tokens at the registry.

use super::auth::{bearer, claims};
use super::change::{Fault, Ground, fault};
use super::hooks::{Kind, Memory, admitted, before, form, is, json, refusal, reply, set_request, status};
use super::hooks::{configured, content};
use crate::oci::ErrorCode;

pub(super) const FAULTS: &[Fault] = &[
    // The token service
    fault("auth/token-no-field", "Who names no account gets the token as id_token alone.", &["auth/token-field"], || {
        reply("GET", Kind::Token, 200, |request, reply| {
            if !request.uri.query().is_some_and(|query| query.contains("account=")) {
                json(request, reply, |value| *value = serde_json::json!({ "id_token": value["token"] }));
            }
        })
    })
    .on(Ground::Token),
    fault("auth/token-life-short", "A token lives ten seconds, by its own words.", &["auth/token-expired", "auth/token-life"], || {
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
    fault(
        "auth/token-first-scope",
        "Of several scopes the first alone is read.",
        &["auth/token-several-scopes", "offers/mount", "push/mount-fallback"],
        || {
            before(|request| {
                if !is(request, "GET", Kind::Token) {
                    return None;
                }
                let (path, query) = (request.uri.path().to_owned(), request.uri.query().unwrap_or_default().to_owned());
                let first = query.find("scope=").unwrap_or_default();
                let kept: Vec<&str> =
                    query.split('&').filter(|pair| !pair.starts_with("scope=") || query.find(*pair) == Some(first)).collect();
                super::hooks::ask_for(request, &format!("{path}?{}", kept.join("&")));
                None
            })
        },
    )
    .seen("field notes: only the first scope honoured")
    .on(Ground::Token),
    fault(
        "auth/token-no-deletes",
        "Who names no account cannot ask for deletes: 400.",
        &["auth/token-delete-scope", "auth/token-subset"],
        || {
            before(|request| {
                let query = request.uri.query().unwrap_or_default();
                (is(request, "GET", Kind::Token) && !query.contains("account=") && query.contains("delete"))
                    .then(|| refusal(400, ErrorCode::UNSUPPORTED))
            })
        },
    )
    .on(Ground::Token),
    fault(
        "auth/token-one-scope",
        "Who names no account and asks with two scopes gets 400.",
        &["auth/token-get", "auth/token-get-several-scopes"],
        || {
            before(|request| {
                let query = request.uri.query().unwrap_or_default();
                (is(request, "GET", Kind::Token) && !query.contains("account=") && query.matches("scope=").count() > 1)
                    .then(|| refusal(400, ErrorCode::UNSUPPORTED))
            })
        },
    )
    .on(Ground::Token),
    fault("auth/post-one-scope", "A POST with two scopes gets nothing.", &["auth/token-post-several-scopes"], || {
        form(|form| {
            if form.get("scope").is_some_and(|scope| scope.contains(' ')) {
                form.set("grant_type", "none");
            }
        })
    })
    .on(Ground::Token),
    fault("auth/offline-refused", "Who asks for offline access with GET gets 400.", &["auth/offline-token"], || {
        before(|request| {
            let offline = is(request, "GET", Kind::Token) && request.uri.query().is_some_and(|query| query.contains("offline_token="));
            offline.then(|| refusal(400, ErrorCode::UNSUPPORTED))
        })
    })
    .on(Ground::Token),
    fault("auth/refresh-token-for-all", "Every answer to a GET has a refresh token.", &["auth/refresh-token-unasked"], || {
        reply("GET", Kind::Token, 200, |request, reply| json(request, reply, |value| value["refresh_token"] = "for-everybody".into()))
    })
    .on(Ground::Token),
    // The token at the registry
    fault("auth/nonsense-bad-request", "A token that cannot be read is refused with 400.", &["auth/token-refused-status"], || {
        reply("POST", Kind::Uploads, 401, |request, reply| {
            if bearer(request).is_some_and(|token| claims(&token).is_none()) {
                status(reply, 400);
            }
        })
    })
    .on(Ground::Token),
    fault("auth/session-anonymous-error", "Bytes for a session without credentials are answered 500.", &["auth/session-anonymous"], || {
        reply("PATCH", Kind::Upload, 401, |request, reply| {
            if super::hooks::text_of_request(request, "authorization").is_empty() {
                status(reply, 500);
            }
        })
    })
    .on(Ground::Token),
    fault(
        "auth/token-any-repository",
        "A token opens every repository, whatever its scope.",
        &["auth/token-other-repository", "auth/token-other-repository-read", "auth/token-pull-only"],
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
    fault("auth/pull-token-pushes", "A token for pulls pushes.", &["auth/token-mount", "auth/token-pull-only"], || {
        admitted(|request, verdict| {
            let granted = bearer(request)
                .and_then(|token| claims(&token))
                .and_then(|claims| claims["access"].as_array().cloned())
                .unwrap_or_default();
            let name = super::hooks::name_of(request).unwrap_or_default();
            let own = granted
                .iter()
                .any(|access| access["name"].as_str() == Some(name.as_str()) && access["actions"].to_string().contains("pull"));
            let lacks = |failure: &crate::registry::failure::Failure| {
                failure.headers.iter().any(|(_, value)| value.to_str().is_ok_and(|text| text.contains("insufficient_scope")))
            };
            if own && is(request, "POST PUT PATCH", Kind::Any) && verdict.as_ref().is_err_and(lacks) { Ok(()) } else { verdict }
        })
    })
    .on(Ground::Token),
    fault("auth/token-unsigned", "The signature of a token is not looked at.", &["auth/token-expired", "auth/token-forged"], || {
        admitted(|request, verdict| {
            let reads = bearer(request).and_then(|token| claims(&token)).is_some_and(|claims| claims.get("access").is_some());
            let invalid = verdict.as_ref().is_err_and(|failure| {
                failure.headers.iter().any(|(_, value)| value.to_str().is_ok_and(|text| text.contains("invalid_token")))
            });
            if reads && invalid { Ok(()) } else { verdict }
        })
    })
    .on(Ground::Token),
    fault("auth/token-cached", "A token that was taken once is taken for ever.", &["auth/token-expired", "auth/token-mount"], || {
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
    fault("token/created", "Who names no account gets a token with 201.", &["auth/token-get", "auth/token-subset"], || {
        reply("GET", Kind::Token, 200, |request, reply| {
            if !request.uri.query().is_some_and(|query| query.contains("account=")) {
                status(reply, 201);
            }
        })
    })
    .on(Ground::Token),
    fault("token/no-pulls", "A token got without an account's name pushes, and does not pull.", &["auth/token-opens"], || {
        let given = std::sync::Arc::new(Memory::default());
        let noted = std::sync::Arc::clone(&given);
        [
            reply("GET", Kind::Token, 200, move |request, reply| {
                let value: serde_json::Value = serde_json::from_slice(&reply.body().bytes()).unwrap_or_default();
                if let Some(token) =
                    value["token"].as_str().filter(|_| !request.uri.query().is_some_and(|query| query.contains("account=")))
                {
                    noted.first(token);
                }
            }),
            admitted(move |request, verdict| {
                let late = is(request, "GET", Kind::Blob) && bearer(request).is_some_and(|token| given.knows(&token));
                if late && verdict.is_ok() { Err(super::hooks::failure(403, ErrorCode::DENIED)) } else { verdict }
            }),
        ]
        .concat()
    })
    .on(Ground::Token),
    fault(
        "token/life-in-words",
        "A token's life is told in words.",
        &["auth/token-expired", "auth/token-life", "auth/token-life-number"],
        || reply("GET", Kind::Token, 200, |request, reply| json(request, reply, |value| value["expires_in"] = "five minutes".into())),
    )
    .on(Ground::Token),
];
