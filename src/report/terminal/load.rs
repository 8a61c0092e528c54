//! A load: what ran, what it measured, what the driver did, and the verdict.

use super::super::words::{count, duration, number};
use super::page::{Ink, Page, pad};
use crate::record::{Load, LoadRow, Record, Spread};

/// How many causes of failure are shown.
const MOST: usize = 12;

/// The whole section; nothing where no load was run.
pub(super) fn section(page: &mut Page, record: &Record) {
    let Some(load) = &record.load else { return };
    head(page, load);
    rows(page, "journeys", &load.journeys);
    rows(page, "operations", &load.operations);
    phases(page, &load.operations);
    failures(page, load);
    driver(page, load);
    thresholds(page, load);
    line(page, load);
}

fn head(page: &mut Page, load: &Load) {
    page.title(Ink::Strong, "Load", &format!("{}: {}", load.workload, load.title));
    let mut field = |label: &str, text: &str| page.field(2, 10, label, (Ink::Plain, text));
    for line in &load.header {
        let (label, text) = line.split_once(": ").unwrap_or(("", line));
        field(if label.len() < 10 { label } else { "" }, if label.len() < 10 { text } else { line });
    }
    let data = &load.data;
    let memory = data.memory.map_or_else(String::new, |memory| {
        let fits = if data.bytes < memory / 2 { ": it fits, so it is served from the page cache" } else { "" };
        format!(", on a machine of {}{fits}", bytes(memory))
    });
    let (images, repositories) = (count(data.images, "image"), count_of(data.repositories, "repository", "repositories"));
    field("data set", &format!("{images} in {repositories}, {} in {}{memory}", bytes(data.bytes), count(data.blobs, "blob")));
    let prepared =
        format!("{}, {} sent in {}", duration(data.prepared_ms), bytes(data.prepared_bytes), count(data.prepared_requests, "request"));
    field("prepared", &prepared);
    let warm_up = if load.warm_up_ms > 0 { format!(" after {} of warm-up", duration(load.warm_up_ms)) } else { String::new() };
    let drained = if load.drained_ms > 0 { format!(", then {} until the last answer", duration(load.drained_ms)) } else { String::new() };
    field("measured", &format!("{}{warm_up}{drained}", duration(load.window_ms)));
    // Chance draws more or fewer than the mean, the most in a short window: what was drawn is what had to be carried.
    let mean = load.offered.map_or_else(String::new, |offered| format!("; the schedule's mean is {}", rate(offered)));
    let begun = load.journeys_done + load.journeys_failed;
    let failed = if load.journeys_failed > 0 { format!(", {} failed", number(load.journeys_failed)) } else { String::new() };
    field("journeys", &format!("{} begun{mean}; {} done{failed}, {}", number(begun), number(load.journeys_done), rate(load.achieved)));
    let corrupt = if load.corrupt == 0 { "none of them wrong".to_owned() } else { format!("{} WRONG", count(load.corrupt, "answer")) };
    field("verified", &format!("{}, {corrupt}", bytes(load.verified_bytes)));
}

/// Count, rate, bytes per second, response and service time.
fn rows(page: &mut Page, title: &str, rows: &[LoadRow]) {
    if rows.is_empty() {
        return;
    }
    let first = rows.iter().map(|row| row.name.len()).max().unwrap_or(0).clamp(12, 28);
    let columns = ["count", "failed", "rate", "bytes/s", "p50", "p90", "p99", "p99.9", "max", "service p50", "p99"];
    let mut cells: Vec<Vec<String>> = vec![columns.map(str::to_owned).to_vec()];
    cells.extend(rows.iter().map(cells_of));
    let widths: Vec<usize> = (0..columns.len()).map(|at| cells.iter().map(|row| row[at].len()).max().unwrap_or(0)).collect();
    page.gap();
    for (at, row) in cells.iter().enumerate() {
        let label = if at == 0 { title } else { &rows[at - 1].name };
        let ink = if at == 0 { Ink::Dim } else { Ink::Plain };
        let mut line = vec![(Ink::Plain, "  ".to_owned()), (ink, pad(label, first))];
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let ink = if at > 0 && column == 1 && cell != "-" { Ink::Bad } else { ink };
            line.push((ink, format!("  {cell:>width$}")));
        }
        let line: Vec<(Ink, &str)> = line.iter().map(|(ink, text)| (*ink, text.as_str())).collect();
        page.line(&line);
    }
}

