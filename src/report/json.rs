//! The record itself.

use super::format::{Format, ReportError, Style};
use crate::record::Record;

pub(super) const FORMAT: Format =
    Format { name: "json", file: Some("record.json"), says: "the record itself, from which every other report is rendered", render };

fn render(record: &Record, _: &Style) -> Result<String, ReportError> {
    Ok(record.to_json()?)
}
