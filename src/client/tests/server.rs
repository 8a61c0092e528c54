//! A server that does with each connection what a test says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Runs on the test's runtime, and ends with it.
pub(super) struct Server {
    /// `http://127.0.0.1:PORT`.
    pub(super) url: String,
    accepted: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<Heard>>>,
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    /// Request line and headers.
    pub(super) head: String,
    /// The body, where its length was told.
    pub(super) body: Vec<u8>,
}

impl Heard {
    /// Method and target.
    pub(super) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1")
    }

    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .skip(1)
            .find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)))
            .map(|(_, value)| value)
    }
}

impl Server {
    /// `handle` gets each connection with its number, from 0.
    pub(super) async fn raw<F, W>(handle: F) -> Self
    where
        F: Fn(TcpStream, usize) -> W + Send + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let accepted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&accepted);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(handle(stream, count.fetch_add(1, Ordering::SeqCst)));
            }
        });
        Self { url, accepted, requests: Arc::default() }
    }

    /// Writes `bytes` after each request head, then closes.
    pub(super) async fn says(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Vec<u8> = bytes.into();
        Self::raw(move |mut stream, _| {
            let bytes = bytes.clone();
            async move {
                if hear(&mut stream).await.is_some() {
                    let _ = stream.write_all(&bytes).await;
                }
            }
        })
        .await
    }

    /// `answer` gives the whole answer to each request; connections are kept alive.
    pub(super) async fn web<F>(answer: F) -> Self
    where
        F: Fn(&Heard) -> String + Send + Sync + 'static,
    {
        let requests: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (heard, answer) = (Arc::clone(&requests), Arc::new(answer));
        let server = Self::raw(move |mut stream, _| {
            let (heard, answer) = (Arc::clone(&heard), Arc::clone(&answer));
            async move {
                while let Some(request) = hear(&mut stream).await {
                    let bytes = answer(&request);
                    heard.lock().unwrap().push(request);
                    if stream.write_all(bytes.as_bytes()).await.is_err() {
                        return;
                    }
                }
            }
        })
        .await;
        Self { requests, ..server }
    }

    /// How many connections there were.
    pub(super) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// What came, of a [`Server::web`].
    pub(super) fn requests(&self) -> Vec<Heard> {
        self.requests.lock().unwrap().clone()
    }

    /// The requests whose target begins so.
    pub(super) fn requests_for(&self, path: &str) -> Vec<Heard> {
        self.requests().into_iter().filter(|heard| heard.line().split(' ').nth(1).is_some_and(|target| target.starts_with(path))).collect()
    }

    pub(super) fn host(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }
}

/// Reads one request: the head, and a body whose length is told. Nothing at the end of the connection.
pub(super) async fn hear<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> Option<Heard> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.ok()?);
    }
    let mut heard = Heard { head: String::from_utf8_lossy(&bytes).into_owned(), body: Vec::new() };
    let length: usize = heard.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    heard.body = vec![0; length];
    stream.read_exact(&mut heard.body).await.ok()?;
    Some(heard)
}

/// An answer with a Content-Length; `headers` are lines that end with CRLF.
pub(super) fn answer(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// A port that nobody listens on.
pub(super) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
