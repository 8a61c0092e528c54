//! Where the reports of a run go.

use std::path::{Path, PathBuf};

use super::exit::{Ended, Exit};
use super::target::TargetAddress;
use crate::clock::{self, Clock};

/// Made before anything is sent: a run whose report can't be written has judged nothing for anybody.
///
/// `given` is taken literally, with a directory for each target where there are `several`; else it is `reports/runs/TARGET/TIME`.
pub(super) fn report_directory(given: Option<&Path>, target: &TargetAddress, embedded: bool, several: bool) -> Result<PathBuf, Ended> {
    let name = match &target.prefix {
        _ if embedded => "embedded".to_owned(),
        // Two places of one registry do not share a directory.
        Some(prefix) if several => file_name(&format!("{}/{prefix}", target.host())),
        _ => file_name(&target.host()),
    };
    let directory = match given {
        Some(directory) if several => directory.join(name),
        Some(directory) => directory.to_owned(),
        None => {
            let time = clock::rfc3339(Clock::system().now()).replace([':', '-'], "");
            unused(&Path::new("reports/runs").join(name).join(time))
        }
    };
    std::fs::create_dir_all(&directory).map_err(|why| {
        Ended::new(Exit::NotJudged, format!("{} can't be made, so no report could be written: {why}", directory.display()))
    })?;
    Ok(directory)
}

/// `127.0.0.1:5000` → `127.0.0.1-5000`: safe as the name of a directory.
fn file_name(host: &str) -> String {
    host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

/// This path, or the first of `path-2`, `path-3`, … that is not there yet.
fn unused(path: &Path) -> PathBuf {
    let numbered = |n: u32| path.with_file_name(format!("{}-{n}", path.file_name().unwrap_or_default().to_string_lossy()));
    if !path.exists() {
        return path.to_owned();
    }
    (2..1000).map(numbered).find(|path| !path.exists()).unwrap_or_else(|| path.to_owned())
}
