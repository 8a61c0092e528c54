//! YAML to values, strictly.

use serde::de::DeserializeOwned;
use serde_saphyr::{DuplicateKeyPolicy, MergeKeyPolicy};

use super::refusal::tell;
use super::{Diagnostic, MAX_FILE_BYTES, SourceFile};

/// How deep maps and lists may nest.
pub(super) const MAX_NESTING: usize = 64;

/// Reads a file as one YAML document.
///
/// Strict: duplicate keys, unknown tags, merge keys and a second document are refused; depth, aliases and size are bounded.
///
/// # Errors
/// The first thing that is wrong, where it is.
pub fn read<T: DeserializeOwned>(file: &SourceFile) -> Result<T, Diagnostic> {
    if file.text.len() > MAX_FILE_BYTES {
        return Err(super::files::too_long(&file.path));
    }
    serde_saphyr::from_str_with_options(&file.text, options()).map_err(|error| tell(file, error.without_snippet()))
}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_NESTING, flow_nesting_limit: MAX_NESTING, max_nodes: 100_000, max_aliases: 1000, max_anchors: 1000,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 20_000, max_replay_stack_depth: 16 },
        emit_comments: false,
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        strict_booleans: true,
        with_snippet: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_in_words(text in "[ -~\n\t]{0,80}|\\PC{0,60}|([a-c]: |- |\\[|\\]|\\{|\\}|\n| |\t|&a |\\*a|'|\"|#|\\||>){0,30}") {
            if let Err(told) = read::<serde_json::Value>(&SourceFile::new("x.yaml", text)) {
                prop_assert!(told.render(true).contains("x.yaml"));
                prop_assert!(!told.title.is_empty());
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused_in_words(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let told = SourceFile::from_bytes("x.yaml", bytes).and_then(|file| read::<serde_json::Value>(&file));
            if let Err(told) = told {
                prop_assert!(told.render(false).contains("x.yaml"));
            }
        }
    }
}
