//! What an exchange shows, held against what a clause expects.
//!
//! Takes an exchange and an expectation; gives a verdict. Pure. May use `exchange`, `clause`, `text`, `oci` and the rooms above.
//! A matcher is one file with its reading, schema, judging and wording, and one line in `matchers.rs`.

mod any;
mod body;
mod challenge;
mod digest_of;
mod elsewhere;
mod error;
mod expectation;
mod expected;
mod form;
mod header;
mod items;
mod json;
mod json_form;
mod matchers;
mod mismatch;
mod observed;
mod parts;
mod pattern;
mod received;
mod same_as;
mod status;
#[cfg(test)]
mod tests;
mod text;
mod uses;
mod verdict;
mod view;
mod walk;
mod words;

pub use body::Slice;
pub use expectation::{Condition, Expectation};
pub use expected::Expected;
pub use mismatch::Mismatch;
pub use observed::observed;
pub use pattern::Pattern;
pub use received::LONGEST_JSON;
pub use status::StatusSet;
pub use uses::Uses;
pub use verdict::Verdict;
pub use view::{Content, Pull, Values, View, Walked};
pub use words::brief;
