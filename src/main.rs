//! The plimsoll program: parse, call the library, return an exit code.
fn main() {}
