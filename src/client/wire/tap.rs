//! What is seen under hyper: bytes and times, and failed writes that must not hide an early answer.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::clock;

/// Bytes of an answer that are kept to tell what it is, where it is no HTTP.
const START: usize = 64;
/// Bytes of the head of an answer, interim answers (1xx) included, that are read; any more is hostile.
const HEAD: u64 = 1 << 20;
/// How much of a head is read at once, so that a body that follows is not taken for it.
const STEP: usize = 16 << 10;
/// How many interim answers are read.
const INTERIM: u32 = 100;

/// What happened on a connection since the request began.
#[derive(Debug, Default)]
pub(in crate::client) struct Seen {
    /// Bytes written.
    pub(in crate::client) written: u64,
    /// Of these, the request's head; grows until the empty line.
    pub(super) head: u64,
    /// How much of `\r\n\r\n` stands at the end of what was written.
    matched: usize,
    /// Bytes read.
    pub(in crate::client) read: u64,
    /// The first bytes read.
    pub(super) start: Vec<u8>,
    pub(in crate::client) first_write: Option<Instant>,
    pub(in crate::client) first_read: Option<Instant>,
    pub(in crate::client) last_read: Option<Instant>,
    /// Why writing came to an end.
    pub(super) write_failed: Option<String>,
    /// Whether the head of the answer is here.
    headed: bool,
    /// How many interim answers came.
    interim: u32,
    /// What of the head of the answer went too far.
    pub(super) too_much: Option<&'static str>,
    /// Whether our side is to be closed once everything is written.
    close: bool,
    /// Whether it is.
    pub(super) closed: bool,
}

/// [`Seen`], shared by the connection, its tap and the body that is being sent.
#[derive(Clone, Debug, Default)]
pub(in crate::client) struct Shared(Arc<Mutex<Seen>>);

impl Shared {
    pub(in crate::client) fn get(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the last exchange.
    pub(in crate::client) fn begin(&self) {
        *self.get() = Seen::default();
    }

    /// The head of the answer is here: what follows is the body.
    pub(in crate::client) fn headed(&self) {
        self.get().headed = true;
    }

    /// One more interim answer came.
    pub(super) fn interim(&self) {
        self.get().interim += 1;
    }

    /// Has our side closed after the bytes that are still to be flushed.
    pub(super) fn close_after_flush(&self) {
        self.get().close = true;
    }
}

impl Seen {
    fn wrote(&mut self, bytes: &[u8]) {
        self.first_write.get_or_insert_with(clock::instant);
        self.written += bytes.len() as u64;
        if self.matched == 4 {
            return;
        }
        for &byte in bytes {
            self.head += 1;
            self.matched = match (byte, self.matched) {
                (b'\r', 2) => 3,
                (b'\r', _) => 1,
                (b'\n', 1) => 2,
                (b'\n', 3) => 4,
                _ => 0,
            };
            if self.matched == 4 {
                break;
            }
        }
    }

    fn got(&mut self, bytes: &[u8]) {
        let now = clock::instant();
        self.first_read.get_or_insert(now);
        self.last_read = Some(now);
        self.read += bytes.len() as u64;
        let room = START.saturating_sub(self.start.len());
        self.start.extend(bytes.iter().take(room));
    }

    /// Whether no more of this answer's head is to be read.
    fn is_too_much(&mut self) -> bool {
        if !self.headed && self.interim > INTERIM {
            self.too_much = Some("it sent more interim answers (1xx) than any client takes");
        } else if !self.headed && self.read >= HEAD {
            self.too_much = Some("its head is larger than any client takes");
        }
        self.too_much.is_some()
    }

    /// Bytes written after the head.
    pub(in crate::client) fn body_written(&self) -> u64 {
        self.written - self.head
    }
}

/// A stream that notes what passes.
pub(in crate::client) struct Tap<S> {
    inner: S,
    shared: Shared,
}

impl<S> Tap<S> {
    pub(in crate::client) fn new(inner: S, shared: Shared) -> Self {
        Self { inner, shared }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.shared.get().is_too_much() {
            return Poll::Ready(Err(io::Error::other("too much")));
        }
        let before = buf.filled().len();
        if self.shared.get().headed {
            ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        } else {
            let room = buf.remaining().min(STEP);
            let mut part = ReadBuf::new(buf.initialize_unfilled_to(room));
            ready!(Pin::new(&mut self.inner).poll_read(cx, &mut part))?;
            let came = part.filled().len();
            buf.advance(came);
        }
        if buf.filled().len() > before {
            self.shared.get().got(&buf.filled()[before..]);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> Tap<S> {
    /// A write that failed is never told to hyper, which would throw away an answer that is already there: writing just stops, and
    /// reading goes on until the answer, or the end, comes.
    fn wrote(&self, cx: &Context<'_>, done: Poll<io::Result<usize>>, note: impl FnOnce(&mut Seen, usize)) -> Poll<io::Result<usize>> {
        match done {
            Poll::Ready(Ok(n)) if n > 0 => {
                note(&mut self.shared.get(), n);
                Poll::Ready(Ok(n))
            }
            Poll::Ready(Ok(_)) => Poll::Ready(Ok(0)),
            Poll::Ready(Err(error)) => {
                self.shared.get().write_failed = Some(error.to_string());
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn stopped(&self) -> bool {
        self.shared.get().write_failed.is_some()
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.stopped() {
            return Poll::Pending;
        }
        let done = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.wrote(cx, done, |seen, n| seen.wrote(&buf[..n]))
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if self.stopped() {
            return Poll::Pending;
        }
        let done = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.wrote(cx, done, |seen, mut n| {
            for buf in bufs {
                let part = n.min(buf.len());
                seen.wrote(&buf[..part]);
                n -= part;
            }
        })
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.stopped() {
            return Poll::Ready(Ok(()));
        }
        let mut done = Pin::new(&mut self.inner).poll_flush(cx);
        let wants_close = { self.shared.get().close };
        if wants_close && matches!(done, Poll::Ready(Ok(()))) {
            done = Pin::new(&mut self.inner).poll_shutdown(cx);
            if done.is_ready() {
                let mut seen = self.shared.get();
                (seen.close, seen.closed) = (false, true);
            }
        }
        if let Poll::Ready(Err(error)) = done {
            self.shared.get().write_failed = Some(error.to_string());
            cx.waker().wake_by_ref();
            return Poll::Ready(Ok(()));
        }
        done
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_request_is_counted_however_it_is_written() {
        let mut seen = Seen::default();
        for part in [&b"GET / HTTP/1.1\r\nA: \r"[..], b"b\r", b"\n\r", b"\nbody\r\n\r\nmore"] {
            seen.wrote(part);
        }
        assert_eq!((seen.head, seen.body_written()), (25, 12));
    }
}
