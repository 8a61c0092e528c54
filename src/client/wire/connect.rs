//! Opening a connection.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::client::TlsStream;

use super::{Limits, Origin, Tls, failure};
use crate::clock;
use crate::exchange::{Failure, Phase};

/// A connection's bytes, in plain, in TLS, or without a network.
pub(in crate::client) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    Within(DuplexStream),
}

/// A new connection and how long it took to open.
pub(in crate::client) struct Opened {
    pub(super) stream: Stream,
    pub(super) began: Instant,
    pub(super) connect: Duration,
    pub(super) tls: Duration,
}

impl Opened {
    /// A connection that was there at once, or nobody at home.
    pub(in crate::client) fn without_network(to: &Origin, stream: Option<DuplexStream>) -> Result<Self, Failure> {
        let refused = || Failure::Connect { to: to.to_string(), why: failure::io_words(&io::ErrorKind::ConnectionRefused.into()) };
        let stream = Stream::Within(stream.ok_or_else(refused)?);
        Ok(Self { stream, began: clock::instant(), connect: Duration::ZERO, tls: Duration::ZERO })
    }

    /// The stream, when its opening began, how long that took, and how long of it TLS.
    pub(in crate::client) fn parts(self) -> (Stream, Instant, Duration, Duration) {
        (self.stream, self.began, self.connect, self.tls)
    }
}

/// Opens a connection within the connect time-out.
pub(in crate::client) async fn open(origin: &Origin, tls: &Tls, limits: &Limits) -> Result<Opened, Failure> {
    let began = clock::instant();
    let connected = OnceLock::new();
    let opening = async {
        let stream = tcp(origin, limits.left(limits.connect)).await?;
        let _ = connected.set(clock::instant());
        if origin.is_tls() { handshake(origin, tls, stream).await } else { Ok(Stream::Plain(stream)) }
    };
    let opened = limits.within(limits.connect, Phase::Connect, opening).await;
    let ended = clock::instant();
    let connected = connected.get().copied();
    match opened {
        Ok(stream) => {
            let connected = connected.unwrap_or(ended);
            let tls = if origin.is_tls() { ended - connected } else { Duration::ZERO };
            Ok(Opened { stream: stream?, began, connect: connected - began, tls })
        }
        Err(Failure::TimedOut { after, .. }) if connected.is_some() => Err(Failure::TimedOut { phase: Phase::Tls, after }),
        Err(failure) => Err(failure),
    }
}

/// The first of the host's addresses that answers. The time is shared out, so that one that is silent can't use up all of it.
async fn tcp(origin: &Origin, limit: Duration) -> Result<TcpStream, Failure> {
    let failed = |why: String| Failure::Connect { to: origin.to_string(), why };
    let addresses: Vec<SocketAddr> = lookup_host((origin.host(), origin.port()))
        .await
        .map_err(|error| failed(format!("its name can't be looked up: {error}")))?
        .collect();
    let share = limit / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
    let mut why = "its name has no address".to_owned();
    for (index, address) in addresses.iter().enumerate() {
        let last = index + 1 == addresses.len();
        let attempt = tokio::time::timeout(if last { limit } else { share }, TcpStream::connect(address));
        match attempt.await {
            Ok(Ok(stream)) => {
                // Without it a small write waits for the answer to the one before.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => why = failure::io_words(&error),
            Err(_) => why = format!("{address} does not answer"),
        }
    }
    Err(failed(why))
}

async fn handshake(origin: &Origin, tls: &Tls, stream: TcpStream) -> Result<Stream, Failure> {
    let failed = |why: String| Failure::Tls { to: origin.to_string(), why };
    let connector = tls.connector().map_err(failed)?;
    let name = ServerName::try_from(origin.host().to_owned()).map_err(|_| failed("its name can't stand in a certificate".into()))?;
    match connector.connect(name, stream).await {
        Ok(stream) => Ok(Stream::Tls(Box::new(stream))),
        Err(error) => Err(failed(failure::tls_words(&error, origin))),
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Within(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Within(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
            Self::Within(stream) => Pin::new(stream).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(stream) => stream.is_write_vectored(),
            Self::Tls(stream) => stream.is_write_vectored(),
            Self::Within(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
            Self::Within(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Within(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
