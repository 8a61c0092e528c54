//! What a terminal or a reader could be misled by, spelt out.

use std::fmt::Write;

/// Whether a character can command a terminal or mislead a reader: control characters, marks that turn the direction of text,
/// invisible ones, line separators, tags, and what is no character (which XML forbids).
#[must_use]
pub fn misleads(c: char) -> bool {
    c.is_control()
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Writes a character as `\n`, `\x1b` or `\u{202e}`.
pub fn escape(c: char, out: &mut String) {
    let _ = match c {
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        c if c.is_ascii() => write!(out, "\\x{:02x}", u32::from(c)),
        c => write!(out, "\\u{{{:x}}}", u32::from(c)),
    };
}

/// The text with all that misleads spelt out, but for tabs and line ends.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if misleads(c) && !matches!(c, '\t' | '\n') { escape(c, &mut out) } else { out.push(c) }
    }
    out
}
