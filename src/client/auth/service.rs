//! Fetching a token.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::flight::Token;
use super::known::{Key, Logins, basic, sensitive};
use crate::client::call::Call;
use crate::client::credentials::Credentials;
use crate::client::send::Client;
use crate::client::wire::Origin;
use crate::exchange::evidence::printable;
use crate::exchange::{Exchange, Response};

/// More than this is no answer of a token service.
const ANSWER_LIMIT: usize = 1 << 20;
/// A token that does not say how long it lives, lives this long (docker-token.md).
const LIFE: u64 = 60;
const FORM: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Client {
    /// A token for `key`; every exchange that it took is added to `fetches`. An error says why there is none, in words without secrets.
    pub(super) async fn fetch_token(&self, key: &Key, fetches: &mut Vec<Exchange>) -> Result<Token, String> {
        let service = Origin::of(&key.realm).map_err(|failure| format!("the token service {} can't be used: {failure}", key.realm))?;
        let credentials = self.logins().credentials(&key.origin);
        if credentials.is_some() && !may_have_credentials(&key.origin, &service) {
            return Err(format!("the token service http://{service} is plain HTTP, and no credentials are sent there"));
        }
        let mut hops = match credentials {
            Some(Credentials { identity_token: Some(secret), .. }) => vec![self.post(key, &[("refresh_token", secret.expose())]).await],
            other => self.get(key, other).await,
        };
        // Some services know the OAuth2 way alone.
        if let Some(404 | 405) = hops.last().and_then(Exchange::status)
            && let Some(Credentials { user, password: Some(password), identity_token: None }) = credentials
        {
            hops.push(self.post(key, &[("username", user.as_str()), ("password", password.expose())]).await);
        }
        let token = hops.last().map(|answer| self.read(&service, answer, credentials.is_none()));
        fetches.append(&mut hops);
        token.unwrap_or_else(|| Err("no token was asked for".into()))
    }

    async fn get(&self, key: &Key, credentials: Option<&Credentials>) -> Vec<Exchange> {
        let login = credentials.and_then(|login| Some((login.user.as_str(), login.password.as_ref()?)));
        let mut query = vec![("account", login.map(|(user, _)| user)), ("service", key.service.as_deref())];
        query.extend(key.scopes.iter().map(|scope| ("scope", Some(scope.as_str()))));
        let mut call = Call::new(Method::GET, with_query(&key.realm, &form(query)));
        call.headers.push((ACCEPT, HeaderValue::from_static("application/json")));
        if let Some((user, password)) = login {
            call.headers.push((AUTHORIZATION, basic(user, password.expose())));
        }
        let mut hops = vec![self.send_keeping(call.clone(), ANSWER_LIMIT).await];
        self.follow_on(call, &mut hops, 5).await;
        hops
    }

    async fn post(&self, key: &Key, grant: &[(&str, &str)]) -> Exchange {
        let scopes = key.scopes.join(" ");
        let kind = if grant[0].0 == "refresh_token" { "refresh_token" } else { "password" };
        let mut fields = vec![("grant_type", Some(kind)), ("service", key.service.as_deref()), ("client_id", Some("plimsoll"))];
        fields.push(("scope", (!scopes.is_empty()).then_some(scopes.as_str())));
        fields.extend(grant.iter().map(|(name, value)| (*name, Some(*value))));
        let call = Call::new(Method::POST, key.realm.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))
            .body(Bytes::from(form(fields)));
        self.send_keeping(call, ANSWER_LIMIT).await
    }

    fn read(&self, service: &Origin, exchange: &Exchange, anonymous: bool) -> Result<Token, String> {
        let response = exchange.answer.as_ref().map_err(|failure| format!("the token service {service}: {failure}"))?;
        let json: Value = serde_json::from_slice(&response.body.bytes).unwrap_or_default();
        for field in ["token", "access_token", "refresh_token"] {
            // A short one is no token but a word: a service that gives `http` for one would have the reports blanked.
            json[field].as_str().into_iter().filter(|secret| secret.len() >= 16).for_each(|secret| self.secrets().add(secret));
        }
        if !(200..300).contains(&response.status) {
            let whom = if anonymous { "no credentials" } else { "the credentials" };
            return Err(format!("the token service {service} answered {}{} to {whom}", response.status, code(&json)));
        }
        token(&json, response, self.logins())
            .ok_or_else(|| format!("the token service {service} answered {} without a token", response.status))
    }
}

