//! Small values of the language: sizes, durations, one or many.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use crate::text::{At, Template, mistake};

/// A number of bytes: `0B`, `64B`, `4KiB`, `1MiB`, `3900KB`, or a plain number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

/// The largest size that can be written: content is made in memory.
pub const MAX_SIZE: Size = Size(1 << 30);

const SIZE_HELP: &str = "write a number with B, KB, KiB, MB, MiB or GiB: `4KiB`; at most 1GiB";

impl std::str::FromStr for Size {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, unit) = split_unit(text);
        let factor: u64 = match unit {
            "" | "B" => 1,
            "KB" => 1000,
            "KiB" => 1 << 10,
            "MB" => 1_000_000,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return Err(SIZE_HELP),
        };
        let size = number.parse::<u64>().ok().and_then(|n| n.checked_mul(factor)).map(Self);
        size.filter(|size| *size <= MAX_SIZE).ok_or(SIZE_HELP)
    }
}

/// A length of time: `500ms`, `61s`, `5m`, `2h`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(pub Duration);

const PERIOD_HELP: &str = "write a number with ms, s, m or h: `61s`; at most 24h";

impl std::str::FromStr for Period {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, unit) = split_unit(text);
        let millis: u64 = match unit {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return Err(PERIOD_HELP),
        };
        let total = number.parse::<u64>().ok().and_then(|n| n.checked_mul(millis));
        total.filter(|total| *total <= 86_400_000).map(|total| Self(Duration::from_millis(total))).ok_or(PERIOD_HELP)
    }
}

fn split_unit(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|help| mistake(format_args!("`{text}` is no size"), "expected a size", Some(help)))
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|help| mistake(format_args!("`{text}` is no duration"), "expected a duration", Some(help)))
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "A number of bytes: 4KiB.", "type": ["string", "integer"], "pattern": "^[0-9]+(B|KB|KiB|MB|MiB|GiB)?$", "minimum": 0})
    }
}

impl JsonSchema for Period {
    fn schema_name() -> Cow<'static, str> {
        "Period".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"description": "A length of time: 61s.", "type": "string", "pattern": "^[0-9]+(ms|s|m|h)$"})
    }
}

/// One value, or a list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for Many<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// What [`Many`] can be made of: something written as one text.
pub trait OneText: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with the text.
    fn one<E: de::Error>(text: &str) -> Result<Self, E>;
}

impl OneText for Template {
    fn one<E: de::Error>(text: &str) -> Result<Self, E> {
        Self::parse(text).map_err(|error| mistake(&error, "", Some(error.help())))
    }
}

impl OneText for At<String> {
    fn one<E: de::Error>(text: &str) -> Result<Self, E> {
        Ok(Self::new(text.to_owned(), crate::text::Place::default()))
    }
}

impl<'de, T: OneText + Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany<T>(std::marker::PhantomData<T>);
        impl<'de, T: OneText + Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
            type Value = Many<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, or a list of texts")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::one(text).map(|one| Many(vec![one]))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
                self.visit_str(&number.to_string())
            }
            fn visit_bool<E: de::Error>(self, word: bool) -> Result<Self::Value, E> {
                self.visit_str(if word { "true" } else { "false" })
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
                Err(mistake("this reads as a number with a fraction", "", Some("quote it, to have it sent as it is written")))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut many = Vec::new();
                while let Some(entry) = entries.next_element()? {
                    many.push(entry);
                }
                Ok(Many(many))
            }
        }
        deserializer.deserialize_any(OneOrMany(std::marker::PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Many<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("ManyOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({"anyOf": [one, {"type": "array", "items": one}, {"type": ["integer", "boolean"]}]})
    }
}

/// The name of a datum with the part of it that is meant: `img.layer1` is the part `layer1` of `img`.
#[must_use]
pub fn datum_and_part(name: &str) -> (&str, Option<&str>) {
    name.split_once('.').map_or((name, None), |(name, part)| (name, Some(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_are_read_with_their_units() {
        assert_eq!("4KiB".parse(), Ok(Size(4096)));
        assert_eq!("0B".parse(), Ok(Size(0)));
        assert_eq!("17".parse(), Ok(Size(17)));
        assert!("4kb".parse::<Size>().is_err() && "KiB".parse::<Size>().is_err() && "2GiB".parse::<Size>().is_err());
        assert_eq!("99999999999999999999GiB".parse::<Size>(), Err(SIZE_HELP));
        assert_eq!("61s".parse(), Ok(Period(Duration::from_secs(61))));
        assert_eq!("500ms".parse(), Ok(Period(Duration::from_millis(500))));
        assert!("61".parse::<Period>().is_err() && "s".parse::<Period>().is_err() && "-1s".parse::<Period>().is_err());
    }

    #[test]
    fn a_part_is_named_after_a_dot() {
        assert_eq!(datum_and_part("img"), ("img", None));
        assert_eq!(datum_and_part("img.layer1"), ("img", Some("layer1")));
    }
}
