//! Reading an `Authorization` header.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

/// A name and a password.
#[derive(PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) name: String,
    pub(crate) password: String,
}

/// The login of a Basic header; `None` where there is none that can be read.
pub(crate) fn basic(header: Option<&HeaderValue>) -> Option<Login> {
    let decoded = STANDARD.decode(under("basic", header)?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (name, password) = text.split_once(':')?;
    Some(Login { name: name.to_owned(), password: password.to_owned() })
}

/// The token of a Bearer header; `None` where the header is of another scheme.
pub(crate) fn bearer(header: Option<&HeaderValue>) -> Option<&str> {
    under("bearer", header)
}

/// What stands after the scheme's name, whose case does not matter.
fn under<'a>(scheme: &str, header: Option<&'a HeaderValue>) -> Option<&'a str> {
    let (name, rest) = header?.to_str().ok()?.trim().split_once(' ')?;
    name.eq_ignore_ascii_case(scheme).then(|| rest.trim_start())
}
