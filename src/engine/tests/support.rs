//! A server that answers as a test says, and what an engine tells of it.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::client::{Client, Credentials, Options};
use crate::clock::Clock;
use crate::engine::{Because, Env, Judgement, Observer, Passing, run};
use crate::exchange::Exchange;
use crate::plan::tests::support::{facts, planned, setting};
use crate::plan::{Expected, Plan, Setting, Step};

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    /// `GET /v2/`
    pub(crate) line: String,
    /// In lower-case names.
    pub(crate) headers: Vec<(String, String)>,
    /// As it came: of a chunked body the chunks, of a cut one what was sent.
    pub(crate) body: Vec<u8>,
}

impl Heard {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn read(head: &str) -> Self {
        let mut lines = head.lines();
        let line = lines.next().unwrap_or_default().trim_end_matches(" HTTP/1.1").to_owned();
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Self { line, headers: headers.collect(), body: Vec::new() }
    }
}

/// Runs on the test's runtime, and ends with it.
pub(crate) struct Server {
    /// `127.0.0.1:PORT`
    pub(crate) host: String,
    requests: Arc<Mutex<Vec<Heard>>>,
}

impl Server {
    /// `answer` gives the whole answer to a request, of which there were so many before.
    pub(crate) async fn new(answer: impl Fn(&Heard, usize) -> String + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let requests: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (heard, answer) = (Arc::clone(&requests), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&heard), Arc::clone(&answer)));
            }
        });
        Self { host, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.host)
    }

    pub(crate) fn requests(&self) -> Vec<Heard> {
        self.requests.lock().unwrap().clone()
    }

    /// The request lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().into_iter().map(|heard| heard.line).collect()
    }
}

async fn serve<F: Fn(&Heard, usize) -> String>(mut stream: TcpStream, heard: Arc<Mutex<Vec<Heard>>>, answer: Arc<F>) {
    loop {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            let Ok(byte) = stream.read_u8().await else { return };
            bytes.push(byte);
        }
        let mut request = Heard::read(&String::from_utf8_lossy(&bytes));
        let chunked = request.header("transfer-encoding").is_some();
        let length: usize = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while if chunked { !request.body.ends_with(b"0\r\n\r\n") } else { request.body.len() < length } {
            let Ok(byte) = stream.read_u8().await else { break };
            request.body.push(byte);
        }
        let said = {
            let mut heard = heard.lock().unwrap();
            let said = answer(&request, heard.len());
            heard.push(request);
            said
        };
        if stream.write_all(said.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// An answer with a Content-Length; `headers` are lines that end with CRLF.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// Everything that an engine told, one line each.
#[derive(Default)]
pub(crate) struct Told {
    lines: Mutex<Vec<String>>,
}

impl Told {
    fn tell(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }

    /// How many exchanges were judged by what holds for every one of them.
    pub(crate) fn exchanges_judged(&self) -> usize {
        self.lines.lock().unwrap().iter().filter(|line| line.starts_with("http/server-error")).count()
    }

    /// The lines, those of `always` that pass left out.
    pub(crate) fn lines(&self) -> Vec<String> {
        let dull = |line: &String| line.starts_with("http/") && line.ends_with(" pass");
        self.lines.lock().unwrap().iter().filter(|line| !dull(line)).cloned().collect()
    }
}

impl Observer for Told {
    fn exchanged(&self, _: &Exchange) {}

    fn judged(&self, _: Option<&Step>, expected: &Expected, judgement: Judgement, _: Option<&Exchange>) {
        let what = match judgement {
            Judgement::Pass => "pass".to_owned(),
            Judgement::Declined(observed) => format!("declined: {observed}"),
            Judgement::Fail(mismatch) => format!("fail: {mismatch}"),
            Judgement::Skipped(reason) => format!("skipped: {reason}"),
            Judgement::Error(reason) => format!("error: {reason}"),
            Judgement::Inconclusive { reason, because } => match because {
                Some(Because::Step(number)) => format!("inconclusive by step {number}: {reason}"),
                Some(Because::Clause { clause, .. }) => format!("inconclusive by {clause}: {reason}"),
                None => format!("inconclusive: {reason}"),
            },
        };
        self.tell(format!("{} {what}", expected.clause));
    }

    fn unprepared(&self, step: &Step, exchange: &Exchange) {
        self.tell(format!("unprepared {}: {}", step.title, crate::judge::observed(exchange)));
    }

    fn decided(&self, capability: &str, outcome: Option<&str>, exchange: &Exchange) {
        self.tell(format!("decided {capability} {outcome:?}: {}", crate::judge::observed(exchange)));
    }
}

/// What to run with.
pub(crate) fn env(url: &str, login: Option<(&str, &str)>, plan: &Plan) -> Env {
    let base: http::Uri = url.parse().unwrap();
    let credentials = login.map(|(user, password)| Credentials::new(user, password));
    let options = Options { target: Some(base.clone()), credentials, ..Options::default() };
    let client = Client::new(options).unwrap();
    Env { client, base, always: plan.always.clone(), realm: None, passing: Passing::Moved(Clock::system()) }
}

/// Runs the scenario `a/x` once under the profile `oci`.
pub(crate) async fn told(url: &str, login: Option<(&str, &str)>, text: &str) -> Vec<String> {
    told_in_full(url, login, text).await.lines()
}

/// The same, with nothing left out.
pub(crate) async fn told_in_full(url: &str, login: Option<(&str, &str)>, text: &str) -> Told {
    let login_given = login.map(|(user, password)| (user.to_owned(), password.to_owned()));
    let plan = planned(text, "oci", &facts(&[]), &Setting { registry: url.to_owned(), login: login_given, ..setting() });
    let env = env(url, login, &plan);
    let told = Told::default();
    for item in &plan.items {
        run(item, &env, &told).await;
    }
    told
}

/// Runs these steps (lines that begin with two spaces) against a server that answers so.
pub(crate) async fn script(steps: &str, answer: impl Fn(&Heard, usize) -> String + Send + Sync + 'static) -> (Vec<String>, Server) {
    let server = Server::new(answer).await;
    let data = if steps.contains("body: d") || steps.contains("cut: d") || steps.contains("push: d") || steps.contains("[d,") {
        "data: { d: { blob: 10B } }\n"
    } else {
        ""
    };
    let lines = told(&server.url(), None, &format!("title: t\n{data}steps:\n{steps}")).await;
    (lines, server)
}
