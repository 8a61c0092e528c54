//! Servers on free loopback ports.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use plimsoll::clock;

/// How long a server may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(20);

/// How often a server is started again because another process took its port in the meantime.
const ATTEMPTS: usize = 3;

/// A running server. Dropping it kills the process that was started here, and waits until it is gone.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Server {
    /// Starts what `command` makes for a free port, and waits until that answers HTTP. Panics with the server's log if it never does.
    pub(crate) fn start(mut command: impl FnMut(SocketAddr) -> Command) -> Self {
        let mut log = String::new();
        for _ in 0..ATTEMPTS {
            let address = free_address();
            match Self::try_start(&mut command(address), address) {
                Ok(server) => return server,
                Err(said) => log = said,
            }
        }
        panic!("a server did not start:\n{log}")
    }

    fn try_start(command: &mut Command, address: SocketAddr) -> Result<Self, String> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the server's program starts");
        let log = Arc::default();
        let (sender, lines) = mpsc::channel();
        keep(child.stdout.take().expect("stdout is piped"), &log, sender.clone());
        keep(child.stderr.take().expect("stderr is piped"), &log, sender);
        let mut server = Self { child, address, log };
        if server.answers(&lines) { Ok(server) } else { Err(server.log()) }
    }

    /// Whether it answers within the limit; not so either if it ends before.
    fn answers(&mut self, lines: &Receiver<()>) -> bool {
        let begin = clock::instant();
        while begin.elapsed() < START_LIMIT && matches!(self.child.try_wait(), Ok(None)) {
            if speaks_http(self.address) {
                return true;
            }
            // The next line of its log, or a short while without any, is when to look again.
            let _ = lines.recv_timeout(Duration::from_millis(10));
        }
        false
    }

    /// `127.0.0.1:43210`.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// What it has logged up to now.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("no reader of a log panics").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A process that is gone already is what we want.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A loopback address with a port that is free now.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a loopback port is free");
    listener.local_addr().expect("a bound listener has an address")
}

/// Whether something there answers HTTP. One that speaks TLS answers a plain request with a plain 400, which will do.
fn speaks_http(address: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let mut answer = [0; 5];
    stream.set_read_timeout(Some(Duration::from_secs(5))).is_ok()
        && write!(stream, "GET /v2/ HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer == *b"HTTP/"
}

fn keep(output: impl Read + Send + 'static, log: &Arc<Mutex<String>>, tick: Sender<()>) {
    let log = Arc::clone(log);
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let mut log = log.lock().expect("no reader of a log panics");
            log.push_str(&line);
            log.push('\n');
            // Nobody waits for lines once the server answers.
            let _ = tick.send(());
        }
    });
}
