//! `any: [{ status: 206 }, { status: 200, body: layer }]`: at least one of these maps of matchers holds.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::expectation::Expectation;
use super::matchers::Judge;
use super::view::{Pull, View};
use super::{Mismatch, StatusSet, Uses, Verdict};
use crate::exchange::Exchange;
use crate::text::{Place, mistake};

/// Expectations, one of which must hold; two or more.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Any(Vec<Expectation>);

impl Any {
    /// The statuses of all alternatives, where each of them wants some.
    pub(super) fn status(&self) -> Option<StatusSet> {
        self.0.iter().map(Expectation::status).collect::<Option<Vec<_>>>().map(StatusSet::union)
    }
}

impl Judge for Any {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        view.response(|| self.wording())?;
        let mut pulled = view.pulled;
        let mut told: Vec<Mismatch> = Vec::new();
        for alternative in &self.0 {
            let (own, others) = pulled.split_at(alternative.pulls(view.exchange).len().min(pulled.len()));
            pulled = others;
            match alternative.judge(&View { pulled: own, ..*view }) {
                Ok(()) => return Ok(()),
                Err(mismatch) => told.push(mismatch),
            }
        }
        Err(together(self.wording(), &told))
    }

    fn wording(&self) -> String {
        let told: Vec<String> = self.0.iter().map(Expectation::wording).collect();
        format!("either {}", told.join("; or "))
    }

    fn uses(&self, place: Place, uses: &mut Uses) {
        self.0.iter().for_each(|alternative| alternative.uses(uses));
        if self.0.len() < 2 {
            uses.mistake("`any` wants two maps of matchers or more", place);
        }
    }

    fn pulls(&self, exchange: &Exchange) -> Vec<Pull> {
        self.0.iter().flat_map(|alternative| alternative.pulls(exchange)).collect()
    }
}

/// None held. Where one could not be judged, neither can the whole: it might have held.
fn together(expected: String, told: &[Mismatch]) -> Mismatch {
    let came = |part: fn(&Mismatch) -> &str| {
        let mut parts: Vec<&str> = told.iter().map(part).collect();
        parts.dedup();
        parts.join("; ")
    };
    let undecided = [Verdict::Error, Verdict::Inconclusive].into_iter().find(|verdict| told.iter().any(|one| one.verdict == *verdict));
    let whole = Mismatch::fail(expected, came(|one| &one.came)).signed(came(|one| &one.signature));
    Mismatch { verdict: undecided.unwrap_or(Verdict::Fail), ..whole }
}

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = Vec::deserialize(deserializer)?;
        if all.is_empty() {
            return Err(mistake("nothing is expected here", "empty", Some("write two maps of matchers or more")));
        }
        Ok(Self(all))
    }
}

impl JsonSchema for Any {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Any".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": generator.subschema_for::<Expectation>(), "minItems": 2 })
    }
}
