//! Text that people write: YAML with the place of every value, text with variables, and diagnostics that point and mend.
//!
//! Takes the bytes of a file; gives values with their places, or [`Diagnostics`](diagnostic::Diagnostics). May use nothing but the rooms above.

pub mod template;

pub use serde_saphyr::Spanned;
pub use template::{Piece, Template, TemplateError};
