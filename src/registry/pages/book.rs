//! What was pushed, and how often it was pulled.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use crate::oci::{Digest, Document, MediaType, Reference, RepositoryName};

/// How many packages are remembered.
const PACKAGES: usize = 10_000;
/// How many versions of one package.
const VERSIONS: usize = 1_000;
/// How many pushes of one package's history; the oldest go first.
const HISTORY: usize = 1_000;

/// All packages by their names.
#[derive(Debug, Default)]
pub(super) struct Book(BTreeMap<RepositoryName, Package>);

/// One image with all that is told of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Package {
    /// By their labels: a tag, or a digest where there was none.
    pub(super) versions: BTreeMap<String, Version>,
    /// The pushes, the latest last.
    pub(super) history: VecDeque<Event>,
    /// All pulls of it.
    pub(super) downloads: u64,
}

/// One version.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) digest: Digest,
    /// Config, layers and manifest together, in bytes.
    pub(super) size: u64,
    /// Name (digest) and size of config and layers.
    pub(super) files: Vec<(String, u64)>,
    /// When it was pushed last, RFC 3339.
    pub(super) pushed: String,
    pub(super) downloads: u64,
}

/// One push.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) when: String,
    pub(super) version: String,
    pub(super) digest: Digest,
}

/// A manifest that was stored.
pub(super) struct Push<'a> {
    pub(super) labels: Vec<String>,
    pub(super) digest: Digest,
    pub(super) media_type: &'a MediaType,
    pub(super) bytes: &'a [u8],
    pub(super) when: String,
}

impl Book {
    /// Notes a push: a version for each label, and an entry of the history.
    pub(super) fn pushed(&mut self, name: &RepositoryName, push: Push<'_>) {
        if self.0.len() >= PACKAGES && !self.0.contains_key(name) {
            return;
        }
        let package = self.0.entry(name.clone()).or_default();
        let Push { labels, digest, media_type, bytes, when } = push;
        let files = files(media_type, bytes);
        let size = files.iter().fold(bytes.len() as u64, |sum, (_, size)| sum.saturating_add(*size));
        for label in labels {
            package.note(Event { when: when.clone(), version: label.clone(), digest });
            let known = package.versions.get(&label);
            if known.is_none() && package.versions.len() >= VERSIONS {
                continue;
            }
            // A tag that moves to other content begins anew.
            let downloads = known.filter(|known| known.digest == digest).map_or(0, |known| known.downloads);
            package.versions.insert(label, Version { digest, size, files: files.clone(), pushed: when.clone(), downloads });
        }
    }

    /// Counts a pull: for the tag that was asked for, or for all versions of that digest.
    pub(super) fn pulled(&mut self, name: &RepositoryName, reference: &Reference) {
        let Some(package) = self.0.get_mut(name) else { return };
        package.downloads = package.downloads.saturating_add(1);
        let asked = |label: &str, version: &Version| match reference {
            Reference::Tag(tag) => label == tag.as_str(),
            Reference::Digest(digest) => version.digest == *digest,
        };
        for (_, version) in package.versions.iter_mut().filter(|(label, version)| asked(label, version)) {
            version.downloads = version.downloads.saturating_add(1);
        }
    }

    pub(super) fn package(&self, name: &RepositoryName) -> Option<&Package> {
        self.0.get(name)
    }

    /// The packages of OWNER/REPOSITORY, by the names of their images.
    pub(super) fn of<'a>(&'a self, repository: &str) -> impl Iterator<Item = (&'a str, &'a Package)> + use<'a> {
        let prefix = format!("{repository}/");
        self.0.iter().filter_map(move |(name, package)| Some((name.as_str().strip_prefix(prefix.as_str())?, package)))
    }
}

impl Package {
    fn note(&mut self, event: Event) {
        if self.history.len() >= HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(event);
    }
}

/// Config and layers. What was stored was read once, so it reads again.
fn files(media_type: &MediaType, bytes: &[u8]) -> Vec<(String, u64)> {
    let document = Document::read(media_type, bytes).ok();
    let blobs = document.iter().flat_map(Document::blobs);
    blobs.map(|blob| (blob.digest.to_string(), blob.size)).collect()
}
