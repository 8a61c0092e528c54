//! A registry that is only pulled from: nothing is ever written, and every byte of what was named is verified.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plimsoll::judge::Verdict;
use plimsoll::oci::Digest;
use serde_json::json;

use crate::support::impostor::{Answer, Impostor};
use crate::support::program::{Finished, home, plimsoll, record, run, said};
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
    let home = home();
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
    let record = record(&home.path().join("out/record.json"));
    assert!(record.left_behind.is_empty(), "{:?}", record.left_behind);
    let items = |id: &str| record.rounds[0].scenarios.iter().filter(|scenario| scenario.id == id).count();
    assert_eq!((items("images/manifest"), items("images/tags"), items("images/blobs")), (3, 2, 3), "config and two layers, each once");
    assert_eq!(record.clauses["pull/blob-body"].verdict, Verdict::Pass);
}

#[test]
fn a_layer_of_other_bytes_fails_and_an_image_that_is_not_there_is_told() {
    let home = home();
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

/// Serves an index of two platforms, of which one is there with a layer and a layer that is too large to be pulled, by its digest and as
/// `multi`; gives that digest too. It tells no digest of the index, and swapped adds a byte to it.
fn index(swapped: bool) -> (Impostor, String) {
    let told =
        |kind: &str, body: &str| json!({ "mediaType": kind, "digest": Digest::sha256(body.as_bytes()).to_string(), "size": body.len() });
    let mut large = told("application/vnd.oci.image.layer.v1.tar", "large");
    large["size"] = json!(300 << 20);
    let layers = [told("application/vnd.oci.image.layer.v1.tar", "one"), large];
    let config = told("application/vnd.oci.image.config.v1+json", "{}");
    let image = json!({ "schemaVersion": 2, "mediaType": IMAGE, "config": config, "layers": layers }).to_string();
    let platforms = [(told(IMAGE, &image), "amd64"), (told(IMAGE, "elsewhere"), "arm64")].map(|(mut entry, architecture)| {
        entry["platform"] = json!({ "os": "linux", "architecture": architecture });
        entry
    });
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": platforms }).to_string();
    let digest = Digest::sha256(index.as_bytes()).to_string();
    let came = index + if swapped { "\n" } else { "" };
    let path = |area: &str, body: &str| format!("/v2/team/app/{area}/{}", Digest::sha256(body.as_bytes()));
    let contents = vec![
        (path("blobs", "one"), "application/octet-stream", "one".to_owned()),
        (path("blobs", "{}"), "application/octet-stream", "{}".to_owned()),
        (path("manifests", &image), IMAGE, image),
        ("/v2/team/app/manifests/multi".to_owned(), INDEX, came.clone()),
        (format!("/v2/team/app/manifests/{digest}"), INDEX, came),
        ("/v2/team/app/tags/list".to_owned(), "application/json", r#"{"name":"team/app","tags":["multi"]}"#.to_owned()),
        ("/v2/".to_owned(), "application/json", "{}".to_owned()),
    ];
    (Impostor::start(move |head, _| Answer::Say(answer(head, &contents))), digest)
}

fn answer(head: &str, contents: &[(String, &str, String)]) -> String {
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let found = contents.iter().find(|(at, ..)| at == path);
    let missing = r#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#;
    let (status, kind, body) = found.map_or(("404 Not Found", "application/json", missing), |(_, kind, body)| ("200 OK", kind, body));
    let digest = if found.is_some() && kind != INDEX {
        format!("Docker-Content-Digest: {}\r\n", Digest::sha256(body.as_bytes()))
    } else {
        String::new()
    };
    let sent = if method == "HEAD" { "" } else { body };
    format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{digest}Connection: close\r\n\r\n{sent}", body.len())
}

#[test]
fn an_index_of_other_bytes_than_its_digest_fails_however_it_was_named() {
    for by_tag in [false, true] {
        for (swapped, code) in [(false, Some(0)), (true, Some(1))] {
            let (home, (server, digest)) = (home(), index(swapped));
            let image = if by_tag { "team/app:multi".to_owned() } else { format!("team/app@{digest}") };
            let out = check(home.path(), &server.url(), &["--image", &image]);
            assert_eq!(out.code, code, "{image}\n{}\n{}", out.stdout, out.stderr);
            let record = record(&home.path().join("out/record.json"));
            let clause = if by_tag { "pull/manifest-status" } else { "pull/manifest-body" };
            assert_eq!(record.clauses[clause].verdict == Verdict::Fail, swapped, "{image}");
        }
    }
}

#[test]
fn what_of_an_image_is_not_pulled_is_told_with_its_reason() {
    let (home, (server, _)) = (home(), index(false));
    let out = check(home.path(), &server.url(), &["--image", "team/app:multi"]);
    let record = record(&home.path().join("out/record.json"));
    let skipped =
        record.rounds[0].scenarios.iter().filter(|scenario| scenario.id == "images/blobs" && scenario.verdict == Verdict::Skipped);
    let told: Vec<String> = skipped.map(|one| format!("{} {}", one.item.as_deref().unwrap(), one.reason.as_deref().unwrap())).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("256 MiB") && told[1].contains("(linux/arm64)") && told[1].contains("here linux/amd64"), "{told:?}");
    assert!(out.stdout.contains("256 MiB") && out.stdout.contains("linux/amd64"), "{}", out.stdout);
    let judged = record.rounds[0].scenarios.iter().find(|scenario| scenario.id == "images/manifest").and_then(|one| one.item.clone());
    assert_eq!(judged.as_deref(), Some("team/app:multi (linux/amd64)"));
}

#[test]
fn what_a_profile_that_only_reads_cant_do_is_said_in_words() {
    let home = home();
    let load = said(home.path(), &["load", "--profile", "pull-only"]);
    assert!(load.code == Some(2) && load.stderr.contains("pull-only forbids to write"), "{:?} {}", load.code, load.stderr);
    let none = said(home.path(), &["check", "--only", "images/*"]);
    assert!(none.code == Some(2) && none.stderr.contains("--image REPOSITORY:TAG names one"), "{:?} {}", none.code, none.stderr);
    let (server, _) = index(false);
    let target = server.url();
    let writes = check(home.path(), &target, &["--image", "team/app:multi", "--only", "push/blob-post-put"]);
    assert!(writes.code == Some(2) && writes.stderr.contains("forbids to write"), "{:?} {}", writes.code, writes.stderr);
    let pinned = check(home.path(), &target, &["--image", "team/app:multi", "--repository", "team/app"]);
    assert_eq!(pinned.code, Some(0), "nothing is overwritten: {}\n{}", pinned.stdout, pinned.stderr);
}
