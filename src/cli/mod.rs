//! The commands. Takes the command line; gives an exit code. May use everything; nothing uses it.

mod args;
mod begin;
mod choice;
<<<<<<< HEAD
mod coverage;
=======
mod display;
>>>>>>> main
mod embedded;
mod exit;
mod explain;
mod interrupt;
<<<<<<< HEAD
mod official;
=======
mod load;
>>>>>>> main
mod output;
mod prove;
mod report;
mod scenario;
mod serve;
mod show;
mod suite;
mod survey;
mod target;

pub use begin::begin;
pub use exit::Exit;
