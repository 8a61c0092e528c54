//! What one value of a JSON body must be.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::expected::{Expected, ExpectedVisitor, canonical, told};
use super::items::{Difference, Items, misplaced};
use super::json::Pointers;
use super::pattern::Pattern;
use super::view::View;
use super::words::{brief, counted};
use super::{Mismatch, Uses};
use crate::text::{At, Place, Template, did_you_mean, mistake};

/// One form.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum JsonForm {
    /// There, if only as null.
    Present,
    /// Not there.
    Absent,
    /// Exactly this value.
    Exact(Expected),
    /// All of these.
    All(Vec<Constraint>),
    /// Not there, or this.
    AbsentOr(Box<At<JsonForm>>),
}

/// What is asked of a value that is there.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constraint {
    /// A text, or the decimal form of a number, in which a regex finds something.
    Matches(At<Pattern>),
    /// A whole number above this one.
    Above(At<Template>),
    /// A value of this kind.
    Is(Kind),
    /// An array with at least these entries.
    Contains(At<Items>),
    /// An array with none of these.
    Lacks(At<Items>),
    /// An array with these and no others, in any order.
    Exactly(At<Items>),
    /// An array with so many entries.
    Count(usize),
    /// An array with at most so many entries.
    Most(usize),
    /// An array of texts in order.
    Sorted,
    /// An array whose entries all show this.
    Each(Pointers),
    /// An array of which at least one entry shows this.
    Some(Pointers),
}

/// A kind of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// `[…]`
    Array,
    /// `{…}`
    Object,
    /// `"…"`
    String,
    /// `1`
    Number,
    /// `true`, `false`
    Boolean,
}

const ABSENT_OR: &str = "absent_or";
const FORMS: &[&str] = &[ABSENT_OR, "matches", "above", "is", "contains", "lacks", "exactly", "count", "most", "sorted", "each", "some"];

impl JsonForm {
    /// Judges a value, or that there is none.
    pub(super) fn judge(&self, view: &View<'_>, value: Option<&Value>) -> Result<(), Mismatch> {
        match (self, value) {
            (Self::Present, Some(_)) | (Self::Absent | Self::AbsentOr(_), None) => Ok(()),
            (Self::AbsentOr(inner), value) => inner.judge(view, value),
            (Self::Absent, Some(value)) => Err(Mismatch::fail("absent", told(value))),
            (Self::Exact(want), Some(value)) => {
                let want = want.fill(view)?;
                if canonical(&want) == canonical(value) || self.is_number_as_text(&want, value) {
                    Ok(())
                } else {
                    Err(Mismatch::fail(told(&want), told(value)))
                }
            }
            (Self::All(constraints), Some(value)) => constraints.iter().try_for_each(|one| one.judge(view, value)),
            (form, None) => Err(Mismatch::fail(form.wording(), "absent")),
        }
    }

    /// Whether a text that variables were filled in (`<m.size>`) is the decimal form of the number that came.
    fn is_number_as_text(&self, want: &Value, came: &Value) -> bool {
        let filled = matches!(self, Self::Exact(Expected::Text(text)) if text.variables().next().is_some());
        filled && came.is_number() && want.as_str() == Some(came.to_string().as_str())
    }

    pub(super) fn wording(&self) -> String {
        match self {
            Self::Present => "present".into(),
            Self::Absent => "absent".into(),
            Self::Exact(value) => told(&value.source()),
            Self::All(constraints) => constraints.iter().map(Constraint::wording).collect::<Vec<_>>().join(" and "),
            Self::AbsentOr(inner) => format!("absent or {}", inner.wording()),
        }
    }

    pub(super) fn uses(&self, place: Place, uses: &mut Uses) {
        match self {
            Self::Present | Self::Absent => {}
            Self::Exact(value) => value.uses(place, uses),
            Self::All(constraints) => constraints.iter().for_each(|one| one.uses(uses)),
            Self::AbsentOr(inner) => inner.uses(inner.place, uses),
        }
    }
}

impl Constraint {
    fn judge(&self, view: &View<'_>, value: &Value) -> Result<(), Mismatch> {
        let fail = |came: String| Err(Mismatch::fail(self.wording(), came));
        match self {
            Self::Matches(pattern) => {
                let number = value.is_number().then(|| value.to_string());
                match value.as_str().or(number.as_deref()) {
                    Some(text) if pattern.is_match(text)? => Ok(()),
                    _ => fail(told(value)),
                }
            }
            Self::Above(least) => judge_above(&view.fill(least)?, value),
            Self::Is(kind) if kind.is_of(value) => Ok(()),
            Self::Is(_) => fail(told(value)),
            _ => match value.as_array() {
                Some(entries) => self.judge_array(view, entries),
                None => fail(format!("no array, but {}", told(value))),
            },
        }
    }

