//! A planned request with its variables filled.

use http::{HeaderName, HeaderValue, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::session::Session;
use crate::client::{Body as Sent, Call, Framing, Identity};
use crate::judge::Values;
use crate::plan::{Body, Request};
use crate::scenario::Auth;
use crate::text::Template;

/// RFC 3986's unreserved characters stay as they are; `:` and `/` are legal in a query too, but clients differ, so they are encoded.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request ready to be sent, and who sends it.
pub(super) fn build(request: &Request, session: &Session<'_>, base: &Uri) -> Result<(Call, Identity), String> {
    let url = url(request, session, base)?;
    let (body, default_type) = body(request, session)?;
    let headers = headers(request, session, default_type)?;
    let identity = match &request.auth {
        Auth::Auto => Identity::Auto,
        Auth::None => Identity::None,
        Auth::Basic { user, password } => Identity::Basic { user: fill(user, session)?, password: fill(password, session)? },
        Auth::Bearer(token) => Identity::Bearer(fill(token, session)?),
    };
    let dropped = request.headers.iter().filter(|(_, value)| value.is_none());
    let without = dropped.map(|(name, _)| header_name(name)).collect::<Result<_, _>>()?;
    Ok((Call { method: request.method.clone(), url, headers, without, body }, identity))
}

pub(super) fn fill(template: &Template, session: &Session<'_>) -> Result<String, String> {
    template.fill(|path| session.variable(path)).map_err(|name| format!("the variable <{name}> has no value here"))
}

fn url(request: &Request, session: &Session<'_>, base: &Uri) -> Result<Uri, String> {
    let target = fill(&request.target, session)?;
    let mut text = if target.starts_with('/') { format!("{}{target}", base.to_string().trim_end_matches('/')) } else { target };
    for (name, value) in &request.query {
        let value = fill(value, session)?;
        text.push(if text.contains('?') { '&' } else { '?' });
        text.push_str(&pair(name, &value));
    }
    let url: Uri = text.parse().map_err(|why| format!("`{text}` is no URL: {why}"))?;
    if url.authority().is_none() || !matches!(url.scheme_str(), Some("http" | "https")) {
        return Err(format!("`{text}` is no absolute http or https URL"));
    }
    Ok(url)
}

fn pair(name: &str, value: &str) -> String {
    format!("{}={}", utf8_percent_encode(name, QUERY), utf8_percent_encode(value, QUERY))
}

fn headers(request: &Request, session: &Session<'_>, default_type: Option<String>) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let mut out = Vec::new();
    for (name, value) in &request.headers {
        let Some(value) = value else { continue };
        let value = fill(value, session)?;
        out.push((header_name(name)?, HeaderValue::from_str(&value).map_err(|_| format!("`{value}` can't be the value of a header"))?));
    }
    if let Some(default) = default_type
        && !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
    {
        out.push((http::header::CONTENT_TYPE, HeaderValue::from_str(&default).map_err(|_| format!("`{default}` can't be a media type"))?));
    }
    Ok(out)
}

fn header_name(name: &str) -> Result<HeaderName, String> {
    name.parse().map_err(|_| format!("`{name}` can't be the name of a header"))
}

fn body(request: &Request, session: &Session<'_>) -> Result<(Sent, Option<String>), String> {
    let datum = |name: &String| session.content(name).ok_or_else(|| format!("there is no datum {name}"));
    let framing = if request.chunked { Framing::Chunked } else { Framing::Length };
    let octets = || Some("application/octet-stream".to_owned());
    Ok(match &request.body {
        Body::None => (Sent::default(), None),
        Body::Datum(name) => {
            let content = datum(name)?;
            (Sent { bytes: content.bytes.clone(), framing }, Some(content.media_type.clone()))
        }
        Body::Slice { datum: name, from, to } => {
            let bytes = &datum(name)?.bytes;
            let to = to.unwrap_or(bytes.len());
            if *from > to || to > bytes.len() {
                return Err(format!("the slice {from}..{to} is outside {name} ({} bytes)", bytes.len()));
            }
            (Sent { bytes: bytes.slice(*from..to), framing }, octets())
        }
        Body::Cut(name) => {
            let content = datum(name)?;
            let send = content.bytes.len() / 2;
            (Sent { bytes: content.bytes.clone(), framing: Framing::Cut { send } }, Some(content.media_type.clone()))
        }
        Body::Text(text) => (Sent { bytes: fill(text, session)?.into(), framing }, octets()),
        Body::Json(json) => {
            let json = json.fill(|path| session.variable(path)).map_err(|name| format!("the variable <{name}> has no value here"))?;
            (Sent { bytes: json.to_string().into(), framing }, Some("application/json".to_owned()))
        }
        Body::Form(fields) => {
            let filled = |(name, value): &(String, Template)| Ok(pair(name, &fill(value, session)?));
            let form = fields.iter().map(filled).collect::<Result<Vec<_>, String>>()?.join("&");
            (Sent { bytes: form.into(), framing }, Some("application/x-www-form-urlencoded".to_owned()))
        }
    })
}
