//! Limits with their units.

/// What a value is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// A share of all, 0 to 1.
    Share,
    /// Per second.
    PerSecond,
    /// Bytes per second.
    BytesPerSecond,
    /// How many.
    Count,
}

impl Unit {
    /// The units that values are written with, and what one of each is.
    const fn units(self) -> &'static [(&'static str, f64)] {
        match self {
            Self::Seconds => &[("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0)],
            Self::Share => &[("%", 0.01)],
            Self::PerSecond => &[("/s", 1.0), ("/m", 1.0 / 60.0)],
            Self::BytesPerSecond => &[
                ("B/s", 1.0),
                ("kB/s", 1e3),
                ("KB/s", 1e3),
                ("MB/s", 1e6),
                ("GB/s", 1e9),
                ("KiB/s", 1024.0),
                ("MiB/s", 1_048_576.0),
                ("GiB/s", 1_073_741_824.0),
            ],
            Self::Count => &[("", 1.0)],
        }
    }

    /// How a value of this unit is written, as an example.
    pub(super) const fn example(self) -> &'static str {
        match self {
            Self::Seconds => "write a time: `250ms`, `1.5s` or `80us`",
            Self::Share => "write a share of all: `0.1%`",
            Self::PerSecond => "write a rate: `50/s`",
            Self::BytesPerSecond => "write bytes per second: `20MiB/s`",
            Self::Count => "write a plain number: `0`",
        }
    }

    /// Reads a value. Nothing is nothing in every unit, so that `errors == 0` needs none.
    pub(super) fn parse(self, text: &str) -> Option<f64> {
        let at = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(at);
        let number: f64 = number.parse().ok()?;
        let unit = unit.trim_start();
        let factor = self.units().iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
        let factor = factor.or_else(|| (unit.is_empty() && number <= 0.0).then_some(1.0))?;
        Some(number * factor)
    }
}

/// A value for people, in the unit that keeps its number short: `312 ms`, `0.12%`, `49.8/s`, `18.4 MiB/s`.
#[must_use]
pub fn human(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Seconds if value < 1e-3 => format!("{} µs", digits(value * 1e6)),
        Unit::Seconds if value < 1.0 => format!("{} ms", digits(value * 1e3)),
        Unit::Seconds => format!("{} s", digits(value)),
        Unit::Share => format!("{}%", digits(value * 100.0)),
        Unit::PerSecond => format!("{}/s", digits(value)),
        Unit::BytesPerSecond if value < 1024.0 => format!("{} B/s", digits(value)),
        Unit::BytesPerSecond if value < 1_048_576.0 => format!("{} KiB/s", digits(value / 1024.0)),
        Unit::BytesPerSecond if value < 1_073_741_824.0 => format!("{} MiB/s", digits(value / 1_048_576.0)),
        Unit::BytesPerSecond => format!("{} GiB/s", digits(value / 1_073_741_824.0)),
        Unit::Count => format!("{value:.0}"),
    }
}

/// Three significant digits, and no zeros behind them.
fn digits(value: f64) -> String {
    let text = match value.abs() {
        size if size >= 100.0 => return format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        size if size >= 0.1 => format!("{value:.3}"),
        _ => format!("{value:.4}"),
    };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
