//! Text of strangers made safe to show: what a terminal or a reader's eye would obey is spelled out instead.

use std::borrow::Cow;

/// One line: control characters, line breaks included, and characters that reorder, hide or are no text are written as escapes
/// (`\n`, `\u{1b}`, `\u{202e}`). Everything else stays as it is.
#[must_use]
pub fn printable_line(text: &str) -> Cow<'_, str> {
    escape(text, is_unsafe)
}

/// Like [`printable_line`], but line breaks (`\n`) and tabs stay.
#[must_use]
pub fn printable_text(text: &str) -> Cow<'_, str> {
    escape(text, |c| c != '\n' && c != '\t' && is_unsafe(c))
}

/// Whether a character must not reach a terminal: it commands, reorders, hides, breaks the line, or is no character.
pub(super) fn is_unsafe(c: char) -> bool {
    let reorders = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let hides = matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    let breaks = matches!(c, '\u{2028}' | '\u{2029}');
    let no_character = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    c.is_control() || reorders || hides || breaks || no_character
}

fn escape(text: &str, escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&escaped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if escaped(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        assert_eq!(printable_line("a\u{1b}[31mb\r\nc\td\0"), "a\\u{1b}[31mb\\r\\nc\\td\\u{0}");
        assert_eq!(printable_line("\u{9b}2J \u{7f}"), "\\u{9b}2J \\u{7f}");
        assert_eq!(printable_line("user\u{202e}gpj.exe \u{2066}x\u{2069}"), "user\\u{202e}gpj.exe \\u{2066}x\\u{2069}");
        assert_eq!(printable_line("zero\u{200b}width \u{fffe}\u{10ffff}"), "zero\\u{200b}width \\u{fffe}\\u{10ffff}");
    }

    #[test]
    fn what_is_plain_text_in_any_language_stays() {
        for text in ["status 202", "Größe 寸法 🐳", "a \\ b", ""] {
            assert!(matches!(printable_line(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn a_text_of_lines_keeps_its_lines() {
        assert_eq!(printable_text("a\n\tb\r\n"), "a\n\tb\\r\n");
    }
}