    fn judge_array(&self, view: &View<'_>, entries: &[Value]) -> Result<(), Mismatch> {
        let fail = |came: String| Mismatch::fail(self.wording(), came);
        let holds = |holds: bool, came: String| if holds { Ok(()) } else { Err(fail(came)) };
        match self {
            Self::Contains(items) => {
                let Difference { missing, .. } = Difference::between(entries, &items.fill(view)?);
                Difference { missing, surplus: Vec::new() }.told().map_or(Ok(()), |(came, sign)| Err(fail(came).signed(sign)))
            }
            Self::Lacks(items) => {
                let unwanted: Vec<String> = items.fill(view)?.iter().map(canonical).collect();
                let found = entries.iter().find(|entry| unwanted.contains(&canonical(entry)));
                found.map_or(Ok(()), |entry| Err(fail(format!("{} among them", told(entry))).signed("one of them")))
            }
            Self::Exactly(items) => {
                let difference = Difference::between(entries, &items.fill(view)?);
                difference.told().map_or(Ok(()), |(came, sign)| Err(fail(came).signed(sign)))
            }
            Self::Count(want) => holds(entries.len() == *want, counted(entries.len(), "entry")),
            Self::Most(most) => holds(entries.len() <= *most, counted(entries.len(), "entry")),
            Self::Sorted => self.judge_order(entries),
            Self::Each(inner) => judge_each(view, inner, entries),
            Self::Some(inner) => judge_some(view, inner, entries, self),
            Self::Matches(_) | Self::Above(_) | Self::Is(_) => Ok(()),
        }
    }

    fn judge_order(&self, entries: &[Value]) -> Result<(), Mismatch> {
        let Some(texts) = entries.iter().map(Value::as_str).collect::<Option<Vec<&str>>>() else {
            return Err(Mismatch::fail(self.wording(), "entries that are no texts"));
        };
        order_of(&texts, &self.wording())
    }

    fn wording(&self) -> String {
        match self {
            Self::Matches(pattern) => format!("a text {}", pattern.wording()),
            Self::Above(least) => above(least.source()),
            Self::Is(kind) => kind.wording().into(),
            Self::Contains(items) => format!("an array with {}", items.wording()),
            Self::Lacks(items) => format!("an array without {}", items.wording()),
            Self::Exactly(items) => format!("an array of exactly {}", items.wording()),
            Self::Count(count) => format!("an array of {}", counted(*count, "entry")),
            Self::Most(most) => format!("an array of at most {}", counted(*most, "entry")),
            Self::Sorted => "an array in lexical order".into(),
            Self::Each(inner) => format!("an array where each entry has {}", inner.wording()),
            Self::Some(inner) => format!("an array where some entry has {}", inner.wording()),
        }
    }

    fn uses(&self, uses: &mut Uses) {
        match self {
            Self::Matches(pattern) => pattern.uses(pattern.place, uses),
            Self::Above(least) => uses.text(least, least.place),
            Self::Contains(items) | Self::Lacks(items) | Self::Exactly(items) => items.uses(items.place, uses),
            Self::Each(inner) | Self::Some(inner) => inner.uses(uses),
            Self::Is(_) | Self::Count(_) | Self::Most(_) | Self::Sorted => {}
        }
    }

    /// Reads the value of a key that is one of [`FORMS`].
    fn read<'de, A: MapAccess<'de>>(form: &str, map: &mut A) -> Result<Self, A::Error> {
        Ok(match form {
            "matches" => Self::Matches(map.next_value()?),
            "above" => Self::Above(map.next_value()?),
            "is" => Self::Is(map.next_value()?),
            "contains" => Self::Contains(map.next_value()?),
            "lacks" => Self::Lacks(map.next_value()?),
            "exactly" => Self::Exactly(map.next_value()?),
            "count" => Self::Count(map.next_value()?),
            "most" => Self::Most(map.next_value()?),
            "sorted" if map.next_value()? => Self::Sorted,
            "sorted" => return Err(mistake("`sorted: false` asks for nothing", "true is the only value", Some("leave it out"))),
            "each" => Self::Each(map.next_value()?),
            "some" => Self::Some(map.next_value()?),
            other => return Err(A::Error::unknown_field(other, FORMS)),
        })
    }
}

/// What there is to compare with may come from the target: where that is no number, nothing can be told.
fn judge_above(least: &str, value: &Value) -> Result<(), Mismatch> {
    let wanted = above(least);
    let Ok(least) = least.parse::<u64>() else { return Err(Mismatch::unseen(wanted, "what it is compared with is no whole number")) };
    if value.as_u64().is_some_and(|came| came > least) { Ok(()) } else { Err(Mismatch::fail(wanted, told(value))) }
}

fn above(least: &str) -> String {
    format!("a whole number above {}", brief(least.as_bytes()))
}

/// Whether texts stand in a lawful order.
pub(super) fn order_of(texts: &[&str], wording: &str) -> Result<(), Mismatch> {
    misplaced(texts).map_or(Ok(()), |(before, after)| {
        let quoted = |text: &str| format!("`{}`", brief(text.as_bytes()));
        Err(Mismatch::fail(wording, format!("{} before {}", quoted(before), quoted(after))).signed("another order"))
    })
}

