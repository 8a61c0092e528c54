//! What one journey knows as it goes on.

use std::cell::OnceCell;
use std::sync::Arc;

use super::compile::{slot, thing};
use super::program::Thing;
use super::run::{Setup, Task};
use crate::data::{Blob, Image, Index};
use crate::exchange::Exchange;
use crate::judge::{Content, Values};

/// The state of one journey; a round of a loop works on a copy.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    pub(super) setup: &'a Setup,
    pub(super) task: &'a Task,
    pub(super) image: Option<Arc<Image>>,
    pub(super) index: Option<Arc<Index>>,
    /// The layer or blob of the round.
    pub(super) round: Option<Arc<Blob>>,
    pub(super) saves: Vec<Option<String>>,
    /// Which outcome came.
    pub(super) decisions: Vec<Option<usize>>,
}

impl Scope<'_> {
    /// What has content.
    pub(super) fn blob(&self, thing: Thing) -> Option<&Blob> {
        match thing {
            Thing::Image => self.image.as_ref().map(|image| &*image.manifest),
            Thing::Config => self.image.as_ref().map(|image| &*image.config),
            Thing::Blob => self.round.as_deref(),
            Thing::Index => self.index.as_ref().map(|index| &*index.manifest),
        }
    }

    pub(super) fn tag(&self, thing: Thing) -> Option<&str> {
        match thing {
            Thing::Image => self.image.as_ref().map(|image| &*image.tag),
            Thing::Index => self.index.as_ref().map(|index| &*index.tag),
            Thing::Config | Thing::Blob => None,
        }
    }
}

/// A scope as the judge sees it: content is made where it is asked for.
pub(super) struct Sight<'a> {
    scope: &'a Scope<'a>,
    made: [OnceCell<Option<Content>>; 4],
}

impl<'a> Sight<'a> {
    pub(super) fn of(scope: &'a Scope<'a>) -> Self {
        Self { scope, made: Default::default() }
    }
}

impl Values for Sight<'_> {
    fn variable(&self, path: &[String]) -> Option<String> {
        let mut out = String::new();
        self.scope.write(slot(path)?, &mut out).ok()?;
        Some(out)
    }

    fn content(&self, name: &str) -> Option<&Content> {
        let thing = thing(name).ok()?;
        let make = || {
            let blob = self.scope.blob(thing)?;
            // A layer is never held in memory: where its bytes are compared, that is done without the judge.
            let bytes = blob.bytes().cloned().unwrap_or_default();
            Some(Content { bytes, media_type: blob.media_type.to_owned(), digest: blob.digest.parse().ok()? })
        };
        self.made[thing as usize].get_or_init(make).as_ref()
    }

    fn list(&self, _: &str) -> Option<&[String]> {
        None
    }

    fn step(&self, _: &str) -> Option<&Exchange> {
        None
    }
}
