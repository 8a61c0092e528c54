//! A registry that is only pulled from: nothing is ever written, and every byte of what was named is verified.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plimsoll::judge::Verdict;
use plimsoll::oci::Digest;
use plimsoll::record::Record;
use serde_json::json;

use crate::support::program::{Finished, plimsoll, run};
use crate::support::server::Server;

const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const LIMIT: Duration = Duration::from_mins(2);

/// Sends a body and wants 201.
fn push(server: &Server, method: &str, path: &str, kind: &str, body: &[u8]) {
    let mut stream = TcpStream::connect(server.host()).unwrap();
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n")
        .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

fn blob(server: &Server, kind: &str, bytes: &[u8]) -> serde_json::Value {
    let digest = Digest::sha256(bytes);
    push(server, "POST", &format!("/v2/team/app/blobs/uploads/?digest={digest}"), "application/octet-stream", bytes);
    json!({ "mediaType": kind, "digest": digest.to_string(), "size": bytes.len() })
}

fn manifest(server: &Server, reference: &str, kind: &str, value: &serde_json::Value) -> serde_json::Value {
    let bytes = value.to_string().into_bytes();
    let digest = Digest::sha256(&bytes).to_string();
    push(server, "PUT", &format!("/v2/team/app/manifests/{}", if reference.is_empty() { &digest } else { reference }), kind, &bytes);
    json!({ "mediaType": kind, "digest": digest, "size": bytes.len() })
}

/// `team/app:v1`, an image of two layers, and `team/app:multi`, an index of it; gives the image's digest.
fn filled(server: &Server) -> String {
    let large = vec![7; 2 << 20];
    let layers = [b"one".as_slice(), &large].map(|bytes| blob(server, "application/vnd.oci.image.layer.v1.tar", bytes));
    let config = blob(server, "application/vnd.oci.image.config.v1+json", b"{}");
    let image = json!({ "schemaVersion": 2, "mediaType": IMAGE, "config": config, "layers": layers });
    let mut image = manifest(server, "v1", IMAGE, &image);
    let digest = image["digest"].as_str().unwrap().to_owned();
    image["platform"] = json!({ "os": "linux", "architecture": "arm64" });
    manifest(server, "multi", INDEX, &json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [image] }));
    digest
}

/// Passes connections on, and keeps what clients send.
fn tapped(to: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, heard) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let tap = Arc::clone(&heard);
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(to).unwrap();
            let (mut back, mut answers) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut answers, &mut back);
                let _ = back.shutdown(std::net::Shutdown::Write);
            });
            let tap = Arc::clone(&tap);
            std::thread::spawn(move || pass(client, server, &tap));
        }
    });
    (address, heard)
}

fn pass(mut client: TcpStream, mut server: TcpStream, tap: &Mutex<Vec<u8>>) {
    let mut piece = [0; 8192];
    while let Ok(n @ 1..) = client.read(&mut piece) {
        tap.lock().unwrap().extend_from_slice(&piece[..n]);
        if server.write_all(&piece[..n]).is_err() {
            break;
        }
    }
    let _ = server.shutdown(std::net::Shutdown::Write);
}

fn check(home: &std::path::Path, target: &str, more: &[&str]) -> Finished {
    let words = ["check", target, "--profile", "pull-only", "--report-dir", "out"];
    run(plimsoll(home).args(words).args(more), LIMIT)
}

#[test]
fn images_that_are_named_are_pulled_to_the_last_byte_and_nothing_is_ever_written() {
    let home = tempfile::tempdir().unwrap();
    let server = crate::support::configs::plimsoll(home.path(), &[]);
    let digest = filled(&server);
    let (address, heard) = tapped(server.host().parse().unwrap());
    let by_digest = format!("team/app@{digest}");
    let out =
        check(home.path(), &format!("http://{address}"), &["--image", "team/app:v1", "--image", "team/app:multi", "--image", &by_digest]);
    assert_eq!(out.code, Some(0), "{}\n{}", out.stdout, out.stderr);
    let heard = String::from_utf8_lossy(&heard.lock().unwrap()).into_owned();
    let methods: Vec<&str> = heard.lines().filter(|line| line.ends_with(" HTTP/1.1")).filter_map(|line| line.split(' ').next()).collect();
    assert!(methods.len() > 50 && methods.iter().all(|method| ["GET", "HEAD", "OPTIONS"].contains(method)), "{methods:?}");
    let record = Record::read(&std::fs::read_to_string(home.path().join("out/record.json")).unwrap()).unwrap();
    assert!(record.left_behind.is_empty(), "{:?}", record.left_behind);
    let items = |id: &str| record.rounds[0].scenarios.iter().filter(|scenario| scenario.id == id).count();
    assert_eq!((items("images/manifest"), items("images/tags"), items("images/blobs")), (3, 2, 3), "config and two layers, each once");
    assert_eq!(record.clauses["pull/blob-body"].verdict, Verdict::Pass);
}

#[test]
fn a_layer_of_other_bytes_fails_and_an_image_that_is_not_there_is_told() {
    let home = tempfile::tempdir().unwrap();
    let server = crate::support::configs::plimsoll(home.path(), &["--fault", "blob/large-changed"]);
    filled(&server);
    let target = format!("http://{}", server.host());
    let out = check(home.path(), &target, &["--image", "team/app:v1"]);
    assert_eq!(out.code, Some(1), "{}\n{}", out.stdout, out.stderr);
    assert!(out.stdout.contains("pull/blob-body"), "{}", out.stdout);
    let missing = check(home.path(), &target, &["--image", "team/app:none"]);
    assert_eq!(missing.code, Some(4), "{}", missing.stderr);
    assert!(missing.stderr.contains("team/app:none can't be judged") && missing.stderr.contains("404"), "{}", missing.stderr);
    let nothing = check(home.path(), &target, &[]);
    assert_eq!(nothing.code, Some(2), "{}", nothing.stderr);
    assert!(nothing.stderr.contains("--image REPOSITORY:TAG"), "{}", nothing.stderr);
    let wrong = check(home.path(), &target, &["--image", "team/app"]);
    assert!(wrong.code == Some(2) && wrong.stderr.contains("no tag and no digest"), "{}", wrong.stderr);
}
