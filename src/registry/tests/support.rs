//! A registry to ask, and what to ask it with.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::clock::Clock;
use crate::oci::{Algorithm, Digest, MediaType};
use crate::registry::{Config, Running, start};

pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// A registry that runs for one test.
pub(super) struct Served {
    pub(super) running: Running,
    pub(super) clock: Clock,
    http: reqwest::Client,
}

/// What it answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    /// A header's value, empty where it is absent.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The status and the first error's code.
    pub(super) fn refusal(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/json");
        (self.status, self.json()["errors"][0]["code"].as_str().unwrap().to_owned())
    }

    /// The strings of a list in the body.
    pub(super) fn strings(&self, pointer: &str) -> Vec<String> {
        let value = self.json();
        let list = value.pointer(pointer).unwrap().as_array().unwrap();
        list.iter().map(|item| item.as_str().unwrap().to_owned()).collect()
    }

    /// The path in `Link`.
    pub(super) fn next(&self) -> Option<String> {
        let link = self.headers.get("link")?.to_str().unwrap();
        Some(link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned())
    }
}

pub(super) fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

impl Served {
    pub(super) async fn open() -> Self {
        Self::with(|_| ()).await
    }

    pub(super) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::open();
        change(&mut config);
        let clock = config.clock.clone();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
        Self { running: start(config).await.unwrap(), clock, http }
    }

    /// `line` is a method and a path.
    pub(super) async fn ask(&self, line: &str, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Answer {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.running.url())).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.bytes().await.unwrap() }
    }

    /// Without headers or body.
    pub(super) async fn just(&self, line: &str) -> Answer {
        self.ask(line, &[], "").await
    }

    pub(super) async fn status(&self, line: &str) -> u16 {
        self.just(line).await.status
    }

    /// Pushes a blob with one POST.
    pub(super) async fn push_blob(&self, name: &str, content: &[u8]) -> Answer {
        let digest = Digest::sha256(content);
        self.ask(&format!("POST /v2/{name}/blobs/uploads/?digest={digest}"), &[], content.to_vec()).await
    }

    /// Pushes a blob that must be taken.
    pub(super) async fn blob(&self, name: &str, content: &[u8]) -> Digest {
        assert_eq!(self.push_blob(name, content).await.status, 201);
        Digest::sha256(content)
    }

    /// Opens an upload session and gives its path.
    pub(super) async fn session(&self, name: &str) -> String {
        let answer = self.just(&format!("POST /v2/{name}/blobs/uploads/")).await;
        assert_eq!(answer.status, 202);
        answer.header("location").to_owned()
    }

    pub(super) async fn put_manifest(&self, name: &str, reference: &str, media_type: &str, body: &str) -> Answer {
        let line = format!("PUT /v2/{name}/manifests/{reference}");
        self.ask(&line, &[("content-type", media_type)], body.to_owned()).await
    }

    /// Pushes an image of an empty config, told apart by `mark`; gives its bytes.
    pub(super) async fn image(&self, name: &str, reference: &str, mark: &str) -> String {
        self.blob(name, b"{}").await;
        let image = image(mark, None);
        assert_eq!(self.put_manifest(name, reference, MANIFEST, &image).await.status, 201);
        image
    }

    /// A connection of its own.
    pub(super) async fn wire(&self) -> Wire {
        Wire(TcpStream::connect(self.running.addr()).await.unwrap())
    }

    /// Everything that comes back for `bytes` until the connection ends; only our half of it is closed.
    pub(super) async fn raw(&self, bytes: &[u8]) -> String {
        let mut wire = self.wire().await;
        // Refused early, the rest cannot be sent; the answer still counts.
        let _ = wire.0.write_all(bytes).await;
        let _ = wire.0.shutdown().await;
        wire.rest().await
    }
}

/// One connection, byte by byte.
pub(super) struct Wire(pub(super) TcpStream);

impl Wire {
    pub(super) async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// One answer, body included; `head` is the method HEAD.
    pub(super) async fn hear(&mut self, head: bool) -> Answer {
        within(async {
            let mut bytes = Vec::new();
            while !bytes.ends_with(b"\r\n\r\n") {
                bytes.push(self.0.read_u8().await.unwrap());
            }
            let text = String::from_utf8(bytes).unwrap();
            let mut headers = HeaderMap::new();
            for line in text.lines().skip(1).filter(|line| !line.is_empty()) {
                let (name, value) = line.split_once(": ").unwrap();
                headers.append(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
            }
            let len = headers.get("content-length").map_or(0, |len| len.to_str().unwrap().parse().unwrap());
            let mut body = vec![0; if head { 0 } else { len }];
            self.0.read_exact(&mut body).await.unwrap();
            Answer { status: text[9..12].parse().unwrap(), headers, body: body.into() }
        })
        .await
    }

    /// What comes until the connection ends, be it by a reset.
    pub(super) async fn rest(&mut self) -> String {
        let mut heard = Vec::new();
        let _ = within(self.0.read_to_end(&mut heard)).await;
        String::from_utf8_lossy(&heard).into_owned()
    }
}

/// No test hangs.
pub(super) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it ends within 20 seconds")
}

/// An image manifest of an empty config and no layers, told apart by `mark`.
pub(super) fn image(mark: &str, subject: Option<Digest>) -> String {
    let config = descriptor("application/vnd.oci.empty.v1+json", Digest::sha256(b"{}"), 2);
    let mut image = json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [], "annotations": { "mark": mark } });
    if let Some(subject) = subject {
        image["subject"] = descriptor(MANIFEST, subject, 7);
    }
    image.to_string()
}

/// An image index of children.
pub(super) fn index(children: &[&str]) -> String {
    let children: Vec<Value> = children.iter().map(|child| descriptor(MANIFEST, Digest::sha256(child.as_bytes()), child.len())).collect();
    json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_INDEX.as_str(), "manifests": children }).to_string()
}

pub(super) fn descriptor(media_type: &str, digest: Digest, size: usize) -> Value {
    json!({ "mediaType": media_type, "digest": digest.to_string(), "size": size })
}

pub(super) fn sha256(text: &str) -> Digest {
    Digest::sha256(text.as_bytes())
}

pub(super) fn sha512(content: &[u8]) -> Digest {
    Digest::of(Algorithm::Sha512, content)
}
