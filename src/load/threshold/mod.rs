//! What a run must keep: `pull.p99 < 250ms`, `errors < 0.1%`, `push.rate >= 50/s`, `corrupt == 0`.
//!
//! Takes a threshold's text and the names of the operations and journeys that a workload has; gives a [`Threshold`], or what is wrong with
//! the text and where. Judged against what was [`Measured`], at its face value or with a confidence. May use `stats`, `text` and `histogram`.

mod error;
mod judge;
mod parse;
mod quantity;
mod value;

#[cfg(test)]
mod tests;

pub use error::ThresholdError;
pub use judge::{Judgement, Kept, Measured, Tally};
pub use parse::{Relation, Threshold};
pub use quantity::{Quantity, Statistic, Stretch};
pub use value::{Unit, human};
