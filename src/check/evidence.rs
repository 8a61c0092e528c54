//! An exchange as the record keeps it: redacted, printable, bounded.

use crate::exchange::{Exchange, Secrets, curl_line, evidence};
use crate::record::{Evidence, RequestSeen, ResponseSeen, TimingsSeen};

/// Where an expectation stands, and what it found.
pub(crate) struct Found<'a> {
    /// The clause.
    pub(crate) clause: &'a str,
    /// The scenario's id.
    pub(crate) scenario: &'a str,
    /// Its item.
    pub(crate) item: Option<&'a str>,
    /// The step's title.
    pub(crate) step: &'a str,
    /// Where the expectation stands.
    pub(crate) position: &'a str,
    /// What was expected.
    pub(crate) expected: &'a str,
    /// What came.
    pub(crate) came: &'a str,
}

/// The evidence for a verdict.
pub(crate) fn evidence_of(found: &Found<'_>, exchange: &Exchange, secrets: &Secrets) -> Evidence {
    let clean = |text: &str| secrets.redact(text);
    Evidence {
        clause: found.clause.to_owned(),
        scenario: found.scenario.to_owned(),
        item: found.item.map(str::to_owned),
        step: found.step.to_owned(),
        position: found.position.to_owned(),
        expected: clean(found.expected),
        came: clean(found.came),
        curl: curl_line(&exchange.request, secrets),
        request: request_seen(exchange, secrets),
        response: response_seen(exchange, secrets),
        failure: exchange.answer.as_ref().err().map(|failure| clean(&evidence::printable(failure.to_string().as_bytes()))),
        timings_us: timings_seen(exchange),
    }
}

fn request_seen(exchange: &Exchange, secrets: &Secrets) -> RequestSeen {
    let request = &exchange.request;
    RequestSeen {
        method: request.method.to_string(),
        url: evidence::url(&request.url, secrets),
        headers: evidence::headers(&request.headers, secrets),
        body_bytes: request.body.bytes.len() as u64,
        body: evidence::body(&request.body.bytes, true, secrets).map(|text| text.text),
    }
}

fn response_seen(exchange: &Exchange, secrets: &Secrets) -> Option<ResponseSeen> {
    let response = exchange.response()?;
    let body = evidence::body(&response.body.bytes, !response.body.truncated, secrets);
    Some(ResponseSeen {
        status: response.status,
        headers: evidence::headers(&response.headers, secrets),
        body_bytes: response.body.len,
        body_sha256: response.body.sha256.clone(),
        cut: body.as_ref().is_some_and(|text| text.cut),
        body: body.map(|text| text.text),
    })
}

fn timings_seen(exchange: &Exchange) -> TimingsSeen {
    let us = |time: std::time::Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let timings = &exchange.timings;
    TimingsSeen { connect: us(timings.connect), tls: us(timings.tls), first_byte: us(timings.first_byte), total: us(timings.total) }
}
