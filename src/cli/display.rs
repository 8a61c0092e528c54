//! A running load, on one line of the terminal.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::output::Output;
use crate::load::drive::{Live, Watch};

/// How many glances the sparkline shows.
const SPARKS: usize = 24;

/// Eighths of a block, from empty to full.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The line.
pub(super) struct Display<'a> {
    output: &'a Output,
    rates: Mutex<VecDeque<f64>>,
}

impl<'a> Display<'a> {
    pub(super) fn new(output: &'a Output) -> Self {
        Self { output, rates: Mutex::default() }
    }

    pub(super) fn end(&self) {
        self.output.progress_line("");
    }
}

impl Watch for Display<'_> {
    fn glance(&self, live: &Live) {
        if !self.output.progress {
            return;
        }
        if let Some((done, whole)) = live.done {
            return self.output.progress_line(&format!("{} {done}/{whole}", live.stage));
        }
        if live.whole.is_zero() {
            return self.output.progress_line(live.stage);
        }
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.push_back(live.achieved);
        if rates.len() > SPARKS {
            rates.pop_front();
        }
        let whole = line(live, rates.make_contiguous());
        let fitting: String = whole.chars().take(self.output.width).collect();
        self.output.progress_line(&fitting);
    }
}

/// `measuring 3s/10s  20.0/s of 20.0/s  p50 3.1 ms  p99 12 ms  0 failed  4.1 MiB/s  ▂▅▇`
fn line(live: &Live, rates: &[f64]) -> String {
    let of = live.offered.map_or_else(String::new, |offered| format!(" of {offered:.1}/s"));
    let time = |time: Option<Duration>| time.map_or_else(|| "-".to_owned(), |time| format!("{:.1} ms", time.as_secs_f64() * 1e3));
    format!(
        "{} {}s/{}s  {:.1}/s{of}  p50 {}  p99 {}  {} failed  {:.1} MiB/s  {}",
        live.stage,
        live.elapsed.as_secs(),
        live.whole.as_secs(),
        live.achieved,
        time(live.p50),
        time(live.p99),
        live.errors,
        live.bytes / f64::from(1 << 20),
        spark(rates)
    )
}

/// Rates as blocks, the highest one full.
fn spark(rates: &[f64]) -> String {
    let most = rates.iter().copied().fold(0.0, f64::max);
    let block = |rate: &f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 7")]
        let eighth = if most > 0.0 { (rate / most * 7.0).round() as usize } else { 0 };
        BLOCKS[eighth.min(7)]
    };
    rates.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_is_one_line_with_what_was_offered_and_what_came() {
        let live = Live {
            stage: "measuring",
            elapsed: Duration::from_secs(3),
            whole: Duration::from_secs(10),
            offered: Some(20.0),
            achieved: 19.5,
            p50: Some(Duration::from_micros(3100)),
            p99: None,
            errors: 2,
            bytes: 1_048_576.0,
            done: None,
        };
        let shown = line(&live, &[0.0, 10.0, 20.0]);
        assert_eq!(shown, "measuring 3s/10s  19.5/s of 20.0/s  p50 3.1 ms  p99 -  2 failed  1.0 MiB/s  ▁▅█");
        assert_eq!(spark(&[0.0, 0.0]), "▁▁");
    }
}
