//! What a request carries.

use std::fmt;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use crate::judge::Slice;
use crate::text::{At, JsonTemplate, Template};

/// The body of a request.
#[derive(Clone, Debug)]
pub enum Body {
    /// A datum in whole (or a part of an image: `img.layer1`).
    Datum(String),
    /// Some bytes of a datum.
    Slice(Slice),
    /// Declares the whole length of a datum, sends half, closes the connection.
    Cut(At<String>),
    /// JSON, compactly written.
    Json(JsonTemplate),
    /// Text.
    Text(Template),
    /// A form, URL-encoded.
    Form(IndexMap<String, Template>),
}

/// How a [`Body`] that is no datum is written.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Written {
    /// `[DATUM, from, to]`
    Slice(Slice),
    /// The datum's name.
    Cut(At<String>),
    /// Any JSON.
    Json(JsonTemplate),
    /// Any text.
    Text(Template),
    /// Names and values.
    Form(IndexMap<String, Template>),
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrMap;
        impl<'de> Visitor<'de> for NameOrMap {
            type Value = Body;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a datum's name, or a map with one of `slice`, `cut`, `json`, `text`, `form`")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Body, E> {
                Ok(Body::Datum(name.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Body, A::Error> {
                Ok(match Written::deserialize(de::value::MapAccessDeserializer::new(map))? {
                    Written::Slice(slice) => Body::Slice(slice),
                    Written::Cut(name) => Body::Cut(name),
                    Written::Json(json) => Body::Json(json),
                    Written::Text(text) => Body::Text(text),
                    Written::Form(form) => Body::Form(form),
                })
            }
        }
        deserializer.deserialize_any(NameOrMap)
    }
}

impl JsonSchema for Body {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Body".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let written = generator.subschema_for::<Written>();
        json_schema!({"description": "A datum's name, or one of the other forms.", "anyOf": [{"type": "string"}, written]})
    }
}
