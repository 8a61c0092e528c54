//! What is told of every exchange.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use crate::client::line::Stamps;
use crate::exchange::{Exchange, Failure, Phase};
use crate::judge::Mismatch;
use crate::plan::Expected;

/// Who listens: it counts, and asks for the exchange where it wants evidence.
pub trait Meter: Sync {
    /// An exchange has ended.
    fn measured(&self, measured: &Measured<'_>);
}

/// An exchange that has ended.
pub struct Measured<'a> {
    /// The row of the report.
    pub operation: usize,
    /// The journey.
    pub journey: &'a str,
    /// The step's title.
    pub step: &'a str,
    /// When it was meant to begin: for the first of a journey the journey's intended start, else when the one before had ended.
    pub intended: Instant,
    /// When what happened.
    pub stamps: Stamps,
    /// How long it waited for a login.
    pub auth: Duration,
    /// Bytes of the request's body.
    pub sent: u64,
    /// Bytes of the answer's body.
    pub received: u64,
    /// Bytes of it that were compared with what had to come.
    pub verified: u64,
    /// Why it failed.
    pub trouble: Option<&'a Trouble>,
    /// Clauses that it breaks.
    pub broken: &'a [(&'a Expected, Mismatch)],
    /// The exchange in full, for evidence.
    pub exchange: &'a dyn Fn() -> Exchange,
}

/// Why an exchange failed.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// The answer shows something else than it should: clause, and what came without what varies.
    Broken(String, String),
    /// The bytes are not those that had to come: clause, and what came.
    Corrupt(String, String),
    /// 429: the target limits the rate.
    Limited,
    /// No whole answer.
    Failure(Failure),
    /// Something in the answer that is needed was not there.
    Unusable(String),
}

impl Trouble {
    /// The same for all that failed alike, and short.
    #[must_use]
    pub fn cause(&self) -> Cow<'static, str> {
        match self {
            Self::Broken(clause, came) => format!("{clause}: {came}").into(),
            Self::Corrupt(clause, came) => format!("corrupt ({clause}): {came}").into(),
            Self::Limited => "429 too many requests".into(),
            Self::Failure(failure) => of_failure(failure),
            Self::Unusable(why) => why.clone().into(),
        }
    }
}

fn of_failure(failure: &Failure) -> Cow<'static, str> {
    match failure {
        Failure::Connect { why, .. } => format!("no connection: {}", why.split(':').next().unwrap_or_default()).into(),
        Failure::Tls { .. } => "TLS failed".into(),
        Failure::TimedOut { phase: Phase::Connect, .. } => "time-out while connecting".into(),
        Failure::TimedOut { phase: Phase::Tls, .. } => "time-out in the TLS handshake".into(),
        Failure::TimedOut { phase: Phase::Head, .. } => "time-out before the answer".into(),
        Failure::TimedOut { phase: Phase::Body, .. } => "time-out in the answer's body".into(),
        Failure::Closed { phase: Phase::Body, .. } => "connection closed in the answer's body".into(),
        Failure::Closed { .. } => "connection closed before the answer".into(),
        Failure::TooLong { .. } => "answer too long".into(),
        Failure::Protocol(_) => "the answer is no HTTP".into(),
        Failure::Login(_) => "login failed".into(),
        Failure::Unsendable(_) => "the request can't be sent".into(),
    }
}
