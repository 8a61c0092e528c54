//! `header: { Location: present, Docker-Content-Digest: { absent_or: { digest_of: layer } } }`.

use http::HeaderName;
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer};

use super::form::{Form, shown};
use super::matchers::Judge;
use super::view::{Pull, View, status_in_words, status_signature};
use super::words::brief;
use super::{Mismatch, Uses, digest_of, received};
use crate::exchange::{Exchange, Failure, Response, resolve};
use crate::text::{At, Place, mistake};

/// Headers that a response has once: of several lines each must hold. Of all others one line, or all joined by commas, is enough.
const SINGLE: [&str; 11] = [
    "content-length",
    "content-range",
    "content-type",
    "docker-content-digest",
    "docker-upload-uuid",
    "etag",
    "location",
    "oci-chunk-min-length",
    "oci-subject",
    "range",
    "retry-after",
];

/// Names that a slip is measured by: an expectation of a header that nobody sends could never fail.
const KNOWN: [&str; 12] = [
    "accept-ranges",
    "allow",
    "content-encoding",
    "docker-distribution-api-version",
    "link",
    "oci-filters-applied",
    "oci-tag",
    "server",
    "transfer-encoding",
    "vary",
    "warning",
    "www-authenticate",
];

/// Names with what each must be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header(Vec<Named>);

#[derive(Clone, Debug, PartialEq)]
struct Named {
    /// As it was written.
    shown: String,
    name: HeaderName,
    form: At<Form>,
}

impl Judge for Header {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        let response = view.response(|| self.wording())?;
        let mut pulled = view.pulled.iter();
        for named in &self.0 {
            let pull = named.pull(view.exchange, response).and_then(Result::ok).and_then(|_| pulled.next());
            named.judge(view, response, pull).map_err(|mismatch| mismatch.within(&named.shown))?;
        }
        Ok(())
    }

    fn wording(&self) -> String {
        let told: Vec<String> = self.0.iter().map(|named| format!("{} {}", named.shown, named.form.wording())).collect();
        told.join(", ")
    }

    fn uses(&self, _: Place, uses: &mut Uses) {
        for named in &self.0 {
            named.form.uses(named.form.place, uses);
            if let Some(near) = slip(named.name.as_str()) {
                uses.mistake(format!("no registry sends `{}`: did you mean `{near}`?", named.shown), named.form.place);
            }
        }
    }

    fn pulls(&self, exchange: &Exchange) -> Vec<Pull> {
        let Some(response) = exchange.response() else { return Vec::new() };
        self.0.iter().filter_map(|named| named.pull(exchange, response)?.ok()).collect()
    }
}

/// The known name that this one is a slip of.
fn slip(name: &str) -> Option<&'static str> {
    let known = || SINGLE.into_iter().chain(KNOWN);
    let near = known().find(|known| strsim::damerau_levenshtein(known, name) <= 2)?;
    (name.len() > 5 && known().all(|known| known != name)).then_some(near)
}

impl Named {
    fn judge(&self, view: &View<'_>, response: &Response, pull: Option<&Exchange>) -> Result<(), Mismatch> {
        let lines: Vec<&[u8]> = response.headers.get_all(&self.name).iter().map(http::HeaderValue::as_bytes).collect();
        let mut form: &Form = &self.form;
        while let Form::AbsentOr(inner) = form {
            if lines.is_empty() {
                return Ok(());
            }
            form = &inner.value;
        }
        match form {
            Form::Absent if lines.is_empty() => Ok(()),
            Form::Absent => Err(Mismatch::fail("absent", shown(&lines.join(&b", "[..])))),
            _ if lines.is_empty() => Err(Mismatch::fail(self.form.filled(view)?, "absent")),
            Form::Pullable(_) => self.judge_pull(view, response, pull),
            _ if SINGLE.contains(&self.name.as_str()) => lines.iter().try_for_each(|line| judge_line(view, response, form, line)),
            _ => judge_any(view, response, form, &lines),
        }
    }

