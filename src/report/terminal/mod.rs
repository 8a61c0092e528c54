//! The report that people read where they started the run.
//!
//! It goes from the whole to the part and back: what was surveyed, the counts, each failing cause, what was not tried, and last the
//! verdict, so that it stands right above the prompt.

mod causes;
mod head;
mod load;
mod matrix;
mod page;
mod render;
mod table;
mod tail;

pub(super) use matrix::render as matrix;
pub(super) use render::FORMAT;
