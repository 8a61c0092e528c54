//! What is wrong: each cause once, grouped by how strongly its clause binds.

use indexmap::IndexMap;

use super::super::words::{clip, count};
use super::page::{Ink, Page};
use crate::clause::Level;
use crate::exchange::BODIES;
use crate::judge::Verdict;
use crate::record::{Cause, FactState, Judgement, Kind, KnownDeviation, Record};

/// The longest `expected` and `came` that is shown whole; the record has all of it.
const LONGEST: usize = 400;
/// The longest command line that is shown whole, and how much is shown of a longer one, in characters.
const LONGEST_LINE: usize = 1_500;
const SHORTENED: usize = 300;
/// How many errors of the harness are shown.
const ERRORS: usize = 10;
const INDENT: usize = 4;
const COLUMN: usize = 10;

pub(super) fn failing(page: &mut Page, record: &Record) {
    let summary = record.summary();
    let causes = record.causes_by_weight();
    for (level, failing) in &summary.failing {
        let verb = if failing.clauses == 1 { "fails" } else { "fail" };
        let more = format!("{} {verb}, {}", count(failing.clauses, "clause"), count(failing.causes, "cause"));
        page.title(ink(*level), &level.to_string(), &more);
        if let Some(note) = note(*level) {
            page.paragraph(2, Ink::Dim, note);
        }
        causes.iter().filter(|cause| cause.known.is_none() && cause.level == *level).for_each(|cause| tell(page, record, cause));
    }
}

/// What the profile knows of: told, but no failure of the run.
pub(super) fn known(page: &mut Page, record: &Record) {
    let causes = record.causes_by_weight();
    let known: Vec<&Cause> = causes.into_iter().filter(|cause| cause.known.is_some()).collect();
    let unmet = unmet(record);
    if known.is_empty() && unmet.is_empty() {
        return;
    }
    page.title(Ink::Strong, "Known deviations", &count(known.len() as u64, "cause"));
    if !known.is_empty() {
        page.paragraph(2, Ink::Dim, "The profile names them with a reason: they do not fail the run.");
    }
    for cause in known {
        tell(page, record, cause);
    }
    for (deviation, verdict) in unmet {
        page.gap();
        page.line(&[(Ink::Plain, "  "), (Ink::Strong, &deviation.clause), (Ink::Plain, "  "), (Ink::Dim, "not met")]);
        page.field(INDENT, COLUMN, "known", (Ink::Warning, &deviation.reason));
        page.field(INDENT, COLUMN, "came", (Ink::Plain, &verdict));
    }
}

/// The deviations of a profile of the user's own that this run did not meet: they may be out of date.
fn unmet(record: &Record) -> Vec<(&KnownDeviation, String)> {
    let own = record.profile.deviations.iter().filter(|_| record.profile.file.is_some());
    let unmet = own.filter(|known| record.causes.iter().all(|cause| cause.clause != known.clause));
    unmet
        .map(|known| (known, record.clauses.get(&known.clause).map_or("not judged".to_owned(), |clause| clause.verdict.to_string())))
        .collect()
}

fn ink(level: Level) -> Ink {
    match level {
        Level::Must => Ink::Bad,
        Level::Should => Ink::Warning,
        Level::May | Level::Client => Ink::Strong,
    }
}

fn note(level: Level) -> Option<&'static str> {
    match level {
        Level::Must | Level::Should => None,
        Level::May => Some("The documents only permit what these clauses say: they do not fail the run."),
        Level::Client => Some("The documents are silent, but a client that people use breaks: they do not fail the run."),
    }
}

fn tell(page: &mut Page, record: &Record, cause: &Cause) {
    page.gap();
    page.line(&[(Ink::Plain, "  "), (ink(cause.level), &cause.clause), (Ink::Plain, "  "), (Ink::Dim, &cause.level.to_string())]);
    page.paragraph(INDENT, Ink::Plain, &cause.says);
    let client = cause.level == Level::Client;
    let mut field = |label, ink, text: &str| page.field(INDENT, COLUMN, label, (ink, text));
    // The record writes `client docker: …`; here the label says the first word.
    let source = cause.source.strip_prefix("client ").filter(|_| client).unwrap_or(&cause.source);
    field(if client { "client" } else { "source" }, Ink::Plain, source);
    field("expected", Ink::Good, &clip(&cause.expected, LONGEST));
    field("came", ink(cause.level), &clip(&cause.came, LONGEST));
    if let Some(reason) = &cause.known {
        field("known", Ink::Warning, reason);
    }
    if cause.position.is_empty() {
        field("step", Ink::Plain, &format!("{}, as plimsoll greets the target", cause.step));
    } else {
        field("step", Ink::Plain, &format!("{}, in {}", cause.step, cause.scenario));
        field("at", Ink::Plain, &cause.position);
    }
    field("seen", Ink::Plain, &extent(cause));
    if let Some(evidence) = record.evidence.get(cause.evidence) {
        command_line(page, &evidence.curl);
    }
}

