//! The load line: the highest rate of arrivals that keeps the SLO.
//!
//! Takes [`Terms`], and what each step of the search came to; gives the next step, and in the end the [`Capacity`] with its interval and the
//! curve of latency over rate. The search itself waits for nothing and measures nothing: who drives it does, in real time or in
//! simulated time ([`Measure`], [`find`]). May use nothing but the rooms above.

mod curve;
mod result;
mod search;
mod step;

#[cfg(test)]
mod tests;

pub use curve::bend;
pub use result::{Capacity, Limit};
pub use search::{Search, find};
pub use step::{Ask, Driver, Measure, Point, Seen, Terms};
