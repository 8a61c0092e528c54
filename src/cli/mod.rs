//! The commands. Takes the command line; gives an exit code. May use everything; nothing uses it.

mod access;
mod args;
mod begin;
mod choice;
mod coverage;
mod directory;
mod display;
mod embedded;
mod exit;
mod explain;
mod interrupt;
mod load;
mod load_args;
mod official;
mod output;
mod prove;
mod report;
mod scenario;
mod short_load;
mod serve;
mod show;
mod suite;
mod survey;
mod target;

pub use begin::begin;
pub use exit::Exit;
