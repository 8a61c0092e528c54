//! What an exchange shows, held against what a clause expects.
//!
//! Takes an exchange and an expectation; gives a verdict. Pure. May use `exchange`, `clause`, `text`, `oci` and the rooms above.

mod verdict;

pub use verdict::Verdict;
