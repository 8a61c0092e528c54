//! What a request waits for.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::{Method, StatusCode};

use super::alarm::Alarm;
use super::class::Class;
use super::grammar::Rule;
use super::queue::{Queue, Stall, done};
use crate::clock::instant;
use crate::oci::ErrorCode;
use crate::registry::failure::Failure;
use crate::registry::route::Route;

/// Keeps the pace of a registry. Without rules it holds up nobody.
#[derive(Debug)]
pub(crate) struct Pacer {
    start: Instant,
    queues: Vec<(Class, Mutex<Queue>)>,
    stalls: Vec<Stall>,
    errors: Vec<Errors>,
    /// None where there is nothing to wait for.
    alarm: Option<Alarm>,
}

#[derive(Debug)]
struct Errors {
    per_million: u64,
    status: StatusCode,
    class: Class,
    seen: Mutex<u64>,
}

impl Errors {
    /// Whether this request is refused: the share of all so far, rounded down, grows by one.
    fn falls_on_this(&self) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *seen * self.per_million / 1_000_000;
        *seen += 1;
        *seen * self.per_million / 1_000_000 > before
    }
}

impl Pacer {
    /// A pace by those rules, from now on.
    ///
    /// # Errors
    /// The system gives no thread to wait in.
    pub(crate) fn start(rules: &[Rule]) -> std::io::Result<Self> {
        let mut pacer = Self { start: instant(), queues: Vec::new(), stalls: Vec::new(), errors: Vec::new(), alarm: None };
        for rule in rules {
            match *rule {
                Rule::Service { class, time, servers } => pacer.queues.push((class, Mutex::new(Queue::new(nanos(time), servers)))),
                Rule::Stall { length, at, every } => {
                    pacer.stalls.push(Stall { length: nanos(length), at: nanos(at), every: every.map(nanos) });
                }
                Rule::Errors { per_million, status, class } => {
                    pacer.errors.push(Errors { per_million, status, class, seen: Mutex::new(0) });
                }
            }
        }
        if !(pacer.queues.is_empty() && pacer.stalls.is_empty()) {
            pacer.alarm = Some(Alarm::start()?);
        }
        Ok(pacer)
    }

    /// Waits until the request has been served, or refuses it. One that goes away while it waits has used its server all the same.
    pub(crate) async fn serve(&self, route: &Route, method: &Method) -> Result<(), Failure> {
        if let Some(errors) = self.errors.iter().find(|errors| errors.class.holds(route, method) && errors.falls_on_this()) {
            return Err(refusal(errors.status));
        }
        if let Some(alarm) = &self.alarm {
            let now = nanos(instant().saturating_duration_since(self.start));
            let end = self.end(now, route, method);
            if end > now {
                alarm.until(self.start + Duration::from_nanos(end)).await;
            }
        }
        Ok(())
    }

    /// When the request has been served: by the last queue that is meant for it, else outside all queues.
    fn end(&self, now: u64, route: &Route, method: &Method) -> u64 {
        match self.queues.iter().rev().find(|(class, _)| class.holds(route, method)) {
            Some((_, queue)) => queue.lock().unwrap_or_else(PoisonError::into_inner).take(now, &self.stalls),
            None => done(&self.stalls, now, 0),
        }
    }
}

fn refusal(status: StatusCode) -> Failure {
    let code = match status {
        StatusCode::TOO_MANY_REQUESTS => ErrorCode::TOOMANYREQUESTS,
        StatusCode::SERVICE_UNAVAILABLE => ErrorCode::UNAVAILABLE,
        _ => ErrorCode::UNKNOWN,
    };
    Failure::new(status, code, "the pace of this registry refuses this request")
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
