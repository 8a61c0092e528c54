//! A histogram of durations.

use std::time::Duration;

use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer, Serializer, V2Serializer};

use crate::stats::real;

/// The longest duration that is told from longer ones, in nanoseconds: one hour. Nothing that is measured here waits so long.
const LONGEST_NS: u64 = 3_600_000_000_000;

/// How exactly durations are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Three significant digits (an error of at most 0.1%), 270 KiB: what is judged.
    Fine,
    /// Two significant digits (an error of at most 1%), 35 KiB: phases and the timeline.
    Coarse,
}

/// Durations from one nanosecond to one hour (longer ones count as one hour), counted by size.
#[derive(Clone, Debug, PartialEq)]
pub struct Durations(Histogram<u64>);

/// These bytes are no durations that [`Durations::encode`] wrote.
#[derive(Debug, thiserror::Error)]
#[error("no encoded histogram: {0}")]
pub struct EncodedError(String);

impl Durations {
    /// Nothing yet.
    ///
    /// # Panics
    /// Never: the bounds are constants that the histogram takes.
    #[must_use]
    pub fn new(precision: Precision) -> Self {
        let digits = match precision {
            Precision::Fine => 3,
            Precision::Coarse => 2,
        };
        Self(Histogram::new_with_bounds(1, LONGEST_NS, digits).expect("the bounds are in order and the digits between 0 and 5"))
    }

    /// Counts one duration.
    pub fn record(&mut self, duration: Duration) {
        let ns = u64::try_from(duration.as_nanos()).unwrap_or(LONGEST_NS);
        self.0.saturating_record(ns.clamp(1, LONGEST_NS));
    }

    /// Adds all that another one counted: the same as if both had been recorded in one, where both have the same precision.
    pub fn merge(&mut self, other: &Self) {
        // It fails only where a value is too large for this one, and all have the same bounds.
        if self.0.add(&other.0).is_err() {
            for value in other.0.iter_recorded() {
                self.0.saturating_record_n(value.value_iterated_to(), value.count_at_value());
            }
        }
    }

    /// Forgets everything, and keeps the memory.
    pub fn clear(&mut self) {
        self.0.reset();
    }

    /// How many durations.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The smallest duration that at least the share `quantile` (0 to 1) of all do not exceed; `None` of nothing. At most the stated error
    /// above the exact one.
    #[must_use]
    pub fn quantile(&self, quantile: f64) -> Option<Duration> {
        self.unless_empty(|counts| Duration::from_nanos(counts.value_at_quantile(quantile)))
    }

    /// The longest, to the stated error.
    #[must_use]
    pub fn max(&self) -> Option<Duration> {
        self.unless_empty(|counts| Duration::from_nanos(counts.max()))
    }

    /// The shortest, to the stated error.
    #[must_use]
    pub fn min(&self) -> Option<Duration> {
        self.unless_empty(|counts| Duration::from_nanos(counts.min()))
    }

    /// The mean, to the stated error.
    #[must_use]
    pub fn mean(&self) -> Option<Duration> {
        self.unless_empty(|counts| Duration::from_secs_f64(counts.mean() / 1e9))
    }

    /// How many are longer than `limit`, to the stated error of the limit.
    #[must_use]
    pub fn over(&self, limit: Duration) -> u64 {
        let limit = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        self.0.len() - self.0.count_between(0, limit)
    }

    /// Sizes and counts, from short to long, for plots: the upper end of each size that occurs, and how many there are.
    pub fn sizes(&self) -> impl Iterator<Item = (Duration, u64)> + '_ {
        self.0.iter_recorded().map(|value| (Duration::from_nanos(value.value_iterated_to()), value.count_at_value()))
    }

    /// The sum of all durations in seconds, to the stated error.
    #[must_use]
    pub fn total_seconds(&self) -> f64 {
        self.unless_empty(Histogram::mean).unwrap_or_default() * real(self.count()) / 1e9
    }

    /// As bytes that [`Self::decode`] reads: the format V2 of `HdrHistogram`, which other tools read too.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing into memory does not fail; were it to, the bytes would be told to be none by `decode`.
        if V2Serializer::new().serialize(&self.0, &mut bytes).is_err() {
            bytes.clear();
        }
        bytes
    }

    /// What [`Self::encode`] wrote.
    ///
    /// # Errors
    /// The bytes are none of its.
    pub fn decode(bytes: &[u8]) -> Result<Self, EncodedError> {
        let mut rest = bytes;
        Deserializer::new().deserialize(&mut rest).map(Self).map_err(|error| EncodedError(error.to_string()))
    }

    fn unless_empty<T>(&self, of: impl FnOnce(&Histogram<u64>) -> T) -> Option<T> {
        if self.0.is_empty() { None } else { Some(of(&self.0)) }
    }
}
