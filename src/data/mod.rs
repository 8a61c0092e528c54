//! The content of a load: repositories of images whose bytes follow from a seed and are made while they are sent.
//!
//! Takes a [`Spec`], the names of repositories, a seed and a run's own number; gives a [`Set`] with every digest known, and fresh
//! content on demand at the cost of one hash block. A layer of 1 GiB costs no more memory than one of 1 KiB. Pure. May use `oci`,
//! `seed` and `text`.

mod document;
mod image;
mod popularity;
mod set;
mod sizes;
mod spec;
mod stream;
#[cfg(test)]
mod tests;

pub use image::{Blob, Image, Index};
pub use popularity::Popularity;
pub use set::{New, Repository, Set};
pub use sizes::Sizes;
pub use spec::{Counts, Spec, Tail};
pub use stream::{Flowing, Source};
