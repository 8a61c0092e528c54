//! The proof of the suite: every twist of the reference registry against it, and what came of each.
//!
//! - Takes: a suite, and the faults and variants to try.
//! - Gives: a [`Matrix`](crate::record::Matrix): which clauses failed on which fault, which variants were accused.
//! - May use: `check`, `client`, `registry`, and the rooms above.
//!
//! A fault must make exactly the clauses fail that it names. It survives if one of them does not fail, and goes beyond if another one
//! does: then either its entry is wrong or the suite is. On a variant nothing may fail that binds under the documents that allow it.

mod ground;
mod profile;
mod run;
#[cfg(test)]
mod tests;
mod trial;

pub use run::{Progress, Proof, prove};
