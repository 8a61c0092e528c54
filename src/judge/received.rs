//! A body as the registry meant it: content codings undone.

use std::borrow::Cow;
use std::io::Read as _;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING};
use http::{HeaderMap, HeaderValue};
use ring::digest::{SHA256, digest};

use super::Mismatch;
use super::words::{brief, counted};
use crate::exchange::{Exchange, Response};

/// The most that a compressed body may unfold to.
const MOST: u64 = 64 << 20;
/// The longest JSON that is read.
pub const LONGEST_JSON: usize = 1 << 20;

/// The content of a body. Where the answer is gzip and that was lawful (RFC 9110, section 12.5.3: the request lists gzip, or lists no
/// coding at all), it is unfolded; a coding that the request ruled out stays, and will not equal what was expected.
pub(super) fn content<'a>(exchange: &Exchange, response: &'a Response) -> Result<Cow<'a, [u8]>, Mismatch> {
    let body = &response.body;
    let codings = codings(&response.headers);
    if body.truncated {
        return Err(Mismatch::unseen("a body that plimsoll keeps in whole", format!("{} bytes, too many to keep", body.len)));
    }
    match codings.as_slice() {
        _ if body.bytes.is_empty() => Ok(Cow::Borrowed(&[])),
        [] => Ok(Cow::Borrowed(&body.bytes)),
        _ if !codings.iter().all(|coding| accepts(&exchange.request.headers, coding)) => Ok(Cow::Borrowed(&body.bytes)),
        [coding] if is_gzip(coding) => unfolded(&body.bytes).map(Cow::Owned),
        _ => Err(Mismatch::unseen("a coding that plimsoll reads", format!("Content-Encoding {}", brief(codings.join(", ").as_bytes())))),
    }
}

/// Whether a body is short enough to be taken apart: matchers can't be interrupted.
pub(super) fn judgeable(body: &[u8]) -> Result<(), Mismatch> {
    if body.len() <= LONGEST_JSON {
        return Ok(());
    }
    Err(Mismatch::unseen(
        format!("JSON of at most {LONGEST_JSON} bytes"),
        format!("{} bytes: the body is too long to be judged", body.len()),
    ))
}

/// Whether a body is exactly these bytes, as it came or unfolded; if not, in what it differs.
pub(super) fn differs(exchange: &Exchange, response: &Response, want: &[u8]) -> Result<Option<String>, Mismatch> {
    let body = &response.body;
    if body.len == want.len() as u64 && same_hash(response, want) {
        return Ok(None);
    }
    if body.truncated && codings(&response.headers).is_empty() {
        return Ok(Some(format!("{} of other content", counted(usize::try_from(body.len).unwrap_or(usize::MAX), "byte"))));
    }
    let came = content(exchange, response)?;
    Ok(difference(&came, want))
}

fn same_hash(response: &Response, want: &[u8]) -> bool {
    let body = &response.body;
    if body.truncated { body.sha256 == hex(digest(&SHA256, want).as_ref()) } else { body.bytes == want }
}

fn difference(came: &[u8], want: &[u8]) -> Option<String> {
    if came == want {
        return None;
    }
    if came.is_empty() {
        return Some("an empty body".into());
    }
    let at = came.iter().zip(want).position(|(a, b)| a != b).unwrap_or(came.len().min(want.len()));
    Some(match (at == came.len(), at == want.len()) {
        (true, _) => format!("only the first {} of {} bytes", came.len(), want.len()),
        (_, true) => format!("{} more than the {} expected", counted(came.len() - want.len(), "byte"), want.len()),
        _ => format!("{} that differ from byte {at} on", counted(came.len(), "byte")),
    })
}

fn codings(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(CONTENT_ENCODING).iter().map(HeaderValue::as_bytes).map(String::from_utf8_lossy);
    let tokens: Vec<String> =
        lines.flat_map(|line| line.split(',').map(|token| token.trim().to_ascii_lowercase()).collect::<Vec<_>>()).collect();
    tokens.into_iter().filter(|token| !token.is_empty() && token != "identity").collect()
}

fn is_gzip(coding: &str) -> bool {
    coding == "gzip" || coding == "x-gzip"
}

/// Whether a request allows a coding in its answer.
fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let mut lines = request.get_all(ACCEPT_ENCODING).iter().peekable();
    if lines.peek().is_none() {
        return true;
    }
    let lines: Vec<String> = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).to_ascii_lowercase()).collect();
    let items: Vec<(&str, bool)> = lines.iter().flat_map(|line| line.split(',')).map(weighed).collect();
    let named = |name: &str| items.iter().find(|(item, _)| *item == name).map(|(_, taken)| *taken);
    named(coding)
        .or_else(|| if is_gzip(coding) { named("gzip").or_else(|| named("x-gzip")) } else { None })
        .or_else(|| named("*"))
        .unwrap_or(false)
}

/// An item of Accept-Encoding, and whether its weight is above zero.
fn weighed(item: &str) -> (&str, bool) {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let zero =
        parts.filter_map(|part| part.strip_prefix("q=")).any(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0));
    (name, !zero)
}

fn unfolded(bytes: &Bytes) -> Result<Vec<u8>, Mismatch> {
    let mut out = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes.as_ref()).take(MOST + 1).read_to_end(&mut out);
    match read {
        Ok(len) if len as u64 > MOST => {
            Err(Mismatch::unseen("a body that plimsoll keeps in whole", format!("gzip of more than {MOST} bytes")))
        }
        Ok(_) => Ok(out),
        Err(_) => Err(Mismatch::fail("a body in the coding that its header names", "Content-Encoding gzip, and a body that is no gzip")),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_acceptable_by_the_rules_of_rfc_9110() {
        let accepts_gzip = |line: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(line) = line {
                headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(line));
            }
            accepts(&headers, "gzip")
        };
        for line in [None, Some("gzip"), Some("br, GZIP;q=0.5"), Some("*"), Some("x-gzip"), Some("identity;q=0, *;q=1")] {
            assert!(accepts_gzip(line), "{line:?}");
        }
        for line in [Some(""), Some("identity"), Some("gzip;q=0"), Some("gzip;q=0.000, *"), Some("br")] {
            assert!(!accepts_gzip(line), "{line:?}");
        }
    }

    #[test]
    fn a_difference_is_told_by_where_it_begins() {
        assert_eq!(difference(b"abc", b"abc"), None);
        assert_eq!(difference(b"", b"abc").unwrap(), "an empty body");
        assert_eq!(difference(b"ab", b"abc").unwrap(), "only the first 2 of 3 bytes");
        assert_eq!(difference(b"abcd", b"abc").unwrap(), "1 byte more than the 3 expected");
        assert_eq!(difference(b"axc", b"abc").unwrap(), "3 bytes that differ from byte 1 on");
    }
}
