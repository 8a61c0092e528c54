//! Real registries and clients, as `.ci/install-peers` installs them.

use std::env;
use std::path::PathBuf;

/// The program of this name on PATH or in the folder that `.ci/install-peers` fills. Where there is none, says so and gives `None`;
/// panics instead if `PLIMSOLL_PEERS=required`.
pub(crate) fn peer(name: &str) -> Option<PathBuf> {
    let found = folders().into_iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    if found.is_none() {
        assert!(env::var("PLIMSOLL_PEERS").as_deref() != Ok("required"), "no {name} on PATH: run .ci/install-peers");
        println!("skipped: no {name} on PATH");
    }
    found
}

fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<_> = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    let installed = env::var_os("PLIMSOLL_PEERS_DIR")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache/plimsoll-peers")));
    folders.extend(installed.map(|peers| peers.join("bin")));
    folders
}
