//! Numbers and texts as reports write them.

/// `1,234,567`.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 cause`, `2 causes`.
pub(super) fn count(n: u64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{} {noun}s", number(n)) }
}

/// `850 ms`, `1.84 s`, `2 min 05 s`.
pub(super) fn duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{:02} s", ms / 1_000, ms % 1_000 / 10),
        _ => format!("{} min {:02} s", number(ms / 60_000), ms / 1_000 % 60),
    }
}

/// The text up to `most` characters; of a longer one it is told how much is missing.
pub(super) fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => {
            let rest = text[end..].chars().count() as u64;
            format!("{}… (and {})", &text[..end], count(rest, "more character").replace("more characters", "characters more"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_nouns_agree() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0, 1, 2_000].map(|n| count(n, "cause")), ["0 causes", "1 cause", "2,000 causes"]);
        assert_eq!([999, 1_846, 59_999, 125_000].map(duration), ["999 ms", "1.84 s", "59.99 s", "2 min 05 s"]);
    }

    #[test]
    fn a_long_text_is_clipped_between_characters_and_says_by_how_much() {
        assert_eq!(clip("ünïcödé", 7), "ünïcödé");
        assert_eq!(clip("ünïcödé", 3), "ünï… (and 4 characters more)");
        assert_eq!(clip("ab", 1), "a… (and 1 more character)");
    }
}
