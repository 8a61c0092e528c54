//! When each arrival of an open run is due: a pure function of elapsed time, rates and seed.
//!
//! Takes [`Stage`]s and the [`Pattern`] of arrivals; gives a [`Schedule`], whose [`Cursor`] tells the intended starts in order. No
//! arrival's time depends on when another one was sent, or on any clock. May use `seed` and `stats`.
//!
//! The stages give the number of arrivals that are expected by each moment (`curve`); the pattern says which numbers are arrivals: every
//! whole one, or the points of a Poisson process of rate 1 (`points`), or batches at such points (`batch`).

mod batch;
mod cursor;
mod curve;
mod error;
mod pattern;
mod plan;
mod points;
mod stage;

#[cfg(test)]
mod tests;

pub use cursor::{Arrival, Cursor};
pub use curve::Curve;
pub use error::ScheduleError;
pub use pattern::{BatchSize, Batches, Pattern};
pub use plan::Schedule;
pub use stage::Stage;
