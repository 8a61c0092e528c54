//! From a text to a threshold.

use std::ops::Range;

use super::error::ThresholdError;
use super::quantity::{Quantity, Statistic, Stretch};
use crate::text::{did_you_mean, expected_one_of};

/// How a figure must stand to the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
}

impl Relation {
    /// Longer ones first, so that none is read as the beginning of another.
    const ALL: [(&'static str, Self); 5] =
        [("<=", Self::AtMost), (">=", Self::AtLeast), ("==", Self::Equal), ("<", Self::Less), (">", Self::More)];

    /// Whether `figure` stands to `limit` so.
    #[must_use]
    pub fn holds(self, figure: f64, limit: f64) -> bool {
        match self {
            Self::Less => figure < limit,
            Self::AtMost => figure <= limit,
            Self::More => figure > limit,
            Self::AtLeast => figure >= limit,
            Self::Equal => (figure - limit).abs() <= 1e-9 * limit.abs(),
        }
    }
}

/// A limit that a run must keep.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// As it was written.
    pub text: String,
    /// What is limited.
    pub quantity: Quantity,
    /// How.
    pub relation: Relation,
    /// The limit, in the base unit of the quantity (seconds, share, per second, bytes per second, count).
    pub limit: f64,
}

/// Figures of the whole run, and of one operation or journey.
const OF_ALL: [&str; 6] = ["errors", "corrupt", "broken", "rate", "bytes/s", "lateness"];
const OF_ONE: [&str; 15] = [
    "p50",
    "p90",
    "p95",
    "p99",
    "p99.9",
    "mean",
    "min",
    "max",
    "errors",
    "rate",
    "bytes/s",
    "service.p99",
    "first-byte.p99",
    "connect.p99",
    "body.p99",
];

impl Threshold {
    /// Reads a threshold of a workload that has those operations and journeys.
    ///
    /// # Errors
    /// What is wrong, where, and how to mend it: the shape, an operation that the workload does not have, an unknown figure, a unit.
    pub fn parse(text: &str, operations: &[&str]) -> Result<Self, ThresholdError> {
        let reader = Reader { text, operations };
        let at = text.find(['<', '>', '=', '!']).ok_or_else(|| reader.shape(0..text.len()))?;
        let (relation, width) = reader.relation(at)?;
        let quantity = reader.quantity(at)?;
        let value = trimmed(text, at + width..text.len());
        let limit = quantity.unit().parse(&text[value.clone()]);
        let unit = || reader.error(value.clone(), format!("`{}` is no value here", &text[value.clone()]), quantity.unit().example());
        let limit = limit.ok_or_else(unit)?;
        Ok(Self { text: text.trim().to_owned(), quantity, relation, limit })
    }
}

struct Reader<'a> {
    text: &'a str,
    operations: &'a [&'a str],
}

/// A part of the text without the spaces around it.
fn trimmed(text: &str, part: Range<usize>) -> Range<usize> {
    let whole = &text[part.clone()];
    let start = part.start + (whole.len() - whole.trim_start().len());
    start..start + whole.trim().len()
}

impl Reader<'_> {
    fn error(&self, part: Range<usize>, title: impl Into<String>, help: impl Into<String>) -> ThresholdError {
        ThresholdError { text: self.text.to_owned(), part, title: title.into(), help: Some(help.into()).filter(|help| !help.is_empty()) }
    }

    fn shape(&self, part: Range<usize>) -> ThresholdError {
        let help =
            "write a figure, one of < <= > >= ==, and a limit: `pull.p99 < 250ms`, `errors < 0.1%`, `push.rate >= 50/s`, `corrupt == 0`";
        self.error(part, "this is no threshold", help)
    }

    fn relation(&self, at: usize) -> Result<(Relation, usize), ThresholdError> {
        let rest = &self.text[at..];
        let known = Relation::ALL.iter().find(|(sign, _)| rest.starts_with(sign));
        let (sign, relation) = known.ok_or_else(|| match rest.strip_prefix('=') {
            Some(_) => self.error(at..at + 1, "`=` compares nothing", "did you mean `==`, or `<=`?"),
            None => self.shape(at..at + 1),
        })?;
        Ok((*relation, sign.len()))
    }

    /// The figure, which ends at `end`.
    fn quantity(&self, end: usize) -> Result<Quantity, ThresholdError> {
        let whole = trimmed(self.text, 0..end);
        let named = &self.text[whole.clone()];
        if named.is_empty() {
            return Err(self.shape(0..self.text.len().min(end + 1)));
        }
        let (subject, figure) = named.split_once('.').unwrap_or((named, ""));
        let rest = whole.end - figure.len()..whole.end;
        match (subject, figure) {
            ("errors", "") => Ok(Quantity::Errors(None)),
            ("rate", "") => Ok(Quantity::Rate(None)),
            ("bytes/s", "") => Ok(Quantity::Bytes(None)),
            ("corrupt", "") => Ok(Quantity::Corrupt),
            ("broken", "") => Ok(Quantity::Broken),
            ("lateness", _) => Statistic::parse(figure).map(Quantity::Lateness).ok_or_else(|| self.unknown_figure(rest, figure, subject)),
            _ if self.operations.contains(&subject) => of_one(subject, figure).ok_or_else(|| self.unknown_figure(rest, figure, subject)),
            _ => Err(self.unknown_subject(whole.start..whole.start + subject.len(), subject)),
        }
    }

    fn unknown_subject(&self, part: Range<usize>, subject: &str) -> ThresholdError {
        let known: Vec<&str> = self.operations.iter().copied().chain(OF_ALL).collect();
        let title = if Statistic::parse(subject).is_some() {
            format!("`{subject}` of what? A time is that of an operation or journey")
        } else {
            format!("this workload has no operation or journey `{subject}`")
        };
        self.error(part, title, expected_one_of(subject, &known).unwrap_or_default())
    }

    fn unknown_figure(&self, part: Range<usize>, figure: &str, subject: &str) -> ThresholdError {
        let hint = did_you_mean(figure, OF_ONE).filter(|_| !figure.is_empty()).unwrap_or("p99");
        if figure.is_empty() {
            let part = trimmed(self.text, part.start.saturating_sub(subject.len())..part.end);
            return self.error(part, format!("what of `{subject}`?"), format!("name a figure: `{subject}.p99`"));
        }
        let title = format!("`{figure}` is no figure of `{subject}`");
        let help = match figure {
            "p100" => "did you mean `max`?".to_owned(),
            "p0" => "did you mean `min`?".to_owned(),
            _ => format!(
                "did you mean `{subject}.{hint}`? There are p50 to p99.99, mean, min and max, of response times, or of `service.`, \
                `connect.`, `tls.`, `auth.`, `first-byte.` and `body.`; and errors, rate and bytes/s"
            ),
        };
        self.error(part, title, help)
    }
}

/// A figure of one operation or journey.
fn of_one(subject: &str, figure: &str) -> Option<Quantity> {
    let of = || Some(subject.to_owned());
    match figure {
        "errors" => return Some(Quantity::Errors(of())),
        "rate" => return Some(Quantity::Rate(of())),
        "bytes/s" => return Some(Quantity::Bytes(of())),
        _ => {}
    }
    let (stretch, statistic) = match figure.split_once('.') {
        Some((word, rest)) if Stretch::parse(word).is_some() => (Stretch::parse(word)?, rest),
        _ => (Stretch::Response, figure),
    };
    Some(Quantity::Time { of: subject.to_owned(), stretch, statistic: Statistic::parse(statistic)? })
}
