//! What was not judged and why, what was left behind, and the verdict.

use std::path::PathBuf;

use indexmap::IndexMap;

use super::super::words::{clip, count, duration, number};
use super::page::{Ink, Page};
use crate::clause::Level;
use crate::judge::Verdict;
use crate::record::{Counts, Fact, FactState, Outcome, Record};

/// How many reasons, and how many things left behind, are shown.
const MOST: usize = 12;
/// The longest reason that is shown whole.
const LONGEST: usize = 200;

/// What the target offers and what it does not; then what the run lacked to try it.
pub(super) fn capabilities(page: &mut Page, record: &Record) {
    if record.facts.is_empty() {
        return;
    }
    page.title(Ink::Strong, "Capabilities", "");
    let states = [
        (FactState::Accepted, "accepted", Ink::Plain),
        (FactState::Declined, "declined", Ink::Calm),
        (FactState::Broken, "broken", Ink::Bad),
        (FactState::Unknown, "unknown", Ink::Warning),
    ];
    let of_target = |fact: &Fact| !fact.of_the_run;
    for (state, label, ink) in states {
        let told: Vec<String> =
            record.facts.iter().filter(|(_, fact)| fact.state == state && of_target(fact)).map(|(name, _)| fact(record, name)).collect();
        if !told.is_empty() {
            page.field(2, 14, label, (ink, &told.join(", ")));
        }
    }
    let lacking = record.facts.iter().filter(|(_, fact)| fact.state != FactState::Accepted && !of_target(fact));
    let mut reasons: IndexMap<&str, Vec<&str>> = IndexMap::new();
    lacking.for_each(|(name, fact)| reasons.entry(&fact.observed).or_default().push(name));
    for (at, (reason, names)) in reasons.iter().enumerate() {
        let label = if at == 0 { "not tried" } else { "" };
        page.field(2, 14, label, (Ink::Plain, &format!("what needs {}: {}", names.join(", "), clip(reason, LONGEST))));
    }
}

/// A capability that works is told by its name; any other with what was seen, and with what the profile expects of it.
fn fact(record: &Record, name: &str) -> String {
    let fact = &record.facts[name];
    let met = matches!(
        (fact.state, fact.expected.as_str()),
        (_, "either") | (FactState::Accepted, "accepted") | (FactState::Declined, "declined")
    );
    let expected = if met { String::new() } else { format!(", expected {}", fact.expected) };
    match fact.state {
        FactState::Accepted if met => name.to_owned(),
        FactState::Accepted => format!("{name} (expected {})", fact.expected),
        _ => format!("{name} ({}{expected})", clip(&fact.observed, LONGEST)),
    }
}

/// Why expectations were skipped or could not be judged, and what the target declined.
pub(super) fn not_judged(page: &mut Page, record: &Record) {
    let Counts { skipped, inconclusive, .. } = record.counts();
    for (verdict, n, title) in [(Verdict::Skipped, skipped, "Skipped"), (Verdict::Inconclusive, inconclusive, "Inconclusive")] {
        if n == 0 {
            continue;
        }
        page.title(Ink::Strong, title, &count(n, "expectation"));
        let reasons = record.reasons(verdict);
        let column = number(reasons.first().map_or(0, |(_, n)| *n)).len();
        for (reason, n) in reasons.iter().take(MOST) {
            page.field(2, column + 2, &format!("{:>column$}", number(*n)), (Ink::Plain, &clip(reason, LONGEST)));
        }
        if reasons.len() > MOST {
            let rest: u64 = reasons[MOST..].iter().map(|(_, n)| n).sum();
            let more = count((reasons.len() - MOST) as u64, "other reason");
            page.field(2, column + 2, &format!("{:>column$}", number(rest)), (Ink::Dim, &format!("for {more}, told in the record")));
        }
    }
}

/// What the run has left in the registry.
pub(super) fn left_behind(page: &mut Page, record: &Record) {
    let left = &record.left_behind;
    if left.is_empty() {
        return;
    }
    page.title(Ink::Strong, "Left behind", "what this run pushed and did not take away");
    left.iter().take(MOST).for_each(|thing| page.paragraph(2, Ink::Plain, thing));
    if left.len() > MOST {
        page.paragraph(2, Ink::Dim, &format!("and {}, listed in the record", count((left.len() - MOST) as u64, "other")));
    }
}

/// Where the reports are, what it cost, and the verdict at the very end.
pub(super) fn ending(page: &mut Page, record: &Record, written: &[PathBuf]) {
    page.gap();
    for (at, path) in written.iter().enumerate() {
        page.line(&[(Ink::Dim, if at == 0 { "reports  " } else { "         " }), (Ink::Plain, &path.to_string_lossy())]);
    }
    let rounds = if record.rounds.len() > 1 { format!(" in {}", count(record.rounds.len() as u64, "round")) } else { String::new() };
    let cost = format!("{} in {}{rounds}", count(record.exchanges, "exchange"), duration(record.wall_ms));
    page.line(&[(Ink::Dim, "cost     "), (Ink::Plain, &cost)]);
    if let Some(why) = &record.cut_short {
        page.field(0, 9, "notice", (Ink::Warning, &format!("the run was cut short: {why}. What it had not reached is inconclusive.")));
    }
    page.gap();
    if let Some(load) = &record.load {
        let (ink, told) = super::load::verdict(load);
        page.line(&[(Ink::Plain, "load: "), (ink, &told)]);
    }
    let summary = record.summary();
    let ink = match (summary.outcome(Level::Must), summary.outcome(Level::Should)) {
        (Outcome::Fails, _) => Ink::Bad,
        (_, Outcome::Conforms) => Ink::Good,
        _ => Ink::Warning,
    };
    page.paragraph(0, ink, &summary.to_string());
}
