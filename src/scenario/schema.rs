//! The JSON Schema of a scenario file.

use super::file::ScenarioFile;

/// The JSON Schema of a scenario file, for editors: pretty, ends with a line feed.
#[must_use]
pub fn schema() -> String {
    format!("{:#}\n", schemars::schema_for!(ScenarioFile).to_value())
}
