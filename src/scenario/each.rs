//! One variable with its values.

use std::fmt;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::names::GIVEN;
use crate::text::{At, mistake};

/// One variable and what it stands for in turn.
#[derive(Clone, Debug)]
pub struct Each {
    /// The variable's name.
    pub name: At<String>,
    /// Its values.
    pub values: Values,
}

impl Each {
    /// Whether its values are of images that `--image` names.
    #[must_use]
    pub fn is_of_images(&self) -> bool {
        matches!(&self.values, Values::List(list) if GIVEN.iter().any(|(name, _)| name == list))
    }
}

/// The values of an `each`.
#[derive(Clone, Debug)]
pub enum Values {
    /// Written out.
    Items(Vec<Item>),
    /// All texts of a list of the scenario.
    List(String),
}

/// One value. Values are taken as they are: nothing in them is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// `<name>`
    Text(String),
    /// `<name.key>`; the key `as` labels the item.
    Map(IndexMap<At<String>, String>),
}

impl Item {
    /// What the item is called in reports.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Map(fields) => fields.get("as").or_else(|| fields.values().next()).map_or("", String::as_str),
        }
    }

    /// The value of `<name>` (no field) or `<name.field>`.
    #[must_use]
    pub fn get(&self, field: Option<&str>) -> Option<&str> {
        match (self, field) {
            (Self::Text(text), None) => Some(text),
            (Self::Map(fields), Some(field)) => fields.get(field).map(String::as_str),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Each {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl<'de> Visitor<'de> for One {
            type Value = Each;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one variable with its values: `{ name: [a, b] }`")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Each, A::Error> {
                let help = Some("write one variable with its values: `{ name: [a, b] }`");
                let Some((name, values)) = map.next_entry()? else {
                    return Err(mistake("`each` names no variable", "", help));
                };
                match map.next_key::<At<String>>()? {
                    None => Ok(Each { name, values }),
                    Some(second) => Err(mistake(format_args!("`each` has one variable, and `{second}` is a second one"), "", help)),
                }
            }
        }
        deserializer.deserialize_any(One)
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Listed;
        impl<'de> Visitor<'de> for Listed {
            type Value = Values;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of values, or the name of a list")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Values, E> {
                Ok(Values::List(name.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Values, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = entries.next_element()? {
                    items.push(item);
                }
                Ok(Values::Items(items))
            }
        }
        deserializer.deserialize_any(Listed)
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;
        impl<'de> Visitor<'de> for Value {
            type Value = Item;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, or a map of texts")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Item, E> {
                Ok(Item::Text(text.to_owned()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Item, E> {
                Ok(Item::Text(number.to_string()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Item, E> {
                Ok(Item::Text(number.to_string()))
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Item, E> {
                Err(mistake("this reads as a number with a fraction", "", Some("quote it, to have it taken as it is written")))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
                let mut fields = IndexMap::new();
                while let Some((key, value)) = map.next_entry()? {
                    fields.insert(key, value);
                }
                Ok(Item::Map(fields))
            }
        }
        deserializer.deserialize_any(Value)
    }
}

impl JsonSchema for Each {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Each".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let text = || json_schema!({"type": ["string", "number"]});
        let item = json_schema!({"anyOf": [text(), {"type": "object", "additionalProperties": text()}]});
        json_schema!({
            "description": "One variable with its values, or with the name of a list.",
            "type": "object", "minProperties": 1, "maxProperties": 1,
            "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array", "items": item, "minItems": 1}]},
        })
    }
}
