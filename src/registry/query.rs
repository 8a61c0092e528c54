//! The pairs of a query or of a posted form.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands for itself in the query of a Link.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b':');

/// Decoded pairs, in order.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Reads a URL's query, where `+` is a plus sign, as media types have them.
    pub(crate) fn of_url(text: Option<&str>) -> Self {
        Self::read(text.unwrap_or_default(), str::to_owned)
    }

    /// Reads a form, where `+` is a space, as scope lists have them.
    pub(crate) fn of_form(text: &str) -> Self {
        Self::read(text, |part| part.replace('+', " "))
    }

    fn read(text: &str, plus: impl Fn(&str) -> String) -> Self {
        let decode = |part: &str| percent_decode_str(&plus(part)).decode_utf8_lossy().into_owned();
        let pair = |part: &str| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(key), decode(value))
        };
        Self { pairs: text.split('&').filter(|part| !part.is_empty()).map(pair).collect() }
    }

    /// The first value of `key`.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Every value of `key`.
    pub(crate) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// A value as it stands in a query.
pub(crate) fn encode(value: &str) -> String {
    utf8_percent_encode(value, PLAIN).to_string()
}
