//! The set itself.

use std::sync::Arc;

use super::document::{DOCKER, MOST_PLATFORMS, OCI, Types};
use super::image::{Blob, Content, Image, Index};
use super::popularity::Popularity;
use super::spec::Spec;
use super::stream::{Source, Stem};
use crate::seed::{Draws, Seed, mix};

/// A repository and what is prepared in it.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Its full name.
    pub name: Box<str>,
    /// Its images.
    pub images: Vec<Arc<Image>>,
    /// Its indexes; their images are no others.
    pub indexes: Vec<Arc<Index>>,
}

/// What of a pushed image is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum New {
    /// All layers.
    Layers,
    /// The highest layer.
    Top,
    /// The config alone: every layer is known.
    Config,
}

/// A data set with every digest known.
#[derive(Clone, Debug)]
pub struct Set {
    source: Arc<Source>,
    run: u64,
    types: Types,
    /// The repositories.
    pub repositories: Vec<Repository>,
    by_repository: Popularity,
    by_image: Popularity,
    by_index: Popularity,
    blobs: u32,
}

/// Numbers of blobs that pushes make: prepared ones stay below.
const FRESH: u64 = 1 << 32;

impl Set {
    /// Makes the set: every layer is hashed once, so it takes as long as hashing so many bytes does.
    #[must_use]
    pub fn new(spec: &Spec, names: &[String], seed: &Seed, run: u64) -> Self {
        let mut maker = Maker::new(spec, seed, run);
        let repositories: Vec<Repository> = names.iter().map(|name| maker.repository(name)).collect();
        Self {
            source: maker.source,
            run,
            types: maker.types,
            by_repository: Popularity::zipf(repositories.len(), spec.repository_skew),
            by_image: Popularity::zipf(spec.images, spec.image_skew),
            by_index: Popularity::zipf(spec.indexes, spec.image_skew),
            repositories,
            blobs: maker.ordinal,
        }
    }

    /// What blobs are made from.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// How many blobs are prepared, each with an ordinal below this.
    #[must_use]
    pub fn blobs(&self) -> u32 {
        self.blobs
    }

    /// Bytes of all prepared content, each repository's own counted; and without what repositories share.
    #[must_use]
    pub fn bytes(&self) -> (u64, u64) {
        let mut seen = vec![false; self.blobs as usize];
        let (mut sent, mut distinct) = (0, 0);
        for repository in &self.repositories {
            let mut here = vec![false; self.blobs as usize];
            for image in repository.all_images() {
                for blob in image.layers.iter().chain([&image.config]) {
                    let Some(at) = blob.ordinal.map(|ordinal| ordinal as usize) else { continue };
                    sent += if std::mem::replace(&mut here[at], true) { 0 } else { blob.size };
                    distinct += if std::mem::replace(&mut seen[at], true) { 0 } else { blob.size };
                }
                sent += image.manifest.size;
                distinct += image.manifest.size;
            }
        }
        (sent, distinct)
    }

    /// The repository that is asked for.
    pub fn draw_repository(&self, draws: &mut Draws) -> usize {
        self.by_repository.draw(draws)
    }

    /// The image that is asked for.
    pub fn draw_image(&self, repository: usize, draws: &mut Draws) -> Option<&Arc<Image>> {
        self.repositories.get(repository)?.images.get(self.by_image.draw(draws))
    }

    /// The index that is asked for.
    pub fn draw_index(&self, repository: usize, draws: &mut Draws) -> Option<&Arc<Index>> {
        self.repositories.get(repository)?.indexes.get(self.by_index.draw(draws))
    }

    /// An image like another one of which `new` is new; `number` tells it from all others of the run.
    #[must_use]
    pub fn fresh(&self, like: &Image, new: New, number: u64) -> Image {
        let first = match new {
            New::Layers => like.shared.min(like.layers.len().saturating_sub(1)),
            New::Top => like.layers.len().saturating_sub(1),
            New::Config => like.layers.len(),
        };
        let renewed = |(at, layer): (usize, &Arc<Blob>)| match &layer.content {
            Content::Made { stem, .. } if at >= first => {
                let number = FRESH + number * 1024 + at as u64;
                Arc::new(Blob::made(&self.source, stem, number, layer.media_type))
            }
            _ => Arc::clone(layer),
        };
        let layers: Vec<Arc<Blob>> = like.layers.iter().enumerate().map(renewed).collect();
        let config = self.types.config(&layers, (self.run, FRESH + number));
        let manifest = Arc::new(self.types.manifest(&config, &layers));
        Image { manifest, config: Arc::new(config), layers, shared: like.shared, tag: like.tag.clone() }
    }

