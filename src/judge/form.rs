//! What one header (or one parameter of a challenge) must be: `present`, `absent`, a text, `{ matches: … }` and the like.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::pattern::Pattern;
use super::view::View;
use super::words::{brief, listed};
use super::{Mismatch, Uses};
use crate::exchange::link::links_in;
use crate::oci::MediaType;
use crate::text::{At, Place, Template, mistake};

/// One form.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    /// There, and not empty.
    Present,
    /// Not there.
    Absent,
    /// Exactly this text.
    Exact(Template),
    /// A regex finds something in it.
    Matches(At<Pattern>),
    /// One of these texts.
    OneOf(Vec<At<Template>>),
    /// This media type; parameters and case are ignored.
    MediaType(At<Template>),
    /// A true digest of a datum, in any algorithm; `body` is what was received.
    DigestOf(At<String>),
    /// The length of a datum in bytes; `body` is what was received, before any coding is undone.
    LengthOf(At<String>),
    /// A URL where a GET gives exactly the datum.
    Pullable(At<String>),
    /// A Link (RFC 8288) with a target and this relation; `any` is whichever.
    Link(At<String>),
    /// Not there, or this.
    AbsentOr(Box<At<Form>>),
}

impl Form {
    /// Whether a text of its own is enough to judge it.
    pub(super) fn is_textual(&self) -> bool {
        match self {
            Self::MediaType(_) | Self::DigestOf(_) | Self::LengthOf(_) | Self::Pullable(_) | Self::Link(_) => false,
            Self::AbsentOr(inner) => inner.is_textual(),
            _ => true,
        }
    }

    /// What must be pullable, where something must.
    pub(super) fn pullable(&self) -> Option<&str> {
        match self {
            Self::Pullable(datum) => Some(datum.as_str()),
            Self::AbsentOr(inner) => inner.pullable(),
            _ => None,
        }
    }

    /// Judges one value that is there by the forms that need nothing but it.
    pub(super) fn judge_text(&self, view: &View<'_>, value: &[u8]) -> Result<(), Mismatch> {
        let holds = match self {
            Self::Present => !value.trim_ascii().is_empty(),
            Self::Exact(text) => view.fill(text)?.trim().as_bytes() == value.trim_ascii(),
            Self::OneOf(texts) => is_one_of(view, texts, value)?,
            Self::Matches(pattern) => match std::str::from_utf8(value) {
                Ok(text) => pattern.is_match(text.trim())?,
                Err(_) => false,
            },
            Self::MediaType(want) => {
                let came = MediaType::parse(&String::from_utf8_lossy(value));
                came.is_well_formed() && came == MediaType::parse(&view.fill(want)?)
            }
            Self::Link(relation) => has_link(relation, value),
            Self::Absent | Self::DigestOf(_) | Self::LengthOf(_) | Self::Pullable(_) | Self::AbsentOr(_) => false,
        };
        if holds { Ok(()) } else { Err(Mismatch::fail(self.filled(view)?, shown(value))) }
    }

    /// What is expected, with the variables filled.
    pub(super) fn filled(&self, view: &View<'_>) -> Result<String, Mismatch> {
        Ok(match self {
            Self::Exact(text) => quoted(&view.fill(text)?),
            Self::OneOf(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| view.fill(text)).collect::<Result<_, _>>()?;
                format!("one of {}", listed(&texts))
            }
            Self::MediaType(text) => format!("of media type {}", brief(view.fill(text)?.as_bytes())),
            Self::AbsentOr(inner) => format!("absent or {}", inner.filled(view)?),
            other => other.wording(),
        })
    }

    /// What is expected, in words.
    pub(super) fn wording(&self) -> String {
        match self {
            Self::Present => "present".into(),
            Self::Absent => "absent".into(),
            Self::Exact(text) => quoted(text.source()),
            Self::Matches(pattern) => pattern.wording(),
            Self::OneOf(texts) => format!("one of {}", listed(&texts.iter().map(|text| text.source()).collect::<Vec<_>>())),
            Self::MediaType(text) => format!("of media type {}", text.source()),
            Self::DigestOf(name) if name.as_str() == "body" => "a true digest of the body".into(),
            Self::DigestOf(name) => format!("a true digest of `{name}`"),
            Self::LengthOf(name) if name.as_str() == "body" => "the length of the body".into(),
            Self::LengthOf(name) => format!("the length of `{name}`"),
            Self::Pullable(name) => format!("a URL where a GET gives `{name}`"),
            Self::Link(relation) if relation.as_str() == ANY => "a `<URL>` with a relation".into(),
            Self::Link(relation) => format!("a `<URL>` with the relation {}", relation.value),
            Self::AbsentOr(inner) => format!("absent or {}", inner.wording()),
        }
    }

    pub(super) fn uses(&self, place: Place, uses: &mut Uses) {
        match self {
            Self::Present | Self::Absent | Self::Link(_) => {}
            Self::Exact(text) => uses.text(text, place),
            Self::Matches(pattern) => pattern.uses(pattern.place, uses),
            Self::OneOf(texts) => texts.iter().for_each(|text| uses.text(text, text.place)),
            Self::MediaType(text) => uses.text(text, text.place),
            Self::DigestOf(name) | Self::LengthOf(name) if name.as_str() == "body" => {}
            Self::DigestOf(name) | Self::LengthOf(name) | Self::Pullable(name) => uses.datum(name, name.place),
            Self::AbsentOr(inner) => inner.uses(inner.place, uses),
        }
    }
}

