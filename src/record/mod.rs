//! The document of one run, `plimsoll.record/1`: every report is rendered from it and from nothing else.
//!
//! Takes and gives JSON. May use `clause` levels and `judge` verdicts and the rooms above.

mod types;

pub use types::*;
