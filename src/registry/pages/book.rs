//! What was pushed, and how often it was pulled.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::oci::{Digest, Document, MediaType, Reference, RepositoryName};

/// How many packages are remembered.
const PACKAGES: usize = 10_000;
/// How many versions of one package.
const VERSIONS: usize = 1_000;
/// How many pushes of one package's history; the oldest go first.
const HISTORY: usize = 1_000;
/// How many bytes all of it may hold: a little push can have a long list of files, and none of this counts as storage.
const LARGEST: usize = 32 << 20;
/// What an entry holds beside its texts, in bytes: a bound from above.
const ENTRY: usize = 256;

/// All packages by their names.
#[derive(Debug, Default)]
pub(super) struct Book {
    packages: BTreeMap<RepositoryName, Package>,
    held: Held,
}

/// How many bytes are held.
#[derive(Debug, Default)]
struct Held(usize);

/// Config and layers of a version: digest and size of each. One list for all tags of a manifest.
type Files = Arc<[(Digest, u64)]>;

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
    /// Digest, which is its name, and size of config and layers.
    pub(super) files: Files,
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

impl Held {
    /// Whether there is room for so much more, which is then held.
    fn take(&mut self, bytes: usize) -> bool {
        let room = self.0.saturating_add(bytes) <= LARGEST;
        self.0 += if room { bytes } else { 0 };
        room
    }

    fn give(&mut self, bytes: usize) {
        self.0 = self.0.saturating_sub(bytes);
    }
}

impl Book {
    /// Notes a push: a version for each label, and an entry of the history.
    pub(super) fn pushed(&mut self, name: &RepositoryName, push: Push<'_>) {
        let Self { packages, held } = self;
        let known = packages.contains_key(name);
        if !known && (packages.len() >= PACKAGES || !held.take(ENTRY + name.as_str().len())) {
            return;
        }
        let package = packages.entry(name.clone()).or_default();
        let Push { labels, digest, media_type, bytes, when } = push;
        let shared = package.versions.values().find(|version| version.digest == digest).map(|version| Arc::clone(&version.files));
        let fresh = shared.is_none();
        let files = shared.unwrap_or_else(|| files(media_type, bytes));
        let room = !fresh || held.take(weight(&files));
        let size = files.iter().fold(bytes.len() as u64, |sum, (_, size)| sum.saturating_add(*size));
        for label in labels {
            let old = package.forget(&label, held);
            if !room {
                continue;
            }
            package.note(Event { when: when.clone(), version: label.clone(), digest }, held);
            // A tag that moves to other content begins anew.
            let downloads = old.filter(|old| old.digest == digest).map_or(0, |old| old.downloads);
            if package.versions.len() < VERSIONS && held.take(ENTRY + label.len()) {
                package.versions.insert(label, Version { digest, size, files: Arc::clone(&files), pushed: when.clone(), downloads });
            }
        }
        if room && Arc::strong_count(&files) == 1 {
            held.give(weight(&files));
        }
    }

    /// Counts a pull: for the tag that was asked for, or for all versions of that digest.
    pub(super) fn pulled(&mut self, name: &RepositoryName, reference: &Reference) {
        let Some(package) = self.packages.get_mut(name) else { return };
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
        self.packages.get(name)
    }

    /// The packages of OWNER/REPOSITORY, by the names of their images.
    pub(super) fn of<'a>(&'a self, repository: &str) -> impl Iterator<Item = (&'a str, &'a Package)> + use<'a> {
        let prefix = format!("{repository}/");
        self.packages.iter().filter_map(move |(name, package)| Some((name.as_str().strip_prefix(prefix.as_str())?, package)))
    }
}

impl Package {
    /// Takes out the version of that label, and gives back what nobody else holds.
    fn forget(&mut self, label: &str, held: &mut Held) -> Option<Version> {
        let old = self.versions.remove(label)?;
        held.give(ENTRY + label.len());
        if Arc::strong_count(&old.files) == 1 {
            held.give(weight(&old.files));
        }
        Some(old)
    }

    /// The latest push goes last; where there is no room, older ones make it.
    fn note(&mut self, event: Event, held: &mut Held) {
        let weight = |event: &Event| ENTRY + event.version.len();
        if self.history.len() >= HISTORY {
            self.history.pop_front().iter().for_each(|old| held.give(weight(old)));
        }
        while !held.take(weight(&event)) {
            let Some(old) = self.history.pop_front() else { return };
            held.give(weight(&old));
        }
        self.history.push_back(event);
    }
}

/// What a list of files holds, in bytes.
fn weight(files: &Files) -> usize {
    std::mem::size_of_val::<[_]>(files)
}

/// Config and layers. What was stored was read once, so it reads again.
fn files(media_type: &MediaType, bytes: &[u8]) -> Files {
    let document = Document::read(media_type, bytes).ok();
    let blobs = document.iter().flat_map(Document::blobs);
    blobs.map(|blob| (blob.digest, blob.size)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pushes a manifest of so many layers under a tag.
    fn push(book: &mut Book, tag: usize, layers: usize) {
        let layer = r#"{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":1,"digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}"#;
        let all = vec![layer; layers].join(",");
        let media_type = MediaType::OCI_MANIFEST;
        let text = format!(r#"{{"schemaVersion":2,"mediaType":"{media_type}","config":{layer},"layers":[{all}]}}"#);
        let push = Push {
            labels: vec![format!("v{tag}")],
            digest: Digest::sha256(text.as_bytes()),
            media_type: &media_type,
            bytes: text.as_bytes(),
            when: String::new(),
        };
        book.pushed(&"o/r/i".parse().unwrap(), push);
    }

    #[test]
    fn tags_of_one_manifest_share_its_files() {
        let mut book = Book::default();
        push(&mut book, 0, 1000);
        let one = book.held.0;
        (1..100).for_each(|tag| push(&mut book, tag, 1000));
        let package = book.package(&"o/r/i".parse().unwrap()).unwrap();
        assert_eq!((package.versions.len(), package.versions["v7"].files.len()), (100, 1001));
        assert!(book.held.0 < one + 100 * 3 * ENTRY, "{} after {one}", book.held.0);
    }

    #[test]
    fn a_book_that_is_full_forgets_and_does_not_grow() {
        let mut book = Book::default();
        for tag in 0..60 {
            push(&mut book, tag, 9000 + tag);
            assert!(book.held.0 <= LARGEST, "{}", book.held.0);
        }
        let (full, versions) = (book.held.0, book.package(&"o/r/i".parse().unwrap()).unwrap().versions.len());
        assert!(versions < 60 && full > LARGEST / 2, "{versions} versions in {full}");
        (0..60).for_each(|tag| push(&mut book, tag, 1));
        assert!(book.held.0 < LARGEST / 100, "what is moved away gives its room back: {}", book.held.0);
    }
}
