//! The pages of packages that GitHub Package Registry shows beside its API: a list for each repository, a page for each image, and a query.
//!
//! - Takes: pushes and pulls as they happen, and requests for `/OWNER/REPOSITORY/packages[/IMAGE]` and `/graphql`.
//! - Gives: what was pushed and how often it was pulled, as HTML and as JSON. Bounded: what is beyond the bounds is not remembered.
//! - May use: the registry's values.

mod asked;
mod book;
mod graphql;
mod html;
mod show;
mod told;

pub(crate) use asked::Asked;
pub(crate) use show::{LARGEST_QUERY, Pages};
