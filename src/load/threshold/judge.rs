//! Whether a threshold was kept.

use std::collections::BTreeMap;
use std::time::Duration;

use super::parse::{Relation, Threshold};
use super::quantity::{Quantity, Statistic, Stretch};
use super::value::human;
use crate::load::histogram::{Durations, Meter};
use crate::stats::{quantile_within, real, samples_for};

/// Counts of a whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many succeeded.
    pub successes: u64,
    /// How many failed.
    pub failures: u64,
    /// Bytes of bodies, both ways, of successes.
    pub bytes: u64,
}

impl From<&Meter> for Tally {
    fn from(meter: &Meter) -> Self {
        Self { successes: meter.successes(), failures: meter.failed(), bytes: meter.sent() + meter.received() }
    }
}

/// What thresholds are judged against: the measured window of a run.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    /// How long it was.
    pub window: Duration,
    /// Each operation and journey by its name.
    pub meters: &'a BTreeMap<String, Meter>,
    /// The run as a whole: each exchange once.
    pub all: Tally,
    /// How late the driver was.
    pub lateness: &'a Durations,
    /// Pulls whose bytes were not what the digest names.
    pub corrupt: u64,
    /// Exchanges that broke a clause.
    pub broken: u64,
}

/// Whether a threshold was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It was.
    Yes,
    /// It was not.
    No,
    /// Nothing, or too little, was measured to say so. That is no success.
    Unknown,
}

impl Kept {
    /// Whether all were: one that was not decides, then one that is not known. All of none are kept.
    #[must_use]
    pub fn all(each: impl IntoIterator<Item = Self>) -> Self {
        each.into_iter().fold(Self::Yes, |all, one| match (all, one) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Yes, Self::Yes) => Self::Yes,
        })
    }
}

/// A threshold, judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The threshold as it was written.
    pub text: String,
    /// The figure in the base unit of its quantity, where there is one.
    pub figure: Option<f64>,
    /// How many samples the figure is made of.
    pub samples: u64,
    /// Whether it was kept.
    pub kept: Kept,
    /// In words: `pull.p99 < 250ms: 312 ms, of 1200 samples`.
    pub words: String,
}

impl Threshold {
    /// Judges the figure at its face value.
    #[must_use]
    pub fn judge(&self, measured: &Measured<'_>) -> Judgement {
        let (figure, samples) = self.figure(measured);
        let kept = figure.map_or(Kept::Unknown, |figure| of(self.relation.holds(figure, self.limit)));
        let words = match figure {
            Some(figure) => format!("{}: {}, of {samples} samples", self.text, human(self.quantity.unit(), figure)),
            None => format!("{}: nothing was measured", self.text),
        };
        Judgement { text: self.text.clone(), figure, samples, kept, words }
    }

    /// Whether it is kept with that confidence, as a search for a capacity asks: a limit on a quantile by its binomial bound, every other
    /// threshold at its face value.
    #[must_use]
    pub fn kept_with(&self, measured: &Measured<'_>, confidence: f64) -> Kept {
        let (Quantity::Time { statistic: Statistic::Quantile(quantile), .. }, Relation::Less | Relation::AtMost) =
            (&self.quantity, self.relation)
        else {
            return self.judge(measured).kept;
        };
        let Some(durations) = self.durations(measured) else { return Kept::Unknown };
        let (over, samples) = (durations.over(Duration::from_secs_f64(self.limit)), durations.count());
        if quantile_within(over, samples, *quantile, confidence) {
            Kept::Yes
        } else if over == 0 {
            Kept::Unknown
        } else {
            Kept::No
        }
    }

    /// How few samples can show with that confidence that it is kept.
    #[must_use]
    pub fn samples(&self, confidence: f64) -> u64 {
        match self.quantity {
            Quantity::Time { statistic: Statistic::Quantile(quantile), .. } => samples_for(quantile, confidence),
            _ => 1,
        }
    }

    fn durations<'a>(&self, measured: &Measured<'a>) -> Option<&'a Durations> {
        match &self.quantity {
            Quantity::Time { of, stretch, .. } => {
                let meter = measured.meters.get(of)?;
                Some(match stretch {
                    Stretch::Response => meter.response(),
                    Stretch::Service => meter.service(),
                    Stretch::Phase(phase) => meter.phase(*phase),
                })
            }
            Quantity::Lateness(_) => Some(measured.lateness),
            _ => None,
        }
    }

    /// The figure, and how many samples it is made of.
    fn figure(&self, measured: &Measured<'_>) -> (Option<f64>, u64) {
        let seconds = measured.window.as_secs_f64();
        let per_second = |count: u64| (seconds > 0.0).then(|| real(count) / seconds);
        match &self.quantity {
            Quantity::Time { statistic, .. } | Quantity::Lateness(statistic) => {
                let durations = self.durations(measured);
                (durations.and_then(|durations| statistic.of(durations)), durations.map_or(0, Durations::count))
            }
            Quantity::Errors(of) => {
                let Some((tally, ended)) = measured.ended(of.as_deref()) else { return (None, 0) };
                (Some(real(tally.failures) / real(ended)), ended)
            }
            Quantity::Rate(of) => measured.ended(of.as_deref()).map_or((None, 0), |(tally, ended)| (per_second(tally.successes), ended)),
            Quantity::Bytes(of) => measured.ended(of.as_deref()).map_or((None, 0), |(tally, ended)| (per_second(tally.bytes), ended)),
            Quantity::Corrupt => measured.ended(None).map_or((None, 0), |(_, ended)| (Some(real(measured.corrupt)), ended)),
            Quantity::Broken => measured.ended(None).map_or((None, 0), |(_, ended)| (Some(real(measured.broken)), ended)),
        }
    }
}

impl Measured<'_> {
    /// The counts of one operation or of all, and how many ended, where any did.
    fn ended(&self, of: Option<&str>) -> Option<(Tally, u64)> {
        let tally = match of {
            Some(of) => self.meters.get(of)?.into(),
            None => self.all,
        };
        let ended = tally.successes + tally.failures;
        (ended > 0).then_some((tally, ended))
    }
}

const fn of(holds: bool) -> Kept {
    if holds { Kept::Yes } else { Kept::No }
}
