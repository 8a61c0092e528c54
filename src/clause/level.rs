//! How strongly a clause binds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// RFC 2119's words, and CLIENT: the text is silent, but a named client breaks. The order is that of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// No document binds, but a named client breaks. Reported on its own.
    Client,
    /// Permitted.
    May,
    /// Recommended.
    Should,
    /// Required.
    Must,
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Client => "CLIENT",
            Self::May => "MAY",
            Self::Should => "SHOULD",
            Self::Must => "MUST",
        })
    }
}
