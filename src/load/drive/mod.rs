//! The driver: threads that begin journeys when they are due, and count what comes.
//!
//! Takes an [`Order`] (workload, overrides, target); gives a [`Tally`]. One runtime per thread, each with clients, connections and
//! histograms of its own; nothing is shared on the way but the content and two counters.

mod budget;
mod closed;
mod fleet;
mod job;
mod live;
mod open;
mod order;
mod pace;
mod phase;
mod prepare;
mod recorder;
mod run;
mod tally;
mod thread;
#[cfg(target_os = "linux")]
mod timer;
mod usage;

pub use live::{Live, Watch};
pub use order::{LoadError, Model, Order, Overrides};
pub use pace::Pacing;
pub use prepare::{Prepared, prepare};
pub use recorder::{Break, MOST_BREAKS};
pub use run::{Driven, drive};
pub use tally::{Driver, Tally};
