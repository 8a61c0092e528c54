//! The plimsoll program: parse, call the library, return an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    let run = || plimsoll::cli::begin(std::env::args_os());
    // A panic is a bug of ours: the message is on standard error already, and the shell is told by a code of its own.
    let exit = std::panic::catch_unwind(run).unwrap_or(plimsoll::cli::Exit::Bug);
    ExitCode::from(exit.code())
}
