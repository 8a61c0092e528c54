//! An exchange as people may see it: printable, without secrets, cut to a size.

use std::fmt::Write;

use http::HeaderMap;

use super::Secrets;
use crate::text::escape;
pub use crate::text::misleads;

/// Bodies are shown up to here.
pub const SHOWN: usize = 16 * 1024;
/// A header's value is shown up to here, and all of them together up to there.
const VALUE: usize = 4 * 1024;
const HEADERS: usize = 32 * 1024;

/// Text of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Printable and redacted; line ends and tabs stay.
    pub text: String,
    /// Whether the body went on.
    pub cut: bool,
}

/// `bytes` on one line that can harm no terminal and mislead no reader: control characters, escape sequences, characters that turn
/// the direction of text or are invisible, and bytes that are no UTF-8 stand as `\n`, `\x1b`, `\u{202e}`, `\xff`.
#[must_use]
pub fn printable(bytes: &[u8]) -> String {
    escaped(bytes, |_| false)
}

/// [`printable`], but line ends and tabs stay: for bodies.
#[must_use]
pub fn printable_lines(bytes: &[u8]) -> String {
    escaped(bytes, |c| matches!(c, '\n' | '\t'))
}

/// Names and values of `headers` in order, printable and redacted; of long values the beginning, and how long they were.
#[must_use]
pub fn headers(headers: &HeaderMap, secrets: &Secrets) -> Vec<(String, String)> {
    let mut room = HEADERS;
    let shown = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        // Redacted before it is cut, or half a secret would stay.
        let whole = secrets.header(name.as_str(), value.as_bytes());
        let end = whole.floor_char_boundary(VALUE.min(room));
        room -= end;
        let text = if end == whole.len() { whole } else { format!("{}… ({} bytes)", &whole[..end], value.len()) };
        (name.as_str().to_owned(), text)
    };
    headers.iter().map(shown).collect()
}

/// A URL, printable and redacted.
#[must_use]
pub fn url(url: &http::Uri, secrets: &Secrets) -> String {
    secrets.redact(&printable(url.to_string().as_bytes()))
}

/// A body where it is text, cut at [`SHOWN`] bytes; `whole` tells whether `bytes` is all of it.
#[must_use]
pub fn body(bytes: &[u8], whole: bool, secrets: &Secrets) -> Option<Text> {
    if bytes.is_empty() || !is_text(bytes, whole) {
        return None;
    }
    let bytes = bytes.utf8_chunks().next().map_or(&[][..], |chunk| chunk.valid().as_bytes());
    // Redacted before it is cut, or half a secret would stay.
    let shown = secrets.redact(&printable_lines(bytes.get(..SHOWN * 8).unwrap_or(bytes)));
    let end = shown.floor_char_boundary(SHOWN);
    Some(Text { text: shown[..end].to_owned(), cut: !whole || end < shown.len() || bytes.len() > SHOWN * 8 })
}

/// Whether `bytes` is UTF-8 without NUL and with hardly a control character; a body that goes on may end inside a character.
#[must_use]
pub fn is_text(bytes: &[u8], whole: bool) -> bool {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if !whole && error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        Err(_) => return false,
    };
    let odd = text.chars().filter(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')).count();
    !text.contains('\0') && odd * 10 <= text.len()
}

fn escaped(bytes: &[u8], stays: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if misleads(c) && !stays(c) { escape(c, &mut out) } else { out.push(c) }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escape_sequences_direction_marks_and_odd_bytes_are_spelt_out() {
        assert_eq!(printable(b"a\x1b[31m\r\n\xffb"), "a\\x1b[31m\\r\\n\\xffb");
        assert_eq!(printable("x\u{202e}y\u{200b}z é 日本".as_bytes()), "x\\u{202e}y\\u{200b}z é 日本");
        assert_eq!(printable_lines(b"a\n\tb\r\n"), "a\n\tb\\r\n");
    }

    #[test]
    fn headers_are_shown_in_order_and_without_credentials() {
        let mut map = HeaderMap::new();
        map.append("host", HeaderValue::from_static("h"));
        map.append("authorization", HeaderValue::from_static("Basic YTpi"));
        map.append("x", HeaderValue::from_bytes(b"\xff").unwrap());
        let shown = headers(&map, &Secrets::new());
        let want = [("host", "h"), ("authorization", "[redacted]"), ("x", "\\xff")];
        assert_eq!(shown, want.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn long_headers_are_cut_and_tell_how_long_they_were() {
        let mut map = HeaderMap::new();
        let long = "x".repeat(300 << 10);
        for _ in 0..20 {
            map.append("x", HeaderValue::from_str(&long).unwrap());
        }
        let shown = headers(&map, &Secrets::new());
        assert_eq!(shown.len(), 20);
        assert!(shown[0].1.starts_with(&"x".repeat(VALUE)) && shown[0].1.ends_with("… (307200 bytes)"), "{}", shown[0].1.len());
        assert!(shown.iter().map(|(_, value)| value.len()).sum::<usize>() < HEADERS + 20 * 20);
    }

    #[test]
    fn a_long_body_is_cut_between_characters_and_after_redaction() {
        let secrets = Secrets::new();
        secrets.add("verysecret");
        let long = format!("{}verysecret{}", "é".repeat(SHOWN / 2 - 2), "x".repeat(100));
        let shown = body(long.as_bytes(), true, &secrets).unwrap();
        assert!(shown.cut && shown.text.len() <= SHOWN && !shown.text.contains("very"));
        let half = &"ab é".as_bytes()[..4];
        assert_eq!(body(half, false, &secrets), Some(Text { text: "ab ".into(), cut: true }));
        assert_eq!(body(half, true, &secrets), None);
    }

    #[test]
    fn what_is_no_text_is_not_shown() {
        assert_eq!(body(b"", true, &Secrets::new()), None);
        assert_eq!(body(b"\x1f\x8b\x08\0\0", true, &Secrets::new()), None);
        assert_eq!(body(b"a\0b", true, &Secrets::new()), None);
        assert!(body(b"{\"a\":1}\n", true, &Secrets::new()).is_some_and(|text| !text.cut));
    }

    proptest! {
        #[test]
        fn what_is_printable_holds_no_control_character(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(!printable(&bytes).chars().any(misleads));
        }
    }
}
