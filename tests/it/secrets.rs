//! No output holds a credential: not a report, not a message, whatever the registry does with what it is sent.

use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plimsoll::record::Record;

use crate::support::impostor::{Answer, Impostor, response};
use crate::support::program::{Finished, plimsoll, run};
use crate::support::server::Server;

const LIMIT: Duration = Duration::from_mins(2);
const USER: &str = "alice";
const PASSWORD: &str = "correct-horse\"battery/4711";

/// Every way in which the password could be written.
fn spellings() -> Vec<String> {
    let json = serde_json::to_string(PASSWORD).unwrap();
    vec![
        PASSWORD.to_owned(),
        json.trim_matches('"').to_owned(),
        PASSWORD.replace('"', "%22").replace('/', "%2F"),
        PASSWORD.replace('"', "&quot;"),
        STANDARD.encode(format!("{USER}:{PASSWORD}")),
        STANDARD.encode(PASSWORD),
    ]
}

fn survey(home: &Path, target: &str) -> Finished {
    let mut command = plimsoll(home);
    command.args(["survey", target, "--report-dir", "out"]).env("PLIMSOLL_USER", USER).env("PLIMSOLL_PASSWORD", PASSWORD);
    run(&mut command, LIMIT)
}

/// All that a run has said and written, by where it stands.
fn outputs(home: &Path, out: Finished) -> Vec<(String, String)> {
    let mut all = vec![("standard output".to_owned(), out.stdout), ("standard error".to_owned(), out.stderr)];
    let inside = |folder: &Path| std::fs::read_dir(folder).expect("reports are written").map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = inside(&home.join("out")).partition(|path| path.is_dir());
    for path in files.into_iter().chain(folders.iter().flat_map(|folder| inside(folder))) {
        all.push((path.display().to_string(), String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()));
    }
    assert!(all.len() >= 4, "a record and a junit.xml are among them");
    all
}

fn assert_absent(outputs: &[(String, String)], secrets: &[String]) {
    for (place, text) in outputs {
        for secret in secrets {
            assert!(!text.contains(secret.as_str()), "{place} holds a secret");
        }
    }
}

#[test]
fn a_registry_that_echoes_every_request_gets_no_credential_into_a_report() {
    let challenge = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"here\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let impostor = Impostor::start(move |head, _| {
        let is_ping = head.starts_with("GET /v2/ ");
        match (head.to_ascii_lowercase().contains("\r\nauthorization:"), is_ping) {
            (false, _) => Answer::Say(challenge.to_owned()),
            (true, true) => Answer::Say(response("200 OK", "application/json", "{}")),
            (true, false) => Answer::Say(response("500 Internal Server Error", "text/plain", head)),
        }
    });
    let home = tempfile::tempdir().unwrap();
    let out = survey(home.path(), &impostor.url());
    assert_eq!(out.code, Some(1), "{}", out.stderr);
    let outputs = outputs(home.path(), out);
    let (_, record) = outputs.iter().find(|(place, _)| place.ends_with("record.json")).unwrap();
    let evidence = Record::read(record).unwrap().evidence;
    let echoed = evidence.iter().filter_map(|kept| kept.response.as_ref()?.body.as_deref());
    assert!(echoed.filter(|body| body.to_ascii_lowercase().contains("authorization")).count() > 0, "the echo is kept");
    assert_absent(&outputs, &spellings());
}

#[test]
fn no_password_and_no_token_reaches_a_report_of_a_registry_with_a_token_service() {
    let home = tempfile::tempdir().unwrap();
    let serve = |address: std::net::SocketAddr| {
        let mut command = plimsoll(home.path());
        command.args(["serve", "--token", "--listen", &address.to_string()]).env("PLIMSOLL_SERVE_USER", format!("{USER}:{PASSWORD}"));
        command
    };
    let server = Server::start(serve);
    let out = survey(home.path(), &format!("http://{}", server.host()));
    assert_eq!(out.code, Some(0), "{}\n{}", out.stdout, out.stderr);
    let outputs = outputs(home.path(), out);
    assert_absent(&outputs, &spellings());
    // What every token of the service begins with: the Base64 of `{"alg":"ES256"` or of `{"typ":"JWT"`.
    assert_absent(&outputs, &["eyJhbGciOiJFUzI1NiIs".to_owned(), "eyJ0eXAiOiJKV1QiL".to_owned()]);
    assert_absent(&[("the server's log".to_owned(), server.log())], &spellings());
}
