//! A list that is expected: written out, or by the name of a list. And the order that listings keep.

use std::collections::HashMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_json::Value;

use super::expected::{Expected, canonical};
use super::view::View;
use super::words::listed;
use super::{Mismatch, Uses};
use crate::text::{At, Place};

/// Values, or the name of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Items {
    /// Written out.
    Values(Vec<At<Expected>>),
    /// A list of the scenario.
    Named(String),
}

impl Items {
    pub(super) fn fill(&self, view: &View<'_>) -> Result<Vec<Value>, Mismatch> {
        match self {
            Self::Values(values) => values.iter().map(|value| value.fill(view)).collect(),
            Self::Named(name) => Ok(view.list(name)?.iter().cloned().map(Value::String).collect()),
        }
    }

    pub(super) fn wording(&self) -> String {
        match self {
            Self::Values(values) => listed(&values.iter().map(|value| plain(&value.source())).collect::<Vec<_>>()),
            Self::Named(name) => format!("the list `{name}`"),
        }
    }

    pub(super) fn uses(&self, place: Place, uses: &mut Uses) {
        match self {
            Self::Values(values) => values.iter().for_each(|value| value.uses(value.place, uses)),
            Self::Named(name) => uses.list(name, place),
        }
    }
}

/// Texts as they are, all else as JSON.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Entries of one list that the other lacks, each as often as it stands there more often.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) missing: Vec<String>,
    pub(super) surplus: Vec<String>,
}

impl Difference {
    pub(super) fn between<'a>(came: impl IntoIterator<Item = &'a Value>, want: &[Value]) -> Self {
        let mut open: HashMap<String, usize> = HashMap::new();
        for value in want {
            *open.entry(canonical(value)).or_default() += 1;
        }
        let mut surplus = Vec::new();
        for value in came {
            match open.get_mut(&canonical(value)) {
                Some(left) if *left > 0 => *left -= 1,
                _ => surplus.push(plain(value)),
            }
        }
        let mut missing = Vec::new();
        for value in want {
            if let Some(left) = open.get_mut(&canonical(value)).filter(|left| **left > 0) {
                *left -= 1;
                missing.push(plain(value));
            }
        }
        Self { missing, surplus }
    }

    /// In words, with a signature that names no entry.
    pub(super) fn told(&self) -> Option<(String, &'static str)> {
        match (self.missing.as_slice(), self.surplus.as_slice()) {
            ([], []) => None,
            (missing, []) => Some((format!("without {}", listed(missing)), "without some of them")),
            ([], surplus) => Some((format!("and besides {}", listed(surplus)), "and others besides")),
            (missing, surplus) => {
                Some((format!("without {}, and besides {}", listed(missing), listed(surplus)), "without some of them, and others besides"))
            }
        }
    }
}

/// The first two entries that stand the wrong way round in any lawful order. An entry is judged where it holds letters and digits
/// alone; upper and lower case may be told apart (ASCII) or not, but one way for the whole list. Neighbours that are the same up to two small
/// letters are judged by these, whatever stands around them: names of repositories, say.
pub(super) fn misplaced<'a>(entries: &[&'a str]) -> Option<(&'a str, &'a str)> {
    let plain: Vec<&str> = entries.iter().copied().filter(|entry| entry.bytes().all(|b| b.is_ascii_alphanumeric())).collect();
    let any_case = first_wrong(&plain, |a, b| a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()));
    any_case.and_then(|_| first_wrong(&plain, str::cmp)).or_else(|| first_wrong(entries, by_letters))
}

/// The order of the first two characters that differ, if these are small letters.
fn by_letters(a: &str, b: &str) -> std::cmp::Ordering {
    let differing = a.bytes().zip(b.bytes()).find(|(a, b)| a != b);
    let letters = differing.filter(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_lowercase());
    letters.map_or(std::cmp::Ordering::Equal, |(a, b)| a.cmp(&b))
}

fn first_wrong<'a>(entries: &[&'a str], order: impl Fn(&str, &str) -> std::cmp::Ordering) -> Option<(&'a str, &'a str)> {
    entries.windows(2).find(|pair| order(pair[0], pair[1]).is_gt()).map(|pair| (pair[0], pair[1]))
}

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemsVisitor)
    }
}

struct ItemsVisitor;

impl<'de> Visitor<'de> for ItemsVisitor {
    type Value = Items;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or the name of one")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Items, E> {
        Ok(Items::Named(name.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Items::Values(values))
    }
}

impl JsonSchema for Items {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Items".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "array" }, { "type": "string", "description": "The name of a list." }] })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_differ_by_entries_and_how_often_they_stand() {
        let between = |came: Value, want: Value| {
            let difference = Difference::between(came.as_array().unwrap(), want.as_array().unwrap());
            difference.told().map(|(told, _)| told)
        };
        assert_eq!(between(json!(["b", "a"]), json!(["a", "b"])), None);
        assert_eq!(between(json!(["a"]), json!(["a", "b"])).unwrap(), "without b");
        assert_eq!(between(json!(["a", "a", "b"]), json!(["a", "b"])).unwrap(), "and besides a");
        assert_eq!(between(json!(["c", 1]), json!(["a", "a"])).unwrap(), "without a, a, and besides c, 1");
    }

    #[test]
    fn order_is_judged_on_letters_and_digits_in_either_order_of_case() {
        assert_eq!(misplaced(&["1", "10", "2", "a", "ab", "b"]), None);
        assert_eq!(misplaced(&["a", "c", "b"]), Some(("c", "b")));
        assert_eq!(misplaced(&["A", "B", "a", "b"]), None);
        assert_eq!(misplaced(&["A", "a", "B", "b"]), None);
        assert_eq!(misplaced(&["a", "A", "b", "B"]), None);
        assert!(misplaced(&["a", "B", "A"]).is_some());
        assert_eq!(misplaced(&["v1.10", "v1.2", "_", "a-b", "ab", "a.b"]), None);
        assert_eq!(misplaced(&["b", "_x", "a"]), Some(("b", "a")));
    }

    #[test]
    fn neighbours_that_differ_by_a_small_letter_first_are_judged_whatever_else_they_hold() {
        assert_eq!(misplaced(&["a/run/beta", "a/run/alpha"]), Some(("a/run/beta", "a/run/alpha")));
        assert_eq!(misplaced(&["a/b-c", "a/b/c", "a/b_c", "a/bc", "a/b", "a/B", "a/b.2", "a/b.10"]), None);
    }

    proptest! {
        #[test]
        fn either_lawful_order_is_taken(mut tags in proptest::collection::vec("[A-Za-z0-9_.-]{1,6}", 0..20)) {
            tags.sort();
            prop_assert_eq!(misplaced(&tags.iter().map(String::as_str).collect::<Vec<_>>()), None);
            tags.sort_by_key(|tag| tag.to_lowercase());
            prop_assert_eq!(misplaced(&tags.iter().map(String::as_str).collect::<Vec<_>>()), None);
        }
    }
}