    /// An index like another one, of images whose configs are new.
    #[must_use]
    pub fn fresh_index(&self, like: &Index, number: u64) -> Index {
        let images = like.images.iter().enumerate();
        let images: Vec<Arc<Image>> = images.map(|(n, image)| Arc::new(self.fresh(image, New::Config, number * 16 + n as u64))).collect();
        Index { manifest: Arc::new(self.types.index(&images)), images, tag: like.tag.clone() }
    }
}

impl Repository {
    /// The images, those of indexes after the others.
    pub fn all_images(&self) -> impl Iterator<Item = &Arc<Image>> {
        self.images.iter().chain(self.indexes.iter().flat_map(|index| &index.images))
    }
}

struct Maker<'a> {
    spec: &'a Spec,
    draws: Draws,
    source: Arc<Source>,
    run: u64,
    types: Types,
    bases: Vec<Vec<Arc<Blob>>>,
    number: u64,
    ordinal: u32,
}

impl<'a> Maker<'a> {
    fn new(spec: &'a Spec, seed: &Seed, run: u64) -> Self {
        let source = Arc::new(Source::new(seed, run));
        let types = if spec.docker { DOCKER } else { OCI };
        let draws = seed.child("data set").draws();
        let mut maker = Self { spec, draws, source, run, types, bases: Vec::new(), number: 0, ordinal: 0 };
        let bases = if spec.shared == 0 { 0 } else { spec.bases.max(1) };
        maker.bases = (0..bases).map(|_| (0..spec.shared).map(|_| maker.layer()).collect()).collect();
        maker
    }

    fn next(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    fn ordinal(&mut self) -> u32 {
        self.ordinal += 1;
        self.ordinal - 1
    }

    fn layer(&mut self) -> Arc<Blob> {
        let number = self.next();
        let size = self.spec.sizes.draw(&mut self.draws);
        let stem = Arc::new(Stem::new(&self.source, mix(number, size), size));
        let ordinal = self.ordinal();
        Arc::new(Blob::made(&self.source, &stem, number, self.types.layer).with_ordinal(ordinal))
    }

    fn image(&mut self, tag: String) -> Arc<Image> {
        let count = self.spec.layers.draw(&mut self.draws).max(1);
        let base = self.draws.below(self.bases.len());
        let mut layers: Vec<Arc<Blob>> = self.bases.get(base).into_iter().flatten().take(count.saturating_sub(1)).cloned().collect();
        let shared = layers.len();
        while layers.len() < count {
            let layer = self.layer();
            layers.push(layer);
        }
        let number = self.next();
        let ordinal = self.ordinal();
        let config = self.types.config(&layers, (self.run, number)).with_ordinal(ordinal);
        let manifest = Arc::new(self.types.manifest(&config, &layers));
        Arc::new(Image { manifest, config: Arc::new(config), layers, shared, tag: tag.into() })
    }

    fn repository(&mut self, name: &str) -> Repository {
        let images = (1..=self.spec.images).map(|n| self.image(format!("v{n}"))).collect();
        let indexes = (1..=self.spec.indexes).map(|n| self.index(n)).collect();
        Repository { name: name.into(), images, indexes }
    }

    fn index(&mut self, n: usize) -> Arc<Index> {
        let platforms = self.spec.platforms.clamp(1, MOST_PLATFORMS);
        let images: Vec<Arc<Image>> = (1..=platforms).map(|p| self.image(format!("multi{n}-p{p}"))).collect();
        Arc::new(Index { manifest: Arc::new(self.types.index(&images)), images, tag: format!("multi{n}").into() })
    }
}
