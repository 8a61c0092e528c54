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

    /// Gives `key` another value wherever it stands.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.pairs.iter_mut().filter(|(name, _)| name == key).for_each(|(_, old)| value.clone_into(old));
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_plus_is_a_plus_in_a_url_and_a_space_in_a_form() {
        assert_eq!(Query::of_url(Some("t=a/b+json")).get("t"), Some("a/b+json"));
        assert_eq!(Query::of_form("t=a+b%2Bc").get("t"), Some("a b+c"));
    }

    #[test]
    fn pairs_are_read_however_they_are_written() {
        let cases: [(&str, &[&str]); 8] = [
            ("", &[]),
            ("&&", &[]),
            ("k", &[""]),
            ("k=", &[""]),
            ("k=a=b", &["a=b"]),
            ("k=1&x=0&k=2", &["1", "2"]),
            ("%6b=%31%", &["1%"]),
            ("k=%ff", &["\u{fffd}"]),
        ];
        for (text, values) in cases {
            let query = Query::of_url(Some(text));
            assert_eq!(query.all("k").collect::<Vec<_>>(), values, "{text}");
            assert_eq!(query.get("k"), values.first().copied(), "{text}");
        }
        assert_eq!(Query::of_url(None).get("k"), None);
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_read_back_and_fits_a_link(value in any::<String>()) {
            let text = encode(&value);
            prop_assert!(text.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"&#+".contains(&b)));
            let query = Query::of_url(Some(&format!("last={text}&n=1")));
            prop_assert_eq!(query.get("last"), Some(value.as_str()));
        }
    }
}
