//! The document of one run, `plimsoll.record/1`: every report is rendered from it and from nothing else.
//!
//! - Takes: JSON text, or what a run found, one finding after the other.
//! - Gives: the record, its JSON and schema, and what follows from it alone (counts, failing causes by weight, the outcome).
//! - May use: `clause` levels and profiles, `judge` verdicts, `exchange` for what is printable, and the rooms above.

mod join;
mod load;
mod matrix;
mod merge;
mod outcome;
mod profile;
mod read;
mod schema;
mod tally;
mod types;
mod write;

pub use load::*;
pub use matrix::{CleanTrial, Failed, FaultTrial, Judged, Matrix, VariantTrial};
pub use merge::{Causes, Finding, Planned, judged_clauses, worst};
pub use outcome::{Failing, Outcome, Summary};
pub use profile::{KnownDeviation, ProfileFile, ProfileUsed};
pub use read::{RecordError, Stored};
pub use schema::{matrix_schema, schema};
pub use tally::{Counts, Judgement};
pub use types::*;
pub use write::{WriteError, write_atomically};
