//! Why an expectation does not hold, and the words for it.

use super::Verdict;
use super::words::{one_line, without_what_varies};

/// Why an expectation does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// What was expected: `status 416`.
    pub expected: String,
    /// What came: `status 404 NAME_UNKNOWN`. Short and printable.
    pub came: String,
    /// `came` without what varies between runs and items: equal ones of one clause are one cause.
    pub signature: String,
    /// [`Verdict::Fail`]; [`Verdict::Inconclusive`] where plimsoll could not see enough to judge; [`Verdict::Error`] where it lacks
    /// something that the scenario promised (a variable without a value).
    pub verdict: Verdict,
}

impl Mismatch {
    /// The exchange shows something else. The signature is `came` without its names, digests and numbers.
    #[must_use]
    pub fn fail(expected: impl Into<String>, came: impl Into<String>) -> Self {
        let (expected, came) = (one_line(&expected.into()), one_line(&came.into()));
        Self { expected, signature: without_what_varies(&came), came, verdict: Verdict::Fail }
    }

    /// Not enough was seen to judge.
    #[must_use]
    pub fn unseen(expected: impl Into<String>, why: impl Into<String>) -> Self {
        Self { verdict: Verdict::Inconclusive, ..Self::fail(expected, why) }
    }

    /// The harness lacks something.
    #[must_use]
    pub fn lacking(why: impl Into<String>) -> Self {
        Self { verdict: Verdict::Error, ..Self::fail("a scenario that can be judged", why) }
    }

    /// The same with a signature of its own.
    #[must_use]
    pub fn signed(self, signature: impl Into<String>) -> Self {
        Self { signature: signature.into(), ..self }
    }

    /// The same, told as part of something larger: `expected` and `came` begin with these words.
    #[must_use]
    pub(super) fn within(self, place: &str) -> Self {
        let said = |text: &str| format!("{place} {text}");
        Self { expected: said(&self.expected), came: said(&self.came), signature: said(&self.signature), verdict: self.verdict }
    }
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "expected {}, came {}", self.expected, self.came)
    }
}
