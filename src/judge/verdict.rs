//! What came of judging.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What came of judging one expectation, a scenario or a clause. The order is the one in which many are merged into one: the
/// greatest wins (fail > error > inconclusive > pass > declined > skipped).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Not tried, for a reason that is told.
    Skipped,
    /// The capability was refused cleanly, and that is allowed.
    Declined,
    /// The exchange shows what the clause expects.
    Pass,
    /// Could not be judged: something before it did not work.
    Inconclusive,
    /// The harness itself failed.
    Error,
    /// The exchange shows something else.
    Fail,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Skipped => "skipped",
            Self::Declined => "declined",
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Error => "error",
            Self::Fail => "fail",
        })
    }
}
