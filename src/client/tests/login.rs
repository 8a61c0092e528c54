use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use tokio::io::AsyncWriteExt;

use super::server::{Heard, Server, answer, hear};
use super::*;
use crate::client::{Ask, Asked, Credentials, Identity};
use crate::clock::Clock;

const PASSWORD: &str = "s3cret-pass";

fn basic() -> String {
    format!("Basic {}", STANDARD.encode(format!("alice:{PASSWORD}")))
}

/// A registry with a token service under `/token`.
struct Registry {
    server: Server,
    /// The client's; the registry has none.
    clock: Clock,
}

/// What the token service says to its nth request, for these scopes.
type TokenAnswer = fn(usize, &str) -> String;

/// Tokens are `t:NUMBER:SCOPES`; a request passes with a token whose scopes name its own, unless `/revoke` came since.
async fn registry(token_answer: TokenAnswer) -> Registry {
    let fetched = AtomicUsize::new(0);
    let oldest = Mutex::new(0_usize);
    let realm = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&realm);
    let server = Server::web(move |heard| {
        let target = heard.line().split(' ').nth(1).unwrap_or_default();
        if target.starts_with("/token") {
            let n = fetched.fetch_add(1, Ordering::SeqCst) + 1;
            return token_answer(n, &scopes(target));
        }
        if target == "/revoke" {
            *oldest.lock().unwrap() = fetched.load(Ordering::SeqCst) + 1;
            return answer(200, "", "");
        }
        guarded(heard, target, *oldest.lock().unwrap(), &told.lock().unwrap())
    })
    .await;
    *realm.lock().unwrap() = format!("{}/token", server.url);
    Registry { server, clock: Clock::system() }
}

fn scopes(target: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(target).decode_utf8_lossy().into_owned();
    let scopes: Vec<_> = decoded.split(['?', '&']).filter_map(|part| part.strip_prefix("scope=")).collect();
    scopes.join("+")
}

/// Wants a token for what a request does, as docker-registry does.
fn guarded(heard: &Heard, target: &str, oldest: usize, realm: &str) -> String {
    let actions = if heard.line().starts_with("GET") { "pull" } else { "pull,push" };
    let want =
        target.strip_prefix("/v2/").and_then(|rest| rest.split_once("/blobs/")).map(|(name, _)| format!("repository:{name}:{actions}"));
    let want = want.unwrap_or_default();
    let token = heard.header("authorization").unwrap_or_default().strip_prefix("Bearer t:").and_then(|rest| rest.split_once(':'));
    let passes = token.is_some_and(|(n, scopes)| {
        let granted = |scope: &str| want.is_empty() || scope == want || (actions == "pull" && scope.starts_with(&want));
        n.parse::<usize>().unwrap() >= oldest && scopes.split('+').any(granted)
    });
    if passes {
        return answer(200, "", "in");
    }
    let scope = if want.is_empty() { String::new() } else { format!(",scope=\"{want}\"") };
    answer(401, &format!("WWW-Authenticate: Bearer realm=\"{realm}\",service=\"reg\"{scope}\r\n"), "{}")
}

