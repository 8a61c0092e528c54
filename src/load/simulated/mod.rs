//! Queues in simulated time, which schedule, histograms and search are measured with. Part of the tests alone.

mod servers;
mod tests;

pub(super) use servers::Servers;
