//! What a clause expects of one exchange: a map of matchers, all of which must hold.

use std::borrow::Cow;
use std::fmt;

use http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::matchers::{Matcher, schemas};
use super::status::StatusSet;
use super::view::{Pull, View, status_in_words, status_signature};
use super::{Mismatch, Uses};
use crate::exchange::Exchange;
use crate::text::{At, mistake};

/// A map of matchers; all must hold. Never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    matchers: Vec<Matcher>,
    /// Of `status`, or of `any` where each alternative has one.
    status: Option<StatusSet>,
}

impl Expectation {
    /// Whether the exchange shows what is expected.
    ///
    /// # Errors
    /// The first matcher that does not hold, the status before all others.
    pub fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        let judges_status = self.matchers.iter().any(|matcher| matches!(matcher, Matcher::Status(_)));
        let mut pulled = view.pulled;
        for matcher in &self.matchers {
            let (judge, _) = matcher.inner();
            let (own, others) = pulled.split_at(judge.pulls(view.exchange).len().min(pulled.len()));
            pulled = others;
            judge.judge(&View { pulled: own, ..*view }).map_err(|mismatch| match matcher {
                Matcher::Any(_) => mismatch,
                _ if judges_status => mismatch,
                _ => with_status(view, mismatch),
            })?;
        }
        Ok(())
    }

    /// What it says of a page of a walk that is not the last: all matchers but those that look at all pages at once (`walk`), at another
    /// step (`same_as`) or at what would have to be fetched (`pullable`). `None` where nothing is left to judge.
    #[must_use]
    pub fn of_page(&self, page: &Exchange) -> Option<Self> {
        let of_page = |matcher: &&Matcher| {
            let (judge, place) = matcher.inner();
            let mut uses = Uses::default();
            judge.uses(place, &mut uses);
            uses.walks.is_empty() && uses.steps.is_empty() && judge.pulls(page).is_empty()
        };
        let matchers: Vec<Matcher> = self.matchers.iter().filter(of_page).cloned().collect();
        (!matchers.is_empty()).then(|| Self { matchers, status: self.status.clone() })
    }

    /// Whether all matchers hold.
    #[must_use]
    pub fn holds(&self, view: &View<'_>) -> bool {
        self.judge(view).is_ok()
    }

    /// What must be fetched before it can be judged, for `pullable`; the answers belong into [`View::pulled`].
    #[must_use]
    pub fn pulls(&self, exchange: &Exchange) -> Vec<Pull> {
        self.matchers.iter().flat_map(|matcher| matcher.inner().0.pulls(exchange)).collect()
    }

    /// The statuses that it wants, where it speaks of them.
    #[must_use]
    pub fn status(&self) -> Option<&StatusSet> {
        self.status.as_ref()
    }

    /// The statuses, where it speaks of nothing else.
    #[must_use]
    pub fn only_status(&self) -> Option<&StatusSet> {
        match self.matchers.as_slice() {
            [Matcher::Status(status)] => Some(&status.value),
            _ => None,
        }
    }

    /// The datum that the body must be, where it speaks of nothing else.
    #[must_use]
    pub fn only_body(&self) -> Option<&str> {
        match self.matchers.as_slice() {
            [Matcher::Body(body)] => body.datum(),
            _ => None,
        }
    }

    /// Adds all that it names.
    pub fn uses(&self, uses: &mut Uses) {
        for matcher in &self.matchers {
            let (matcher, place) = matcher.inner();
            matcher.uses(place, uses);
        }
    }

    /// What is expected, in words; variables stand in it as they were written.
    #[must_use]
    pub fn wording(&self) -> String {
        let told: Vec<String> = self.matchers.iter().map(|matcher| matcher.inner().0.wording()).collect();
        told.join(", ")
    }
}

/// Where the answer is an error and the status is not what is judged, it is the first thing to know.
fn with_status(view: &View<'_>, mismatch: Mismatch) -> Mismatch {
    match view.exchange.response() {
        Some(response) if response.status >= 400 => Mismatch {
            came: format!("{}, {}", status_in_words(response), mismatch.came),
            signature: format!("{}, {}", status_signature(response), mismatch.signature),
            ..mismatch
        },
        _ => mismatch,
    }
}

/// The `on` of a statement that is judged on every exchange: methods, and matchers that say which answers it speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    methods: Vec<Method>,
    expectation: Expectation,
}

impl Condition {
    /// Whether the statement speaks of this exchange; never where no answer came.
    #[must_use]
    pub fn holds(&self, view: &View<'_>) -> bool {
        let method = &view.exchange.request.method;
        let asked = self.methods.is_empty() || self.methods.contains(method);
        // Most are about other statuses: that is seen before anything is put into words.
        let fits = || {
            let status = view.exchange.status();
            self.expectation.status().is_none_or(|wanted| status.is_some_and(|status| wanted.contains(status)))
        };
        asked && view.exchange.answer.is_ok() && fits() && self.expectation.holds(view)
    }

    /// Adds all that it names.
    pub fn uses(&self, uses: &mut Uses) {
        self.expectation.uses(uses);
    }

    /// The condition in words.
    #[must_use]
    pub fn wording(&self) -> String {
        let methods: Vec<&str> = self.methods.iter().map(Method::as_str).collect();
        let parts = [methods.join(" or "), self.expectation.wording()];
        let told: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        told.join(", ")
    }
}

impl<'de> Deserialize<'de> for Expectation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = deserializer.deserialize_map(MatchersVisitor { is_condition: false })?;
        Ok(read.expectation)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MatchersVisitor { is_condition: true })
    }
}

struct MatchersVisitor {
    is_condition: bool,
}

impl<'de> Visitor<'de> for MatchersVisitor {
    type Value = Condition;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of matchers (`status: 200`)")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Condition, A::Error> {
        let mut methods = Vec::new();
        let mut matchers: Vec<Matcher> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if self.is_condition && name == "method" {
                methods = map.next_value::<Vec<At<String>>>()?.iter().map(method).collect::<Result<_, _>>()?;
            } else {
                matchers.push(Matcher::read(&name, &mut map, self.is_condition)?);
            }
        }
        if matchers.is_empty() && methods.is_empty() {
            let help = "write at least one matcher, such as `status: 200`";
            return Err(mistake("nothing is expected here", "no matcher", Some(help)));
        }
        matchers.sort_by_key(Matcher::rank);
        let status = matchers.iter().find_map(|matcher| match matcher {
            Matcher::Status(at) => Some(at.value.clone()),
            Matcher::Any(at) => at.status(),
            _ => None,
        });
        Ok(Condition { methods, expectation: Expectation { matchers, status } })
    }
}

fn method<E: serde::de::Error>(name: &At<String>) -> Result<Method, E> {
    let is_plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase());
    let method = Method::from_bytes(name.as_bytes()).ok().filter(|_| is_plain);
    method.ok_or_else(|| mistake(format!("`{name}` is no method"), "no method", Some("write it as `[GET, HEAD]`")))
}

fn map_schema(generator: &mut SchemaGenerator) -> Schema {
    let properties: serde_json::Map<String, serde_json::Value> =
        schemas(generator).into_iter().map(|(name, schema)| (name.to_owned(), schema.into())).collect();
    json_schema!({ "type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1 })
}

impl JsonSchema for Expectation {
    fn schema_name() -> Cow<'static, str> {
        "Expectation".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        map_schema(generator)
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = map_schema(generator);
        let methods = generator.subschema_for::<Vec<String>>();
        if let Some(properties) = schema.get_mut("properties").and_then(serde_json::Value::as_object_mut) {
            properties.insert("method".into(), methods.into());
        }
        schema
    }
}
