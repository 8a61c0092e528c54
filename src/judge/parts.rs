//! `parts: [[layer, 0, 100], [layer, 2000, end]]`: what a `multipart/byteranges` answer carries (RFC 9110, section 14.6).

use std::borrow::Cow;

use http::header::CONTENT_TYPE;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::matchers::Judge;
use super::view::View;
use super::words::{brief, counted};
use super::{Mismatch, Slice, Uses, received};
use crate::exchange::Response;
use crate::text::Place;

/// The parts, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(super) struct Parts(Vec<Slice>);

/// One part as it came.
struct Part<'a> {
    /// What it says of its place, as written.
    range: Option<String>,
    bytes: &'a [u8],
}

impl Judge for Parts {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        let response = view.response(|| self.wording())?;
        let fail = |came: String| Mismatch::fail(self.wording(), came);
        let boundary = boundary(response).ok_or_else(|| fail("a Content-Type that is not multipart/byteranges with a boundary".into()))?;
        let content = received::content(view.exchange, response)?;
        let came = split(&content, &boundary).ok_or_else(|| fail("a body that its boundary does not part".into()))?;
        if came.len() != self.0.len() {
            return Err(fail(counted(came.len(), "part")));
        }
        for (n, (want, part)) in self.0.iter().zip(&came).enumerate() {
            let whole = &view.content(&want.datum)?.bytes;
            let bytes = want.of(whole);
            let place = format!("bytes {}-{}/", want.from, want.from + (bytes.len() as u64).saturating_sub(1));
            let told = part.range.as_deref().unwrap_or("absent");
            if told != format!("{place}{}", whole.len()) && told != format!("{place}*") {
                return Err(fail(format!("in part {} Content-Range {}", n + 1, brief(told.as_bytes()))));
            }
            if part.bytes != bytes {
                return Err(fail(format!("part {} with {} of other content", n + 1, counted(part.bytes.len(), "byte"))));
            }
        }
        Ok(())
    }

    fn wording(&self) -> String {
        let parts: Vec<String> = self.0.iter().map(part_in_words).collect();
        format!("parts with {}, each with its Content-Range", parts.join(", then "))
    }

    fn uses(&self, place: Place, uses: &mut Uses) {
        uses.bodies.push(place);
        if self.0.len() < 2 {
            uses.mistake("several parts are at least two", place);
        }
        self.0.iter().for_each(|slice| slice.uses(uses));
    }
}

fn part_in_words(slice: &Slice) -> String {
    let to = slice.to.map_or_else(|| "on".to_owned(), |to| format!("to {to}"));
    format!("`{}` from {} {to}", slice.datum.value, slice.from)
}

/// The boundary of a `multipart/byteranges`.
fn boundary(response: &Response) -> Option<String> {
    let text = response.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let (kind, parameters) = text.split_once(';')?;
    let mut parameters = parameters.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    let value = value.trim().trim_matches('"');
    (kind.trim().eq_ignore_ascii_case("multipart/byteranges") && !value.is_empty()).then(|| value.to_owned())
}

/// The parts between boundaries; `None` where the last boundary, or the blank line of a part, is missing.
fn split<'a>(content: &'a [u8], boundary: &str) -> Option<Vec<Part<'a>>> {
    let delimiter = format!("\r\n--{boundary}");
    let first = delimiter.trim_start();
    // The first boundary has no line before it, unless there is a preamble.
    let mut rest = match content.strip_prefix(first.as_bytes()) {
        Some(rest) => rest,
        None => &content[find(content, delimiter.as_bytes())? + delimiter.len()..],
    };
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let end = find(rest, delimiter.as_bytes())?;
        parts.push(part(&rest[..end])?);
        rest = &rest[end + delimiter.len()..];
    }
    Some(parts)
}

/// A part, from the end of its boundary on.
fn part(text: &[u8]) -> Option<Part<'_>> {
    let blank = find(text, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&text[..blank]);
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let range =
        lines.filter(|(name, _)| name.trim().eq_ignore_ascii_case("content-range")).map(|(_, value)| value.trim().to_owned()).next();
    Some(Part { range, bytes: &text[blank + 4..] })
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

impl JsonSchema for Parts {
    fn schema_name() -> Cow<'static, str> {
        "PartsMatcher".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "minItems": 2, "items": generator.subschema_for::<Slice>() })
    }
}
