//! Targets that are not there, are no registries, or misbehave: one clear message or an honest record, and an end in time.

use std::path::Path;
use std::time::Duration;

use plimsoll::record::Record;
use tempfile::TempDir;

use crate::support::impostor::{Answer, Impostor, response};
use crate::support::program::{Finished, plimsoll, run};

const LIMIT: Duration = Duration::from_mins(1);

fn home() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

fn check(home: &Path, target: &str, more: &[&str]) -> Finished {
    run(plimsoll(home).args(["check", target]).args(more), LIMIT)
}

fn refused(target: &str, more: &[&str], told: &[&str]) {
    let home = home();
    let out = check(home.path(), target, more);
    assert_eq!(out.code, Some(4), "{target}: {}\n{}", out.stdout, out.stderr);
    for word in told {
        assert!(out.stderr.contains(word), "{target}: no `{word}` in:\n{}", out.stderr);
    }
    assert_eq!(out.stderr.matches("error").count(), 1, "one message:\n{}", out.stderr);
}

fn recorded(home: &Path) -> Record {
    Record::read(&std::fs::read_to_string(home.join("out/record.json")).expect("a record is written")).unwrap()
}

#[test]
fn an_unreachable_target_is_told_in_one_message() {
    // Bound and dropped at once: nobody listens there now.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    refused(&format!("http://{address}"), &[], &["can't be reached", &address.to_string()]);
}

#[test]
fn a_host_that_serves_a_page_for_people_is_no_registry() {
    let impostor = Impostor::saying("200 OK", "text/html; charset=utf-8", "<!doctype html><title>Hello</title>");
    refused(&impostor.url(), &[], &["is no registry", "HTML"]);
    let missing = Impostor::saying("404 Not Found", "text/html", "<html>nothing here</html>");
    refused(&missing.url(), &[], &["is no registry"]);
}

#[test]
fn tls_to_a_plain_port_is_told_as_such() {
    let impostor = Impostor::saying("200 OK", "application/json", "{}");
    refused(&format!("https://{}", impostor.host()), &[], &["can't be reached", "http://"]);
}

#[test]
fn a_target_that_never_answers_the_ping_ends_the_run_at_its_time_out() {
    let impostor = Impostor::start(|_, _| Answer::Silence);
    refused(&impostor.url(), &["--timeout", "300ms"], &["can't be reached", "no answer within 300ms"]);
    assert_eq!(impostor.asked(), 1);
}

#[test]
fn a_target_that_asks_for_a_login_and_gets_none_is_told_what_to_give() {
    let challenge = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"here\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let impostor = Impostor::start(move |_, _| Answer::Say(challenge.to_owned()));
    refused(&impostor.url(), &[], &["refused the login", "--user", "PLIMSOLL_USER"]);
}

#[test]
fn a_wrong_password_is_told_without_the_password() {
    let challenge = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"here\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let impostor = Impostor::start(move |_, _| Answer::Say(challenge.to_owned()));
    let home = home();
    let mut command = plimsoll(home.path());
    command.args(["check", &impostor.url()]).env("PLIMSOLL_USER", "alice").env("PLIMSOLL_PASSWORD", "open-sesame-4711");
    let out = run(&mut command, LIMIT);
    assert_eq!(out.code, Some(4), "{}", out.stderr);
    assert!(out.stderr.contains("refused the login") && out.stderr.contains("alice"), "{}", out.stderr);
    assert!(!out.stderr.contains("open-sesame-4711") && !out.stdout.contains("open-sesame-4711"));
}

#[test]
fn a_target_that_answers_500_to_everything_has_one_cause_and_no_panic() {
    let impostor = Impostor::saying("500 Internal Server Error", "text/plain", "oh no");
    let home = home();
    let out = check(home.path(), &impostor.url(), &["--report-dir", "out"]);
    assert_eq!(out.code, Some(1), "{}\n{}", out.stdout, out.stderr);
    let record = recorded(home.path());
    assert_eq!(record.causes.len(), 1, "{:#?}", record.causes);
    assert!(record.causes[0].took_down > 100 && record.causes[0].came.contains("500"), "{:#?}", record.causes);
    let counts = record.counts();
    assert!(counts.fail >= 1 && counts.inconclusive > 100 && counts.pass == 0 && counts.error == 0, "{counts:?}");
}

#[test]
fn a_target_that_falls_silent_ends_at_max_time_with_the_record_of_what_was_seen() {
    let impostor =
        Impostor::start(|_, number| if number <= 3 { Answer::Say(response("200 OK", "application/json", "{}")) } else { Answer::Silence });
    let home = home();
    let out = check(home.path(), &impostor.url(), &["--timeout", "2s", "--max-time", "1s", "--report-dir", "out"]);
    let record = recorded(home.path());
    assert!(record.cut_short.as_deref().is_some_and(|why| why.contains("--max-time")), "{:?}", record.cut_short);
    assert!(record.counts().inconclusive > 0 && out.code != Some(0), "{:?}", record.counts());
    assert!(record.wall_ms < 20_000, "{}", record.wall_ms);
}

#[test]
fn a_target_that_answers_garbage_is_told_and_not_believed() {
    let impostor = Impostor::start(|_, _| Answer::Say("\u{1b}[2J\u{7}this is no HTTP\r\n\r\n".to_owned()));
    let home = home();
    let out = check(home.path(), &impostor.url(), &[]);
    assert_eq!(out.code, Some(4), "{}", out.stderr);
    assert!(!out.stderr.contains('\u{1b}') && !out.stdout.contains('\u{1b}'), "escape sequences reach the terminal");
}