fn issue(n: usize, scopes: &str) -> String {
    answer(200, "", &format!(r#"{{"token":"t:{n}:{scopes}"}}"#))
}

impl Registry {
    fn client(&self, credentials: Option<Credentials>) -> Client {
        let target = Some(self.server.url.parse().unwrap());
        Client::new(Options { target, credentials, clock: self.clock.clone(), ..Options::default() }).unwrap()
    }

    fn alice(&self) -> Client {
        self.client(Some(Credentials::new("alice", PASSWORD)))
    }

    fn ask(&self, method: Method, path: &str) -> Ask {
        Ask::new(call(method, &format!("{}{path}", self.server.url)))
    }

    fn tokens(&self) -> Vec<Heard> {
        self.server.requests_for("/token")
    }
}

fn came(asked: &Asked) -> (Vec<Option<u16>>, Option<u16>) {
    (asked.before.iter().map(Exchange::status).collect(), asked.exchange.status())
}

fn login_failure(asked: &Asked) -> String {
    match failure(&asked.exchange) {
        Failure::Login(why) => why.clone(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_token_is_fetched_once_and_used_while_it_lives() {
    let registry = registry(issue).await;
    let client = registry.alice();
    let first = client.ask(registry.ask(Method::GET, "/v2/a/b/blobs/x")).await;
    assert_eq!(came(&first), (vec![Some(401), Some(200)], Some(200)));
    assert_eq!(registry.tokens()[0].line(), "GET /token?account=alice&service=reg&scope=repository%3Aa%2Fb%3Apull");
    assert_eq!(registry.tokens()[0].header("authorization"), Some(basic().as_str()));
    for _ in 0..3 {
        assert_eq!(came(&client.ask(registry.ask(Method::GET, "/v2/a/b/blobs/y")).await), (vec![], Some(200)));
    }
    registry.clock.advance(Duration::from_secs(61));
    assert_eq!(came(&client.ask(registry.ask(Method::GET, "/v2/a/b/blobs/x")).await), (vec![Some(200)], Some(200)));
    assert_eq!(client.exchanges(), 3 + 3 + 2);
}

#[tokio::test]
async fn each_repository_and_each_kind_of_access_gets_the_scope_that_its_challenge_names() {
    let registry = registry(issue).await;
    let client = registry.alice();
    let login = (vec![Some(401), Some(200)], Some(200));
    assert_eq!(came(&client.ask(registry.ask(Method::POST, "/v2/a/blobs/uploads/")).await), login);
    // pull,push covers pull.
    assert_eq!(came(&client.ask(registry.ask(Method::GET, "/v2/a/blobs/x")).await), (vec![], Some(200)));
    assert_eq!(came(&client.ask(registry.ask(Method::GET, "/v2/b/blobs/x")).await), login);
    assert_eq!(came(&client.ask(registry.ask(Method::PUT, "/v2/b/blobs/x")).await), login);
    assert_eq!(came(&client.ask(registry.ask(Method::GET, "/v2/")).await), login);
    let wanted: Vec<_> = registry.tokens().iter().map(|heard| scopes(heard.line())).collect();
    assert_eq!(wanted, ["repository:a:pull,push", "repository:b:pull", "repository:b:pull,push", ""]);
}

#[tokio::test]
async fn a_body_is_sent_again_after_the_challenge() {
    let registry = registry(issue).await;
    let mut ask = registry.ask(Method::PUT, "/v2/a/blobs/x");
    ask.call = ask.call.body("layer");
    assert_eq!(registry.alice().ask(ask).await.exchange.status(), Some(200));
    let bodies: Vec<_> = registry.server.requests_for("/v2/").into_iter().map(|heard| heard.body).collect();
    assert_eq!(bodies, [b"layer", b"layer"]);
}

#[tokio::test]
async fn a_token_that_is_suddenly_refused_is_replaced_once() {
    let registry = registry(issue).await;
    let client = registry.alice();
    client.ask(registry.ask(Method::GET, "/v2/a/blobs/x")).await;
    client.send(get(&format!("{}/revoke", registry.server.url))).await;
    assert_eq!(came(&client.ask(registry.ask(Method::GET, "/v2/a/blobs/x")).await), (vec![Some(401), Some(200)], Some(200)));
    assert_eq!(registry.tokens().len(), 2);
}

#[tokio::test]
async fn a_hundred_requests_side_by_side_fetch_one_token() {
    let registry = registry(issue).await;
    let client = registry.alice();
    let asks: Vec<_> = (0..100)
        .map(|_| {
            let (client, ask) = (client.clone(), registry.ask(Method::GET, "/v2/a/blobs/x"));
            tokio::spawn(async move { client.ask(ask).await.exchange.status() })
        })
        .collect();
    for ask in asks {
        assert_eq!(ask.await.unwrap(), Some(200));
    }
    assert_eq!(registry.tokens().len(), 1);
}

#[tokio::test]
async fn a_hundred_requests_share_one_failure_of_a_slow_token_service() {
    let hung = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&hung);
    let service = Server::raw(move |stream, _| {
        count.fetch_add(1, Ordering::SeqCst);
        async move {
            std::future::pending::<()>().await;
            drop(stream);
        }
    })
    .await;
    let realm = service.url.clone();
    let server = Server::web(move |_| answer(401, &format!("WWW-Authenticate: Bearer realm=\"{realm}/\"\r\n"), "")).await;
    let client = hasty();
    let asks: Vec<_> = (0..100)
        .map(|_| {
            let (client, ask) = (client.clone(), Ask::new(get(&format!("{}/v2/a/blobs/x", server.url))));
            tokio::spawn(async move { login_failure(&client.ask(ask).await) })
        })
        .collect();
    for ask in asks {
        assert!(ask.await.unwrap().contains("no answer within"));
    }
    assert!(hung.load(Ordering::SeqCst) < 5, "{hung:?}");
}

#[tokio::test]
async fn without_credentials_an_anonymous_token_is_fetched() {
    let registry = registry(issue).await;
    let asked = registry.client(None).ask(registry.ask(Method::GET, "/v2/a/blobs/x")).await;
    assert_eq!(came(&asked), (vec![Some(401), Some(200)], Some(200)));
    let fetch = &registry.tokens()[0];
    assert_eq!((fetch.line(), fetch.header("authorization")), ("GET /token?service=reg&scope=repository%3Aa%3Apull", None));
}

#[tokio::test]
async fn a_token_in_access_token_alone_is_taken_and_expires_in_is_kept() {
    let registry = registry(|n, scopes| answer(200, "", &format!(r#"{{"access_token":"t:{n}:{scopes}","expires_in":300}}"#))).await;
    let client = registry.alice();
    let get = || registry.ask(Method::GET, "/v2/a/blobs/x");
    assert_eq!(client.ask(get()).await.exchange.status(), Some(200));
    registry.clock.advance(Duration::from_secs(280));
    assert_eq!(came(&client.ask(get()).await), (vec![], Some(200)));
    registry.clock.advance(Duration::from_secs(15));
    assert_eq!(came(&client.ask(get()).await), (vec![Some(200)], Some(200)));
}

#[tokio::test]
async fn a_token_service_that_gives_no_token_is_told_in_words_without_secrets() {
    let denied = |_: usize, _: &str| answer(401, "", r#"{"errors":[{"code":"UNAUTHORIZED","message":"s3cret-pass is wrong"}]}"#);
    let cases: [(TokenAnswer, &str); 8] = [
        (denied, "answered 401 UNAUTHORIZED to the credentials"),
        (|_, _| answer(403, "", r#"{"error":"s3cret-pass"}"#), "answered 403 [redacted] to the credentials"),
        (|_, _| answer(200, "", "<html>"), "answered 200 without a token"),
        (|_, _| answer(200, "", r#"{"token":""}"#), "answered 200 without a token"),
        (|_, _| answer(200, "", r#"{"token":7}"#), "answered 200 without a token"),
        (|_, _| answer(200, "", "{\"token\":\"a\\nb\"}"), "answered 200 without a token"),
        (|_, _| answer(200, "", &format!(r#"{{"token":"{}"}}"#, "x".repeat(2 << 20))), "answered 200 without a token"),
        (|_, _| "garbage\r\n\r\n".into(), "is no HTTP/1.1"),
    ];
    for (token_answer, want) in cases {
        let registry = registry(token_answer).await;
        let asked = registry.alice().ask(registry.ask(Method::GET, "/v2/a/blobs/x")).await;
        let why = login_failure(&asked);
        assert!(why.contains(want) && !why.contains(PASSWORD), "{why}");
        assert_eq!(asked.before[0].status(), Some(401));
    }
}

#[tokio::test]
async fn a_registry_that_is_never_content_gets_one_more_try() {
    let registry = registry(|n, _| answer(200, "", &format!(r#"{{"token":"t:{n}:nothing"}}"#))).await;
    let client = registry.alice();
    let get = || registry.ask(Method::GET, "/v2/a/blobs/x");
    assert_eq!(came(&client.ask(get()).await), (vec![Some(401), Some(200)], Some(401)));
    assert_eq!(came(&client.ask(get()).await), (vec![Some(401), Some(200)], Some(401)));
}

#[tokio::test]
async fn an_identity_token_is_posted_for_a_token() {
    let registry = registry(issue).await;
    let client = registry.client(Some(Credentials::identity_token("refresh&me")));
    client.ask(registry.ask(Method::GET, "/v2/a/blobs/x")).await;
    let fetch = &registry.tokens()[0];
    let form = "grant_type=refresh_token&service=reg&client_id=plimsoll&scope=repository%3Aa%3Apull&refresh_token=refresh%26me";
    assert_eq!((fetch.line(), String::from_utf8_lossy(&fetch.body).as_ref()), ("POST /token", form));
    assert_eq!(fetch.header("content-type"), Some("application/x-www-form-urlencoded"));
}

#[tokio::test]
async fn a_token_service_without_get_is_asked_by_post() {
    let registry = registry(|n, scopes| if n == 1 { answer(404, "", "") } else { issue(n, &format!("{scopes}repository:a:pull")) }).await;
    let asked = registry.alice().ask(registry.ask(Method::GET, "/v2/a/blobs/x")).await;
    assert_eq!(came(&asked), (vec![Some(401), Some(404), Some(200)], Some(200)));
    let form = String::from_utf8(registry.tokens()[1].body.clone()).unwrap();
    assert!(form.starts_with("grant_type=password&") && form.ends_with("&username=alice&password=s3cret-pass"), "{form}");
    let shown = asked.before.iter().map(|exchange| crate::exchange::curl_line(&exchange.request, registry.alice().secrets()));
    assert!(shown.collect::<String>().matches(PASSWORD).count() == 0);
}

/// A registry that wants Basic.
async fn wants_basic() -> Server {
    let right = basic();
    Server::web(move |heard| match heard.header("authorization") {
        Some(login) if login == right => answer(200, "", "in"),
        _ => answer(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", ""),
    })
    .await
}

fn for_target(url: &str, password: &str) -> Client {
    Client::new(Options {
        target: Some(url.parse().unwrap()),
        credentials: Some(Credentials::new("alice", password)),
        ..Options::default()
    })
    .unwrap()
}

#[tokio::test]
async fn basic_is_sent_right_away_once_it_was_asked_for() {
    let server = wants_basic().await;
    let client = for_target(&server.url, PASSWORD);
    assert_eq!(came(&client.ask(Ask::new(get(&server.url))).await), (vec![Some(401)], Some(200)));
    assert_eq!(came(&client.ask(Ask::new(get(&server.url))).await), (vec![], Some(200)));
    let wrong = for_target(&server.url, "wrong");
    assert_eq!(came(&wrong.ask(Ask::new(get(&server.url))).await), (vec![Some(401)], Some(401)));
    assert_eq!(came(&wrong.ask(Ask::new(get(&server.url))).await), (vec![], Some(401)));
    assert_eq!(came(&super::client().ask(Ask::new(get(&server.url))).await), (vec![], Some(401)));
}

#[tokio::test]
async fn identities_that_are_named_are_sent_as_they_are() {
    let server = wants_basic().await;
    let client = for_target(&server.url, PASSWORD);
    let ask = |identity| Ask { identity, ..Ask::new(get(&server.url)) };
    let named = |password: &str| Identity::Basic { user: "alice".into(), password: password.into() };
    assert_eq!(came(&client.ask(ask(Identity::None)).await), (vec![], Some(401)));
    assert_eq!(came(&client.ask(ask(named("other"))).await), (vec![], Some(401)));
    assert_eq!(came(&client.ask(ask(named(PASSWORD))).await), (vec![], Some(200)));
    assert_eq!(came(&client.ask(ask(Identity::Bearer("x".into()))).await), (vec![], Some(401)));
    assert_eq!(server.requests()[3].header("authorization"), Some("Bearer x"));
    let own = Ask::new(with_header(get(&server.url), "authorization", "Digest mine"));
    assert_eq!(came(&client.ask(own).await), (vec![], Some(401)));
    assert_eq!(server.requests()[4].header("authorization"), Some("Digest mine"));
    assert!(!format!("{:?}", named(PASSWORD)).contains(PASSWORD));
}

#[tokio::test]
async fn credentials_go_to_no_other_registry() {
    let (server, other) = (wants_basic().await, wants_basic().await);
    let client = for_target(&server.url, PASSWORD);
    assert_eq!(came(&client.ask(Ask::new(get(&other.url))).await), (vec![], Some(401)));
    let realm = other.url.clone();
    let bearer = Server::web(move |_| answer(401, &format!("WWW-Authenticate: Bearer realm=\"{realm}/t\"\r\n"), "")).await;
    assert!(login_failure(&client.ask(Ask::new(get(&bearer.url))).await).contains("to no credentials"));
    assert!(other.requests().iter().all(|heard| heard.header("authorization").is_none()));
    assert!(Client::new(Options { credentials: Some(Credentials::new("a", "b")), ..Options::default() }).is_err());
}

#[tokio::test]
async fn credentials_go_to_no_plain_token_service_elsewhere() {
    let server = Server::web(|_| answer(401, "WWW-Authenticate: Bearer realm=\"http://auth.example/t\"\r\n", "")).await;
    let asked = for_target(&server.url, PASSWORD).ask(Ask::new(get(&server.url))).await;
    assert!(login_failure(&asked).contains("plain HTTP, and no credentials are sent there"));
    assert_eq!(asked.before.len(), 1);
}

#[tokio::test]
async fn a_redirect_is_followed_with_the_login_and_beyond_without() {
    let storage = Server::web(|heard| answer(if heard.header("authorization").is_some() { 400 } else { 200 }, "", "bytes")).await;
    let (away, right) = (storage.url.clone(), basic());
    let server = Server::web(move |heard| match heard.header("authorization") {
        Some(login) if login == right => answer(307, &format!("Location: {away}/blob\r\n"), ""),
        _ => answer(401, "WWW-Authenticate: Basic realm=x\r\n", ""),
    })
    .await;
    let client = for_target(&server.url, PASSWORD);
    let asked = client.ask(Ask::new(get(&server.url))).await;
    assert_eq!((came(&asked), text(&asked.exchange).as_str()), ((vec![Some(401), Some(307)], Some(200)), "bytes"));
    let unfollowed = client.ask(Ask { redirects: 0, ..Ask::new(get(&server.url)) }).await;
    assert_eq!(came(&unfollowed), (vec![], Some(307)));
}

#[tokio::test]
async fn odd_challenges_lead_to_an_answer_and_not_into_a_wall() {
    for (challenge, want) in [
        ("Basic realm=\"x\", Bearer realm=\"relative\"", Some(401)),
        ("Negotiate", Some(401)),
        ("", Some(401)),
        ("Bearer", None),
        ("Bearer realm=\"file:///etc/passwd\"", None),
        ("Bearer realm=\"http://u:p@127.0.0.1:1/\"", None),
    ] {
        let server = Server::web(move |_| answer(401, &format!("WWW-Authenticate: {challenge}\r\n"), "")).await;
        let asked = for_target(&server.url, PASSWORD).ask(Ask::new(get(&server.url))).await;
        assert_eq!(asked.exchange.status(), want, "{challenge}: {:?}", asked.exchange.answer);
        if want.is_none() {
            assert!(!login_failure(&asked).contains("u:p"), "{challenge}");
        }
    }
    let bare = Server::web(|_| answer(401, "", "")).await;
    assert_eq!(for_target(&bare.url, PASSWORD).ask(Ask::new(get(&bare.url))).await.exchange.status(), Some(401));
}

#[tokio::test]
async fn an_early_challenge_under_a_large_body_is_answered() {
    let right = basic();
    let server = Server::raw(move |mut stream, n| {
        let right = right.clone();
        async move {
            if n == 0 {
                // Reads the head alone, refuses, closes.
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(tokio::io::AsyncReadExt::read_u8(&mut stream).await.unwrap());
                }
                let _ = stream.write_all(answer(401, "WWW-Authenticate: Basic realm=x\r\nConnection: close\r\n", "").as_bytes()).await;
                return;
            }
            let heard = hear(&mut stream).await.unwrap();
            assert_eq!(heard.header("authorization"), Some(right.as_str()));
            let _ = stream.write_all(answer(201, "", &heard.body.len().to_string()).as_bytes()).await;
        }
    })
    .await;
    let ask = Ask::new(call(Method::PUT, &server.url).body(vec![0; 16 << 20]));
    let asked = for_target(&server.url, PASSWORD).ask(ask).await;
    assert_eq!((came(&asked), text(&asked.exchange)), ((vec![Some(401)], Some(201)), (16 << 20).to_string()));
}
