//! `error: NAME_UNKNOWN`, `[BLOB_UNKNOWN, MANIFEST_BLOB_UNKNOWN]`, `{ any_of: [..], or_no_json: true }`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::matchers::Judge;
use super::view::{View, error_codes, status_signature};
use super::words::listed;
use super::{Mismatch, Uses, received};
use crate::oci::ErrorCode;
use crate::text::{At, Place, meant_tail, mistake};

/// Codes, one of which the error body must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ErrorMatcher {
    codes: Vec<At<String>>,
    or_no_json: bool,
}

impl Judge for ErrorMatcher {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        let response = view.response(|| self.wording())?;
        let body = received::content(view.exchange, response)?;
        received::judgeable(&body)?;
        let fail = |came: String| Err(Mismatch::fail(self.wording(), came));
        match error_codes(&body) {
            Some(codes) if codes.iter().any(|code| self.codes.iter().any(|want| want.value == *code)) => Ok(()),
            Some(codes) if codes.is_empty() => fail("an error body without a code".into()),
            Some(codes) => Err(Mismatch::fail(self.wording(), format!("error {}", listed(&codes))).signed(status_signature(response))),
            None if body.is_empty() && !self.or_no_json => fail("an empty body".into()),
            None if serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok() => fail("JSON that is no error body".into()),
            None if self.or_no_json => Ok(()),
            None => fail("a body that is no JSON".into()),
        }
    }

    fn wording(&self) -> String {
        let codes: Vec<&str> = self.codes.iter().map(At::as_str).collect();
        let without = if self.or_no_json { ", or no JSON" } else { "" };
        format!("error {}{without}", codes.join(" or "))
    }

    fn uses(&self, place: Place, uses: &mut Uses) {
        uses.bodies.push(place);
        let known: Vec<ErrorCode> = ErrorCode::OCI.into_iter().chain(ErrorCode::DOCKER).collect();
        for code in self.codes.iter().filter(|code| !known.iter().any(|known| known.as_str() == code.as_str())) {
            let help = meant_tail(code, known.iter().map(ErrorCode::as_str));
            let place = if code.place.is_known() { code.place } else { place };
            uses.mistake(format!("`{code}` is no error code of OCI's or Docker's{help}"), place);
        }
    }
}

impl<'de> Deserialize<'de> for ErrorMatcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = deserializer.deserialize_any(ErrorVisitor)?;
        if read.codes.is_empty() {
            return Err(mistake("no code is named here", "empty", Some("write `error: NAME_UNKNOWN`")));
        }
        Ok(read)
    }
}

#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ErrorMap {
    /// Codes.
    any_of: Vec<At<String>>,
    /// Whether a body that is no JSON (an empty one too) is well as well.
    #[serde(default)]
    or_no_json: bool,
}

struct ErrorVisitor;

impl<'de> Visitor<'de> for ErrorVisitor {
    type Value = ErrorMatcher;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a code, a list of codes, or `{ any_of: [CODE], or_no_json: true }`")
    }

    fn visit_str<E: Error>(self, code: &str) -> Result<ErrorMatcher, E> {
        Ok(ErrorMatcher { codes: vec![At::new(code.to_owned(), Place::default())], or_no_json: false })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ErrorMatcher, A::Error> {
        let mut codes = Vec::new();
        while let Some(code) = list.next_element()? {
            codes.push(code);
        }
        Ok(ErrorMatcher { codes, or_no_json: false })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ErrorMatcher, A::Error> {
        let ErrorMap { any_of, or_no_json } = ErrorMap::deserialize(MapAccessDeserializer::new(map))?;
        Ok(ErrorMatcher { codes: any_of, or_no_json })
    }
}

impl JsonSchema for ErrorMatcher {
    fn schema_name() -> Cow<'static, str> {
        "ErrorMatcher".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let codes = json_schema!({ "type": "array", "items": { "type": "string" }, "minItems": 1 });
        json_schema!({ "anyOf": [{ "type": "string" }, codes, ErrorMap::json_schema(generator)] })
    }
}