fn token(json: &Value, response: &Response, logins: &Logins) -> Option<Token> {
    if response.body.truncated {
        return None;
    }
    let text = ["token", "access_token"].iter().find_map(|field| json[*field].as_str().filter(|text| !text.is_empty()))?;
    let life = lifetime(&json["expires_in"]);
    // A little early, so that a token does not die on its way.
    let stale_at = logins.clock.unix_seconds() + life - (life / 10).min(10);
    Some(Token { header: sensitive(format!("Bearer {text}"))?, stale_at })
}

/// A number of seconds, perhaps written as text; what is absent, zero or nonsense is the default.
fn lifetime(value: &Value) -> u64 {
    let seconds = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    seconds.filter(|seconds| *seconds > 0).map_or(LIFE, |seconds| seconds.min(366 * 86_400))
}

/// ` UNAUTHORIZED`: the code of the error body, of either kind.
fn code(json: &Value) -> String {
    let code = json["errors"][0]["code"].as_str().or_else(|| json["error"].as_str()).unwrap_or_default();
    let code: String = printable(code.as_bytes()).chars().take(40).collect();
    if code.is_empty() { code } else { format!(" {code}") }
}

/// Whether credentials for `asker` may be sent to the token service that it names.
fn may_have_credentials(asker: &Origin, service: &Origin) -> bool {
    service.is_tls() || service.is_loopback() || (!asker.is_tls() && asker.host() == service.host())
}

fn form<'a>(fields: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> String {
    let fields = fields.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", utf8_percent_encode(value?, &FORM))));
    fields.collect::<Vec<_>>().join("&")
}

/// The realm with a query added to its own.
fn with_query(realm: &Uri, query: &str) -> Uri {
    let separator = if query.is_empty() {
        ""
    } else if realm.query().is_some() {
        "&"
    } else {
        "?"
    };
    format!("{realm}{separator}{query}").parse().unwrap_or_else(|_| realm.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_lives_as_long_as_it_says_or_a_minute() {
        let lives = |value: Value| lifetime(&value);
        assert_eq!([lives(json!(300)), lives(json!("300")), lives(json!(1))], [300, 300, 1]);
        assert_eq!([lives(json!(null)), lives(json!(0)), lives(json!(-5)), lives(json!("soon")), lives(json!([]))], [60; 5]);
        assert_eq!(lives(json!(u64::MAX)), 366 * 86_400);
    }

    #[test]
    fn a_realm_keeps_the_query_that_it_has() {
        let with = |realm: &str, query: &str| with_query(&realm.parse().unwrap(), query).to_string();
        assert_eq!(with("http://h/t", "a=b"), "http://h/t?a=b");
        assert_eq!(with("http://h/t?x=1", "a=b"), "http://h/t?x=1&a=b");
        assert_eq!(with("http://h/t", ""), "http://h/t");
    }

    #[test]
    fn credentials_go_to_https_to_this_machine_and_to_the_host_that_the_user_named() {
        let may = |asker: &str, service: &str| {
            let origin = |url: &str| Origin::of(&url.parse().unwrap()).unwrap();
            may_have_credentials(&origin(asker), &origin(service))
        };
        assert!(may("https://r.example/", "https://auth.example/token"));
        assert!(may("https://r.example/", "http://127.0.0.1:5001/token"));
        assert!(may("http://lan:5000/", "http://lan:5001/token"));
        assert!(!may("https://r.example/", "http://r.example/token"));
        assert!(!may("http://lan:5000/", "http://auth.lan/token"));
    }
}
