//! Telling a mistake so that it can be mended.

/// The candidate that `word` is most likely a slip of, if any is near.
#[must_use]
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (nearness(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(near, _)| *near >= 0.72)
        .fold(None, |best: Option<(f64, &str)>, next| if best.is_some_and(|best| best.0 >= next.0) { best } else { Some(next) })
        .map(|(_, candidate)| candidate)
}

fn nearness(a: &str, b: &str) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let edits = strsim::normalized_damerau_levenshtein(a, b);
    if a.len() >= 3 && (a.starts_with(b) || b.starts_with(a)) { edits.max(0.75) } else { edits }
}

/// "did you mean `x`?", where a candidate is near.
#[must_use]
pub fn meant<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    did_you_mean(word, candidates).map(|near| format!("did you mean `{near}`?"))
}

/// [`meant`] as the tail of a sentence: ": did you mean `x`?", or nothing.
#[must_use]
pub fn meant_tail<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    meant(word, candidates).map_or_else(String::new, |told| format!(": {told}"))
}

/// "did you mean `x`?", or else the list of what is known, where that is short enough to read.
#[must_use]
pub fn expected_one_of(word: &str, candidates: &[&str]) -> Option<String> {
    match meant(word, candidates.iter().copied()) {
        Some(told) => Some(told),
        None if candidates.is_empty() => None,
        None if candidates.len() > 24 => None,
        None => Some(format!("expected {}", one_of(candidates))),
    }
}

/// "`a`, `b` or `c`".
pub(crate) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "nothing".into(),
    }
}

const PART: char = '\u{1f}';

/// An error for a hand-written `Deserialize`: what is wrong, what to write at the caret, and how to mend it. [`read`](super::read)
/// takes it apart again.
pub fn mistake<E: serde::de::Error>(title: impl std::fmt::Display, label: &str, help: Option<&str>) -> E {
    E::custom(format_args!("{title}{PART}{label}{PART}{}", help.unwrap_or_default()))
}

/// Takes the message of a [`mistake`] apart: title, label, help.
pub(super) fn parts(message: &str) -> (&str, &str, Option<&str>) {
    let mut parts = message.splitn(3, PART);
    let title = parts.next().unwrap_or_default();
    (title, parts.next().unwrap_or_default(), parts.next().filter(|help| !help.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_what_was_meant_and_a_stranger_finds_nothing() {
        let known = ["push/blob-created", "push/blob-body", "status", "header"];
        assert_eq!(did_you_mean("staus", known), Some("status"));
        assert_eq!(did_you_mean("Headers", known), Some("header"));
        assert_eq!(did_you_mean("push/blob-creatd", known), Some("push/blob-created"));
        assert_eq!(did_you_mean("elephant", known), None);
        assert_eq!(did_you_mean("", known), None);
    }
}
