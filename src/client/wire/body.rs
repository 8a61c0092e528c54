//! The body of a request, on its way out.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::super::call::Sending;
use super::tap::Shared;

/// Bytes that are handed over at once.
const STEP: usize = 64 * 1024;

/// A body that is sent in steps, and perhaps never ends.
pub(super) struct Outgoing {
    rest: Bytes,
    chunked: bool,
    cut: bool,
    shared: Shared,
}

impl Outgoing {
    pub(super) fn new(sending: &Sending, shared: Shared) -> Self {
        Self { rest: sending.bytes.clone(), chunked: sending.chunked, cut: sending.cut, shared }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.rest.is_empty() {
            let step = self.rest.len().min(STEP);
            return Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(step)))));
        }
        if self.cut {
            // Never woken: only the answer, the end of the connection or a time-out ends this exchange.
            self.shared.close_after_flush();
            return Poll::Pending;
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && !self.cut && !self.chunked
    }

    fn size_hint(&self) -> SizeHint {
        if self.cut || self.chunked { SizeHint::default() } else { SizeHint::with_exact(self.rest.len() as u64) }
    }
}
