//! `plimsoll prove`: every twist of the reference registry against the suite.

use std::fmt::Write;
use std::time::Instant;

use super::args::ProveArgs;
use super::exit::{Ended, Exit};
use super::output::Output;
use super::suite::{files, invalid};
use crate::clock;
use crate::plan::glob;
use crate::prove::{Progress, Proof, prove};
use crate::record::write_atomically;
use crate::registry::{Fault, Variant, faults, variants};
use crate::report::{MatrixFormat, Style};
use crate::scenario::Suite;
use crate::text::meant_tail;

pub(super) fn run(args: &ProveArgs, output: &Output) -> Result<Exit, Ended> {
    let (faults, variants) = chosen(args)?;
    if args.list {
        Output::print(&listed(&faults, &variants));
        return Ok(Exit::Conforms);
    }
    let format = format_of(&args.format)?;
    let read = files(args.scenarios.as_deref()).and_then(|files| Ok((Suite::read(&files)?, files.hash())));
    let (suite, scenario_set) = read.map_err(|mistakes| invalid(&mistakes, output))?;
    let threads = args.jobs.map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from);
    let proof = Proof { suite: &suite, scenario_set, faults, variants, threads };
    let matrix = prove(&proof, &Line { output, began: clock::instant() })
        .map_err(|why| Ended::new(Exit::Bug, format!("the proof could not be run: {why}")))?;
    output.progress_line("");
    let bug = |why: crate::report::ReportError| Ended::new(Exit::Bug, why.to_string());
    let style = Style { color: output.color, width: output.width, verbose: args.verbose, ..Style::default() };
    let exit = if matrix.holds() { Exit::Conforms } else { Exit::Fails };
    if !output.quiet || exit != Exit::Conforms {
        Output::print(&format.render(&matrix, &style).map_err(bug)?);
    }
    if let Some(path) = &args.output {
        let json = MatrixFormat::Json.render(&matrix, &style).map_err(bug)?;
        write_atomically(path, &json).map_err(|why| Ended::new(Exit::NotJudged, why.to_string()))?;
    }
    Ok(exit)
}

/// The format of that name, of those that a kill matrix has.
pub(super) fn format_of(name: &str) -> Result<MatrixFormat, Ended> {
    MatrixFormat::from_name(name).ok_or_else(|| {
        let hint = meant_tail(name, MatrixFormat::NAMES);
        let names = MatrixFormat::NAMES.join(", ");
        Ended::new(Exit::Usage, format!("there is no format `{name}`{hint}; a kill matrix has {names}"))
    })
}

/// What `--fault` and `--variant` pick: everything where neither is given.
fn chosen(args: &ProveArgs) -> Result<(Vec<Fault>, Vec<Variant>), Ended> {
    let all = args.fault.is_empty() && args.variant.is_empty();
    let fits = |patterns: &[String], id: &str| all || patterns.iter().any(|pattern| glob(pattern, id));
    let nothing = |kind: &str, patterns: &[String]| {
        Ended::new(Exit::Usage, format!("no {kind} matches {}; `plimsoll prove --list` lists them", patterns.join(", ")))
    };
    let faults: Vec<Fault> = faults().into_iter().filter(|fault| fits(&args.fault, fault.id)).collect();
    let variants: Vec<Variant> = variants().into_iter().filter(|variant| fits(&args.variant, variant.id)).collect();
    if faults.is_empty() && !args.fault.is_empty() {
        return Err(nothing("fault", &args.fault));
    }
    if variants.is_empty() && !args.variant.is_empty() {
        return Err(nothing("variant", &args.variant));
    }
    Ok((faults, variants))
}

/// Kind, id and what it does; a variant with the number of its freedom, as `docs/proof.md` tells them.
fn listed(faults: &[Fault], variants: &[Variant]) -> String {
    let ids = faults.iter().map(|fault| fault.id).chain(variants.iter().map(|variant| variant.id));
    let width = ids.map(str::len).max().unwrap_or_default();
    let mut out = String::new();
    for fault in faults {
        let _ = writeln!(out, "fault    {:<width$}      {}", fault.id, fault.says);
    }
    for variant in variants {
        let _ = writeln!(out, "variant  {:<width$}  {:>2}  {}", variant.id, variant.freedom, variant.says);
    }
    out
}

struct Line<'a> {
    output: &'a Output,
    began: Instant,
}

impl Progress for Line<'_> {
    fn done(&self, done: usize, total: usize, id: &str) {
        let elapsed = self.began.elapsed().as_secs();
        self.output.progress_line(&format!("{done} of {total} surveyed, {elapsed} s, {id}"));
    }
}
