//! 429 Too Many Requests: one more try, after the time that is asked for (RFC 6585, section 4).

use std::time::Duration;

use http::header::RETRY_AFTER;

use super::auth::{Ask, Asked};
use super::send::Client;
use crate::clock::Clock;
use crate::exchange::Response;

/// The longest that a target is waited for.
const LONGEST: Duration = Duration::from_secs(30);
/// Where a target does not say how long.
const UNSAID: Duration = Duration::from_secs(1);

impl Client {
    /// [`Client::ask`]; an answer of 429 is waited out and asked again, once. `waiting` is told how long; where that is more than half a
    /// minute, or more than is left until the deadline, the 429 is the answer.
    pub async fn ask_patiently(&self, ask: Ask, waiting: impl FnOnce(Duration)) -> Asked {
        let first = self.ask(ask.clone()).await;
        let wait = first.exchange.response().filter(|response| response.status == 429).map(|response| wait(response, &Clock::system()));
        let Some(wait) = wait.filter(|wait| *wait <= LONGEST && *wait < self.time_left()) else { return first };
        waiting(wait);
        tokio::time::sleep(wait).await;
        let again = self.ask(ask).await;
        let Asked { exchange, mut before } = first;
        before.push(exchange);
        before.extend(again.before);
        Asked { exchange: again.exchange, before }
    }
}

/// `Retry-After: 5`, or a date; nonsense says nothing.
fn wait(response: &Response, clock: &Clock) -> Duration {
    let text = response.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
    let date = || {
        jiff::fmt::rfc2822::parse(text)
            .ok()
            .map(|date| Duration::from_secs(u64::try_from(date.timestamp().as_second()).unwrap_or(0).saturating_sub(clock.unix_seconds())))
    };
    seconds.or_else(date).unwrap_or(UNSAID)
}
