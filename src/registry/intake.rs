//! A request's body, read piece by piece with a patience.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, EXPECT};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::timeout;

use super::failure::Failure;

/// How much of a refused body is read to its end, so that the client gets to read the refusal.
const LINGER_BYTES: usize = 64 << 20;
const LINGER_TIME: Duration = Duration::from_secs(10);

/// A body on its way in.
#[derive(Debug)]
pub(crate) struct Intake {
    body: Option<Incoming>,
    declared: Option<u64>,
    patience: Duration,
    /// The client waits for a word before it sends.
    held_back: bool,
}

impl Intake {
    pub(crate) fn new(headers: &HeaderMap, body: Incoming, patience: Duration) -> Self {
        let declared = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
        Self { body: Some(body), declared, patience, held_back: headers.contains_key(EXPECT) }
    }

    /// How many bytes the client said would come.
    pub(crate) fn declared(&self) -> Option<u64> {
        self.declared
    }

    /// The next piece; nothing at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        self.held_back = false;
        loop {
            let Some(body) = &mut self.body else { return Ok(None) };
            match timeout(self.patience, body.frame()).await {
                Ok(Some(Ok(frame))) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some(bytes));
                    }
                }
                end => {
                    // Finished, broken or stalled: in no case is there anything left to linger on.
                    self.body = None;
                    return match end {
                        Ok(None) => Ok(None),
                        Ok(Some(_)) => Err(Failure::body_cut_short()),
                        Err(_) => Err(Failure::body_too_slow()),
                    };
                }
            }
        }
    }

    /// The whole body, if it has at most `limit` bytes. It must come within the patience that else one piece has: a body that trickles holds
    /// what it holds no longer than one that stalls.
    pub(crate) async fn all(&mut self, limit: usize) -> Result<Option<Bytes>, Failure> {
        if let Ok(whole) = timeout(self.patience, self.pieces(limit)).await {
            return whole;
        }
        self.body = None;
        Err(Failure::body_too_slow())
    }

    async fn pieces(&mut self, limit: usize) -> Result<Option<Bytes>, Failure> {
        if self.declared.is_some_and(|len| len > limit as u64) {
            return Ok(None);
        }
        let mut whole = BytesMut::new();
        while let Some(piece) = self.next().await? {
            if whole.len() + piece.len() > limit {
                return Ok(None);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(Some(whole.freeze()))
    }
}

impl Drop for Intake {
    /// Closing a connection while the client still sends would reset it, and the client would see the reset in place of the reply.
    fn drop(&mut self) {
        let Some(body) = self.body.take().filter(|body| !body.is_end_stream() && !self.held_back) else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(timeout(LINGER_TIME, linger(body)));
        }
    }
}

async fn linger(mut body: Incoming) {
    let mut left = LINGER_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        let len = frame.data_ref().map_or(0, Bytes::len);
        if len > left {
            return;
        }
        left -= len;
    }
}
