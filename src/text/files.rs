//! Sets of files, shipped or from a folder.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Read;
use std::path::Path;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

use super::{Diagnostic, Diagnostics, Place};

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// The longest file that is read.
pub const MAX_FILE_BYTES: usize = 1024 * 1024;
/// How deep folders may nest, and how many files a set may have.
const MAX_DEPTH: usize = 16;
const MAX_FILES: usize = 10_000;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// How it is shown: `scenarios/push/x.yaml`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

impl SourceFile {
    /// A file of text.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// SHA-256 (hex) of what it holds.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(&self.text))
    }

    /// A file of bytes, which must be UTF-8 and not too long.
    ///
    /// # Errors
    /// The first byte that is no UTF-8, or the length.
    pub fn from_bytes(path: &str, bytes: Vec<u8>) -> Result<Self, Diagnostic> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(too_long(path));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { path: path.to_owned(), text }),
            Err(error) => Err(not_utf8(path, error.as_bytes(), error.utf8_error().valid_up_to())),
        }
    }

    /// A file on disk.
    ///
    /// # Errors
    /// It can't be read, is too long, or is no UTF-8.
    pub fn open(path: &Path) -> Result<Self, Diagnostic> {
        let shown = path.display().to_string();
        let unreadable = |error: std::io::Error| Diagnostic::of_file(&shown, format!("this file can't be read: {error}"));
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        Self::from_bytes(&shown, bytes)
    }
}

pub(super) fn too_long(path: &str) -> Diagnostic {
    Diagnostic::of_file(path, format!("this file is longer than {MAX_FILE_BYTES} bytes, and no more are read"))
        .help(Some("split it, or have long content made: `{ blob: 4MiB }`, `{ range: [1, 100] }`"))
}

fn not_utf8(path: &str, bytes: &[u8], at: usize) -> Diagnostic {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let place = Place::at_byte(&text, at, at + 3);
    let byte = bytes.get(at).copied().unwrap_or_default();
    Diagnostic::new(&SourceFile::new(path, text), place, "this file is not UTF-8")
        .label(format!("byte 0x{byte:02x} is no UTF-8"))
        .help(Some("save the file as UTF-8"))
}

/// A set of YAML files by their path relative to the set's root (`push/x.yaml`), in sorted order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, SourceFile>);

impl Files {
    /// The scenarios built into the program.
    ///
    /// # Errors
    /// Never in a program that was tested: a shipped file that is no UTF-8.
    pub fn shipped() -> Result<Self, Diagnostics> {
        let mut set = Self::default();
        let mut wrong = Diagnostics::default();
        let mut folders = vec![&SHIPPED];
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            for file in folder.files().filter(|file| is_yaml(file.path())) {
                let name = slashed(file.path());
                match SourceFile::from_bytes(&format!("scenarios/{name}"), file.contents().to_vec()) {
                    Ok(file) => set.insert(&name, file),
                    Err(diagnostic) => wrong.push(diagnostic),
                }
            }
        }
        wrong.or(set)
    }

    /// All `*.yaml` under a folder.
    ///
    /// # Errors
    /// What can't be read, is too long, too deep, or no UTF-8.
    pub fn from_dir(root: &Path) -> Result<Self, Diagnostics> {
        let mut set = Self::default();
        let mut wrong = Diagnostics::default();
        walk(root, MAX_DEPTH, &mut |path| {
            let name = slashed(path.strip_prefix(root).unwrap_or(path));
            match SourceFile::open(path) {
                Ok(file) => set.insert(&name, file),
                Err(diagnostic) => wrong.push(diagnostic),
            }
            set.0.len() < MAX_FILES
        })
        .unwrap_or_else(|diagnostic| wrong.push(diagnostic));
        wrong.or(set)
    }

    /// Adds or replaces a file by its relative path.
    pub fn insert(&mut self, name: &str, file: SourceFile) {
        self.0.insert(name.to_owned(), file);
    }

    /// Takes a file out by its relative path.
    pub fn remove(&mut self, name: &str) -> Option<SourceFile> {
        self.0.remove(name)
    }

    /// The file at a relative path.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&SourceFile> {
        self.0.get(name)
    }

    /// All files with their relative paths, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &SourceFile)> {
        self.0.iter().map(|(name, file)| (name.as_str(), file))
    }

    /// The files under a folder, with their paths relative to the set's root.
    pub fn under(&self, folder: &str) -> impl Iterator<Item = (&str, &SourceFile)> {
        self.iter().filter(move |(name, _)| name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    /// SHA-256 (hex) over all paths and texts: equal sets have equal hashes.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for (name, file) in &self.0 {
            for part in [name, &file.text] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part.as_bytes());
            }
        }
        hex(&hash.finalize())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "yaml")
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Calls `each` for every YAML file until it says `false`; hidden files and folders are passed over.
fn walk(folder: &Path, depth: usize, each: &mut impl FnMut(&Path) -> bool) -> Result<(), Diagnostic> {
    let shown = folder.display().to_string();
    if depth == 0 {
        return Err(Diagnostic::of_file(&shown, format!("folders nest deeper than {MAX_DEPTH} here")));
    }
    let unreadable = |error: std::io::Error| Diagnostic::of_file(&shown, format!("this folder can't be read: {error}"));
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder).map_err(unreadable)?.collect();
    let mut paths: Vec<_> = entries.map_err(unreadable)?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            walk(&path, depth - 1, each)?;
        } else if path.extension().is_some_and(|ending| ending == "yml") {
            return Err(
                Diagnostic::of_file(&path.display().to_string(), "the ending `.yml` is not read").help(Some("rename it to `.yaml`"))
            );
        } else if is_yaml(&path) && path.is_file() && !hidden && !each(&path) {
            return Err(Diagnostic::of_file(&shown, format!("this set has more than {MAX_FILES} files")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_from_a_folder_and_its_hash_follows_paths_and_texts() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("push")).unwrap();
        std::fs::write(folder.path().join("push/a.yaml"), "title: a\n").unwrap();
        std::fs::write(folder.path().join("notes.md"), "no scenario").unwrap();
        let set = Files::from_dir(folder.path()).unwrap();
        assert_eq!(set.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["push/a.yaml"]);
        assert_eq!(set.under("push").count(), 1);
        assert_eq!(set.under("pus").count(), 0);
        std::fs::write(folder.path().join("push/a.yaml"), "title: b\n").unwrap();
        assert_ne!(Files::from_dir(folder.path()).unwrap().hash(), set.hash());
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let told = Files::from_dir(Path::new("/no/such/folder")).unwrap_err().to_string();
        assert!(told.contains("can't be read") && told.contains("/no/such/folder"), "{told}");
    }
}