fn cells_of(row: &LoadRow) -> Vec<String> {
    let Spread { p50_us, p90_us, p99_us, p999_us, max_us, .. } = row.response;
    let per_second = if row.count == 0 { 0.0 } else { real(row.bytes.0 + row.bytes.1) * row.rate / real(row.count) };
    let failed = if row.failed == 0 { "-".to_owned() } else { number(row.failed) };
    let mut cells = vec![number(row.count), failed, rate(row.rate), bytes_f(per_second)];
    let times = [p50_us, p90_us, p99_us, p999_us, max_us, row.service.p50_us, row.service.p99_us];
    cells.extend(times.map(|us| if row.count == 0 { "-".to_owned() } else { time(us) }));
    cells
}

fn phases(page: &mut Page, rows: &[LoadRow]) {
    let told: Vec<(String, String)> = rows
        .iter()
        .filter(|row| row.count > 0 && !row.phases.is_empty())
        .map(|row| {
            let parts = row.phases.iter().map(|(phase, spread)| format!("{phase} {}/{}", time(spread.p50_us), time(spread.p99_us)));
            (row.name.clone(), parts.collect::<Vec<_>>().join(", "))
        })
        .collect();
    if told.is_empty() {
        return;
    }
    let column = told.iter().map(|(name, _)| name.len()).max().unwrap_or(0).clamp(10, 28) + 2;
    page.title(Ink::Strong, "Phases", "p50/p99, of those where the phase happened");
    for (name, text) in &told {
        page.field(2, column, name, (Ink::Plain, text));
    }
}

fn failures(page: &mut Page, load: &Load) {
    if load.failures.is_empty() {
        return;
    }
    page.title(Ink::Bad, "Failures", "by cause, warm-up included");
    let column = number(load.failures.values().copied().max().unwrap_or(0)).len();
    for (cause, n) in load.failures.iter().take(MOST) {
        page.field(2, column + 2, &format!("{:>column$}", number(*n)), (Ink::Plain, cause));
    }
    for example in load.examples.iter().take(3) {
        let why = example.failure.as_deref().unwrap_or(&example.came);
        page.field(2, column + 2, "e.g.", (Ink::Dim, &format!("{}: {why}", example.curl)));
    }
}

fn driver(page: &mut Page, load: &Load) {
    let driver = &load.driver;
    page.title(Ink::Strong, "Driver", "");
    let Spread { p50_us, p99_us, max_us, .. } = driver.lateness;
    let threads = count(driver.threads, "thread");
    let late = format!("{} p50, {} p99, {} max (paced by {})", time(p50_us), time(p99_us), time(max_us), driver.pacing);
    page.field(2, 10, "lateness", (Ink::Plain, &late));
    let cpu = format!("{:.2} of a processor, {threads}, the busiest computing {:.0}% of its time", driver.cpu, driver.busiest * 100.0);
    page.field(2, 10, "CPU", (Ink::Plain, &cpu));
    page.field(2, 10, "hashing", (Ink::Plain, &driver.hashing));
    for limit in &driver.limits {
        page.field(2, 10, "limit", (Ink::Warning, limit));
    }
}

fn thresholds(page: &mut Page, load: &Load) {
    if load.thresholds.is_empty() {
        return;
    }
    page.title(Ink::Strong, "Thresholds", "");
    for threshold in &load.thresholds {
        let (ink, word) = match threshold.holds {
            Some(true) => (Ink::Good, "holds"),
            Some(false) => (Ink::Bad, "missed"),
            None => (Ink::Warning, "not told"),
        };
        page.field(2, 10, word, (ink, &format!("{} ({})", threshold.text, threshold.measured)));
    }
}

