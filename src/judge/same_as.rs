//! `same_as: { step: head, parts: [status, Content-Length] }`.

use http::{HeaderMap, HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::form::shown;
use super::matchers::Judge;
use super::view::{View, status_in_words, status_signature};
use super::{Mismatch, Uses, received};
use crate::exchange::{Exchange, Response};
use crate::text::{At, Place, mistake};

/// Parts that equal those of an earlier step's last exchange. A header that the earlier one lacked is not compared.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SameAs {
    /// Name of the earlier step.
    step: At<String>,
    /// `status`, `body`, or a header's name.
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Status,
    Body,
    /// As written, and as compared.
    Header(String, HeaderName),
}

impl Judge for SameAs {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        let response = view.response(|| self.wording())?;
        let earlier = view.values.step(&self.step).ok_or_else(|| Mismatch::lacking(format!("no step `{}` was taken", self.step)))?;
        let Ok(before) = &earlier.answer else {
            return Err(Mismatch::unseen(self.wording(), format!("`{}` had no answer to compare with", self.step)));
        };
        self.parts.iter().try_for_each(|part| match part {
            Part::Status => self.judge_status(response, before),
            Part::Body => self.judge_body(view.exchange, response, (earlier, before)),
            Part::Header(shown, name) => self.judge_header(shown, name, response, before),
        })
    }

    fn wording(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(Part::name).collect();
        format!("the same {} as in `{}`", parts.join(", "), self.step)
    }

    fn uses(&self, place: Place, uses: &mut Uses) {
        uses.step(&self.step, self.step.place);
        if self.parts.is_empty() {
            uses.mistake("`parts` names nothing to compare", place);
        }
    }
}

impl SameAs {
    fn judge_status(&self, response: &Response, before: &Response) -> Result<(), Mismatch> {
        if response.status == before.status {
            return Ok(());
        }
        let expected = format!("{}, as in `{}`", status_in_words(before), self.step);
        Err(Mismatch::fail(expected, status_in_words(response)).signed(status_signature(response)))
    }

    fn judge_body(&self, exchange: &Exchange, response: &Response, earlier: (&Exchange, &Response)) -> Result<(), Mismatch> {
        let (now, before) = (&response.body, &earlier.1.body);
        if now.truncated && before.truncated && now.len == before.len && now.sha256 == before.sha256 {
            return Ok(());
        }
        let want = received::content(earlier.0, earlier.1)?;
        let expected = || format!("the body of `{}` ({} bytes)", self.step, want.len());
        received::differs(exchange, response, &want)?.map_or(Ok(()), |came| Err(Mismatch::fail(expected(), came)))
    }

    fn judge_header(&self, name: &str, key: &HeaderName, response: &Response, before: &Response) -> Result<(), Mismatch> {
        let (want, came) = (joined(&before.headers, key), joined(&response.headers, key));
        match (want, came) {
            (None, _) => Ok(()),
            (Some(want), Some(came)) if want == came => Ok(()),
            (Some(want), came) => {
                let came = came.map_or_else(|| "absent".to_owned(), |came| shown(&came));
                Err(Mismatch::fail(format!("{name} {}, as in `{}`", shown(&want), self.step), format!("{name} {came}")))
            }
        }
    }
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<u8>> {
    let lines: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).map(<[u8]>::trim_ascii).collect();
    if lines.is_empty() { None } else { Some(lines.join(&b", "[..])) }
}

impl Part {
    fn name(&self) -> &str {
        match self {
            Self::Status => "status",
            Self::Body => "body",
            Self::Header(shown, _) => shown,
        }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "status" => Ok(Self::Status),
            "body" => Ok(Self::Body),
            name => match name.parse() {
                Ok(key) => Ok(Self::Header(text, key)),
                Err(_) => Err(mistake(format!("`{text}` is no part"), "expected `status`, `body` or a header's name", None)),
            },
        }
    }
}

impl JsonSchema for Part {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Part".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}
