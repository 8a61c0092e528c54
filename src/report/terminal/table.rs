//! The counts, one row per area, and the clauses, one row per level.

use super::super::words::number;
use super::page::{Ink, Page, pad};
use crate::record::{Counts, Record};

/// The areas in the order in which a client meets them; others follow by name.
const AREAS: [&str; 10] = ["http", "auth", "naming", "pull", "push", "tags", "lists", "referrers", "management", "docker"];

/// A column: its title, its ink where it is not zero, and its number.
struct Column {
    title: &'static str,
    ink: Ink,
    of: fn(&Counts) -> u64,
    /// Whether it is left out where all of it is zero.
    rare: bool,
}

const COLUMNS: [Column; 7] = [
    Column { title: "pass", ink: Ink::Good, of: |counts| counts.pass, rare: false },
    Column { title: "fail", ink: Ink::Bad, of: |counts| counts.fail, rare: false },
    Column { title: "known", ink: Ink::Warning, of: |counts| counts.known, rare: true },
    Column { title: "declined", ink: Ink::Calm, of: |counts| counts.declined, rare: false },
    Column { title: "skipped", ink: Ink::Plain, of: |counts| counts.skipped, rare: false },
    Column { title: "inconclusive", ink: Ink::Warning, of: |counts| counts.inconclusive, rare: false },
    Column { title: "error", ink: Ink::Broken, of: |counts| counts.error, rare: false },
];

/// The columns that a table has, each with its width, and the space between them.
struct Columns {
    shown: Vec<(&'static Column, usize)>,
    gap: usize,
}

impl Columns {
    /// Those that `room` terminal columns hold: where it is narrow they stand closer, and those that are all zero are left out.
    fn of(all: &Counts, room: usize) -> Self {
        let wide = |column: &'static Column| (column, column.title.len().max(number((column.of)(all)).len()));
        let mut columns = Self { shown: COLUMNS.iter().filter(|column| !column.rare || (column.of)(all) > 0).map(wide).collect(), gap: 2 };
        if columns.width() > room {
            columns.gap = 1;
        }
        if columns.width() > room {
            columns.shown.retain(|(column, _)| (column.of)(all) > 0);
        }
        columns
    }

    fn width(&self) -> usize {
        2 + FIRST + self.shown.iter().map(|(_, width)| width + self.gap).sum::<usize>()
    }
}

/// The narrowest first column.
const FIRST: usize = 12;

pub(super) fn counts(page: &mut Page, record: &Record) {
    let mut areas: Vec<(String, Counts)> = record.counts_by_area().into_iter().map(|(area, counts)| (area.to_owned(), counts)).collect();
    areas.sort_by_key(|(area, _)| (AREAS.iter().position(|known| known == area).unwrap_or(AREAS.len()), area.clone()));
    let all = record.counts();
    let levels: Vec<(String, Counts)> = record.counts_by_level().into_iter().map(|(level, counts)| (level.to_string(), counts)).collect();
    let columns = Columns::of(&all, page.width());
    let first = areas.iter().map(|(area, _)| area.chars().count()).max().unwrap_or(0).clamp(FIRST, 24);
    page.gap();
    header(page, first, "expectations", &columns);
    for (area, counts) in &areas {
        row(page, first, (Ink::Plain, area), counts, &columns);
    }
    row(page, first, (Ink::Strong, "all"), &all, &columns);
    if !levels.is_empty() {
        page.gap();
        header(page, first, "clauses", &columns);
        for (level, counts) in &levels {
            row(page, first, (Ink::Plain, level), counts, &columns);
        }
    }
}

fn header(page: &mut Page, first: usize, title: &str, columns: &Columns) {
    let gap = " ".repeat(columns.gap);
    let titles = columns.shown.iter().map(|(column, width)| format!("{gap}{:>width$}", column.title));
    let line: String = std::iter::once(pad(title, first)).chain(titles).collect();
    page.line(&[(Ink::Plain, "  "), (Ink::Dim, &line)]);
}

fn row(page: &mut Page, first: usize, (ink, label): (Ink, &str), counts: &Counts, columns: &Columns) {
    let gap = " ".repeat(columns.gap);
    let mut cells = vec![(Ink::Plain, "  ".to_owned()), (ink, pad(label, first))];
    for (column, width) in &columns.shown {
        let n = (column.of)(counts);
        let (ink, text) = if n == 0 { (Ink::Dim, "-".to_owned()) } else { (column.ink, number(n)) };
        cells.push((ink, format!("{gap}{text:>width$}")));
    }
    let cells: Vec<(Ink, &str)> = cells.iter().map(|(ink, text)| (*ink, text.as_str())).collect();
    page.line(&cells);
}
