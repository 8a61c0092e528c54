//! The language of paces.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use http::StatusCode;

use super::class::Class;

/// The language, for people.
pub const HELP: &str = "`pull: 20ms × 4` (4 servers that take 20 ms each, one queue; x and * will do for ×), for all, pull, manifest, blob, push or list; \
    `stall: 1s at 5s` (nothing is served from 5 s to 6 s after the start), `stall: 100ms every 10s`; \
    `errors: 1% 503` or `errors: 1% 503 of pull` (every hundredth request)";

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// How long a class of requests takes, and how many servers it has.
    Service {
        /// Which requests.
        class: Class,
        /// How long one takes.
        time: Duration,
        /// How many are served at once.
        servers: usize,
    },
    /// A time in which nothing is served; what is being served goes on after it.
    Stall {
        /// How long.
        length: Duration,
        /// When it begins, from the start of the registry.
        at: Duration,
        /// After which time it comes again.
        every: Option<Duration>,
    },
    /// Requests that are refused in place of being served.
    Errors {
        /// How many of a million. They are spread evenly, so that each run has the same number.
        per_million: u64,
        /// With which status.
        status: StatusCode,
        /// Which requests.
        class: Class,
    },
}

/// A text that is no pace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaceError {
    text: String,
    why: String,
}

impl fmt::Display for PaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no pace: {}. Write {HELP}", self.text, self.why)
    }
}

impl std::error::Error for PaceError {}

impl FromStr for Rule {
    type Err = PaceError;

    fn from_str(text: &str) -> Result<Self, PaceError> {
        rule(text).map_err(|why| PaceError { text: text.to_owned(), why })
    }
}

const MOST_SERVERS: usize = 100_000;
const LONGEST: Duration = Duration::from_hours(24);

fn rule(text: &str) -> Result<Rule, String> {
    let (name, rest) = text.split_once(':').ok_or("it has no colon")?;
    match (name.trim(), rest.trim()) {
        (_, "") => Err("nothing stands behind the colon".into()),
        ("stall", rest) => stall(rest),
        ("errors", rest) => errors(rest),
        (name, rest) => service(class(name)?, rest),
    }
}

fn class(name: &str) -> Result<Class, String> {
    let known = Class::ALL.iter().find(|(known, _)| *known == name).map(|(_, class)| *class);
    known.ok_or_else(|| format!("there is no class `{name}`"))
}

fn service(class: Class, text: &str) -> Result<Rule, String> {
    let (took, servers) = text.split_once(['×', 'x', '*']).unwrap_or((text, "1"));
    let servers = servers.trim();
    let count = servers.parse().ok().filter(|count| (1..=MOST_SERVERS).contains(count));
    let servers = count.ok_or_else(|| format!("`{servers}` is no number of servers (1 to {MOST_SERVERS})"))?;
    Ok(Rule::Service { class, time: time(took)?, servers })
}

fn stall(text: &str) -> Result<Rule, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        [length, "at", at] => Ok(Rule::Stall { length: time(length)?, at: time(at)?, every: None }),
        [length, "every", every] => {
            let (length, every) = (time(length)?, time(every)?);
            if length < every { Ok(Rule::Stall { length, at: every, every: Some(every) }) } else { Err("it would never end".into()) }
        }
        _ => Err("a stall has a length, and `at` or `every` with a time".into()),
    }
}

fn errors(text: &str) -> Result<Rule, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (share, status, of) = match words[..] {
        [share, status] => (share, status, "all"),
        [share, status, "of", of] => (share, status, of),
        _ => return Err("errors have a share and a status, and maybe `of` with a class".into()),
    };
    let per_million = per_million(share).ok_or_else(|| format!("`{share}` is no share between 0.0001% and 100%"))?;
    let status = status.parse().ok().filter(|status: &StatusCode| status.is_client_error() || status.is_server_error());
    Ok(Rule::Errors { per_million, status: status.ok_or("the status is between 400 and 599")?, class: class(of)? })
}

/// `1%`, `0.05%`: how many of a million.
fn per_million(text: &str) -> Option<u64> {
    let (whole, part) = text.strip_suffix('%').map(|number| number.split_once('.').unwrap_or((number, "")))?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 4 || !digits(whole) || !digits(part) {
        return None;
    }
    let share = format!("{whole}{part:0<4}").parse().ok()?;
    (1..=1_000_000).contains(&share).then_some(share)
}

/// `20ms`, `2.5ms`, `150us`, `1s`.
fn time(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let factor = match unit.trim() {
        "us" | "µs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => return Err(format!("`{text}` is no time (20ms, 150us, 1s)")),
    };
    let seconds = number.parse::<f64>().ok().map(|number| number * factor);
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).filter(|time| !time.is_zero() && *time <= LONGEST);
    time.ok_or_else(|| format!("`{text}` is no time between 1ns and 24 hours"))
}
