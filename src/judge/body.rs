//! `body: layer`, `empty`, `present`, `{ slice: [layer, 0, 10] }`, `{ digest: "<blob.digest>" }`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::matchers::Judge;
use super::view::View;
use super::words::counted;
use super::{Mismatch, Uses, received};
use crate::exchange::Response;
use crate::oci::{Algorithm, Digest};
use crate::text::{At, Place, Template, mistake};

/// What the body must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// No byte.
    Empty,
    /// At least one byte.
    Present,
    /// Exactly a datum.
    Datum(String),
    /// Exactly a part of a datum.
    Slice(Slice),
    /// What has this digest.
    Digest(At<Template>),
}

/// Part of a datum: `[DATUM, from, to]`, bytes from ≤ b < to; `end` for its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The datum's name.
    pub datum: At<String>,
    /// The first byte.
    pub from: u64,
    /// Past the last byte; `None` is the end of the datum.
    pub to: Option<u64>,
}

impl Body {
    /// The datum that it must be.
    pub(super) fn datum(&self) -> Option<&str> {
        if let Self::Datum(name) = self { Some(name) } else { None }
    }
}

impl Slice {
    /// The bytes of it; a bound that lies behind the end is the end.
    #[must_use]
    pub fn of<'a>(&self, content: &'a [u8]) -> &'a [u8] {
        let bound = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(content.len());
        let to = self.to.map_or(content.len(), bound);
        &content[bound(self.from).min(to)..to]
    }
}

impl Judge for Body {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        let response = view.response(|| self.wording())?;
        let len = response.body.len;
        let want = match self {
            Self::Empty if len == 0 => return Ok(()),
            Self::Empty => return Err(Mismatch::fail(self.wording(), format!("a body of {}", bytes(len)))),
            Self::Present if len > 0 => return Ok(()),
            Self::Present => return Err(Mismatch::fail(self.wording(), "an empty body")),
            Self::Digest(digest) => return judge_digest(view, response, &view.fill(digest)?),
            Self::Datum(name) => &view.content(name)?.bytes[..],
            Self::Slice(slice) => slice.of(&view.content(&slice.datum)?.bytes),
        };
        match received::differs(view.exchange, response, want)? {
            None => Ok(()),
            Some(came) => Err(Mismatch::fail(format!("{} ({})", self.wording(), bytes(want.len() as u64)), came)),
        }
    }

    fn wording(&self) -> String {
        match self {
            Self::Empty => "an empty body".into(),
            Self::Present => "a body".into(),
            Self::Datum(name) => format!("the bytes of `{name}`"),
            Self::Digest(digest) => format!("a body of the digest {}", digest.source()),
            Self::Slice(Slice { datum, from, to: None }) => format!("the bytes of `{datum}` from {from} on"),
            Self::Slice(Slice { datum, from, to: Some(to) }) => format!("the bytes of `{datum}` from {from} to {to}, that one excluded"),
        }
    }

    fn uses(&self, place: Place, uses: &mut Uses) {
        if *self != Self::Empty {
            uses.bodies.push(place);
        }
        match self {
            Self::Empty | Self::Present => {}
            Self::Datum(name) => uses.datum(name, place),
            Self::Slice(slice) => slice.uses(uses),
            Self::Digest(digest) => uses.text(digest, digest.place),
        }
    }
}

/// Of what is too long to be kept, SHA-256 alone is known.
fn judge_digest(view: &View<'_>, response: &Response, wanted: &str) -> Result<(), Mismatch> {
    let digest: Digest = wanted.parse().map_err(|_| Mismatch::lacking(format!("`{wanted}` is no digest")))?;
    let whole = digest.to_string() == format!("sha256:{}", response.body.sha256);
    if whole || (!response.body.truncated && digest == Digest::of(digest.algorithm(), &received::content(view.exchange, response)?)) {
        return Ok(());
    }
    if response.body.truncated && digest.algorithm() != Algorithm::Sha256 {
        return Err(Mismatch::unseen("a body that plimsoll keeps in whole", format!("{} bytes, too many to keep", response.body.len)));
    }
    Err(Mismatch::fail(format!("a body of the digest {wanted}"), format!("{} of other content", bytes(response.body.len))))
}

impl Slice {
    /// Adds what it names.
    pub fn uses(&self, uses: &mut Uses) {
        uses.datum(&self.datum, self.datum.place);
        uses.slices.push(self.clone());
        if self.to.is_some_and(|to| to <= self.from) {
            uses.mistake("this slice is empty: its end is not behind its beginning", self.datum.place);
        }
    }
}

fn bytes(len: u64) -> String {
    counted(usize::try_from(len).unwrap_or(usize::MAX), "byte")
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BodyVisitor)
    }
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BodyMap {
    /// Part of a datum: `[DATUM, from, to]`.
    slice: Option<Slice>,
    /// The digest that it has.
    digest: Option<At<Template>>,
}

struct BodyVisitor;

impl<'de> Visitor<'de> for BodyVisitor {
    type Value = Body;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a datum's name, `empty`, `present`, `{ slice: [DATUM, from, to] }` or `{ digest: TEXT }`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Body, E> {
        Ok(match text {
            "empty" => Body::Empty,
            "present" => Body::Present,
            name => Body::Datum(name.to_owned()),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Body, A::Error> {
        match BodyMap::deserialize(MapAccessDeserializer::new(map))? {
            BodyMap { slice: Some(slice), digest: None } => Ok(Body::Slice(slice)),
            BodyMap { slice: None, digest: Some(digest) } => Ok(Body::Digest(digest)),
            _ => Err(mistake(
                "a body is a slice or has a digest",
                "one of the two",
                Some("write `{ slice: [DATUM, from, to] }` or `{ digest: TEXT }`"),
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Slice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(SliceVisitor)
    }
}

struct SliceVisitor;

impl<'de> Visitor<'de> for SliceVisitor {
    type Value = Slice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list `[DATUM, from, to]`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Slice, A::Error> {
        let wrong = || mistake("a slice is `[DATUM, from, to]`", "three values are wanted", Some("`to: end` is the end of the datum"));
        let datum = list.next_element()?.ok_or_else(wrong)?;
        let from = list.next_element()?.ok_or_else(wrong)?;
        let To(to) = list.next_element()?.ok_or_else(wrong)?;
        if list.next_element::<serde::de::IgnoredAny>()?.is_some() {
            return Err(wrong());
        }
        Ok(Slice { datum, from, to })
    }
}

struct To(Option<u64>);

impl<'de> Deserialize<'de> for To {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ToVisitor)
    }
}

struct ToVisitor;

impl Visitor<'_> for ToVisitor {
    type Value = To;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of bytes, or `end`")
    }

    fn visit_u64<E: Error>(self, to: u64) -> Result<To, E> {
        Ok(To(Some(to)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<To, E> {
        if text == "end" { Ok(To(None)) } else { Err(mistake(format!("`{text}` is no end of a slice"), "a number, or `end`", None)) }
    }
}

impl JsonSchema for Slice {
    fn schema_name() -> Cow<'static, str> {
        "Slice".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let number = serde_json::json!({ "type": "integer", "minimum": 0 });
        json_schema!({
            "type": "array", "minItems": 3, "maxItems": 3,
            "prefixItems": [{ "type": "string" }, number, { "anyOf": [number, { "const": "end" }] }],
        })
    }
}

impl JsonSchema for Body {
    fn schema_name() -> Cow<'static, str> {
        "BodyMatcher".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, BodyMap::json_schema(generator)] })
    }
}
