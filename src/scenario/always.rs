//! Statements that hold for every exchange.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};

use super::placeholder::Expectation;
use super::{Expect, Many};
use crate::text::{At, Place};

/// One statement: wherever `on` holds, `expect` is judged.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Always {
    /// Which exchanges it is about.
    #[serde(default)]
    pub on: On,
    /// What they must show, by clause.
    pub expect: Expect,
}

/// Which exchanges a statement is about: those of the methods (none: all) that show what the matchers want.
#[derive(Clone, Debug, Default)]
pub struct On {
    /// `GET`, `HEAD`, …
    pub method: Vec<At<String>>,
    /// Matchers that the answer fits.
    pub matchers: Option<Expectation>,
}

impl<'de> Deserialize<'de> for On {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MethodAndMatchers;
        impl<'de> Visitor<'de> for MethodAndMatchers {
            type Value = On;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("matchers and perhaps `method`: `{ status: 4xx, method: [GET] }`")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<On, A::Error> {
                let mut method = None;
                let rest = WithoutMethod { map, method: &mut method };
                let matchers = Expectation::deserialize(de::value::MapAccessDeserializer::new(rest))?;
                Ok(On { method: method.unwrap_or_default(), matchers: Some(matchers) })
            }
        }
        deserializer.deserialize_any(MethodAndMatchers)
    }
}

/// A map whose key `method` is taken out on the way.
struct WithoutMethod<'m, A> {
    map: A,
    method: &'m mut Option<Vec<At<String>>>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithoutMethod<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        loop {
            let Some(key) = self.map.next_key::<At<String>>()? else { return Ok(None) };
            if key.as_str() != "method" {
                return seed.deserialize(de::value::StringDeserializer::new(key.value)).map(Some);
            }
            let At { value: methods, place } = self.map.next_value::<At<Many<At<String>>>>()?;
            *self.method = Some(methods.0.into_iter().map(|method| placed(method, place)).collect());
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

fn placed(text: At<String>, otherwise: Place) -> At<String> {
    let place = if text.place.is_known() { text.place } else { otherwise };
    At { place, ..text }
}

impl JsonSchema for On {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "On".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "description": "Matchers and perhaps `method`.", "properties": {"method": {"type": ["string", "array"]}}})
    }
}