/// The relation that stands for every other.
const ANY: &str = "any";

fn has_link(relation: &str, value: &[u8]) -> bool {
    let links = links_in(&String::from_utf8_lossy(value));
    let mut wanted = links.iter().filter(|link| !link.target.is_empty());
    wanted.any(|link| link.is(relation) || (relation == ANY && !link.relations.is_empty()))
}

fn is_one_of(view: &View<'_>, texts: &[At<Template>], value: &[u8]) -> Result<bool, Mismatch> {
    for text in texts {
        if view.fill(text)?.trim().as_bytes() == value.trim_ascii() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A value as it is shown: nothing in words, else in quotes.
pub(super) fn shown(value: &[u8]) -> String {
    if value.trim_ascii().is_empty() { "empty".into() } else { format!("`{}`", brief(value)) }
}

fn quoted(text: &str) -> String {
    format!("`{}`", brief(text.as_bytes()))
}

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FormVisitor)
    }
}

/// The map forms; exactly one key.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1, "maxProperties" = 1))]
struct FormMap {
    /// A regular expression.
    matches: Option<At<Pattern>>,
    /// Texts.
    one_of: Option<Vec<At<Template>>>,
    /// A media type; parameters and case are ignored.
    media_type: Option<At<Template>>,
    /// A datum, or `body`.
    digest_of: Option<At<String>>,
    /// A datum, or `body`.
    length_of: Option<At<String>>,
    /// A datum.
    pullable: Option<At<String>>,
    /// A relation that one of the links has, or `any`.
    link: Option<At<String>>,
    /// Any other form.
    absent_or: Option<Box<At<Form>>>,
}

impl FormMap {
    fn only(self) -> Option<Form> {
        let forms = [
            self.matches.map(Form::Matches),
            self.one_of.map(Form::OneOf),
            self.media_type.map(Form::MediaType),
            self.digest_of.map(Form::DigestOf),
            self.length_of.map(Form::LengthOf),
            self.pullable.map(Form::Pullable),
            self.link.map(Form::Link),
            self.absent_or.map(Form::AbsentOr),
        ];
        let mut forms = forms.into_iter().flatten();
        let first = forms.next()?;
        forms.next().is_none().then_some(first)
    }
}

struct FormVisitor;

impl<'de> Visitor<'de> for FormVisitor {
    type Value = Form;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`present`, `absent`, a text, or a map with one key (`{ matches: REGEX }`)")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Form, E> {
        match text {
            "present" => Ok(Form::Present),
            "absent" => Ok(Form::Absent),
            text => Template::parse(text).map(Form::Exact).map_err(E::custom),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Form, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Form, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Form, A::Error> {
        let form = FormMap::deserialize(MapAccessDeserializer::new(map))?.only();
        form.ok_or_else(|| mistake("this map has not exactly one key", "one key", Some("such as `{ matches: REGEX }`")))
    }
}

impl JsonSchema for Form {
    fn schema_name() -> Cow<'static, str> {
        "Form".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": ["string", "integer"] }, FormMap::json_schema(generator)] })
    }
}
