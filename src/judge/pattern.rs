//! A regular expression as it was written.

use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::{Mismatch, Uses};
use crate::text::Place;

/// How much memory a compiled expression may take.
const SIZE_LIMIT: usize = 1 << 20;

/// A regular expression; a bad one is kept, so that it is told with all other mistakes of meaning.
#[derive(Clone, Debug)]
pub struct Pattern {
    source: String,
    compiled: Result<Regex, String>,
}

impl Pattern {
    /// Compiles an expression.
    #[must_use]
    pub fn new(source: String) -> Self {
        let compiled = regex::RegexBuilder::new(&source).size_limit(SIZE_LIMIT).build().map_err(|error| reason(&error));
        Self { source, compiled }
    }

    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The expression, ready to match.
    ///
    /// # Errors
    /// Why it is none, in words.
    pub fn regex(&self) -> Result<&Regex, &str> {
        self.compiled.as_ref().map_err(String::as_str)
    }

    /// What it expects, in words: the texts where it is nothing but a list of such, else the expression.
    pub(super) fn wording(&self) -> String {
        match self.choices() {
            Some(texts) => format!("one of {}", texts.join(", ")),
            None => format!("matching /{}/", self.source),
        }
    }

    /// The texts of `^(A|B|C)$`.
    fn choices(&self) -> Option<Vec<&str>> {
        let texts: Vec<&str> = self.source.strip_prefix("^(")?.strip_suffix(")$")?.split('|').collect();
        let is_plain = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
        (texts.len() > 1 && texts.iter().all(is_plain)).then_some(texts)
    }

    pub(super) fn is_match(&self, text: &str) -> Result<bool, Mismatch> {
        let regex = self.regex().map_err(|why| Mismatch::lacking(format!("the regex is bad: {why}")))?;
        Ok(regex.is_match(text))
    }

    /// Tells the lint that it is bad, if it is.
    pub fn uses(&self, place: Place, uses: &mut Uses) {
        if let Err(why) = self.regex() {
            uses.mistake(format!("this is no regular expression: {why}"), place);
        }
    }
}

/// The last line of the crate's message says what is wrong; the lines before draw it.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large".into(),
        error => {
            let told = error.to_string();
            let last = told.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

impl JsonSchema for Pattern {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "regex" })
    }
}
