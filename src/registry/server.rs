//! Connections.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::auth::{Guard, KeyError};
use super::config::{Config, Limits, Rules};
use super::front::Front;
use super::operations::Operations;
use super::pace::Pacer;
use super::pages::Pages;
use super::patient::Patient;
use super::reply::Reply;
use super::rules::GithubPackages;
use super::store::Store;
use super::twist::{Twists, Wire};

/// How long somebody waits for a place before those who do nothing with theirs are asked for it, twice.
const CROWDED: Duration = Duration::from_millis(500);

/// Why no registry was started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can't be listened on.
    #[error("{address} can't be listened on: {why}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// The system's words.
        why: std::io::Error,
    },
    /// There is no thread to keep the pace in.
    #[error("no pace can be kept: {0}")]
    Pace(std::io::Error),
    /// The key that tokens are signed with is no good.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A registry that serves. Dropped, it goes on until its runtime ends.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:5000`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more connections, ends those that are idle, lets the others finish what they are at for [`Limits::grace`], and waits until
    /// all is still.
    pub async fn stop(self) {
        // Nobody listening means that it has ended already.
        let _ = self.stop.send(true);
        let _ = self.serving.await;
    }
}

/// The way into a registry that no network leads to.
#[derive(Clone, Debug)]
pub struct Entrance(mpsc::UnboundedSender<DuplexStream>);

/// Bytes that are under way in one direction, as a system's buffers for a socket hold them.
const UNDER_WAY: usize = 256 << 10;

impl Entrance {
    /// A connection; none where the registry has stopped.
    #[must_use]
    pub fn enter(&self) -> Option<DuplexStream> {
        let (ours, theirs) = tokio::io::duplex(UNDER_WAY);
        self.0.send(theirs).ok().map(|()| ours)
    }
}

/// Where connections come from.
enum Door {
    Street(TcpListener),
    Inner(mpsc::UnboundedReceiver<DuplexStream>),
}

/// One connection.
enum Visitor {
    Street(TcpStream),
    Inner(DuplexStream),
}

/// Starts a registry in the background of this runtime.
///
/// # Errors
/// The address is taken or not ours; the key for tokens is no good.
pub async fn start(mut config: Config) -> Result<Running, StartError> {
    let twists = Twists::of(&mut config);
    let listener = TcpListener::bind(config.listen).await.map_err(|why| StartError::Listen { address: config.listen, why })?;
    let address = listener.local_addr().map_err(|why| StartError::Listen { address: config.listen, why })?;
    serving(config, twists, address, Door::Street(listener))
}

/// The same without a network: it thinks that it listens on [`Config::listen`], and only who has its [`Entrance`] comes in.
///
/// # Errors
/// The key for tokens is no good.
pub fn start_within(mut config: Config) -> Result<(Running, Entrance), StartError> {
    let twists = Twists::of(&mut config);
    let (calls, called) = mpsc::unbounded_channel();
    let address = config.listen;
    Ok((serving(config, twists, address, Door::Inner(called))?, Entrance(calls)))
}

fn serving(config: Config, twists: Twists, address: SocketAddr, door: Door) -> Result<Running, StartError> {
    let guard = Guard::new(&config.auth, config.clock.clone())?;
    let pages = (config.rules == Rules::GithubPackages).then(|| Pages::new(config.clock.clone()));
    let store = Store::new(config.max_storage, config.clock, config.limits.clone());
    let operations: Arc<dyn Operations> = match config.rules {
        Rules::Standard => Arc::new(store),
        Rules::GithubPackages => Arc::new(GithubPackages(store)),
    };
    let pacer = Pacer::start(&config.pace).map_err(StartError::Pace)?;
    let front = Arc::new(Front {
        operations: twists.around(operations),
        guard,
        limits: config.limits.clone(),
        manifests: Semaphore::new(config.limits.manifests_at_once),
        pacer,
        address: format!("http://{address}"),
        pages,
        twists,
    });
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(accept(door, front, config.limits, stopped));
    Ok(Running { address, stop, serving })
}

