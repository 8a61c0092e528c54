//! Figures that say how far they can be trusted: quantiles and their bounds, comparisons of two sets of rounds.
//!
//! Takes plain numbers; gives plain numbers and the words for what they show. Pure: what is drawn at random comes from a [`Seed`].
//! May use nothing but `seed`.
//!
//! [`Seed`]: crate::seed::Seed

mod bootstrap;
mod comparison;
mod mann_whitney;
mod number;
mod quantile;

pub use bootstrap::{Interval, ratio_of_medians};
pub use comparison::{CONFIDENCE, Comparison, FEWEST_ROUNDS, Shown, compare};
pub use mann_whitney::{MannWhitney, mann_whitney};
pub use number::{real, whole};
pub use quantile::{binomial_cdf, median, quantile, quantile_within, samples_for, upper_rank};
