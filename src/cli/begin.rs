//! From the command line to a command.

use std::ffi::OsString;

use clap::Parser;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::args::{Cli, Command};
use super::exit::{Ended, Exit};
use super::output::Output;
use super::{explain, load, prove, report, scenario, serve, survey};

/// Whether somebody tried to give a password on the command line.
fn wants_password(error: &clap::Error) -> bool {
    let ContextValue::String(word) = error.get(ContextKind::InvalidArg).unwrap_or(&ContextValue::None) else { return false };
    error.kind() == ErrorKind::UnknownArgument && word.split('=').next() == Some("--password")
}

/// Runs a command line and gives the exit code for the shell.
pub fn begin(words: impl Iterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(error) if wants_password(&error) => {
            let why = "there is no --password, since the process list would show it: give --user NAME with --password-stdin, or set PLIMSOLL_USER and PLIMSOLL_PASSWORD";
            Output::new(false, false).error(why);
            return Exit::Usage;
        }
        Err(error) => {
            // clap has the words and knows where they go; a broken pipe there is nobody's loss.
            let _ = error.print();
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked { Exit::Conforms } else { Exit::Usage };
        }
    };
    let output = Output::new(cli.no_color, cli.quiet);
    let ended = match cli.command {
        Command::Survey(args) => survey::run(&args, survey::Manner::Survey, &output),
        Command::Check(args) => survey::run(&args, survey::Manner::Check, &output),
        Command::Load(args) => load::run(&args, &output),
        Command::Report(args) => report::run(&args, &output),
        Command::Serve(args) => serve::run(&args, &output),
        Command::Prove(args) => prove::run(&args, &output),
        Command::Scenario(args) => scenario::run(&args, &output),
        Command::Explain(args) => explain::run(&args, &output),
    };
    match ended {
        Ok(exit) => exit,
        Err(Ended { exit, message }) => {
            output.error(&message);
            exit
        }
    }
}
