//! One request with its response and timings, and what is told of it: a curl line, evidence, redaction.
//!
//! Takes what the client sent and got; gives values. No opinions, no input or output. May use `oci`, `text` and the rooms above.

mod challenge;
mod curl;
pub mod evidence;
pub mod link;
mod redact;
mod resolve;
mod value;

pub use challenge::{Challenge, challenges, preferred};
pub use curl::{BODIES, body_file, curl_line};
pub use redact::Secrets;
pub use resolve::{ResolveError, resolve};
pub use value::{BodySent, Exchange, Failure, Phase, Received, Request, Response, Timings};
