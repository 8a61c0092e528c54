//! The scenarios that a command works with: those shipped, or a directory's.

use std::path::Path;

use super::exit::{Ended, Exit};
use super::output::Output;
use crate::scenario::Suite;
use crate::text::{Diagnostics, Files};

/// Reads and checks them; every mistake is shown before anything is sent.
pub(super) fn suite(directory: Option<&Path>, output: &Output) -> Result<Suite, Ended> {
    files(directory).and_then(|files| Suite::read(&files)).map_err(|mistakes| invalid(&mistakes, output))
}

pub(super) fn files(directory: Option<&Path>) -> Result<Files, Diagnostics> {
    directory.map_or_else(Files::shipped, Files::from_dir)
}

/// The same, of a command that would have sent something.
pub(super) fn unsent(mistakes: &Diagnostics, output: &Output) -> Ended {
    let Ended { exit, message } = invalid(mistakes, output);
    Ended::new(exit, format!("{message}; nothing was sent"))
}

/// Shows mistakes and ends with exit code 3.
pub(super) fn invalid(mistakes: &Diagnostics, output: &Output) -> Ended {
    Output::diagnostics(&mistakes.render(output.color_errors));
    let n = mistakes.0.len();
    Ended::new(Exit::BadInput, format!("{n} mistake{} in the input", if n == 1 { "" } else { "s" }))
}
