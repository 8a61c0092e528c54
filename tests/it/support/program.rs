//! Programs that run to their end, within a time limit and with an environment of their own.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use plimsoll::record::Record;
use tempfile::TempDir;

/// What became of a program.
pub(crate) struct Finished {
    /// Its exit code; `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it wrote to standard output.
    pub(crate) stdout: String,
    /// What it wrote to standard error.
    pub(crate) stderr: String,
}

impl Finished {
    /// Standard output, if the program went well; panics with what it said otherwise.
    pub(crate) fn expect_success(self, what: &str) -> String {
        assert_eq!(self.code, Some(0), "{what}\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
        self.stdout
    }
}

/// A command that sees nothing of the tester's own settings: no credentials, no proxies, a home folder of its own.
pub(crate) fn command(program: impl AsRef<OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", home).env("XDG_RUNTIME_DIR", home).env("DOCKER_CONFIG", home.join(".docker")).current_dir(home);
    command.stdin(Stdio::null());
    command
}

/// plimsoll itself, as [`command`].
pub(crate) fn plimsoll(home: &Path) -> Command {
    command(env!("CARGO_BIN_EXE_plimsoll"), home)
}

/// Runs a command to its end; past the limit it is killed and the test fails.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Finished {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let stdout = read_aside(child.stdout.take().expect("stdout is piped"));
    let stderr = read_aside(child.stderr.take().expect("stderr is piped"));
    let stdout = within(&stdout, limit, &mut child);
    let stderr = within(&stderr, limit, &mut child);
    let status = child.wait().expect("the program was started");
    Finished { code: status.code(), stdout, stderr }
}

/// An empty folder to live in.
pub(crate) fn home() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

/// What plimsoll says to these words, within two minutes.
pub(crate) fn said(home: &Path, words: &[&str]) -> Finished {
    run(plimsoll(home).args(words), Duration::from_mins(2))
}

/// The record that it wrote there.
pub(crate) fn record(path: &Path) -> Record {
    Record::read(&std::fs::read_to_string(path).expect("the record is there")).expect("the record can be read")
}

fn within(output: &Receiver<String>, limit: Duration, child: &mut Child) -> String {
    output.recv_timeout(limit).unwrap_or_else(|_| {
        child.kill().expect("the program can be killed");
        panic!("a program did not end within {limit:?}")
    })
}

fn read_aside(mut output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.read_to_end(&mut bytes);
        // Nobody listens where the test gave up already.
        let _ = sender.send(read.map_or_else(|error| error.to_string(), |_| String::from_utf8_lossy(&bytes).into_owned()));
    });
    receiver
}
