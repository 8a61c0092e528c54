//! Secrets, and how they are kept out of every text that somebody may read.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex::{Captures, Regex};

use super::evidence::printable;

/// What stands where a secret stood.
const REDACTED: &str = "[redacted]";

/// Headers whose values are never shown, in lower case.
const HIDDEN_HEADERS: [&str; 6] = ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-registry-auth", "x-identity-token"];

/// Shorter ones would blot out half of a report; they are hidden where their place tells that they are secret, and in Base64.
const SHORTEST: usize = 4;

const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The secrets that a run knows. Clones share one set; what is added to one is redacted by all.
#[derive(Clone, Default)]
pub struct Secrets {
    /// Every form in which a known secret may appear, the longest last.
    forms: Arc<RwLock<BTreeSet<(usize, String)>>>,
    /// The Base64 pairs of the credentials in use.
    logins: Arc<RwLock<BTreeSet<String>>>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({REDACTED})")
    }
}

impl Secrets {
    /// A set that knows none.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a secret in all forms in which it may be echoed: raw, percent-encoded, as in a form, JSON-escaped, made printable.
    /// Secrets of fewer than 4 bytes are left to the places that are always redacted.
    pub fn add(&self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        let known = (secret.len(), secret.to_owned());
        if self.forms.read().unwrap_or_else(PoisonError::into_inner).contains(&known) {
            return;
        }
        let mut forms = self.forms.write().unwrap_or_else(PoisonError::into_inner);
        forms.extend(forms_of(secret).into_iter().map(|form| (form.len(), form)));
    }

    /// Adds the password of the credentials in use, with the Base64 pair in which Basic login carries it.
    pub fn add_login(&self, user: &str, password: &str) {
        self.add(password);
        self.add_pair(user, password);
        self.logins.write().unwrap_or_else(PoisonError::into_inner).insert(STANDARD.encode(format!("{user}:{password}")));
    }

    /// Whether a Base64 pair is that of the credentials in use.
    #[must_use]
    pub fn is_login(&self, pair: &str) -> bool {
        self.logins.read().unwrap_or_else(PoisonError::into_inner).contains(pair)
    }

    /// Adds the Base64 pair of a login alone, for a made-up password whose text may be an ordinary word.
    pub fn add_pair(&self, user: &str, password: &str) {
        let pair = format!("{user}:{password}");
        for form in [STANDARD.encode(&pair), URL_SAFE.encode(&pair)] {
            self.add(form.trim_end_matches('='));
        }
    }

    /// `text` without any known secret, and without what its place tells to be one: token fields of JSON, passwords and tokens in
    /// forms and queries, signatures of signed URLs, credentials in URLs, `Bearer …` and `Basic …`.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.without_known(&without_places(text))
    }

    /// The value of a header as it may be shown: printable, and `[redacted]` where the header carries credentials.
    #[must_use]
    pub fn header(&self, name: &str, value: &[u8]) -> String {
        if HIDDEN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            return REDACTED.to_owned();
        }
        self.redact(&printable(value))
    }

    fn without_known(&self, text: &str) -> String {
        let forms = self.forms.read().unwrap_or_else(PoisonError::into_inner);
        let mut out = text.to_owned();
        // The longest first: a shorter secret may be part of it.
        for (_, form) in forms.iter().rev().filter(|(len, _)| *len <= text.len()) {
            if out.contains(form.as_str()) {
                out = out.replace(form.as_str(), REDACTED);
            }
        }
        out
    }
}

fn forms_of(secret: &str) -> BTreeSet<String> {
    let percent = utf8_percent_encode(secret, &UNRESERVED).to_string();
    let all_percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let quoted = serde_json::Value::from(secret).to_string();
    let json = quoted[1..quoted.len() - 1].to_owned();
    BTreeSet::from([
        secret.to_owned(),
        printable(secret.as_bytes()),
        lower_hex(&percent),
        percent.replace("%20", "+"),
        percent,
        lower_hex(&all_percent),
        all_percent,
        json.replace('/', "\\/"),
        json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"),
        json,
    ])
}

/// Percent-encoding with small hex digits.
fn lower_hex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut hex = 0;
    for c in text.chars() {
        out.push(if hex > 0 { c.to_ascii_lowercase() } else { c });
        hex = if c == '%' { 2 } else { hex.max(1) - 1 };
    }
    out
}

