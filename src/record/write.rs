//! A record as JSON, and a file that is there in whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::types::Record;
use crate::exchange::evidence::misleads;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("could not write {}: {what}: {source}", path.display())]
pub struct WriteError {
    /// The file that was to be written.
    pub path: PathBuf,
    /// The step that failed.
    pub what: &'static str,
    /// The system's words.
    pub source: io::Error,
}

impl Record {
    /// The record as indented JSON with a line break at its end. Characters that a terminal or a reader's eye would obey (C1
    /// controls, reordering marks) are `\u` escapes, so that a record may be printed; what it says is the same.
    ///
    /// # Errors
    /// None that a record's types allow; serde's signature leaves the possibility.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let json = serde_json::to_string_pretty(self)?;
        let mut out = String::with_capacity(json.len() + 1);
        let mut rest = json.as_str();
        // Most of a record is printable ASCII, which goes in whole runs.
        while let Some(at) = rest.bytes().position(|byte| !matches!(byte, b' '..=b'~' | b'\n')) {
            let (run, tail) = rest.split_at(at);
            out.push_str(run);
            let mut chars = tail.chars();
            push_visible(&mut out, chars.next());
            rest = chars.as_str();
        }
        out.push_str(rest);
        out.push('\n');
        Ok(out)
    }

    /// Writes the record to `path` in whole or not at all; directories on the way are made.
    ///
    /// # Errors
    /// See [`write_atomically`].
    pub fn write_atomically(&self, path: &Path) -> Result<(), WriteError> {
        let json = self.to_json().map_err(|error| WriteError { path: path.into(), what: "no JSON of it", source: error.into() })?;
        write_atomically(path, &json)
    }
}

/// A character of a JSON document, or its `\u` escape where a reader would obey it.
fn push_visible(out: &mut String, c: Option<char>) {
    let Some(c) = c else { return };
    if misleads(c) {
        out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
    } else {
        out.push(c);
    }
}

/// Writes `content` to `path` in whole or not at all: into a new file beside it, which then takes its name. Directories on the way are
/// made; whoever reads `path` meanwhile sees the old file or the new one.
///
/// # Errors
/// The step that failed and the system's words for it. The file that was there stays.
pub fn write_atomically(path: &Path, content: impl AsRef<[u8]>) -> Result<(), WriteError> {
    let fail = |what: &'static str| move |source| WriteError { path: path.into(), what, source };
    let name = path.file_name().ok_or_else(|| fail("it names no file")(io::ErrorKind::InvalidInput.into()))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(fail("its directory can't be made"))?;
    let beside = folder.join(format!(".{}.{}.tmp", name.to_string_lossy(), crate::seed::nonce(8)));
    let written = fill(&beside, content.as_ref()).and_then(|()| fs::rename(&beside, path));
    written.map_err(|source| {
        // What is left of the attempt is of no use; that it can't be removed either is the lesser trouble.
        let _ = fs::remove_file(&beside);
        fail("the file can't be written")(source)
    })
}

fn fill(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(content)?;
    file.sync_all()
}
