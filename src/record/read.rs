//! A record from its JSON.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::matrix::Matrix;
use super::types::{FORMAT, Kind, Record};
use crate::exchange::evidence::printable;

/// The longest record that is read. A long run's evidence is bounded, so a real one is a few MiB.
pub(super) const LIMIT: usize = 256 << 20;

/// Why a text is no record that this plimsoll can read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// More text than any record has.
    #[error("this is no record of plimsoll's: it has {0} bytes, and records end at {LIMIT}")]
    TooLarge(usize),
    /// Not JSON, or not all of it.
    #[error("this is no whole JSON document, as a record is: {0}")]
    NotJson(String),
    /// JSON, but something else.
    #[error("this is JSON, but no record of plimsoll's: a record is an object that begins with `\"format\": \"{FORMAT}\"`, and {0}")]
    NotARecord(String),
    /// Written by a plimsoll that came later.
    #[error("this record was written by a newer plimsoll: its format is `{0}`, and this plimsoll ({version}) reads up to `{FORMAT}`; \
             install a newer plimsoll to read it", version = env!("CARGO_PKG_VERSION"))]
    Newer(String),
    /// The right format, but a value is not what stands there in a record.
    #[error("this record is damaged: at `{path}`: {why}")]
    Damaged {
        /// `rounds[0].scenarios[3].verdict`.
        path: String,
        /// What is wrong there.
        why: String,
    },
}

impl Record {
    /// Reads a record. Whatever its version, the format is looked at first, so that a newer one is named and not misread.
    ///
    /// # Errors
    /// Text that is too long, no JSON, no record, of a newer format, or has a value that does not belong there (an unknown field, a
    /// wrong type, an index that points at nothing), which is named by its path.
    pub fn read(text: &str) -> Result<Self, RecordError> {
        if text.len() > LIMIT {
            return Err(RecordError::TooLarge(text.len()));
        }
        check_format(text)?;
        let record: Self = whole(text)?;
        record.check_indices()?;
        Ok(record)
    }

    /// Whether each index points at something, so that no report has to.
    fn check_indices(&self) -> Result<(), RecordError> {
        let (causes, evidence) = (self.causes.len(), self.evidence.len());
        for (at, cause) in self.causes.iter().enumerate() {
            points(Some(cause.evidence), evidence, || format!("causes[{at}].evidence"))?;
        }
        for (r, round) in self.rounds.iter().enumerate() {
            for (s, scenario) in round.scenarios.iter().enumerate() {
                for (e, expectation) in scenario.expectations.iter().enumerate() {
                    let path = |field| format!("rounds[{r}].scenarios[{s}].expectations[{e}].{field}");
                    points(expectation.cause, causes, || path("cause"))?;
                    points(expectation.evidence, evidence, || path("evidence"))?;
                }
            }
        }
        Ok(())
    }
}

/// What a file of a run's holds.
#[derive(Clone, Debug)]
pub enum Stored {
    /// A survey, a load or a comparison.
    Record(Box<Record>),
    /// A kill matrix.
    Matrix(Box<Matrix>),
}

impl Stored {
    /// Reads what is there, by its `kind`.
    ///
    /// # Errors
    /// As [`Record::read`].
    pub fn read(text: &str) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct Head {
            kind: Option<Kind>,
        }
        let is_matrix = || serde_json::from_str::<Head>(text).is_ok_and(|head| head.kind == Some(Kind::KillMatrix));
        if text.len() > LIMIT || !is_matrix() {
            return Ok(Self::Record(Box::new(Record::read(text)?)));
        }
        check_format(text)?;
        Ok(Self::Matrix(Box::new(whole(text)?)))
    }
}

/// A document whose every value belongs there.
fn whole<T: DeserializeOwned>(text: &str) -> Result<T, RecordError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        RecordError::Damaged { path, why: error.into_inner().to_string() }
    })
}

fn points(index: Option<usize>, len: usize, path: impl FnOnce() -> String) -> Result<(), RecordError> {
    match index {
        Some(index) if index >= len => Err(RecordError::Damaged { path: path(), why: format!("{index} points past the last of {len}") }),
        _ => Ok(()),
    }
}

/// Looks at `format` alone.
fn check_format(text: &str) -> Result<(), RecordError> {
    #[derive(Deserialize)]
    struct Head {
        format: Option<serde_json::Value>,
    }
    let head: Head = match serde_json::from_str(text) {
        Ok(head) => head,
        Err(error) if error.is_data() => return Err(RecordError::NotARecord("this is something else".into())),
        Err(error) => return Err(RecordError::NotJson(error.to_string())),
    };
    let Some(format) = head.format else {
        return Err(RecordError::NotARecord("this has no `format`".into()));
    };
    let Some(number) = format.as_str().and_then(|format| format.strip_prefix("plimsoll.record/")) else {
        return Err(RecordError::NotARecord(format!("the `format` of this is {}", shortened(&format.to_string()))));
    };
    match number.parse::<u32>() {
        Ok(1) => Ok(()),
        Ok(2..) => Err(RecordError::Newer(format!("plimsoll.record/{number}"))),
        _ => Err(RecordError::NotARecord(format!("the `format` of this is {}", shortened(&format.to_string())))),
    }
}

fn shortened(text: &str) -> String {
    let text = printable(text.as_bytes());
    if text.chars().count() <= 80 { text } else { text.chars().take(80).chain("…".chars()).collect() }
}
