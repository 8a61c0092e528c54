//! The only door to the terminal.

use std::io::{IsTerminal, Write};

/// Where words go, and how they look there.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct Output {
    /// Whether standard output is coloured.
    pub(super) color: bool,
    /// Whether standard error is coloured.
    pub(super) color_errors: bool,
    /// Whether only what is wrong is said.
    pub(super) quiet: bool,
    /// Whether progress is shown: on a terminal, and not in CI.
    pub(super) progress: bool,
    /// Columns to wrap at.
    pub(super) width: usize,
}

impl Output {
    pub(super) fn new(no_color: bool, quiet: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let plain = no_color || set("NO_COLOR");
        let errors_on_terminal = std::io::stderr().is_terminal();
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        Self {
            color: !plain && std::io::stdout().is_terminal(),
            color_errors: !plain && errors_on_terminal,
            quiet,
            progress: errors_on_terminal && !quiet && !set("CI"),
            width: columns.unwrap_or(100).clamp(40, 160),
        }
    }

    /// To standard output. A reader that has gone (`| head`) is no error.
    pub(super) fn print(text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// A remark to standard error, unless quiet.
    pub(super) fn remark(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// What a person must know although nothing is wrong, to standard error.
    pub(super) fn notice(text: &str) {
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// What is wrong, to standard error.
    pub(super) fn error(&self, message: &str) {
        let (red, plain) = if self.color_errors { ("\u{1b}[1;31m", "\u{1b}[0m") } else { ("", "") };
        let _ = writeln!(std::io::stderr(), "{red}error{plain}: {message}");
    }

    /// Diagnostics, which bring their own look, to standard error.
    pub(super) fn diagnostics(text: &str) {
        let _ = writeln!(std::io::stderr(), "{}", text.trim_end());
    }

    /// Replaces the line of progress.
    pub(super) fn progress_line(&self, text: &str) {
        if self.progress {
            let mut out = std::io::stderr().lock();
            let _ = write!(out, "\r\u{1b}[K{text}").and_then(|()| out.flush());
        }
    }
}
