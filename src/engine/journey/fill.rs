//! Slots filled.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::program::{Field, Part, Slot, Text};
use super::scope::Scope;
use crate::seed::mix;

/// RFC 3986's unreserved characters stay as they are.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value as it stands in a query.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

impl Text {
    /// The text, where no variable is in it.
    pub(super) fn constant(&self) -> Option<String> {
        self.0.iter().map(|part| if let Part::Literal(text) = part { Some(&**text) } else { None }).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The slot of a saved value, where it is that and nothing else.
    pub(super) fn only_save(&self) -> Option<usize> {
        match self.0.as_slice() {
            [Part::Slot(Slot::Save(at))] => Some(*at),
            _ => None,
        }
    }

    /// Appends the text.
    ///
    /// # Errors
    /// A slot without a value.
    pub(super) fn fill(&self, scope: &Scope<'_>, out: &mut String) -> Result<(), String> {
        for part in &self.0 {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Slot(slot) => scope.write(*slot, out)?,
                Part::Encoded(slot) => {
                    let mut value = String::new();
                    scope.write(*slot, &mut value)?;
                    out.extend(utf8_percent_encode(&value, QUERY));
                }
            }
        }
        Ok(())
    }
}

impl Scope<'_> {
    /// Appends a slot's value.
    pub(super) fn write(&self, slot: Slot, out: &mut String) -> Result<(), String> {
        let missing = || format!("{slot:?} has no value here");
        match slot {
            Slot::Repository => out.push_str(&self.setup.set.repositories[self.task.repository].name),
            Slot::Source => out.push_str(&self.setup.set.repositories[self.task.source].name),
            Slot::Tag => out.push_str(&self.task.tag),
            Slot::Save(at) => out.push_str(self.saves.get(at).and_then(Option::as_deref).ok_or_else(missing)?),
            Slot::Missing(field) => self.write_missing(field, out),
            Slot::Of(thing, Field::Tag) => out.push_str(self.tag(thing).ok_or_else(missing)?),
            Slot::Of(thing, field) => {
                let blob = self.blob(thing).ok_or_else(missing)?;
                match field {
                    Field::Digest | Field::Tag => out.push_str(&blob.digest),
                    Field::Hex => out.push_str(blob.hex()),
                    Field::Type => out.push_str(blob.media_type),
                    // Writing to a String cannot fail.
                    Field::Size => drop(write!(out, "{}", blob.size)),
                }
            }
        }
        Ok(())
    }

    /// A digest or a tag of nothing that is there.
    fn write_missing(&self, field: Field, out: &mut String) {
        let number = self.task.number;
        let _ = match field {
            Field::Tag => write!(out, "none-{number}"),
            Field::Digest => {
                write!(out, "sha256:{:016x}{:016x}{:016x}{:016x}", mix(number, 1), mix(number, 2), mix(number, 3), mix(number, 4))
            }
            _ => write!(out, "{:016x}{:016x}{:016x}{:016x}", mix(number, 1), mix(number, 2), mix(number, 3), mix(number, 4)),
        };
    }
}
