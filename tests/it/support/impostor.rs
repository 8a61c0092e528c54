//! Servers that are no registries, or bad ones: a few lines of HTTP each, on free loopback ports.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// A server that runs until the test's process ends.
pub(crate) struct Impostor {
    address: SocketAddr,
    asked: Arc<AtomicU64>,
}

/// What to do with a request, of which the head is given and the number (from 1).
pub(crate) enum Answer {
    /// These bytes, then the connection is closed.
    Say(String),
    /// Nothing, for ever.
    Silence,
}

impl Impostor {
    /// Answers each request, one per connection, with what `answer` says.
    pub(crate) fn start(answer: impl Fn(&str, u64) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
        let address = listener.local_addr().expect("it listens");
        let asked = Arc::new(AtomicU64::new(0));
        let (count, answer) = (Arc::clone(&asked), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (count, answer) = (Arc::clone(&count), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &count, answer.as_ref()));
            }
        });
        Self { address, asked }
    }

    /// Answers every request with this status, type and body.
    pub(crate) fn saying(status: &'static str, content_type: &'static str, body: &'static str) -> Self {
        Self::start(move |_, _| Answer::Say(response(status, content_type, body)))
    }

    /// `http://127.0.0.1:43210`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `127.0.0.1:43210`
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// How many requests have come.
    pub(crate) fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}

/// A whole response that closes its connection.
pub(crate) fn response(status: &str, content_type: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn serve(mut stream: TcpStream, asked: &AtomicU64, answer: &(impl Fn(&str, u64) -> Answer + ?Sized)) {
    let mut head = Vec::new();
    let mut byte = [0_u8; 1];
    // A client that begins a TLS handshake is answered at once, as web servers do.
    let is_tls = |head: &[u8]| head.first() == Some(&0x16);
    while !is_tls(&head) && !head.ends_with(b"\r\n\r\n") && head.len() < 64 << 10 {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let number = asked.fetch_add(1, Ordering::SeqCst) + 1;
    match answer(&String::from_utf8_lossy(&head), number) {
        Answer::Say(text) => {
            // A client that has gone is what some of these are about.
            let _ = stream.write_all(text.as_bytes());
            let _ = stream.shutdown(std::net::Shutdown::Write);
            // Reading on until the client is done keeps what it still sends from resetting the connection.
            let mut rest = [0_u8; 4096];
            while matches!(stream.read(&mut rest), Ok(n) if n > 0) {}
        }
        Answer::Silence => {
            let mut rest = [0_u8; 4096];
            while matches!(stream.read(&mut rest), Ok(n) if n > 0) {}
        }
    }
}
