//! Numbers and texts as reports write them.

pub(super) use crate::text::{count, number};

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
    fn durations_have_the_unit_that_fits() {
        assert_eq!([999, 1_846, 59_999, 125_000].map(duration), ["999 ms", "1.84 s", "59.99 s", "2 min 05 s"]);
    }

    #[test]
    fn a_long_text_is_clipped_between_characters_and_says_by_how_much() {
        assert_eq!(clip("ünïcödé", 7), "ünïcödé");
        assert_eq!(clip("ünïcödé", 3), "ünï… (and 4 characters more)");
        assert_eq!(clip("ab", 1), "a… (and 1 more character)");
    }
}
