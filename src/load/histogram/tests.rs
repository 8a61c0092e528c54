//! Histograms against full recordings.

mod durations;
mod meters;
mod timelines;
