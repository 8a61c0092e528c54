//! Text that people write: YAML with the place of every value, text with variables, and diagnostics that point and mend.
//!
//! Takes the bytes of files; gives values with their places ([`At`]), or [`Diagnostics`]. May use nothing but the rooms above.

mod at;
mod count;
mod diagnostic;
mod files;
mod json;
mod mistake;
mod read;
mod refusal;
pub mod template;
mod visible;
mod wrap;

pub use at::{At, Place};
pub use count::{count, number};
pub use diagnostic::{Diagnostic, Diagnostics};
pub use files::{Files, MAX_FILE_BYTES, SourceFile};
pub use json::JsonTemplate;
pub use mistake::{did_you_mean, expected_one_of, meant, meant_tail, mistake};
pub use read::read;
pub use serde_saphyr::Spanned;
pub use template::{Piece, Template, TemplateError};
pub use visible::{escape, misleads, visible};
pub use wrap::wrap;
