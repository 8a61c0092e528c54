//! The only door to the terminal.

use std::io::{IsTerminal, Write};

use crate::text::wrap;

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
    /// Columns to wrap a report at.
    pub(super) width: usize,
    /// Whether standard output has a width of its own: lists are folded to it, and else stay a line each, for other programs.
    pub(super) narrow: bool,
}

impl Output {
    pub(super) fn new(no_color: bool, quiet: bool) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let plain = no_color || set("NO_COLOR");
        let errors_on_terminal = std::io::stderr().is_terminal();
        let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let columns = asked.or_else(|| terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0)));
        Self {
            color: !plain && std::io::stdout().is_terminal(),
            color_errors: !plain && errors_on_terminal,
            quiet,
            progress: errors_on_terminal && !quiet && !set("CI"),
            width: columns.unwrap_or(100).clamp(40, 160),
            narrow: columns.is_some(),
        }
    }

    /// Text whose lines fit the terminal, where there is one; what is folded stands below the line's last column.
    pub(super) fn folded(&self, text: &str) -> String {
        if !self.narrow {
            return text.to_owned();
        }
        text.lines().flat_map(|line| fold(line, self.width)).fold(String::new(), |out, line| out + line.trim_end() + "\n")
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

/// One line as lines of at most `width` characters. Its head (what stands before the last gap of two spaces in its first half, or its
/// indentation) stays, and the rest hangs beside it.
fn fold(line: &str, width: usize) -> Vec<String> {
    if line.chars().count() <= width {
        return vec![line.to_owned()];
    }
    let indent = line.len() - line.trim_start().len();
    let half = line.char_indices().nth(width / 2).map_or(line.len(), |(at, _)| at);
    let gap = line[..half].rfind("  ").map_or(indent, |at| at + 2);
    let (head, rest) = line.split_at(gap.max(indent));
    let hang = if gap > indent { head.chars().count() } else { indent + 2 };
    let lines = wrap(rest.trim_start(), width.saturating_sub(hang));
    let begin = |at: usize| if at == 0 { head.to_owned() } else { " ".repeat(hang) };
    lines.iter().enumerate().map(|(at, text)| begin(at) + text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_folded_below_its_last_column() {
        let folded = fold("  push/blob  A blob is pushed with POST, then PUT, and read back", 40);
        assert_eq!(folded, ["  push/blob  A blob is pushed with POST,", "             then PUT, and read back"]);
        let plain = fold("    a sentence without any column that is too long for it", 40);
        assert_eq!(plain, ["    a sentence without any column that", "      is too long for it"]);
        assert_eq!(fold("short", 40), ["short"]);
    }
}