/// On one line, to be copied; one that would fill the terminal is shortened.
fn command_line(page: &mut Page, curl: &str) {
    let shown = match curl.char_indices().nth(LONGEST_LINE) {
        Some(_) => format!("{} (shortened: record.json has it in whole)", clip(curl, SHORTENED)),
        None => curl.to_owned(),
    };
    page.line(&[(Ink::Plain, "    "), (Ink::Calm, &shown)]);
}

/// What the command lines want, once for all.
pub(super) fn about_lines(page: &mut Page, record: &Record) {
    let lines: Vec<&str> = record.causes.iter().filter_map(|cause| Some(record.evidence.get(cause.evidence)?.curl.as_str())).collect();
    if lines.is_empty() {
        return;
    }
    page.title(Ink::Strong, "The curl lines", "");
    let mut say = |text: &str| page.paragraph(2, Ink::Plain, text);
    if let Some(text) = about_content(record) {
        say(&text);
    }
    let any = |part: &str| lines.iter().any(|line| line.contains(part));
    if any(&format!("@{BODIES}/")) {
        say(&format!("@{BODIES}/… is a file beside record.json (--report-dir writes both): run those lines in that folder."));
    }
    if any("$PLIMSOLL_USER") || any("$TOKEN") {
        say("$PLIMSOLL_USER and $PLIMSOLL_PASSWORD stand for the login, $TOKEN for a token that it gets.");
    }
}

/// Whether what the lines ask for is still in the registry; nothing where there never was any.
fn about_content(record: &Record) -> Option<String> {
    let is_survey = record.kind == Kind::Survey;
    if is_survey && record.facts.get("push").is_none_or(|push| push.state != FactState::Accepted) {
        return None;
    }
    if let Some(repository) = &record.target.repository {
        return Some(format!("What the run pushed stays in {repository}, as later scenarios left it."));
    }
    let rest = if record.left_behind.is_empty() { "" } else { ", but for what is listed as left behind" };
    Some(match (record.keep_failed, is_survey) {
        (true, _) => {
            "What the failing scenarios pushed was kept (--keep-failed): the lines find it, as the end of the run left it.".to_owned()
        }
        (false, true) => format!("Clean-up has removed what the run had pushed{rest}. Run again with --keep-failed where a line needs it."),
        (false, false) => format!("Clean-up has removed what the run had pushed{rest}."),
    })
}

fn extent(cause: &Cause) -> String {
    let seen = format!("in {}", count(cause.seen, "expectation"));
    if cause.took_down == 0 { seen } else { format!("{seen}; because of it {} could not be judged", count(cause.took_down, "other")) }
}

/// Where plimsoll itself failed.
pub(super) fn errors(page: &mut Page, record: &Record) {
    let mut kinds: IndexMap<(&str, &str), (Judgement<'_>, u64)> = IndexMap::new();
    for judged in record.judgements().filter(|judged| judged.verdict == Verdict::Error) {
        let key = (judged.reason.unwrap_or("no reason was given"), judged.scenario.id.as_str());
        kinds.entry(key).or_insert((judged, 0)).1 += 1;
    }
    if kinds.is_empty() {
        return;
    }
    let total: u64 = kinds.values().map(|(_, n)| n).sum();
    page.title(Ink::Broken, "Errors of plimsoll itself", &format!("{}: these say nothing about the target", count(total, "expectation")));
    for ((reason, scenario), (first, n)) in kinds.iter().take(ERRORS) {
        let at = first.expectation.map_or(*scenario, |expectation| expectation.position.as_str());
        page.gap();
        page.paragraph(2, Ink::Plain, &clip(reason, LONGEST));
        page.field(INDENT, COLUMN, "at", (Ink::Plain, &format!("{at} ({})", count(*n, "expectation"))));
        if let Some(evidence) = first.evidence {
            command_line(page, &evidence.curl);
        }
    }
    if kinds.len() > ERRORS {
        page.paragraph(2, Ink::Dim, &format!("and {} in the record", count((kinds.len() - ERRORS) as u64, "other")));
    }
}
