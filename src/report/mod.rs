//! A record as people and programs read it: one file per format.
//!
//! - Takes: a record and how it is to look.
//! - Gives: text. Nothing here prints, writes a file or judges.
//! - May use: `record`, `clause` levels, `judge` verdicts, `exchange` for what is printable.
//!
//! A new format is one file with its `FORMAT`, its `mod` line here and its line in the table of `format.rs`.

mod format;
mod json;
mod junit;
mod matrix;
mod terminal;
mod words;

pub use format::{Format, ReportError, Style};
pub use matrix::MatrixFormat;
