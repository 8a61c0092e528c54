//! What is wrong with a threshold's text.

use std::fmt;
use std::ops::Range;

use crate::text::{Diagnostic, Place, SourceFile};

/// A text that is no threshold of this workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThresholdError {
    /// The whole text.
    pub text: String,
    /// The part of it (bytes) that is to blame.
    pub part: Range<usize>,
    /// What is wrong, in one sentence.
    pub title: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl ThresholdError {
    /// The mistake at its place in a file; `place` is that of the threshold's text.
    #[must_use]
    pub fn diagnostic(&self, file: &SourceFile, place: Place) -> Diagnostic {
        let written = place.of_text(&file.text).find(&self.text);
        let place = written.map_or(place, |offset| {
            let start = place.start as usize + offset;
            Place::at_byte(&file.text, start + self.part.start, start + self.part.end)
        });
        Diagnostic::new(file, place, self.title.clone()).help(self.help.clone())
    }
}

impl fmt::Display for ThresholdError {
    /// For a command line: the sentence, the text with a mark below the part, the help.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.text.get(..self.part.start).unwrap_or_default().chars().count();
        let marks = self.text.get(self.part.clone()).unwrap_or_default().chars().count().max(1);
        write!(f, "{}\n  {}\n  {}{}", self.title, self.text, " ".repeat(before), "^".repeat(marks))?;
        self.help.iter().try_for_each(|help| write!(f, "\n{help}"))
    }
}

impl std::error::Error for ThresholdError {}
