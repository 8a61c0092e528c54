//! `status: 201`, `[200, 206]`, `4xx`, `[2xx, 404]`.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::matchers::Judge;
use super::view::{View, status_in_words, status_signature};
use super::{Mismatch, Uses};
use crate::text::{Place, mistake};

/// Statuses and classes of them. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusSet(Vec<Status>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// 201.
    Code(u16),
    /// 4 is `4xx`.
    Class(u16),
}

impl StatusSet {
    /// All that are in any of them.
    pub(super) fn union<'a>(sets: impl IntoIterator<Item = &'a Self>) -> Self {
        Self(sets.into_iter().flat_map(|set| set.0.iter().copied()).collect())
    }

    /// Whether a status is one of them.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|want| match want {
            Status::Code(code) => *code == status,
            Status::Class(class) => *class == status / 100,
        })
    }

    /// Whether a status is of the class of one of them: 200 is of the class of 201. It is what makes a step *work*.
    #[must_use]
    pub fn contains_class_of(&self, status: u16) -> bool {
        self.0.iter().any(|want| match want {
            Status::Code(code) => code / 100 == status / 100,
            Status::Class(class) => *class == status / 100,
        })
    }
}

impl Judge for StatusSet {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        let response = view.response(|| self.wording())?;
        if self.contains(response.status) {
            return Ok(());
        }
        Err(Mismatch::fail(self.wording(), status_in_words(response)).signed(status_signature(response)))
    }

    fn wording(&self) -> String {
        format!("status {self}")
    }

    fn uses(&self, _: Place, _: &mut Uses) {}
}

impl fmt::Display for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, status) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { " or " })?;
            match status {
                Status::Code(code) => write!(f, "{code}")?,
                Status::Class(class) => write!(f, "{class}xx")?,
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for StatusSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SetVisitor)
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StatusVisitor)
    }
}

struct StatusVisitor;

impl Visitor<'_> for StatusVisitor {
    type Value = Status;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a status (201) or a class of them (4xx)")
    }

    fn visit_u64<E: Error>(self, code: u64) -> Result<Status, E> {
        match u16::try_from(code) {
            Ok(code @ 100..=599) => Ok(Status::Code(code)),
            _ => Err(mistake(format!("{code} is no HTTP status"), "from 100 to 599", None)),
        }
    }

    fn visit_i64<E: Error>(self, code: i64) -> Result<Status, E> {
        self.visit_u64(u64::try_from(code).unwrap_or(0))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Status, E> {
        match text.as_bytes() {
            [class @ b'1'..=b'5', b'x' | b'X', b'x' | b'X'] => Ok(Status::Class(u16::from(class - b'0'))),
            _ => Err(mistake(format!("`{text}` is no status"), "no status", Some("write a code (201) or a class (4xx)"))),
        }
    }
}

struct SetVisitor;

impl<'de> Visitor<'de> for SetVisitor {
    type Value = StatusSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a status (201), a class of them (4xx), or a list")
    }

    fn visit_u64<E: Error>(self, code: u64) -> Result<StatusSet, E> {
        StatusVisitor.visit_u64(code).map(|one| StatusSet(vec![one]))
    }

    fn visit_i64<E: Error>(self, code: i64) -> Result<StatusSet, E> {
        StatusVisitor.visit_i64(code).map(|one| StatusSet(vec![one]))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<StatusSet, E> {
        StatusVisitor.visit_str(text).map(|one| StatusSet(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<StatusSet, A::Error> {
        let mut set = Vec::new();
        while let Some(status) = list.next_element()? {
            set.push(status);
        }
        if set.is_empty() {
            return Err(mistake("this list has no status", "empty", Some("no answer could match it")));
        }
        Ok(StatusSet(set))
    }
}

impl JsonSchema for StatusSet {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "StatusSet".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one =
            serde_json::json!([{ "type": "integer", "minimum": 100, "maximum": 599 }, { "enum": ["1xx", "2xx", "3xx", "4xx", "5xx"] }]);
        json_schema!({ "anyOf": [one[0], one[1], { "type": "array", "items": { "anyOf": one }, "minItems": 1 }] })
    }
}
