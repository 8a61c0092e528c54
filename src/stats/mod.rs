//! Figures that say how far they can be trusted: quantiles and their bounds, comparisons of two sets of rounds.
//!
//! Takes plain numbers; gives plain numbers and the words for what they show. Pure: what is drawn at random comes from a [`Seed`].
//! May use nothing but `seed`.
//!
//! [`Seed`]: crate::seed::Seed

mod number;

pub use number::{real, whole};
