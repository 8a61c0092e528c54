//! The table of formats.

use std::path::PathBuf;

use super::{json, junit, terminal};
use crate::clause::Level;
use crate::record::Record;

/// Every format, in the order in which help lists them.
const FORMATS: &[Format] = &[terminal::FORMAT, json::FORMAT, junit::FORMAT];

/// A way to show a record.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// As `--format` takes it.
    pub name: &'static str,
    /// The name of its file in a report directory; absent for what belongs on a terminal.
    pub file: Option<&'static str>,
    /// What it is for, in one line of help.
    pub says: &'static str,
    pub(super) render: fn(&Record, &Style) -> Result<String, ReportError>,
}

/// How a report is to look.
#[derive(Clone, Debug)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Columns to wrap at; less than 40 is taken as 40. Command lines are never wrapped.
    pub width: usize,
    /// Where the run's reports were written, to be told.
    pub written: Vec<PathBuf>,
    /// The lowest level whose failures fail the run (`--fail-on`): what JUnit shows as `failure`.
    pub fail_on: Level,
    /// Whether a kill matrix names what went as it should, too.
    pub verbose: bool,
}

/// Why a record could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// No JSON came of it.
    #[error("the record could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// No XML came of it.
    #[error("the record could not be written as JUnit's XML: {0}")]
    Junit(#[from] quick_junit::SerializeError),
}

impl Default for Style {
    /// No colour, 100 columns, MUST alone fails.
    fn default() -> Self {
        Self { color: false, width: 100, written: Vec::new(), fail_on: Level::Must, verbose: false }
    }
}

impl Format {
    /// Every format.
    #[must_use]
    pub fn all() -> &'static [Self] {
        FORMATS
    }

    /// The format of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        FORMATS.iter().find(|format| format.name == name).copied()
    }

    /// The record in this format, with a line break at its end.
    ///
    /// # Errors
    /// What the format's writer says; no record that was read or made by plimsoll leads there.
    pub fn render(&self, record: &Record, style: &Style) -> Result<String, ReportError> {
        (self.render)(record, style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_is_found_by_its_name_and_no_two_share_a_name_or_a_file() {
        let mut seen = std::collections::BTreeSet::new();
        for format in Format::all() {
            assert_eq!(Format::from_name(format.name).map(|found| found.says), Some(format.says));
            assert!(seen.insert(format.name) && format.file.is_none_or(|file| seen.insert(file)), "{} is taken", format.name);
        }
        assert!(Format::from_name("jsn").is_none());
    }
}
