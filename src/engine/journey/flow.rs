//! A blob of the data set, sent.

use bytes::Bytes;

use crate::client::line::{Flow, Outflow};
use crate::data::{Blob, Flowing, Set};

struct Stream(Flowing);

impl Flow for Stream {
    fn next(&mut self) -> Option<Bytes> {
        self.0.piece()
    }

    fn left(&self) -> u64 {
        self.0.left()
    }
}

/// The body that a blob is.
pub(super) fn outflow(blob: &Blob, set: &Set, chunked: bool) -> Outflow {
    let flow = match blob.flow(set.source()) {
        Some(flow) => Outflow::flow(Box::new(Stream(flow))),
        None => Outflow::bytes(blob.bytes().cloned().unwrap_or_default()),
    };
    if chunked { flow.chunked() } else { flow }
}
