//! A kill matrix: a line for each twist, what is wrong beneath it, and the verdict last.

use super::super::format::Style;
use super::super::words::{count, duration};
use super::page::{Ink, Page, pad};
use crate::record::{CleanTrial, Failed, FaultTrial, Matrix, VariantTrial};

pub(in crate::report) fn render(matrix: &Matrix, style: &Style) -> String {
    let mut page = Page::new(style);
    let machine = format!("on {} {}, {}", matrix.machine.os, matrix.machine.arch, count(matrix.machine.cores as u64, "core"));
    page.line(&[
        (Ink::Strong, "plimsoll "),
        (Ink::Strong, &matrix.version),
        (Ink::Strong, "  proof of the suite"),
        (Ink::Plain, "  "),
        (Ink::Dim, &machine),
    ]);
    page.title(Ink::Strong, "The clean registry", "");
    matrix.clean.iter().for_each(|trial| clean(&mut page, trial));
    if !matrix.faults.is_empty() {
        page.title(Ink::Strong, "Faults", "each with the clauses that it broke");
        let width = widest(matrix.faults.iter().map(|trial| trial.id.as_str()));
        matrix.faults.iter().for_each(|trial| fault(&mut page, trial, width));
    }
    if !matrix.variants.is_empty() {
        page.title(Ink::Strong, "Variants", "each with the freedom that allows it");
        let width = widest(matrix.variants.iter().map(|trial| trial.id.as_str()));
        matrix.variants.iter().for_each(|trial| variant(&mut page, trial, width));
    }
    verdict(&mut page, matrix);
    page.finish()
}

fn widest<'a>(ids: impl Iterator<Item = &'a str>) -> usize {
    ids.map(str::len).max().unwrap_or_default()
}

fn clean(page: &mut Page, trial: &CleanTrial) {
    let (mark, word) = if trial.failed.is_empty() && trial.trouble.is_none() { (Ink::Good, "conforms") } else { (Ink::Bad, "FAILS") };
    let cost = format!("{} in {}", count(trial.exchanges, "exchange"), duration(trial.wall_ms));
    page.line(&[(Ink::Plain, "  "), (mark, &pad(word, 10)), (Ink::Plain, &pad(&trial.ground, 16)), (Ink::Dim, &cost)]);
    trouble(page, trial.trouble.as_deref());
    trial.failed.iter().for_each(|failed| failure(page, "", failed));
}

fn fault(page: &mut Page, trial: &FaultTrial, width: usize) {
    let (ink, word) = match (trial.is_killed(), trial.survived.is_empty(), trial.failed.is_empty()) {
        (true, ..) => (Ink::Good, "killed"),
        (_, true, false) => (Ink::Warning, "BEYOND"),
        _ => (Ink::Bad, "SURVIVED"),
    };
    let broken = trial.failed.iter().map(|failed| failed.clause.as_str()).collect::<Vec<_>>().join(", ");
    page.line(&[(Ink::Plain, "  "), (ink, &pad(word, 10)), (Ink::Plain, &pad(&trial.id, width)), (Ink::Plain, "  "), (Ink::Dim, &broken)]);
    if trial.is_killed() {
        return;
    }
    page.field(6, 10, "fault", (Ink::Plain, &trial.says));
    trouble(page, trial.trouble.as_deref());
    trial.survived.iter().for_each(|clause| page.field(6, 10, "survived", (Ink::Bad, clause)));
    trial.failed.iter().filter(|failed| trial.beyond.contains(&failed.clause)).for_each(|failed| failure(page, "beyond", failed));
}

fn variant(page: &mut Page, trial: &VariantTrial, width: usize) {
    let (ink, word) = if trial.accused.is_empty() && trial.trouble.is_none() { (Ink::Good, "lawful") } else { (Ink::Bad, "ACCUSED") };
    let freedom = format!("  {:>2}  ", trial.freedom);
    page.line(&[
        (Ink::Plain, "  "),
        (ink, &pad(word, 10)),
        (Ink::Plain, &pad(&trial.id, width)),
        (Ink::Plain, &freedom),
        (Ink::Dim, &trial.lawful.join(", ")),
    ]);
    trouble(page, trial.trouble.as_deref());
    if !trial.accused.is_empty() {
        page.field(6, 10, "variant", (Ink::Plain, &trial.says));
    }
    trial.accused.iter().for_each(|failed| failure(page, "accused", failed));
    if !trial.lesser.is_empty() {
        let clauses = trial.lesser.iter().map(|failed| failed.clause.as_str()).collect::<Vec<_>>().join(", ");
        page.field(6, 10, "troubles", (Ink::Dim, &clauses));
    }
}

fn trouble(page: &mut Page, why: Option<&str>) {
    if let Some(why) = why {
        page.field(6, 10, "trouble", (Ink::Broken, why));
    }
}

fn failure(page: &mut Page, label: &str, failed: &Failed) {
    page.field(6, 10, label, (Ink::Warning, &format!("{} {}", failed.level, failed.clause)));
    page.field(16, 10, "scenario", (Ink::Plain, &format!("{}: {}", failed.scenario, failed.step)));
    page.field(16, 10, "expected", (Ink::Plain, &failed.expected));
    page.field(16, 10, "came", (Ink::Plain, &failed.came));
}

fn verdict(page: &mut Page, matrix: &Matrix) {
    let killed = matrix.faults.iter().filter(|trial| trial.is_killed()).count();
    let lawful = matrix.variants.iter().filter(|trial| trial.accused.is_empty() && trial.trouble.is_none()).count();
    let exchanges: u64 = matrix.clean.iter().map(|trial| trial.exchanges).sum::<u64>()
        + matrix.faults.iter().map(|trial| trial.exchanges).sum::<u64>()
        + matrix.variants.iter().map(|trial| trial.exchanges).sum::<u64>();
    page.gap();
    let told = format!(
        "{killed} of {} killed, {lawful} of {} left alone",
        count(matrix.faults.len() as u64, "fault"),
        count(matrix.variants.len() as u64, "variant")
    );
    page.line(&[(Ink::Dim, "cost     "), (Ink::Plain, &format!("{} in {}", count(exchanges, "exchange"), duration(matrix.wall_ms)))]);
    page.gap();
    let (ink, word) = if matrix.holds() { (Ink::Good, "proven: ") } else { (Ink::Bad, "not proven: ") };
    page.line(&[(ink, word), (Ink::Plain, &told)]);
}