/// The load line and its curve.
fn line(page: &mut Page, load: &Load) {
    let Some(line) = &load.line else { return };
    page.title(Ink::Strong, "Load line", &line.slo.join(", "));
    let found = match (line.rate, line.below) {
        (Some(low), Some(high)) => format!("{} (the next that was tried, {}, was too much)", rate(low), rate(high)),
        (Some(low), None) => format!("at least {}", rate(low)),
        (None, _) if line.limit == "driver" => "not told: the driver could not offer the lowest rate that was tried in time".to_owned(),
        (None, _) => "none: the objective was kept at no rate".to_owned(),
    };
    let confirmed = if line.confirmed { ", confirmed by repeats" } else { "" };
    page.field(2, 10, "carries", (Ink::Strong, &format!("{found}{confirmed}; the limit was the {}", line.limit)));
    if let Some(bend) = line.bends_at {
        page.field(2, 10, "bends", (Ink::Plain, &format!("latency grows from {} on", rate(bend))));
    }
    let search = format!("{} steps in {}; {} in a closed loop", line.curve.len(), duration(line.took_ms), rate(line.closed));
    page.field(2, 10, "search", (Ink::Plain, &search));
    let most = line.curve.iter().map(|step| step.p99_us).fold(0.0, f64::max);
    for step in &line.curve {
        let bar = bar(step.p99_us, most);
        let words = format!("p50 {:>8}  p99 {:>8}  {bar}", time(step.p50_us), time(step.p99_us));
        let ink = if step.carried { Ink::Good } else { Ink::Warning };
        page.line(&[(Ink::Plain, "  "), (ink, &format!("{:>10}  ", rate(step.rate))), (Ink::Plain, &words)]);
    }
}

/// A time as a bar, in the logarithm.
fn bar(us: f64, most: f64) -> String {
    let share = if most > 1.0 { us.max(1.0).ln() / most.ln() } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 40")]
    let width = (share.clamp(0.0, 1.0) * 40.0) as usize;
    "#".repeat(width)
}

/// The verdict on a load in one sentence, with its ink.
pub(super) fn verdict(load: &Load) -> (Ink, String) {
    let gaps = load.gaps();
    let missed = load.thresholds.iter().filter(|threshold| threshold.holds == Some(false)).count() as u64;
    if load.corrupt > 0 {
        return (Ink::Bad, format!("{} had the wrong bytes", count(load.corrupt, "answer")));
    }
    if missed > 0 {
        return (Ink::Bad, format!("{} missed", count(missed, "threshold")));
    }
    if !gaps.is_empty() {
        return (Ink::Warning, format!("not settled: {}", gaps.join("; ")));
    }
    let held = load.thresholds.len() as u64;
    let held = if held > 0 { format!(", {} held", count(held, "threshold")) } else { String::new() };
    (Ink::Good, format!("carried {}{held}", rate(load.achieved)))
}

fn count_of(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", number(n)) }
}

/// `12.5 ms`, three digits.
fn time(us: f64) -> String {
    match us {
        us if us < 1000.0 => format!("{us:.0} us"),
        us if us < 10_000.0 => format!("{:.2} ms", us / 1e3),
        us if us < 100_000.0 => format!("{:.1} ms", us / 1e3),
        us if us < 1e6 => format!("{:.0} ms", us / 1e3),
        us => format!("{:.2} s", us / 1e6),
    }
}

fn rate(per_second: f64) -> String {
    match per_second {
        x if x >= 1000.0 => format!("{x:.0}/s"),
        x if x >= 100.0 => format!("{x:.1}/s"),
        x => format!("{x:.2}/s"),
    }
}

fn bytes(n: u64) -> String {
    bytes_f(real(n))
}

fn bytes_f(n: f64) -> String {
    let units = [(1024.0 * 1024.0 * 1024.0, "GiB"), (1024.0 * 1024.0, "MiB"), (1024.0, "KiB")];
    units.into_iter().find(|(unit, _)| n >= *unit).map_or_else(|| format!("{n:.0} B"), |(unit, name)| format!("{:.1} {name}", n / unit))
}

fn real(n: u64) -> f64 {
    crate::stats::real(n)
}
