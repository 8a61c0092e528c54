//! `challenge: present`, `basic`, `bearer`, `{ realm: present, service: { absent_or: <service> }, scope: "repository:<repo>:pull" }`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::form::Form;
use super::matchers::Judge;
use super::view::View;
use super::words::{brief, listed};
use super::{Mismatch, Uses};
use crate::exchange::{Challenge, challenges};
use crate::text::{At, Place, meant, mistake};

/// What the `WWW-Authenticate` lines must ask for. A challenge that breaks the grammar counts as none.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ChallengeMatcher {
    /// Any challenge.
    Present,
    /// A Basic one.
    Basic,
    /// A Bearer one.
    Bearer,
    /// A Bearer one with these parameters.
    Parameters(Box<Parameters>),
}

/// Parameters of a Bearer challenge.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// The token service's URL.
    realm: Option<At<Form>>,
    /// The name that the token service knows the registry by.
    service: Option<At<Form>>,
    /// What is asked for.
    scope: Option<At<Form>>,
}

impl Parameters {
    fn named(&self) -> impl Iterator<Item = (&'static str, &At<Form>)> {
        let all = [("realm", &self.realm), ("service", &self.service), ("scope", &self.scope)];
        all.into_iter().filter_map(|(name, form)| Some((name, form.as_ref()?)))
    }

    fn judge(&self, view: &View<'_>, challenge: &Challenge) -> Result<(), Mismatch> {
        for (name, form) in self.named() {
            judge_parameter(view, form, challenge.param(name))
                .map_err(|mismatch| mismatch.within(&format!("Bearer challenge with {name}")))?;
        }
        Ok(())
    }
}

fn judge_parameter(view: &View<'_>, form: &Form, value: Option<&str>) -> Result<(), Mismatch> {
    match (form, value) {
        (Form::Absent | Form::AbsentOr(_), None) => Ok(()),
        (Form::AbsentOr(inner), value) => judge_parameter(view, inner, value),
        (Form::Absent, Some(value)) => Err(Mismatch::fail("absent", format!("`{}`", brief(value.as_bytes())))),
        (form, None) => Err(Mismatch::fail(form.filled(view)?, "absent")),
        (form, Some(value)) => form.judge_text(view, value.as_bytes()),
    }
}

impl Judge for ChallengeMatcher {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        let response = view.response(|| self.wording())?;
        let all = challenges(&response.headers);
        let usable = all.iter().filter(|challenge| challenge.problem.is_none());
        let mut fitting = usable.filter(|challenge| match self {
            Self::Present => true,
            Self::Basic => challenge.is("basic"),
            Self::Bearer | Self::Parameters(_) => challenge.is("bearer"),
        });
        let Some(first) = fitting.next() else { return Err(Mismatch::fail(self.wording(), came(&all))) };
        let Self::Parameters(parameters) = self else { return Ok(()) };
        let told = parameters.judge(view, first);
        if told.is_ok() || fitting.any(|other| parameters.judge(view, other).is_ok()) { Ok(()) } else { told }
    }

    fn wording(&self) -> String {
        match self {
            Self::Present => "a challenge in WWW-Authenticate".into(),
            Self::Basic => "a Basic challenge".into(),
            Self::Bearer => "a Bearer challenge".into(),
            Self::Parameters(parameters) => {
                let told: Vec<String> = parameters.named().map(|(name, form)| format!("{name} {}", form.wording())).collect();
                format!("a Bearer challenge with {}", told.join(", "))
            }
        }
    }

    fn uses(&self, place: Place, uses: &mut Uses) {
        let Self::Parameters(parameters) = self else { return };
        for (name, form) in parameters.named() {
            form.uses(form.place, uses);
            if !form.is_textual() {
                uses.mistake(format!("`{name}` can't be judged by this form: `matches`, `one_of` or a text can judge it"), form.place);
            }
        }
        if parameters.named().next().is_none() {
            uses.mistake("no parameter is named here", place);
        }
    }
}

/// What is there instead.
fn came(all: &[Challenge]) -> String {
    let told: Vec<String> = all
        .iter()
        .map(|challenge| match challenge.problem {
            None => format!("a {} challenge", challenge.scheme),
            Some(problem) => format!("a {} challenge that can't be read ({problem})", challenge.scheme),
        })
        .collect();
    if told.is_empty() { "no challenge".into() } else { listed(&told) }
}

impl<'de> Deserialize<'de> for ChallengeMatcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ChallengeVisitor)
    }
}

struct ChallengeVisitor;

impl<'de> Visitor<'de> for ChallengeVisitor {
    type Value = ChallengeMatcher;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`present`, `basic`, `bearer`, or `{ realm: …, service: …, scope: … }`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ChallengeMatcher, E> {
        match text {
            "present" => Ok(ChallengeMatcher::Present),
            "basic" => Ok(ChallengeMatcher::Basic),
            "bearer" => Ok(ChallengeMatcher::Bearer),
            other => {
                let help = meant(other, ["present", "basic", "bearer"]);
                Err(mistake(format!("`{other}` is no challenge"), "expected `present`, `basic` or `bearer`", help.as_deref()))
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ChallengeMatcher, A::Error> {
        Parameters::deserialize(MapAccessDeserializer::new(map)).map(|parameters| ChallengeMatcher::Parameters(Box::new(parameters)))
    }
}

impl JsonSchema for ChallengeMatcher {
    fn schema_name() -> Cow<'static, str> {
        "ChallengeMatcher".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "enum": ["present", "basic", "bearer"] }, Parameters::json_schema(generator)] })
    }
}
