//! What a threshold is about.

use std::fmt;

use super::value::Unit;
use crate::load::histogram::{Durations, Phase};

/// A figure of many durations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// What the share (0 to 1) of them does not exceed.
    Quantile(f64),
    /// The mean.
    Mean,
    /// The shortest.
    Min,
    /// The longest.
    Max,
}

impl Statistic {
    /// The figure, in seconds; `None` of nothing.
    #[must_use]
    pub fn of(self, durations: &Durations) -> Option<f64> {
        let figure = match self {
            Self::Quantile(quantile) => durations.quantile(quantile),
            Self::Mean => durations.mean(),
            Self::Min => durations.min(),
            Self::Max => durations.max(),
        };
        figure.map(|figure| figure.as_secs_f64())
    }

    /// `p99`, `p99.9`, `mean`, `min`, `max`.
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "mean" => Some(Self::Mean),
            "min" => Some(Self::Min),
            "max" => Some(Self::Max),
            _ => {
                let digits = word.strip_prefix('p').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit() || b == b'.'))?;
                let percent: f64 = digits.parse().ok()?;
                (percent > 0.0 && percent < 100.0).then_some(Self::Quantile((percent * 1e6).round() / 1e8))
            }
        }
    }
}

/// Which time of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// From the intended start to the end.
    Response,
    /// From when it was sent to the end.
    Service,
    /// A part of it.
    Phase(Phase),
}

impl Stretch {
    /// The words that choose one; a response time goes without.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let phase = || Phase::ALL.into_iter().find(|phase| phase.name() == word).map(Self::Phase);
        if word == "service" { Some(Self::Service) } else { phase() }
    }
}

/// What is limited. `of` is an operation or journey; without one, the whole run.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// `pull.p99`, `pull.service.p99`, `pull.first-byte.p99`.
    Time {
        /// Which operation or journey.
        of: String,
        /// Which of its times.
        stretch: Stretch,
        /// Which figure.
        statistic: Statistic,
    },
    /// `lateness.p99`: how late the driver was.
    Lateness(Statistic),
    /// `errors`, `pull.errors`: the share that failed.
    Errors(Option<String>),
    /// `rate`, `push.rate`: successes per second.
    Rate(Option<String>),
    /// `bytes/s`, `pull.bytes/s`: bytes of bodies, both ways, of successes.
    Bytes(Option<String>),
    /// `corrupt`: pulls whose bytes were not what the digest names.
    Corrupt,
    /// `broken`: exchanges that broke a clause.
    Broken,
}

impl Quantity {
    /// What its values are counted in.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        match self {
            Self::Time { .. } | Self::Lateness(_) => Unit::Seconds,
            Self::Errors(_) => Unit::Share,
            Self::Rate(_) => Unit::PerSecond,
            Self::Bytes(_) => Unit::BytesPerSecond,
            Self::Corrupt | Self::Broken => Unit::Count,
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Per cent as it was written: rounding hides that 0.999 × 100 is none of its digits.
            Self::Quantile(quantile) => write!(f, "p{}", (quantile * 1e8).round() / 1e6),
            Self::Mean => f.write_str("mean"),
            Self::Min => f.write_str("min"),
            Self::Max => f.write_str("max"),
        }
    }
}
