//! What is kept of an exchange for later steps.

use super::call::fill;
use super::session::Session;
use crate::exchange::{Exchange, Response, preferred, resolve};
use crate::judge::LONGEST_JSON;
use crate::plan::Save;

/// The value to keep, or why there is none.
pub(super) fn capture(save: &Save, exchange: &Exchange, session: &Session<'_>) -> Result<String, String> {
    let lacks = |name: &str| exchange.response().is_some_and(|response| !response.headers.contains_key(name));
    match save {
        Save::LocationOr(other) if lacks("Location") => fill(other, session),
        Save::EtagOr(other) if lacks("ETag") => fill(other, session),
        _ => capture_alone(save, exchange),
    }
}

/// The same for what needs nothing but the exchange.
pub(super) fn capture_alone(save: &Save, exchange: &Exchange) -> Result<String, String> {
    let response = exchange.response().ok_or("there was no answer")?;
    let body = || std::str::from_utf8(&response.body.bytes).map_err(|_| "the body is no text".to_owned());
    let header = |name: &str| -> Result<String, String> {
        let value = response.headers.get(name).ok_or_else(|| format!("there was no {name} header"))?;
        Ok(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let location = || -> Result<String, String> {
        let url = resolve(&exchange.request.url, &header("Location")?).map_err(|why| format!("its Location can't be used: {why}"))?;
        Ok(url.to_string())
    };
    match save {
        Save::Location | Save::LocationOr(_) => location(),
        Save::EtagOr(_) => header("ETag"),
        Save::Header(name) => header(name),
        Save::Digest => Ok(format!("sha256:{}", response.body.sha256)),
        Save::Body => body().map(str::to_owned),
        Save::Json(pointer) => {
            if response.body.bytes.len() > LONGEST_JSON {
                return Err("its body is too long to be read as JSON".into());
            }
            let json: serde_json::Value = serde_json::from_slice(&response.body.bytes).map_err(|_| "the body is no JSON")?;
            match json.pointer(pointer) {
                Some(serde_json::Value::String(text)) => Ok(text.clone()),
                Some(serde_json::Value::Null) | None => Err(format!("its JSON has nothing at {pointer}")),
                Some(other) => Ok(other.to_string()),
            }
        }
        Save::Regex(regex) => {
            let found = regex.captures(body()?).and_then(|found| found.get(1));
            found.map(|text| text.as_str().to_owned()).ok_or_else(|| format!("its body does not match {regex}"))
        }
        Save::Challenge(parameter) => challenge_parameter(response, parameter),
    }
}

fn challenge_parameter(response: &Response, parameter: &str) -> Result<String, String> {
    let challenge = preferred(&response.headers).ok_or("it has no Basic or Bearer challenge")?;
    if parameter == "scheme" {
        return Ok(challenge.scheme.to_ascii_lowercase());
    }
    challenge.param(parameter).map(str::to_owned).ok_or_else(|| format!("its challenge has no {parameter}"))
}