/// Places in which whatever stands is secret; group 1 is kept, what follows it is not.
static PLACES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let fields = "token|access_token|refresh_token|id_token|identity_token|identitytoken|registrytoken|password|secret|client_secret";
    let signed = "x-amz-signature|x-amz-security-token|x-amz-credential|x-goog-signature|signature|sig";
    [
        format!(r#"(?i)("(?:{fields})"\s*:\s*")(?:[^"\\]|\\.)+"#),
        format!(r#"(?i)((?:^|[?&\s"'])(?:{fields}|{signed})=)[^&\s"'<>]+"#),
        r"(?i)([a-z][a-z0-9+.-]*://)[^/?#\s@]+@".to_owned(),
        r"(?i)(\b(?:bearer|basic)\s+)[a-z0-9._~+/-]{8,}=*".to_owned(),
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

fn without_places(text: &str) -> String {
    PLACES.iter().fold(text.to_owned(), |text, place| {
        place
            .replace_all(&text, |found: &Captures<'_>| {
                let value = &found[0][found[1].len()..];
                // `Basic authentication` is no login.
                if found[1].ends_with([' ', '\t']) && value.len() < 24 && value.bytes().all(|b| b.is_ascii_alphabetic()) {
                    return found[0].to_owned();
                }
                let at = if value.ends_with('@') { "@" } else { "" };
                format!("{}{REDACTED}{at}", &found[1])
            })
            .into_owned()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_known_secret_is_redacted_in_every_form_in_which_it_may_be_echoed() {
        let secrets = Secrets::new();
        secrets.add_login("alice", "s3cr&t/ \"pä<ss");
        let pair = STANDARD.encode("alice:s3cr&t/ \"pä<ss");
        for text in [
            "raw s3cr&t/ \"pä<ss end",
            "s3cr%26t%2F%20%22p%C3%A4%3Css",
            "s3cr%26t%2f%20%22p%c3%a4%3css",
            "s3cr%26t%2F+%22p%C3%A4%3Css",
            r#"{"x":"s3cr&t/ \"pä<ss"}"#,
            r#"{"x":"s3cr&t\/ \"pä<ss"}"#,
            r#"{"x":"s3cr\u0026t/ \"pä\u003css"}"#,
            pair.as_str(),
            pair.trim_end_matches('='),
        ] {
            let shown = secrets.redact(text);
            assert!(shown.contains(REDACTED) && !shown.contains("s3cr") && !shown.contains(&pair[..12]), "{shown}");
        }
    }

    #[test]
    fn what_its_place_tells_to_be_a_secret_is_redacted_unknown_or_not() {
        let secrets = Secrets::new();
        let cases = [
            (r#"{"token": "abc.def", "expires_in": 60}"#, r#"{"token": "[redacted]", "expires_in": 60}"#),
            (r#"{"access_token":"a\"b","x":"y"}"#, r#"{"access_token":"[redacted]","x":"y"}"#),
            (r#"{"refresh_token":"cut off in the mid"#, r#"{"refresh_token":"[redacted]"#),
            ("grant_type=password&username=u&password=p&scope=s", "grant_type=password&username=u&password=[redacted]&scope=s"),
            ("http://u:p@h/x?sig=abc&_state=keep", "http://[redacted]@h/x?sig=[redacted]&_state=keep"),
            ("wants Bearer eyJhbGciOi.x.y here", "wants Bearer [redacted] here"),
            (r#"Bearer realm="http://h/t""#, r#"Bearer realm="http://h/t""#),
            ("Basic authentication required", "Basic authentication required"),
            ("a@b.example sent nothing", "a@b.example sent nothing"),
        ];
        for (text, want) in cases {
            assert_eq!(secrets.redact(text), want);
        }
    }

    #[test]
    fn headers_that_carry_credentials_are_never_shown() {
        let secrets = Secrets::new();
        assert_eq!(secrets.header("Authorization", b"Digest whatever"), REDACTED);
        assert_eq!(secrets.header("Set-Cookie", b"a=b"), REDACTED);
        assert_eq!(secrets.header("X-Colour", b"\x1b[31mred"), "\\x1b[31mred");
    }

    #[test]
    fn a_short_secret_does_not_blot_out_a_report() {
        let secrets = Secrets::new();
        secrets.add_login("a", "b");
        assert_eq!(secrets.redact("a blob is a blob"), "a blob is a blob");
    }

    #[test]
    fn secrets_print_nothing_of_themselves() {
        let secrets = Secrets::new();
        secrets.add("hunter2hunter2");
        assert!(!format!("{secrets:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn no_secret_of_some_length_survives(secret in "[ -~]{6,20}", before in "\\PC{0,20}", after in "\\PC{0,20}") {
            let secrets = Secrets::new();
            secrets.add(&secret);
            let shown = secrets.redact(&format!("{before}{secret}{after}"));
            prop_assert!(!shown.contains(&secret) || REDACTED.contains(&secret), "{}", shown);
        }
    }
}
