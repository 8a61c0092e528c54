//! A kill matrix, in each of its formats.

use super::format::{ReportError, Style};
use super::terminal;
use crate::record::Matrix;

/// A way to show a kill matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatrixFormat {
    /// For people at a terminal.
    Terminal,
    /// The record itself.
    Json,
}

impl MatrixFormat {
    /// The names, as `--format` takes them.
    pub const NAMES: [&str; 2] = ["terminal", "json"];

    /// The format of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Terminal, Self::Json].into_iter().zip(Self::NAMES).find(|(_, known)| *known == name).map(|(format, _)| format)
    }

    /// The matrix in this format, with a line break at its end.
    ///
    /// # Errors
    /// What the format's writer says; no matrix that plimsoll makes leads there.
    pub fn render(self, matrix: &Matrix, style: &Style) -> Result<String, ReportError> {
        match self {
            Self::Terminal => Ok(terminal::matrix(matrix, style)),
            Self::Json => Ok(matrix.to_json()?),
        }
    }
}
