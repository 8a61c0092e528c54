//! A kill matrix: how many hold in each area, what is wrong in full, and the verdict last.

use std::collections::BTreeMap;

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
    areas(&mut page, matrix);
    let told: Vec<&FaultTrial> = matrix.faults.iter().filter(|trial| style.verbose || !trial.is_killed()).collect();
    if !told.is_empty() {
        page.title(Ink::Strong, "Faults", "each with the clauses that it broke");
        let width = widest(told.iter().map(|trial| trial.id.as_str()));
        for trial in told {
            fault(&mut page, trial, width);
        }
    }
    let told: Vec<&VariantTrial> = matrix.variants.iter().filter(|trial| style.verbose || !trial.is_left_alone()).collect();
    if !told.is_empty() {
        page.title(Ink::Strong, "Variants", "each with the freedom that allows it");
        let width = widest(told.iter().map(|trial| trial.id.as_str()));
        for trial in told {
            variant(&mut page, trial, width);
        }
    }
    verdict(&mut page, matrix);
    page.finish()
}

/// What came of the twists of one area.
#[derive(Default)]
struct Area {
    faults: usize,
    killed: usize,
    variants: usize,
    left_alone: usize,
}

fn areas(page: &mut Page, matrix: &Matrix) {
    let area_of = |id: &str| id.split_once('/').map_or(id, |(area, _)| area).to_owned();
    let mut areas: BTreeMap<String, Area> = BTreeMap::new();
    for trial in &matrix.faults {
        let area = areas.entry(area_of(&trial.id)).or_default();
        area.faults += 1;
        area.killed += usize::from(trial.is_killed());
    }
    for trial in &matrix.variants {
        let area = areas.entry(area_of(&trial.id)).or_default();
        area.variants += 1;
        area.left_alone += usize::from(trial.is_left_alone());
    }
    if areas.is_empty() {
        return;
    }
    let width = widest(areas.keys().map(String::as_str)).max(10);
    page.title(Ink::Strong, "Areas", "");
    page.line(&[(Ink::Dim, &pad("", width + 4)), (Ink::Dim, &pad("faults killed", 16)), (Ink::Dim, "variants left alone")]);
    for (name, area) in &areas {
        let (faults, killed) = share(area.killed, area.faults);
        let (variants, left_alone) = share(area.left_alone, area.variants);
        page.line(&[(Ink::Plain, "  "), (Ink::Plain, &pad(name, width + 2)), (faults, &pad(&killed, 16)), (variants, &left_alone)]);
    }
}

/// `12 of 13`, in the colour that it deserves.
fn share(held: usize, of: usize) -> (Ink, String) {
    match of {
        0 => (Ink::Dim, "–".to_owned()),
        _ if held == of => (Ink::Good, format!("{held} of {of}")),
        _ => (Ink::Bad, format!("{held} of {of}")),
    }
}

fn widest<'a>(ids: impl Iterator<Item = &'a str>) -> usize {
    ids.map(str::len).max().unwrap_or_default()
}

fn clean(page: &mut Page, trial: &CleanTrial) {
    let (mark, word) = if trial.failed.is_empty() && trial.trouble.is_none() { (Ink::Good, "conforms") } else { (Ink::Bad, "FAILS") };
    let passed = trial.judged.map(|judged| format!("{} passed, ", judged.passed)).unwrap_or_default();
    let held = if trial.lawful.is_empty() { String::new() } else { format!(", held to {}", trial.lawful.join(", ")) };
    let cost = format!("{passed}{} in {}{held}", count(trial.exchanges, "exchange"), duration(trial.wall_ms));
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
    let (ink, word) = if trial.is_left_alone() { (Ink::Good, "lawful") } else { (Ink::Bad, "ACCUSED") };
    let freedom = format!("  {:>2}  ", trial.freedom);
    page.line(&[
        (Ink::Plain, "  "),
        (ink, &pad(word, 10)),
        (Ink::Plain, &pad(&trial.id, width)),
        (Ink::Plain, &freedom),
        (Ink::Dim, &trial.lawful.join(", ")),
    ]);
    trouble(page, trial.trouble.as_deref());
    if let Some(why) = &trial.settles_little {
        page.field(6, 10, "little", (Ink::Dim, why));
    }
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
    let lawful = matrix.variants.iter().filter(|trial| trial.is_left_alone()).count();
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
