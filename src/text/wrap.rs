//! Text in lines of a width.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The text in lines of at most `width` columns (20 at least), broken at spaces; a word that is longer than a line is broken where
/// the line ends. Always at least one line.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(20);
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in text.split(' ').flat_map(|word| pieces(word, width)).filter(|piece| !piece.is_empty()) {
        if !line.is_empty() && line.width() + 1 + piece.width() > width {
            lines.push(std::mem::take(&mut line));
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(piece);
    }
    lines.push(line);
    lines
}

/// A word in parts of at most `width` columns; nearly always one.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, c) in word.char_indices() {
        let columns = c.width().unwrap_or(0);
        if used + columns > width {
            pieces.push(&word[start..at]);
            (start, used) = (at, 0);
        }
        used += columns;
    }
    pieces.push(&word[start..]);
    pieces
}
