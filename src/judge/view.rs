//! What an expectation is held against: an exchange and the values of the scenario around it.

use bytes::Bytes;
use http::Uri;
use indexmap::IndexSet;

use super::{Mismatch, words};
use crate::exchange::{Exchange, Response};
use crate::oci::{Digest, ErrorCode};
use crate::text::Template;

/// A datum's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The bytes.
    pub bytes: Bytes,
    /// Its media type.
    pub media_type: String,
    /// Its digest in the algorithm that the scenario chose.
    pub digest: Digest,
}

/// What names stand for in the scenario that is judged.
pub trait Values {
    /// The value of a variable, by its path: `["layer", "digest"]`.
    fn variable(&self, path: &[String]) -> Option<String>;
    /// A datum, or a part of an image (`img.config`).
    fn content(&self, name: &str) -> Option<&Content>;
    /// A named list.
    fn list(&self, name: &str) -> Option<&[String]>;
    /// The last exchange of a named step.
    fn step(&self, name: &str) -> Option<&Exchange>;
}

/// What a walk over pages found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Walked {
    /// The entries of all pages, joined.
    pub entries: Vec<serde_json::Value>,
    /// How many entries each page had, in order.
    pub pages: Vec<usize>,
    /// Why a page could not be read: it is no list.
    pub problem: Option<String>,
    /// Why a page can't be read by plimsoll, so that what it and those after it hold is not known.
    pub unread: Option<String>,
    /// Why a next link leads to no further page: it can't be followed, leads back, or nothing comes there.
    pub astray: Option<String>,
    /// Whether there were more pages than were asked for: what they hold is not known.
    pub more: bool,
}

/// A GET to send before judging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// Absolute.
    pub url: Uri,
    /// The datum that must come; its media type belongs into `Accept`.
    pub datum: String,
}

/// One exchange with all that judging it needs.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The exchange itself; after redirects the last one, since a Location is relative to its URL.
    pub exchange: &'a Exchange,
    /// The scenario's values.
    pub values: &'a dyn Values,
    /// The answers to [`super::Expectation::pulls`], in the same order.
    pub pulled: &'a [Exchange],
    /// What the step's walk found, where it has one.
    pub walked: Option<&'a Walked>,
}

impl<'a> View<'a> {
    /// The exchange with nothing pulled and no walk.
    #[must_use]
    pub fn of(exchange: &'a Exchange, values: &'a dyn Values) -> Self {
        Self { exchange, values, pulled: &[], walked: None }
    }

    /// The answer; where there is none, the failure's words are the mismatch.
    pub(super) fn response(&self, expected: impl FnOnce() -> String) -> Result<&'a Response, Mismatch> {
        self.exchange.answer.as_ref().map_err(|failure| Mismatch::fail(expected(), words::brief(failure.to_string().as_bytes())))
    }

    /// A text with its variables filled.
    pub(super) fn fill(&self, text: &Template) -> Result<String, Mismatch> {
        text.fill(|path| self.values.variable(path)).map_err(|path| Mismatch::lacking(format!("no value for `<{path}>`")))
    }

    /// A datum by its name.
    pub(super) fn content(&self, name: &str) -> Result<&'a Content, Mismatch> {
        self.values.content(name).ok_or_else(|| Mismatch::lacking(format!("no datum `{name}`")))
    }

    /// A list by its name.
    pub(super) fn list(&self, name: &str) -> Result<&'a [String], Mismatch> {
        self.values.list(name).ok_or_else(|| Mismatch::lacking(format!("no list `{name}`")))
    }
}

/// `status 404 NAME_UNKNOWN`: the status, and the codes of the error body if it has one.
#[must_use]
pub(super) fn status_in_words(response: &Response) -> String {
    let mut told = format!("status {}", response.status);
    if response.status >= 400 {
        for code in told_codes(response).iter().take(3) {
            told.push(' ');
            told.push_str(&words::brief(code.as_bytes()));
        }
    }
    told
}

/// The same without codes that were made up on the spot.
#[must_use]
pub(super) fn status_signature(response: &Response) -> String {
    let mut told = format!("status {}", response.status);
    if response.status >= 400 {
        let codes = told_codes(response);
        for code in codes.into_iter().take(3).filter(|code| code.len() <= 40 && ErrorCode::new(code.as_str()).is_well_formed()) {
            told.push(' ');
            told.push_str(&code);
        }
    }
    told
}

/// The longest error body that is looked into for words, which are asked for again and again.
const LONGEST_TOLD: usize = 64 << 10;

fn told_codes(response: &Response) -> Vec<String> {
    let body = &response.body.bytes;
    if body.len() > LONGEST_TOLD { Vec::new() } else { error_codes(body).unwrap_or_default() }
}

/// The codes of an error body, each once, however odd the rest of it is; `None` where it is no JSON object with a list `errors`.
#[must_use]
pub(super) fn error_codes(body: &[u8]) -> Option<Vec<String>> {
    let document: serde_json::Value = serde_json::from_slice(body).ok()?;
    let errors = document.get("errors")?.as_array()?;
    let codes: IndexSet<String> = errors.iter().filter_map(|error| error.get("code")?.as_str()).map(str::to_owned).collect();
    Some(codes.into_iter().collect())
}
