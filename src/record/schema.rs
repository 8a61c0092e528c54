//! The JSON Schema of the record, for whoever reads records by program.

use super::matrix::Matrix;
use super::types::Record;

/// The schema as `schemas/record.json` holds it: indented, with a line break at its end.
///
/// # Errors
/// None that a schema's types allow; serde's signature leaves the possibility.
pub fn schema() -> serde_json::Result<String> {
    let schema = schemars::schema_for!(Record);
    Ok(serde_json::to_string_pretty(&schema)? + "\n")
}

/// The schema of a kill matrix, as `schemas/kill-matrix.json` holds it.
///
/// # Errors
/// As [`schema`].
pub fn matrix_schema() -> serde_json::Result<String> {
    let schema = schemars::schema_for!(Matrix);
    Ok(serde_json::to_string_pretty(&schema)? + "\n")
}
