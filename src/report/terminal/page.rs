//! A page of text: colours, columns, wrapping. All text that comes in is made printable here, so that no section can forget to.

use anstyle::{AnsiColor, Color, Effects, Style as Ansi};
use unicode_width::UnicodeWidthStr;

use super::super::format::Style;
use crate::exchange::evidence::printable;
use crate::text;

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Strong,
    Dim,
    Good,
    Bad,
    Warning,
    Broken,
    Calm,
}

impl Ink {
    fn style(self) -> Ansi {
        let color = |color| Ansi::new().fg_color(Some(Color::Ansi(color)));
        match self {
            Self::Plain => Ansi::new(),
            Self::Strong => Ansi::new().effects(Effects::BOLD),
            Self::Dim => Ansi::new().effects(Effects::DIMMED),
            Self::Good => color(AnsiColor::Green),
            Self::Bad => color(AnsiColor::Red).effects(Effects::BOLD),
            Self::Warning => color(AnsiColor::Yellow),
            Self::Broken => color(AnsiColor::Magenta).effects(Effects::BOLD),
            Self::Calm => color(AnsiColor::Cyan),
        }
    }
}

/// The page that the sections write on, from top to bottom.
pub(super) struct Page {
    color: bool,
    width: usize,
    out: String,
}

impl Page {
    pub(super) fn new(style: &Style) -> Self {
        Self { color: style.color, width: style.width.max(40), out: String::new() }
    }

    /// How many columns it has.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// One line of differently inked pieces, not wrapped. Spaces at its end are left out.
    pub(super) fn line(&mut self, pieces: &[(Ink, &str)]) {
        for (ink, text) in pieces {
            self.ink(*ink, text);
        }
        self.end();
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.out.push('\n');
    }

    /// A section's title, with a gap above.
    pub(super) fn title(&mut self, ink: Ink, title: &str, more: &str) {
        self.gap();
        self.line(&[(ink, title), (Ink::Plain, if more.is_empty() { "" } else { "  " }), (Ink::Plain, more)]);
    }

    /// A wrapped paragraph, all lines indented.
    pub(super) fn paragraph(&mut self, indent: usize, ink: Ink, text: &str) {
        for line in wrap(text, self.width.saturating_sub(indent)) {
            self.out.extend(std::iter::repeat_n(' ', indent));
            self.ink(ink, &line);
            self.end();
        }
    }

    /// `label  text`: the label in a column of `column` characters that ends in at least one space, the text wrapped beside it.
    pub(super) fn field(&mut self, indent: usize, column: usize, label: &str, (ink, text): (Ink, &str)) {
        let left = indent + column;
        for (at, line) in wrap(text, self.width.saturating_sub(left)).iter().enumerate() {
            self.out.extend(std::iter::repeat_n(' ', indent));
            let label = if at == 0 { label } else { "" };
            self.ink(Ink::Dim, &pad(label, column));
            self.ink(ink, line);
            self.end();
        }
    }

    /// The text of the page.
    pub(super) fn finish(self) -> String {
        self.out
    }

    fn ink(&mut self, ink: Ink, text: &str) {
        let text = printable(text.as_bytes());
        let style = ink.style();
        if self.color && !text.trim().is_empty() && style != Ansi::new() {
            self.out.extend([style.to_string(), text, format!("{style:#}")]);
        } else {
            self.out.push_str(&text);
        }
    }

    fn end(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
    }
}

/// The text with spaces behind it up to `column` terminal columns.
pub(super) fn pad(text: &str, column: usize) -> String {
    format!("{text}{}", " ".repeat(column.saturating_sub(text.width())))
}

/// The text, made printable, in lines of at most `width` columns.
fn wrap(text: &str, width: usize) -> Vec<String> {
    text::wrap(&printable(text.as_bytes()), width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(color: bool, width: usize) -> Page {
        Page::new(&Style { color, width, ..Style::default() })
    }

    #[test]
    fn text_is_wrapped_at_spaces_beside_its_label() {
        let mut page = page(false, 40);
        page.field(2, 8, "came", (Ink::Plain, "a status that no outcome of the step has"));
        assert_eq!(page.finish(), "  came    a status that no outcome of\n          the step has\n");
    }

    #[test]
    fn a_word_without_end_is_broken_and_no_line_is_wider_than_the_page() {
        let mut page = page(false, 50);
        page.paragraph(3, Ink::Plain, &format!("begin {} 寸法寸法寸法寸法寸法寸法寸法寸法寸法寸法寸法寸法寸法寸法 end", "x".repeat(120)));
        let text = page.finish();
        assert!(text.lines().all(|line| line.width() <= 50), "{text}");
        assert_eq!(text.matches('x').count(), 120);
        assert_eq!(text.matches('寸').count(), 14);
    }

    #[test]
    fn colours_are_written_only_when_asked_for_and_end_on_their_line() {
        let pieces = [(Ink::Bad, "no"), (Ink::Plain, " and "), (Ink::Good, "yes")];
        let (mut plain, mut colored) = (page(false, 80), page(true, 80));
        plain.line(&pieces);
        colored.line(&pieces);
        assert_eq!(plain.finish(), "no and yes\n");
        assert_eq!(colored.finish(), "\u{1b}[1m\u{1b}[31mno\u{1b}[0m and \u{1b}[32myes\u{1b}[0m\n");
    }

    #[test]
    fn what_a_stranger_wrote_can_not_command_the_terminal() {
        let mut page = page(true, 80);
        page.line(&[(Ink::Plain, "\u{1b}]0;title\u{7}\nplimsoll: conforms")]);
        page.field(0, 5, "came", (Ink::Plain, "\u{1b}[2J\r"));
        assert_eq!(page.finish(), "\\x1b]0;title\\x07\\nplimsoll: conforms\n\u{1b}[2mcame \u{1b}[0m\\x1b[2J\\r\n");
    }
}
