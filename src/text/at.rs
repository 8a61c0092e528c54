//! Values that know where they were written.

use std::borrow::{Borrow, Cow};
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use serde::{Deserialize, Deserializer};
use serde_saphyr::{Location, Spanned};

/// Where something stands in a file; all zero where that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset past the last byte; equal to `start` where the end is not known.
    pub end: u32,
}

impl Place {
    /// The place that a YAML reader tells.
    #[must_use]
    pub fn of(location: &Location) -> Self {
        let size = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let start = location.span().byte_offset().map_or(0, size);
        let len = location.span().byte_len().map_or(0, size);
        Self { line: size(location.line()), column: size(location.column()), start, end: start.saturating_add(len) }
    }

    /// The place of the bytes from `start` to `end` (not included) of a text.
    #[must_use]
    pub fn at_byte(text: &str, start: usize, end: usize) -> Self {
        let before = text.get(..start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let size = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            line: size(before.matches('\n').count() + 1),
            column: size(before[line_start..].chars().count() + 1),
            start: size(before.len()),
            end: size(end.max(before.len())),
        }
    }

    /// The bytes of the text that it covers; empty where `text` is another one.
    #[must_use]
    pub fn of_text(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Whether it is known at all.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.line > 0
    }
}

impl<T> From<&Spanned<T>> for Place {
    fn from(spanned: &Spanned<T>) -> Self {
        Self::of(&spanned.referenced)
    }
}

/// A value and where it was written. It equals, hashes and reads as the value alone, so that an `At<String>` is the key of a
/// map that is asked with a `&str`.
#[derive(Clone, Copy, Debug, Default)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it stands (an alias: where it is used).
    pub place: Place,
}

impl<T> At<T> {
    /// A value with its place.
    pub const fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> At<U> {
        At { value: change(self.value), place: self.place }
    }

    /// Borrows the value, keeps the place.
    pub const fn as_ref(&self) -> At<&T> {
        At { value: &self.value, place: self.place }
    }
}

impl At<String> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.value
    }
}

impl<T> Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for At<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for At<T> {}

impl<T: Hash> Hash for At<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl Borrow<str> for At<String> {
    fn borrow(&self) -> &str {
        &self.value
    }
}

impl<T: std::fmt::Display> std::fmt::Display for At<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.value.fmt(f)
    }
}

impl<T> From<Spanned<T>> for At<T> {
    fn from(spanned: Spanned<T>) -> Self {
        let place = Place::from(&spanned);
        Self { value: spanned.value, place }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self::from)
    }
}

impl<T: schemars::JsonSchema> schemars::JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}