async fn accept(mut door: Door, front: Arc<Front>, limits: Limits, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let crowded = Arc::new(Notify::new());
    let mut connections = JoinSet::new();
    loop {
        // One that waits for a place waits in the system's queue, where it costs nothing here.
        let place = tokio::select! {
            place = place(&places, &crowded) => place,
            () = told(&mut stopped) => break,
        };
        let stream = tokio::select! {
            stream = door.next() => stream,
            () = told(&mut stopped) => break,
        };
        while connections.try_join_next().is_some() {}
        match stream {
            Some(stream) => {
                let (front, limits, stopped, crowded) = (Arc::clone(&front), limits.clone(), stopped.clone(), Arc::clone(&crowded));
                connections.spawn(async move {
                    match stream {
                        Visitor::Street(stream) => serve(stream, front, &limits, stopped, &crowded).await,
                        Visitor::Inner(stream) => serve(stream, front, &limits, stopped, &crowded).await,
                    }
                    drop(place);
                });
            }
            // Out of file handles, most likely: some come back as connections end.
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    drop(door);
    // Whoever is not done by then is cut off.
    let _ = timeout(limits.grace, async { while connections.join_next().await.is_some() {} }).await;
    connections.shutdown().await;
}

impl Door {
    /// Who comes next. Nobody: somebody could not be let in.
    async fn next(&mut self) -> Option<Visitor> {
        match self {
            Self::Street(listener) => {
                let (stream, _) = listener.accept().await.ok()?;
                // Small answers must not wait for more to say.
                let _ = stream.set_nodelay(true);
                Some(Visitor::Street(stream))
            }
            Self::Inner(called) => match called.recv().await {
                Some(stream) => Some(Visitor::Inner(stream)),
                None => std::future::pending().await,
            },
        }
    }
}

/// A place for one connection more. While there is none, idle connections are told so.
async fn place(places: &Arc<Semaphore>, crowded: &Notify) -> Option<OwnedSemaphorePermit> {
    loop {
        match timeout(CROWDED, Arc::clone(places).acquire_owned()).await {
            Ok(place) => return place.ok(),
            Err(_) => crowded.notify_waiters(),
        }
    }
}

/// Waits for the word to stop. Where [`Running`] was dropped it never comes.
async fn told(stopped: &mut watch::Receiver<bool>) {
    if stopped.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn serve<S>(stream: S, front: Arc<Front>, limits: &Limits, mut stopped: watch::Receiver<bool>, crowded: &Notify)
where
    S: AsyncRead + AsyncWrite + Send + Unpin,
{
    // Goes up when a request comes and when it is answered: odd is busy.
    let pulse = AtomicU64::new(0);
    let verbatim = Mutex::new(None);
    let service = service_fn(|request| {
        let (front, pulse, verbatim) = (Arc::clone(&front), &pulse, &verbatim);
        async move {
            pulse.fetch_add(1, Ordering::Relaxed);
            let reply = front.answer(request).await;
            pulse.fetch_add(1, Ordering::Relaxed);
            spoken(reply, verbatim).await
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(limits.head_bytes.max(8192)).half_close(true);
    let mut connection = http.serve_connection(TokioIo::new(Patient::new(stream, limits.body)), service);
    let mut seen = None;
    loop {
        // A client that breaks off is its own affair.
        tokio::select! {
            _ = &mut connection => break,
            () = told(&mut stopped) => Pin::new(&mut connection).graceful_shutdown(),
            () = crowded.notified() => {
                let now = pulse.load(Ordering::Relaxed);
                if now.is_multiple_of(2) && seen == Some(now) {
                    Pin::new(&mut connection).graceful_shutdown();
                } else {
                    seen = Some(now);
                    continue;
                }
            }
        }
        let _ = (&mut connection).await;
        break;
    }
    let mut stream = connection.into_parts().io.into_inner();
    let bytes = verbatim.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(bytes) = bytes {
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
    }
}

/// The reply, unless the connection is to say something else in its place and end.
async fn spoken(mut reply: Reply, verbatim: &Mutex<Option<Bytes>>) -> Result<Reply, Verbatim> {
    match reply.extensions_mut().remove::<Wire>() {
        None => Ok(reply),
        Some(Wire::Silence) => std::future::pending().await,
        Some(Wire::Raw(bytes)) => {
            *verbatim.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
            Err(Verbatim)
        }
    }
}

/// The end of what hyper has to say on a connection.
#[derive(Debug, thiserror::Error)]
#[error("the rest is said verbatim")]
struct Verbatim;
