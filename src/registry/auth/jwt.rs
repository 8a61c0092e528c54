//! JSON web tokens: the signed texts that say what their bearer may do (docker-jwt.md; RFC 7515, RFC 7519).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::key::SigningKey;
use super::scope::Grant;

/// No token of ours is as long; nothing longer is looked at.
const MAX_TOKEN: usize = 32 << 10;

/// What a token says.
#[derive(Debug, Serialize)]
pub(crate) struct Claims<'a> {
    pub(crate) iss: &'a str,
    pub(crate) sub: &'a str,
    pub(crate) aud: &'a str,
    pub(crate) exp: u64,
    pub(crate) nbf: u64,
    pub(crate) iat: u64,
    pub(crate) jti: &'a str,
    pub(crate) access: &'a [Grant],
}

/// What a token must say to be taken.
#[derive(Debug)]
pub(crate) struct Terms<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) audience: &'a str,
    /// Seconds since 1970.
    pub(crate) now: u64,
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the token is malformed")]
    Malformed,
    #[error("the token is signed with another algorithm than this registry's")]
    Algorithm,
    #[error("the token's signature is not by this registry's key")]
    Signature,
    #[error("the token is by another issuer")]
    Issuer,
    #[error("the token is for another service")]
    Audience,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    Early,
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'a str,
    alg: &'a str,
    kid: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    x5c: &'a [String],
}

/// A header as somebody sent it. The key that it names or brings is never looked at.
#[derive(Deserialize)]
struct Announced {
    alg: String,
    /// What must be understood; nothing is (RFC 7515 §4.1.11).
    crit: Option<Value>,
}

/// Claims as somebody signed them.
#[derive(Deserialize)]
struct Signed {
    iss: String,
    aud: Value,
    exp: u64,
    nbf: Option<u64>,
    access: Option<Vec<Grant>>,
}

/// The token of `claims`; `None` where it cannot be signed.
pub(crate) fn sign(key: &SigningKey, claims: &Claims<'_>) -> Option<String> {
    let header = Header { typ: "JWT", alg: key.algorithm(), kid: key.kid(), x5c: key.x5c() };
    let message = format!("{}.{}", encode(&header)?, encode(claims)?);
    let signature = key.sign(message.as_bytes())?;
    Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// What `token` grants, if it is signed by `key` and keeps the terms.
pub(crate) fn verify(key: &SigningKey, terms: &Terms<'_>, token: &str) -> Result<Vec<Grant>, Refusal> {
    if token.len() > MAX_TOKEN {
        return Err(Refusal::Malformed);
    }
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        return Err(Refusal::Malformed);
    };
    let message = &token[..=header.len() + claims.len()];
    let header: Announced = decode(header)?;
    if header.alg != key.algorithm() || header.crit.is_some() {
        return Err(Refusal::Algorithm);
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refusal::Malformed)?;
    if !key.verifies(message.as_bytes(), &signature) {
        return Err(Refusal::Signature);
    }
    keeps(decode(claims)?, terms)
}

fn keeps(claims: Signed, terms: &Terms<'_>) -> Result<Vec<Grant>, Refusal> {
    if claims.iss != terms.issuer {
        return Err(Refusal::Issuer);
    }
    if !names(&claims.aud, terms.audience) {
        return Err(Refusal::Audience);
    }
    if terms.now >= claims.exp {
        return Err(Refusal::Expired);
    }
    if claims.nbf.is_some_and(|start| terms.now < start) {
        return Err(Refusal::Early);
    }
    Ok(claims.access.unwrap_or_default())
}

/// An audience is a text or a list of texts (RFC 7519 §4.1.3).
fn names(audience: &Value, service: &str) -> bool {
    match audience {
        Value::Array(all) => all.iter().any(|one| one == service),
        one => one == service,
    }
}

fn encode(value: &impl Serialize) -> Option<String> {
    Some(URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).ok()?))
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)
}
