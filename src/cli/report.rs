//! `plimsoll report`: a stored record, rendered.

use super::args::ReportArgs;
use super::exit::{Ended, Exit};
use super::output::Output;
use super::prove::format_of;
use crate::exchange::evidence::printable;
use crate::record::{Stored, write_atomically};
use crate::report::{Format, Style};
use crate::text::meant_tail;

/// The largest record that is read, in bytes.
const LARGEST: u64 = 512 << 20;

pub(super) fn run(args: &ReportArgs, output: &Output) -> Result<Exit, Ended> {
    let format = Format::from_name(&args.format).ok_or_else(|| {
        let names: Vec<&str> = Format::all().iter().map(|format| format.name).collect();
        let hint = meant_tail(&args.format, names.iter().copied());
        Ended::new(Exit::Usage, format!("there is no format `{}`{hint} (there are {})", args.format, names.join(", ")))
    })?;
    let path = if args.record.is_dir() { args.record.join("record.json") } else { args.record.clone() };
    let shown = path.display();
    let bad = |why: String| Ended::new(Exit::BadInput, format!("{shown}: {why}"));
    let size = std::fs::metadata(&path).map_err(|why| bad(format!("can't be read: {why}")))?.len();
    if size > LARGEST {
        return Err(bad(format!("has {size} bytes, and a record has at most {LARGEST}")));
    }
    let text = std::fs::read_to_string(&path).map_err(|why| bad(format!("can't be read: {why}")))?;
    let stored = Stored::read(&text).map_err(|why| bad(printable(why.to_string().as_bytes())))?;
    let (color, verbose) = (output.color && args.output.is_none(), args.verbose);
    let style = Style { color, width: output.width, fail_on: args.fail_on.level(), verbose, ..Style::default() };
    let rendered = match &stored {
        Stored::Record(record) => format.render(record, &style),
        Stored::Matrix(matrix) => format_of(&args.format)?.render(matrix, &style),
    };
    let rendered = rendered.map_err(|why| Ended::new(Exit::Bug, why.to_string()))?;
    match &args.output {
        None => Output::print(&rendered),
        Some(path) => write_atomically(path, &rendered).map_err(|why| Ended::new(Exit::NotJudged, why.to_string()))?,
    }
    Ok(Exit::Conforms)
}
