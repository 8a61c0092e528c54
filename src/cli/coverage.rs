//! `plimsoll scenario lint --coverage`: which clauses are judged, as numbers or as the document `docs/coverage.md`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::official;
use super::scenario::CoverageForm;
use crate::clause::{Clause, Document, Level};
use crate::registry::faults;
use crate::scenario::{Cover, Suite};

/// The levels, the strongest first.
const LEVELS: [Level; 4] = [Level::Must, Level::Should, Level::May, Level::Client];
/// How many scenarios, or faults, are named for one clause before the rest are counted.
const NAMED: usize = 3;

/// What one line of the table counts.
#[derive(Default)]
struct Tally {
    clauses: usize,
    judged: usize,
    expectations: usize,
    unobservable: usize,
    unjudged: usize,
}

impl Tally {
    fn of<'a>(covers: impl Iterator<Item = &'a Cover<'a>>) -> Self {
        covers.fold(Self::default(), |mut tally, cover| {
            tally.clauses += 1;
            tally.expectations += cover.expectations;
            match (cover.judged(), &cover.clause.unobservable) {
                (true, _) => tally.judged += 1,
                (false, Some(_)) => tally.unobservable += 1,
                (false, None) => tally.unjudged += 1,
            }
            tally
        })
    }

    fn cells(&self) -> [usize; 5] {
        [self.clauses, self.judged, self.expectations, self.unobservable, self.unjudged]
    }
}

const COLUMNS: [&str; 5] = ["clauses", "judged", "expectations", "unobservable", "unjudged"];

/// Coverage in the form asked for.
pub(super) fn coverage(suite: &Suite, form: CoverageForm) -> String {
    let covers = suite.coverage();
    match form {
        CoverageForm::Table => table(&covers),
        CoverageForm::Markdown => document(&covers),
    }
}

/// The sources of clauses: the documents, and `None` for the clients.
fn sources() -> impl Iterator<Item = Option<Document>> {
    Document::ALL.into_iter().map(Some).chain([None])
}

fn title(source: Option<Document>) -> &'static str {
    source.map_or("What clients lean on", Document::title)
}

/// How strongly a source says it, and where; `None` where it does not.
fn said(clause: &Clause, source: Option<Document>) -> Option<(Level, &str)> {
    match source {
        Some(document) => clause.documents.get(&document).map(|section| (section.level, section.section.as_str())),
        None => clause.client.as_ref().map(|client| (Level::Client, client.name.as_str())),
    }
}

/// The lines of the table: source, level, numbers; the last is over all clauses, each counted once.
fn lines(covers: &[Cover<'_>]) -> Vec<(&'static str, String, [usize; 5])> {
    let mut lines = Vec::new();
    for source in sources() {
        for level in LEVELS {
            let mine = covers.iter().filter(|cover| said(cover.clause, source).is_some_and(|(said, _)| said == level));
            let tally = Tally::of(mine);
            if tally.clauses > 0 {
                lines.push((title(source), level.to_string(), tally.cells()));
            }
        }
    }
    lines.push(("all, each once", String::new(), Tally::of(covers.iter()).cells()));
    lines
}

fn table(covers: &[Cover<'_>]) -> String {
    let lines = lines(covers);
    let first = lines.iter().map(|(title, ..)| title.chars().count()).max().unwrap_or_default();
    let mut out = format!("{:<first$}  {:<6}", "document", "level");
    let _ = writeln!(out, "  {}", COLUMNS.join("  "));
    let mut above = "";
    for (title, level, cells) in &lines {
        let _ = write!(out, "{:<first$}  {level:<6}", if *title == above { "" } else { title });
        let cells: Vec<String> = cells.iter().zip(COLUMNS).map(|(cell, column)| format!("{cell:>width$}", width = column.len())).collect();
        let _ = writeln!(out, "  {}", cells.join("  "));
        above = title;
    }
    out
}

fn document(covers: &[Cover<'_>]) -> String {
    let mut out = "\
# Coverage

Written by `plimsoll scenario lint --coverage=markdown`; a test keeps it current. Every clause stands under each document that says it, with
its level there, what it says in our words, which scenarios judge it (the first three; `plimsoll explain CLAUSE` names all, with places), and
which faults of the reference registry `plimsoll prove` has it fail for. *always* means on every exchange that fits. A clause that no client of
a registry can see is *unobservable*, with the reason.

## In numbers
"
    .to_owned();
    let _ = writeln!(out, "| document | level | {} |\n|---|---|{}", COLUMNS.join(" | "), "---:|".repeat(COLUMNS.len()));
    for (title, level, cells) in lines(covers) {
        let cells: Vec<String> = cells.iter().map(usize::to_string).collect();
        let _ = writeln!(out, "| {title} | {level} | {} |", cells.join(" | "));
    }
    let killers = killers();
    for source in sources() {
        let _ = writeln!(out, "\n## {}", title(source));
        for (section, covers) in sections(covers, source) {
            section_of(source, (section, &covers), &killers, &mut out);
        }
    }
    out.push_str(&official::document());
    out
}

/// The clauses of a source by section (or client), in the order of the catalogue.
fn sections<'a>(covers: &'a [Cover<'a>], source: Option<Document>) -> Vec<(&'a str, Vec<&'a Cover<'a>>)> {
    let mut sections: Vec<(&str, Vec<&Cover<'_>>)> = Vec::new();
    for cover in covers {
        let Some((_, name)) = said(cover.clause, source) else { continue };
        match sections.iter_mut().find(|(known, _)| *known == name) {
            Some((_, members)) => members.push(cover),
            None => sections.push((name, vec![cover])),
        }
    }
    sections
}

/// Which faults a clause fails for, by clause.
type Killers = BTreeMap<&'static str, Vec<&'static str>>;

fn killers() -> Killers {
    let mut killers = Killers::new();
    for fault in faults() {
        for clause in fault.breaks {
            killers.entry(clause).or_default().push(fault.id);
        }
    }
    killers
}

fn section_of(source: Option<Document>, (section, covers): (&str, &[&Cover<'_>]), killers: &Killers, out: &mut String) {
    let _ = writeln!(out, "\n### {section}\n| clause | level | says | judged by | killed by |\n|---|---|---|---|---|");
    for cover in covers {
        let level = said(cover.clause, source).map_or(Level::Client, |(level, _)| level);
        let says = cell(&cover.clause.says);
        let killed = killers.get(cover.clause.id.as_str()).map_or_else(String::new, |faults| listed(faults).join(", "));
        let _ = writeln!(out, "| `{}` | {level} | {says} | {} | {killed} |", cover.clause.id, judged_by(cover));
    }
}

fn judged_by(cover: &Cover<'_>) -> String {
    if let Some(reason) = &cover.clause.unobservable {
        return format!("*unobservable*: {}", cell(reason));
    }
    let mut names: Vec<String> = cover.always.then(|| "*always*".to_owned()).into_iter().collect();
    names.extend(listed(&cover.scenarios));
    if names.is_empty() { "**nothing**".to_owned() } else { names.join(", ") }
}

/// The first of these, and how many more there are.
fn listed(ids: &[&str]) -> Vec<String> {
    let more = ids.len().saturating_sub(NAMED);
    let first = ids.iter().take(NAMED).map(|id| (*id).to_owned());
    first.chain((more > 0).then(|| format!("{more} more"))).collect()
}

/// Text in a cell of a table.
pub(super) fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|").replace('\n', " ")
}
