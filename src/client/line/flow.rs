//! A body on its way out, made piece by piece.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Bytes that are handed over at once.
const STEP: usize = 64 * 1024;

/// What makes a body, piece after piece, so that it never stands in memory whole.
pub trait Flow: Send {
    /// The next piece; `None` at the end. Never empty.
    fn next(&mut self) -> Option<Bytes>;
    /// How many bytes are still to come.
    fn left(&self) -> u64;
}

/// What follows the head of a request.
#[derive(Default)]
pub struct Outflow {
    rest: Rest,
    chunked: bool,
}

#[derive(Default)]
enum Rest {
    #[default]
    Nothing,
    Bytes(Bytes),
    Flow(Box<dyn Flow>),
}

impl Outflow {
    /// These bytes.
    #[must_use]
    pub fn bytes(bytes: Bytes) -> Self {
        Self { rest: if bytes.is_empty() { Rest::Nothing } else { Rest::Bytes(bytes) }, chunked: false }
    }

    /// What a flow makes.
    #[must_use]
    pub fn flow(flow: Box<dyn Flow>) -> Self {
        Self { rest: Rest::Flow(flow), chunked: false }
    }

    /// The same, its length untold.
    #[must_use]
    pub fn chunked(self) -> Self {
        Self { chunked: true, ..self }
    }

    /// How many bytes are still to come.
    #[must_use]
    pub fn left(&self) -> u64 {
        match &self.rest {
            Rest::Nothing => 0,
            Rest::Bytes(bytes) => bytes.len() as u64,
            Rest::Flow(flow) => flow.left(),
        }
    }
}

impl Body for Outflow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = match &mut self.rest {
            Rest::Nothing => None,
            Rest::Bytes(bytes) if bytes.is_empty() => None,
            Rest::Bytes(bytes) => {
                let step = bytes.len().min(STEP);
                Some(bytes.split_to(step))
            }
            Rest::Flow(flow) => flow.next(),
        };
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        !self.chunked && self.left() == 0
    }

    fn size_hint(&self) -> SizeHint {
        if self.chunked { SizeHint::default() } else { SizeHint::with_exact(self.left()) }
    }
}
