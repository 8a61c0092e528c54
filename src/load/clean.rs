//! What a load has pushed, taken away.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::drive::{Live, Watch};
use super::run::Begun;
use crate::check::{Cleaning, Interrupt, Kept, Kind, Pushed};
use crate::engine::journey::Setup;

/// How long clean-up may take.
const MOST: Duration = Duration::from_mins(5);

/// Deletes what was prepared and pushed; what stays, a line per repository. The embedded registry goes as a whole.
pub(super) async fn clean_up(
    begun: &Begun<'_>,
    setup: &Setup,
    pushed: &[(usize, Box<str>)],
    (watch, interrupt): (&dyn Watch, &Interrupt),
) -> Vec<String> {
    if begun.options.embedded {
        return Vec::new();
    }
    watch.glance(&Live { stage: "cleaning up", elapsed: begun.began.elapsed(), ..Live::default() });
    let mut all = BTreeSet::new();
    for repository in &setup.set.repositories {
        let mut add = |kind, digest: &str| {
            all.insert(Pushed { repository: repository.name.to_string(), kind, at: digest.to_owned() });
        };
        for image in repository.all_images() {
            add(Kind::Manifest, &image.manifest.digest);
            image.layers.iter().chain([&image.config]).for_each(|blob| add(Kind::Blob, &blob.digest));
        }
        repository.indexes.iter().for_each(|index| add(Kind::Manifest, &index.manifest.digest));
    }
    for (repository, digest) in pushed {
        let name = setup.set.repositories[*repository].name.to_string();
        all.insert(Pushed { repository: name, kind: Kind::Manifest, at: digest.to_string() });
    }
    let mut cleaning =
        Cleaning { client: begun.client, base: &begun.options.base, left: all, kept: Kept::default(), perhaps: BTreeMap::new() };
    tokio::select! {
        () = interrupt.asked(2) => {}
        () = tokio::time::sleep(MOST) => {}
        () = cleaning.run() => {}
    }
    cleaning.told()
}
