//! Making what a registry sent fit to be shown, and finding what in it varies.

use crate::exchange::evidence::printable;

/// How many characters of a registry's text are shown.
pub(super) const SHOWN: usize = 200;
/// How many of a list's entries are shown.
const LISTED: usize = 4;

/// Bytes as text that is fit to be shown: [`printable`], and what is longer than [`SHOWN`] characters is cut, and its length told.
#[must_use]
pub fn brief(bytes: &[u8]) -> String {
    let end = end_of(bytes, SHOWN);
    let head = printable(&bytes[..end]);
    if end < bytes.len() { format!("{head}… ({} bytes)", bytes.len()) } else { head }
}

/// Where the first `count` characters end; a byte that is no UTF-8 counts as one.
fn end_of(bytes: &[u8], count: usize) -> usize {
    let mut left = count;
    let mut end = 0;
    for chunk in bytes.utf8_chunks() {
        let lengths = chunk.valid().chars().map(char::len_utf8).chain(chunk.invalid().iter().map(|_| 1));
        for len in lengths {
            if left == 0 {
                return end;
            }
            left -= 1;
            end += len;
        }
    }
    end
}

/// Text of our own with what a scenario put into it, on one line.
pub(super) fn one_line(text: &str) -> String {
    printable(text.as_bytes())
}

/// A list in words: its first entries, and how many more there are.
#[must_use]
pub(super) fn listed<T: AsRef<str>>(entries: &[T]) -> String {
    let mut told: Vec<String> = entries.iter().take(LISTED).map(|entry| brief(entry.as_ref().as_bytes())).collect();
    if entries.len() > LISTED {
        told.push(format!("{} more", entries.len() - LISTED));
    }
    if told.is_empty() { "nothing".into() } else { told.join(", ") }
}

/// `1 page`, `2 pages`.
#[must_use]
pub(super) fn counted(n: usize, one: &str) -> String {
    let many = if let Some(stem) = one.strip_suffix('y') { format!("{stem}ies") } else { format!("{one}s") };
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// The text with everything replaced that differs between runs and items: URLs, paths and repository names, digests, nonces, numbers.
#[must_use]
pub(super) fn without_what_varies(text: &str) -> String {
    text.split_inclusive(|c: char| c.is_whitespace() || "\"'`,;()[]{}<>".contains(c)).map(word_without).collect()
}

fn word_without(word: &str) -> String {
    let end = word.char_indices().next_back().filter(|(_, c)| !c.is_alphanumeric()).map_or(word.len(), |(at, _)| at);
    let (core, tail) = word.split_at(end);
    let is_path = core.contains("://") || core.starts_with('/') || core.matches('/').count() > 1;
    let is_digest = core.split_once(':').is_some_and(|(name, hash)| !name.is_empty() && hash.len() >= 32);
    let core = if is_path || is_digest { "…".to_owned() } else { runs_without(core) };
    core + tail
}

/// Replaces every run of letters and digits that has the look of a nonce, and every number.
fn runs_without(core: &str) -> String {
    let mut out = String::new();
    let mut rest = core;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !is_run(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        match digits {
            0 => out.push_str(run),
            n if n == run.len() || run.bytes().all(|b| b.is_ascii_digit() || b == b'-') => out.push('#'),
            _ if run.len() >= 8 => out.push('…'),
            _ => out.push_str(run),
        }
        let next = after.chars().next();
        out.extend(next);
        rest = &after[next.map_or(0, char::len_utf8)..];
    }
    out
}

fn is_run(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_registry_sent_is_shown_escaped_and_cut() {
        assert_eq!(brief(b"plain \xc3\xa9"), "plain é");
        assert_eq!(brief(b"a\r\n\t\x1b[31m\x00"), "a\\r\\n\\t\\x1b[31m\\x00");
        assert_eq!(brief("\u{202e}x\u{200b}".as_bytes()), "\\u{202e}x\\u{200b}");
        assert_eq!(brief(b"\xff\xfe"), "\\xff\\xfe");
        assert_eq!(brief(&[b'x'; 200]), "x".repeat(200));
        assert_eq!(brief(&[b'x'; 300]), format!("{}… (300 bytes)", "x".repeat(200)));
        assert_eq!(brief(&vec![0xff; 100_000]), format!("{}… (100000 bytes)", "\\xff".repeat(200)));
    }

    #[test]
    fn signatures_lose_what_varies_and_keep_the_rest() {
        let cases = [
            ("Location http://127.0.0.1:4711/v2/x/blobs/uploads/0b-1", "Location …"),
            ("Location /v2/a/b", "Location …"),
            ("name plimsoll/k3j2h1/pull-blob", "name …"),
            ("sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "…"),
            ("Content-Type text/html; charset=utf-8", "Content-Type text/html; charset=utf-8"),
            ("application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.manifest.v1+json"),
            ("128 bytes, 4096 wanted", "# bytes, # wanted"),
            ("Range 0-1023", "Range #"),
            ("uuid 7c1a2f90-1234-4321-8888-aaaabbbbcccc", "uuid …"),
            ("no Location", "no Location"),
        ];
        for (text, want) in cases {
            assert_eq!(without_what_varies(text), want, "{text}");
        }
    }

    #[test]
    fn long_lists_are_told_by_their_first_entries() {
        assert_eq!(listed::<&str>(&[]), "nothing");
        assert_eq!(listed(&["a", "b"]), "a, b");
        assert_eq!(listed(&["a", "b", "c", "d", "e", "f"]), "a, b, c, d, 2 more");
        assert_eq!(
            (counted(1, "entry"), counted(0, "entry"), counted(2, "page")),
            ("1 entry".into(), "0 entries".into(), "2 pages".into())
        );
    }

    proptest! {
        #[test]
        fn any_bytes_come_out_printable_and_short(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let shown = brief(&bytes);
            prop_assert!(!shown.chars().any(char::is_control));
            prop_assert!(shown.chars().count() <= SHOWN * 10 + 20);
        }

        #[test]
        fn any_text_has_a_signature(text in "\\PC{0,60}") {
            let once = without_what_varies(&text);
            prop_assert_eq!(without_what_varies(&once), once);
        }
    }
}