    /// What to fetch, or why nothing can be; `None` where nothing need be.
    fn pull(&self, exchange: &Exchange, response: &Response) -> Option<Result<Pull, Mismatch>> {
        let datum = self.form.pullable()?;
        let mut lines = response.headers.get_all(&self.name).iter();
        let line = lines.next()?.as_bytes();
        let differing = lines.find(|other| other.as_bytes() != line);
        let came = |why: &str| Mismatch::fail(self.form.wording(), format!("{}, {why}", shown(line)));
        Some(match (differing, std::str::from_utf8(line)) {
            (Some(other), _) => Err(came(&format!("and in another line {}", shown(other.as_bytes())))),
            (None, Err(_)) => Err(came("which is no URL")),
            (None, Ok(text)) => match resolve(&exchange.request.url, text.trim()) {
                Ok(url) => Ok(Pull { url, datum: datum.to_owned() }),
                Err(error) => Err(came(&error.to_string())),
            },
        })
    }

    fn judge_pull(&self, view: &View<'_>, response: &Response, pull: Option<&Exchange>) -> Result<(), Mismatch> {
        let Some(asked) = self.pull(view.exchange, response) else { return Ok(()) };
        let asked = asked?;
        let pull = pull.ok_or_else(|| Mismatch::lacking(format!("the GET of {} was not sent", brief(asked.url.to_string().as_bytes()))))?;
        let wording = self.form.wording();
        let came = |what: String| format!("a URL where a GET gives {what}");
        match &pull.answer {
            Err(Failure::Login(why)) => {
                Err(Mismatch::unseen(wording, format!("the login for the GET of its URL failed: {}", brief(why.as_bytes()))))
            }
            // Lawful at any time, and it says nothing of what was asked (RFC 6585, section 4).
            Ok(answer) if answer.status == 429 => {
                Err(Mismatch::unseen(wording, "the target limits the rate of requests: it answered 429 to the GET of its URL"))
            }
            Err(failure) => Err(Mismatch::fail(wording, came(format!("nothing: {}", brief(failure.to_string().as_bytes()))))),
            Ok(answer) if answer.status != 200 => {
                Err(Mismatch::fail(wording, came(status_in_words(answer))).signed(came(status_signature(answer))))
            }
            Ok(answer) => match received::differs(pull, answer, &view.content(&asked.datum)?.bytes)? {
                None => Ok(()),
                Some(difference) => Err(Mismatch::fail(wording, came(difference))),
            },
        }
    }
}

/// One line, or all of them joined, must hold; the first line's mismatch is the one that is told.
fn judge_any(view: &View<'_>, response: &Response, form: &Form, lines: &[&[u8]]) -> Result<(), Mismatch> {
    let joined = lines.join(&b", "[..]);
    let told = match judge_line(view, response, form, &joined) {
        Ok(()) => return Ok(()),
        Err(mismatch) => mismatch,
    };
    if lines.iter().any(|line| judge_line(view, response, form, line).is_ok()) { Ok(()) } else { Err(told) }
}

fn judge_line(view: &View<'_>, response: &Response, form: &Form, line: &[u8]) -> Result<(), Mismatch> {
    match form {
        Form::DigestOf(datum) => {
            digest_of::judge(view, response, datum, line).map_err(|mismatch| Mismatch { expected: form.wording(), ..mismatch })
        }
        Form::LengthOf(datum) => {
            // Bytes after the end that the head tells are part of what was sent; after a head that allows none they are counted already.
            let sent = response.body.len + if response.body.surplus == response.body.len { 0 } else { response.body.surplus };
            let len = if datum.as_str() == "body" { sent } else { view.content(datum)?.bytes.len() as u64 };
            let came = std::str::from_utf8(line).ok().and_then(|text| text.trim().parse::<u64>().ok());
            if came == Some(len) { Ok(()) } else { Err(Mismatch::fail(format!("{} ({len})", form.wording()), shown(line))) }
        }
        form => form.judge_text(view, line),
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map: IndexMap<At<String>, At<Form>> = IndexMap::deserialize(deserializer)?;
        if map.is_empty() {
            return Err(mistake("no header is named here", "empty", Some("write `{ Location: present }`")));
        }
        let mut all: Vec<Named> = Vec::new();
        for (shown, form) in map {
            let name: HeaderName = shown.parse().map_err(|_| mistake(format!("`{shown}` is no header's name"), "no header", None))?;
            if all.iter().any(|named| named.name == name) {
                return Err(mistake(format!("the header `{shown}` stands twice"), "case is ignored in header names", None));
            }
            all.push(Named { shown: shown.value, name, form });
        }
        Ok(Self(all))
    }
}

impl JsonSchema for Header {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HeaderMatcher".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        IndexMap::<String, Form>::json_schema(generator)
    }
}
