//! What the head of a load's report says.

use std::fmt::Write as _;

use super::run::Begun;
use crate::data::{Counts, Sizes, Spec};

/// Distributions with their parameters, one a line.
pub(super) fn header(begun: &Begun<'_>) -> Vec<String> {
    let (order, workload) = (&begun.order, begun.workload);
    let weights: f64 = order.journeys.iter().map(|(_, weight)| weight).sum();
    let journeys = order.journeys.iter().map(|(name, weight)| format!("{name} {:.0}%", weight / weights * 100.0));
    let mut lines = vec![
        format!("arrival: {}", order.model_in_words()),
        format!("journeys: {}", journeys.collect::<Vec<_>>().join(", ")),
        format!("layers of an image: {}", counts(&order.data.layers)),
        format!("bytes of a layer: {}", sizes(&order.data.sizes)),
    ];
    lines.extend(shared(&order.data));
    lines.push(popularity(&order.data));
    lines.push(clients(begun));
    lines.push(format!("source of the figures: {}", workload.data.source.value));
    lines
}

fn counts(counts: &Counts) -> String {
    match counts {
        Counts::Fixed(n) => format!("always {n}"),
        Counts::LogNormal { median, sigma, least, most } => format!("log-normal, median {median}, sigma {sigma}, {least} to {most}"),
    }
}

fn sizes(sizes: &Sizes) -> String {
    match sizes {
        Sizes::Fixed(n) => format!("always {}", bytes(*n)),
        Sizes::LogNormal { median, sigma, tail, most } => {
            let tail = tail.map_or_else(String::new, |tail| {
                format!(", {:.0}% from a Pareto tail (alpha {}) above {}", tail.share * 100.0, tail.alpha, bytes(tail.from))
            });
            format!("log-normal, median {}, sigma {sigma}{tail}, at most {}", bytes(*median), bytes(*most))
        }
    }
}

fn shared(data: &Spec) -> Option<String> {
    (data.shared > 0).then(|| {
        format!("of them the lowest {} come from {} base image{}", data.shared, data.bases, if data.bases == 1 { "" } else { "s" })
    })
}

fn popularity(data: &Spec) -> String {
    let zipf = |s: f64| if s == 0.0 { "evenly".to_owned() } else { format!("by Zipf's law with exponent {s}") };
    format!("asked for: repositories {}, images within {}", zipf(data.repository_skew), zipf(data.image_skew))
}

fn clients(begun: &Begun<'_>) -> String {
    let order = &begun.order;
    // Writing to a String cannot fail.
    let mut told = format!("clients: at most {}", order.clients);
    if order.fresh {
        told.push_str(", each new: no connection, no token, no layer");
    }
    if order.manner.keeps_layers {
        told.push_str(", keeping the layers that they pull");
    }
    if let Some((from, to)) = order.speeds {
        let _ = write!(told, ", reading {:.1} to {:.1} Mbit/s", from * 8.0 / 1e6, to * 8.0 / 1e6);
    }
    if order.manner.abort > 0.0 {
        let _ = write!(told, ", giving up {:.0}% of layers in the middle", order.manner.abort * 100.0);
    }
    if order.manner.retries > 0 {
        let _ = write!(told, ", sending again up to {} times", order.manner.retries);
    }
    told
}

/// `64 KiB`
pub(super) fn bytes(n: u64) -> String {
    let units = [(1_u64 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(unit, _)| n >= *unit) {
        Some((unit, name)) => {
            let whole = crate::stats::real(n) / crate::stats::real(unit);
            if n.is_multiple_of(unit) { format!("{whole:.0} {name}") } else { format!("{whole:.1} {name}") }
        }
        None => format!("{n} B"),
    }
}

/// The machine's memory in bytes, where it is told.
pub(super) fn memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}

/// What SHA-256 is computed by.
pub(super) fn hashing() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("sha") {
        return "sha2 with the processor's SHA instructions";
    }
    #[cfg(target_arch = "aarch64")]
    if std::arch::is_aarch64_feature_detected!("sha2") {
        return "sha2 with the processor's SHA instructions";
    }
    "sha2 without instructions of the processor for it"
}