fn judge_each(view: &View<'_>, inner: &Pointers, entries: &[Value]) -> Result<(), Mismatch> {
    entries.iter().enumerate().try_for_each(|(index, entry)| {
        inner.judge(view, entry).map_err(|mismatch| Mismatch {
            expected: format!("in each entry {}", mismatch.expected),
            came: format!("in entry {index} {}", mismatch.came),
            signature: format!("in an entry {}", mismatch.signature),
            verdict: mismatch.verdict,
        })
    })
}

fn judge_some(view: &View<'_>, inner: &Pointers, entries: &[Value], whole: &Constraint) -> Result<(), Mismatch> {
    let mut lacking = None;
    for entry in entries {
        match inner.judge(view, entry) {
            Ok(()) => return Ok(()),
            Err(mismatch) if mismatch.verdict == super::Verdict::Error => lacking = Some(mismatch),
            Err(_) => {}
        }
    }
    Err(lacking.unwrap_or_else(|| Mismatch::fail(whole.wording(), format!("{}, and none of them", counted(entries.len(), "entry")))))
}

impl Kind {
    fn is_of(self, value: &Value) -> bool {
        match self {
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
        }
    }

    fn wording(self) -> &'static str {
        match self {
            Self::Array => "an array",
            Self::Object => "an object",
            Self::String => "a text",
            Self::Number => "a number",
            Self::Boolean => "true or false",
        }
    }
}

impl<'de> Deserialize<'de> for JsonForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FormVisitor)
    }
}

struct FormVisitor;

impl<'de> Visitor<'de> for FormVisitor {
    type Value = JsonForm;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, `present`, `absent`, or a map such as `{ count: 3 }`")
    }

    fn visit_unit<E: Error>(self) -> Result<JsonForm, E> {
        ExpectedVisitor.visit_unit().map(JsonForm::Exact)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<JsonForm, E> {
        ExpectedVisitor.visit_bool(value).map(JsonForm::Exact)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<JsonForm, E> {
        ExpectedVisitor.visit_u64(value).map(JsonForm::Exact)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<JsonForm, E> {
        ExpectedVisitor.visit_i64(value).map(JsonForm::Exact)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<JsonForm, E> {
        ExpectedVisitor.visit_f64(value).map(JsonForm::Exact)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<JsonForm, E> {
        match text {
            "present" => Ok(JsonForm::Present),
            "absent" => Ok(JsonForm::Absent),
            text => ExpectedVisitor.visit_str(text).map(JsonForm::Exact),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<JsonForm, A::Error> {
        ExpectedVisitor.visit_seq(list).map(JsonForm::Exact)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonForm, A::Error> {
        let mut constraints = Vec::new();
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == ABSENT_OR && entries.is_empty() && constraints.is_empty() {
                return absent_or(map);
            }
            if entries.is_empty() && FORMS.contains(&key.as_str()) {
                constraints.push(Constraint::read(&key, &mut map)?);
            } else if !constraints.is_empty() || FORMS.contains(&key.as_str()) {
                return Err(A::Error::unknown_field(&key, FORMS));
            } else {
                entries.push((key, map.next_value::<Expected>()?));
            }
        }
        match entries.as_slice() {
            _ if !constraints.is_empty() => Ok(JsonForm::All(constraints)),
            [(key, _)] if did_you_mean(key, FORMS.iter().copied()).is_some() => Err(A::Error::unknown_field(key, FORMS)),
            _ => Ok(JsonForm::Exact(Expected::Map(entries))),
        }
    }
}

/// The one form that stands alone in its map, its key already read.
fn absent_or<'de, A: MapAccess<'de>>(mut map: A) -> Result<JsonForm, A::Error> {
    let inner = map.next_value()?;
    match map.next_key::<String>()? {
        None => Ok(JsonForm::AbsentOr(Box::new(inner))),
        Some(other) => {
            Err(mistake(format!("`{other}` stands beside `{ABSENT_OR}`"), "one key alone", Some("put it into `absent_or: { … }`")))
        }
    }
}

impl JsonSchema for JsonForm {
    fn schema_name() -> Cow<'static, str> {
        "JsonForm".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<Items>();
        let count = json_schema!({ "type": "integer", "minimum": 0 });
        let pointers = generator.subschema_for::<Pointers>();
        let forms = json_schema!({
            "type": "object",
            "properties": {
                ABSENT_OR: generator.subschema_for::<JsonForm>(),
                "matches": generator.subschema_for::<Pattern>(),
                "above": { "type": "string" },
                "is": generator.subschema_for::<Kind>(),
                "contains": items, "lacks": items, "exactly": items,
                "count": count, "most": count,
                "sorted": { "const": true },
                "each": pointers, "some": pointers,
            },
            "additionalProperties": false,
        });
        json_schema!({ "anyOf": [forms, true], "description": "A form, or the value itself." })
    }
}
