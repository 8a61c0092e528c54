//! What a data set is to look like.

use super::Sizes;

/// A data set, in figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// Repositories.
    pub repositories: usize,
    /// Images in each.
    pub images: usize,
    /// Layers of an image.
    pub layers: Counts,
    /// Bytes of a layer.
    pub sizes: Sizes,
    /// How many layers of an image, counted from below, are taken from the base images that all share.
    pub shared: usize,
    /// How many base images there are.
    pub bases: usize,
    /// Multi-platform indexes in each repository.
    pub indexes: usize,
    /// Platforms of an index.
    pub platforms: usize,
    /// Exponent of Zipf's law over repositories; 0 is even.
    pub repository_skew: f64,
    /// Exponent of Zipf's law over the images of a repository.
    pub image_skew: f64,
    /// Whether manifests and layers have Docker's media types.
    pub docker: bool,
}

/// How many there are of something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Counts {
    /// Always so many.
    Fixed(usize),
    /// Log-normal, rounded, within bounds.
    LogNormal {
        /// Half have no more.
        median: f64,
        /// Deviation of the logarithm.
        sigma: f64,
        /// At least.
        least: usize,
        /// At most.
        most: usize,
    },
}

/// The upper end of sizes: beyond the median's log-normal, a Pareto tail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tail {
    /// The share of all that is drawn from the tail.
    pub share: f64,
    /// The tail's exponent: the smaller, the heavier.
    pub alpha: f64,
    /// Where it begins, in bytes.
    pub from: u64,
}