#[test]
fn plain_http_to_a_tls_port_is_told_as_such() {
    // What TLS servers send to who speaks no TLS: a fatal alert (RFC 8446, section 6), here decode_error.
    let impostor = Impostor::start(|_, _| Answer::Say("\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{32}".to_owned()));
    refused(&impostor.url(), &[], &["can't be reached", "https://"]);
}

/// Checks a target that shuts everybody out by its own fault: one cause, which takes everything else down.
fn shut(answer: impl Fn(&str, u64) -> Answer + Send + Sync + 'static, login: bool, clause: &str) {
    let (impostor, home) = (Impostor::start(answer), home());
    let mut command = plimsoll(home.path());
    command.args(["check", &impostor.url(), "--report-dir", "out"]);
    if login {
        command.env("PLIMSOLL_USER", "alice").env("PLIMSOLL_PASSWORD", "open-sesame-4711");
    }
    let out = run(&mut command, LIMIT);
    assert_eq!(out.code, Some(1), "{clause}: {}\n{}", out.stdout, out.stderr);
    let record = recorded(home.path());
    let causes: Vec<&str> = record.causes.iter().map(|cause| cause.clause.as_str()).collect();
    assert_eq!(causes, [clause]);
    assert!(record.causes[0].took_down > 100, "{:#?}", record.causes);
    assert_eq!(record.summary().unexplained, 0);
    assert!(record.causes[0].position.is_empty() && !out.stdout.contains("the greeting:"), "no position that is no file:\n{}", out.stdout);
    assert!(!out.stdout.contains("no login asked for") && !out.stdout.contains("none is asked for"), "{}", out.stdout);
    assert!(!out.stdout.contains("Clean-up has removed"), "nothing was pushed:\n{}", out.stdout);
}

fn unauthorized(challenge: &str) -> Answer {
    Answer::Say(format!("HTTP/1.1 401 Unauthorized\r\n{challenge}Content-Length: 0\r\nConnection: close\r\n\r\n"))
}

#[test]
fn a_401_that_does_not_say_how_to_log_in_is_a_failure_of_the_target() {
    shut(|_, _| unauthorized(""), false, "auth/challenge");
    shut(|_, _| unauthorized(""), true, "auth/challenge");
    shut(|_, _| unauthorized("WWW-Authenticate: Bearer service=\"s\"\r\n"), true, "auth/bearer-realm");
    shut(|_, _| unauthorized("WWW-Authenticate: Bearer realm=\"token\",service=\"s\"\r\n"), true, "auth/bearer-realm");
}

#[test]
fn a_token_service_without_a_token_is_a_failure_of_the_target() {
    let answer = |head: &str, _: u64| {
        let host = head.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap_or_default().trim();
        if head.starts_with("GET /token") {
            return Answer::Say(response("200 OK", "application/json", "{\"expires_in\":60}"));
        }
        unauthorized(&format!("WWW-Authenticate: Bearer realm=\"http://{host}/token\",service=\"s\"\r\n"))
    };
    shut(answer, true, "auth/token-field");
}

#[test]
fn a_login_of_a_kind_that_plimsoll_does_not_speak_is_no_failure_of_the_target() {
    let impostor = Impostor::start(|_, _| unauthorized("WWW-Authenticate: Negotiate\r\n"));
    refused(&impostor.url(), &[], &["refused the login"]);
}

#[test]
fn a_login_that_was_withheld_is_told_as_such() {
    let impostor = Impostor::start(|_, _| unauthorized("WWW-Authenticate: Basic realm=\"here\"\r\n"));
    refused(&impostor.url(), &["--anonymous"], &["--anonymous withheld"]);
}

/// A registry that lets one pull, and answers pushes so.
fn deaf_to_pushes(status: &'static str, code: &'static str) -> Impostor {
    Impostor::start(move |head, _| {
        let error = |code: &str| format!(r#"{{"errors":[{{"code":"{code}","message":"no"}}]}}"#);
        Answer::Say(match head.split(' ').next() {
            Some("GET") if head.starts_with("GET /v2/ ") => response("200 OK", "application/json", "{}"),
            Some("HEAD") if head.starts_with("HEAD /v2/ ") => response("200 OK", "application/json", ""),
            Some("HEAD") => response("404 Not Found", "application/json", ""),
            Some("GET") => response("404 Not Found", "application/json", &error("NAME_UNKNOWN")),
            _ => response(status, "application/json", &error(code)),
        })
    })
}

#[test]
fn a_registry_that_wants_its_repositories_made_first_is_not_accused_and_its_user_is_told_what_to_do() {
    for (status, code, exit) in [
        ("404 Not Found", "NAME_UNKNOWN", Some(4)),
        ("403 Forbidden", "DENIED", Some(4)),
        ("405 Method Not Allowed", "UNSUPPORTED", Some(1)),
        ("500 Internal Server Error", "UNKNOWN", Some(1)),
    ] {
        let (home, impostor) = (home(), deaf_to_pushes(status, code));
        let out = check(home.path(), &impostor.url(), &["--profile", "oci-1.1", "--fail-on", "should", "--report-dir", "out"]);
        assert_eq!(out.code, exit, "{status}: {}\n{}", out.stdout, out.stderr);
        let record = recorded(home.path());
        let accused = record.causes.iter().any(|cause| cause.clause == "offers/push");
        assert_eq!((accused, out.stdout.contains("--repository")), (exit == Some(1), exit == Some(4)), "{}", out.stdout);
    }
}
