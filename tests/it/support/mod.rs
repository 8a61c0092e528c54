//! What the whole-program tests share.
//!
//! - Takes: names of programs, and where to put files.
//! - Gives: peers found or reported as missing, servers on free loopback ports that are stopped when dropped, programs run within a
//!   time limit, images on disk, certificates.
//! - May use: the crate's `clock`, the one door to time.

pub(crate) mod configs;
pub(crate) mod image;
pub(crate) mod impostor;
pub(crate) mod peer;
pub(crate) mod program;
pub(crate) mod server;
pub(crate) mod tls;
