//! `json: { /name: <repo>, /tags: { exactly: tags }, /manifests: { each: { /digest: present } } }`.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer};
use serde_json::Value;

use super::json_form::JsonForm;
use super::matchers::Judge;
use super::view::View;
use super::{Mismatch, Uses, received};
use crate::text::{At, Place, mistake};

/// Pointers (RFC 6901) with what must be there; `""` is the whole document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Json(Pointers);

/// Pointers with forms, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pointers(Vec<(String, At<JsonForm>)>);

impl Judge for Json {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        let response = view.response(|| self.wording())?;
        let body = received::content(view.exchange, response)?;
        received::judgeable(&body)?;
        let document = document(&body).map_err(|came| Mismatch::fail(self.wording(), came))?;
        self.0.judge(view, &document)
    }

    fn wording(&self) -> String {
        self.0.wording()
    }

    fn uses(&self, place: Place, uses: &mut Uses) {
        uses.bodies.push(place);
        self.0.uses(uses);
    }
}

/// The body as JSON, or what it is instead.
fn document(body: &[u8]) -> Result<Value, String> {
    if body.is_empty() {
        return Err("an empty body".into());
    }
    serde_json::from_slice(body).map_err(|error| {
        let told = error.to_string();
        let reason = told.split(" at line ").next().unwrap_or_default();
        format!("a body that is no JSON ({reason})")
    })
}

impl Pointers {
    /// Judges every pointer below a value.
    pub(super) fn judge(&self, view: &View<'_>, value: &Value) -> Result<(), Mismatch> {
        for (pointer, form) in &self.0 {
            form.judge(view, value.pointer(pointer)).map_err(|mismatch| mismatch.within(&name(pointer)))?;
        }
        Ok(())
    }

    pub(super) fn wording(&self) -> String {
        let told: Vec<String> = self.0.iter().map(|(pointer, form)| format!("{} {}", name(pointer), form.wording())).collect();
        told.join(", ")
    }

    pub(super) fn uses(&self, uses: &mut Uses) {
        for (_, form) in &self.0 {
            form.uses(form.place, uses);
        }
    }
}

fn name(pointer: &str) -> Cow<'_, str> {
    if pointer.is_empty() { "the document".into() } else { pointer.into() }
}

impl<'de> Deserialize<'de> for Pointers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map: IndexMap<String, At<JsonForm>> = IndexMap::deserialize(deserializer)?;
        if map.is_empty() {
            return Err(mistake("no pointer is named here", "empty", Some("write `{ /name: x }`; `\"\"` is the whole document")));
        }
        if let Some(pointer) = map.keys().find(|pointer| !is_pointer(pointer)) {
            let help = format!("did you mean `/{pointer}`?");
            return Err(mistake(format!("`{pointer}` is no JSON pointer"), "begins with `/`, or is empty", Some(&help)));
        }
        Ok(Self(map.into_iter().collect()))
    }
}

fn is_pointer(text: &str) -> bool {
    let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    (text.is_empty() || text.starts_with('/')) && escapes
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Pointers::deserialize(deserializer).map(Self)
    }
}

impl JsonSchema for Pointers {
    fn schema_name() -> Cow<'static, str> {
        "Pointers".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = IndexMap::<String, JsonForm>::json_schema(generator);
        schema.insert("propertyNames".into(), serde_json::json!({ "pattern": "^(/.*)?$" }));
        schema
    }
}

impl JsonSchema for Json {
    fn schema_name() -> Cow<'static, str> {
        "JsonMatcher".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Pointers::json_schema(generator)
    }
}
