//! A JSON value as a scenario expects it: its texts may hold variables.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use super::view::View;
use super::words::brief;
use super::{Mismatch, Uses};
use crate::text::{Place, Template};

/// A JSON value with variables in its texts.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// null, true, a number.
    Plain(Value),
    /// A text.
    Text(Template),
    /// An array.
    List(Vec<Expected>),
    /// An object.
    Map(Vec<(String, Expected)>),
}

impl Expected {
    /// The value, its variables filled.
    pub(super) fn fill(&self, view: &View<'_>) -> Result<Value, Mismatch> {
        Ok(match self {
            Self::Plain(value) => value.clone(),
            Self::Text(text) => Value::String(view.fill(text)?),
            Self::List(entries) => Value::Array(entries.iter().map(|entry| entry.fill(view)).collect::<Result<_, _>>()?),
            Self::Map(entries) => {
                let filled = entries.iter().map(|(key, value)| Ok((key.clone(), value.fill(view)?)));
                Value::Object(filled.collect::<Result<_, Mismatch>>()?)
            }
        })
    }

    /// As it was written.
    pub(super) fn source(&self) -> Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::Text(text) => Value::String(text.source().to_owned()),
            Self::List(entries) => Value::Array(entries.iter().map(Self::source).collect()),
            Self::Map(entries) => Value::Object(entries.iter().map(|(key, value)| (key.clone(), value.source())).collect()),
        }
    }

    pub(super) fn uses(&self, place: Place, uses: &mut Uses) {
        match self {
            Self::Plain(_) => {}
            Self::Text(text) => uses.text(text, place),
            Self::List(entries) => entries.iter().for_each(|entry| entry.uses(place, uses)),
            Self::Map(entries) => entries.iter().for_each(|(_, value)| value.uses(place, uses)),
        }
    }
}

/// Two values are the same where this is: keys in order, and a number by its value however it was written.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Array(entries) => format!("[{}]", entries.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(entries) => {
            let mut keys: Vec<&String> = entries.keys().collect();
            keys.sort();
            let told: Vec<String> = keys.iter().map(|key| format!("{key:?}:{}", canonical(&entries[*key]))).collect();
            format!("{{{}}}", told.join(","))
        }
        Value::Number(number) => canonical_number(number),
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}

/// 2.0 is 2, and 2e0 too; a whole number that a float can't hold exactly stays as it is.
fn canonical_number(number: &Number) -> String {
    if number.is_i64() || number.is_u64() {
        return number.to_string();
    }
    number.as_f64().map_or_else(|| number.to_string(), |float| if float == 0.0 { "0".into() } else { format!("{float}") })
}

/// A value as it is shown: compact JSON, cut.
pub(super) fn told(value: &Value) -> String {
    brief(value.to_string().as_bytes())
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExpectedVisitor)
    }
}

/// Reads a value; other forms that a value can stand in place of hand it on.
pub(super) struct ExpectedVisitor;

impl<'de> Visitor<'de> for ExpectedVisitor {
    type Value = Expected;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Expected, E> {
        Ok(Expected::Plain(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Expected, E> {
        Ok(Expected::Plain(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Expected, E> {
        Ok(Expected::Plain(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Expected, E> {
        Ok(Expected::Plain(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Expected, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("JSON has no such number"))?;
        Ok(Expected::Plain(Value::Number(number)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Expected, E> {
        Template::parse(text).map(Expected::Text).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Expected, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = list.next_element()? {
            entries.push(entry);
        }
        Ok(Expected::List(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Expected, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Expected::Map(entries))
    }
}

impl JsonSchema for Expected {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Expected".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!(true)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_the_same_whatever_the_order_of_keys_and_the_spelling_of_numbers() {
        let same = |a: &str, b: &str| {
            let read = |text| canonical(&serde_json::from_str::<Value>(text).unwrap());
            read(a) == read(b)
        };
        assert!(same(r#"{"a":1,"b":[true,null]}"#, r#"{"b":[true,null],"a":1.0}"#));
        assert!(same("2", "2.0") && same("2", "2e0") && same("-0.0", "0") && same("1.50", "1.5"));
        assert!(!same("2", "2.5") && !same("9007199254740993", "9007199254740992") && !same("1", "\"1\"") && !same("[1,2]", "[2,1]"));
        assert!(!same("18446744073709551615", "18446744073709551614"));
        assert!(!same(r#"{"a":"b\",\"c"}"#, r#"{"a":"b","c":""}"#));
        assert_eq!(told(&json!({"a": "\u{7}"})), "{\"a\":\"\\u0007\"}");
    }
}
