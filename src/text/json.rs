//! JSON whose texts hold variables.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::Template;

/// A JSON value whose texts are [`Template`]s. A text that is one variable and nothing else, whose last part is `size` or
/// `last`, stands for a number; keys are as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonTemplate(Value);

impl JsonTemplate {
    /// Takes a value whose texts are templates.
    ///
    /// # Errors
    /// The first text that is none.
    pub fn new(value: Value) -> Result<Self, super::TemplateError> {
        texts(&value).into_iter().try_for_each(|text| Template::parse(text).map(drop))?;
        Ok(Self(value))
    }

    /// The value as it was written.
    #[must_use]
    pub fn source(&self) -> &Value {
        &self.0
    }

    /// Its texts in order, as templates.
    pub fn templates(&self) -> impl Iterator<Item = Template> {
        texts(&self.0).into_iter().filter_map(|text| Template::parse(text).ok())
    }

    /// Fills every variable.
    ///
    /// # Errors
    /// The path (joined by `.`) that `value` does not know.
    pub fn fill(&self, mut value: impl FnMut(&[String]) -> Option<String>) -> Result<Value, String> {
        filled(&self.0, &mut value)
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(entries) => entries.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn filled(value: &Value, variable: &mut dyn FnMut(&[String]) -> Option<String>) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => {
            let template = Template::parse(text).map_err(|error| error.to_string())?;
            let numeric = template.only_variable().and_then(<[String]>::last).is_some_and(|field| field == "size" || field == "last");
            let text = template.fill(variable)?;
            match text.parse::<u64>() {
                Ok(number) if numeric => Value::from(number),
                _ => Value::String(text),
            }
        }
        Value::Array(entries) => Value::Array(entries.iter().map(|entry| filled(entry, variable)).collect::<Result<_, _>>()?),
        Value::Object(fields) => {
            let fill = |(key, value): (&String, &Value)| Ok((key.clone(), filled(value, variable)?));
            Value::Object(fields.iter().map(fill).collect::<Result<_, String>>()?)
        }
        other => other.clone(),
    })
}

impl<'de> Deserialize<'de> for JsonTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::new(value).map_err(|error| super::mistake(&error, "in this value", Some(error.help())))
    }
}

impl Serialize for JsonTemplate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl schemars::JsonSchema for JsonTemplate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "JsonTemplate".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"description": "Any JSON; variables in texts are filled."})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_at_any_depth_and_sizes_become_numbers() {
        let json =
            JsonTemplate::new(serde_json::json!({"layers": [{"digest": "<l.digest>", "size": "<l.size>", "note": "n <l.size>"}]})).unwrap();
        let filled = json.fill(|path| Some(if path[1] == "size" { "7".into() } else { "sha256:0".into() })).unwrap();
        assert_eq!(filled, serde_json::json!({"layers": [{"digest": "sha256:0", "size": 7, "note": "n 7"}]}));
        assert_eq!(json.fill(|_| None), Err("l.digest".into()));
        assert!(JsonTemplate::new(serde_json::json!(["<"])).is_err());
    }
}
