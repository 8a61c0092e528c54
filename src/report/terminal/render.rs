//! The order of the sections.

use super::super::format::{Format, ReportError, Style};
use super::page::Page;
use super::{causes, head, load, table, tail};
use crate::record::{Kind, Record};

pub(in crate::report) const FORMAT: Format =
    Format { name: "terminal", file: None, says: "what `survey` and `check` print: counts, failing causes, the verdict", render };

#[expect(clippy::unnecessary_wraps, reason = "every format has this signature; some can fail")]
fn render(record: &Record, style: &Style) -> Result<String, ReportError> {
    let mut page = Page::new(style);
    head::target(&mut page, record);
    // What a command is about comes first.
    if record.kind == Kind::Load {
        load::section(&mut page, record);
    } else {
        table::counts(&mut page, record);
    }
    causes::failing(&mut page, record);
    causes::errors(&mut page, record);
    causes::known(&mut page, record);
    causes::about_lines(&mut page, record);
    tail::capabilities(&mut page, record);
    tail::not_judged(&mut page, record);
    if record.kind != Kind::Load {
        load::section(&mut page, record);
    }
    tail::left_behind(&mut page, record);
    tail::ending(&mut page, record, &style.written);
    Ok(page.finish())
}
