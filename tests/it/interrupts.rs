//! Signals: a run that is told to end cleans up, tells what it judged, and ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use plimsoll::record::Record;
use tempfile::TempDir;

use crate::support::impostor::{Answer, Impostor, response};
use crate::support::program::{plimsoll, run};

/// Falls silent after so many answers, and tells through `asked` that it has.
fn silent_after(answers: u64) -> Impostor {
    Impostor::start(
        move |_, number| if number <= answers { Answer::Say(response("200 OK", "application/json", "{}")) } else { Answer::Silence },
    )
}

fn start(targets: &[&str], home: &TempDir) -> Child {
    let mut command = plimsoll(home.path());
    command.args(["check", "--report-dir", "out", "--max-time", "2m"]).args(targets);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().expect("kill is there");
    assert!(sent.success());
}

/// Waits until the target was asked so often.
fn until_asked(impostor: &Impostor, times: u64) {
    while impostor.asked() < times {
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// Exit code and standard error of a run that ends by itself.
fn ended(mut child: Child, seen: String) -> (Option<i32>, String) {
    let mut rest = seen;
    child.stderr.take().expect("stderr is piped").read_to_string(&mut rest).expect("it is text");
    (child.wait().expect("it was started").code(), rest)
}

#[test]
fn sigint_and_sigterm_end_a_run_with_the_record_of_what_was_judged() {
    for name in ["INT", "TERM"] {
        let (impostor, home) = (silent_after(3), TempDir::new().expect("a folder"));
        let child = start(&[&impostor.url()], &home);
        until_asked(&impostor, 4);
        signal(&child, name);
        let (code, stderr) = ended(child, String::new());
        assert!(stderr.contains("interrupted; cleaning up (again to stop at once)"), "{name}: {stderr}");
        assert_eq!(code, Some(4), "{name}: {stderr}");
        let text = std::fs::read_to_string(home.path().join("out/record.json")).expect("a record is written");
        let record = Record::read(&text).expect("it can be read");
        assert_eq!(record.cut_short.as_deref(), Some("interrupted"));
        assert!(record.counts().inconclusive > 100 && home.path().join("out/junit.xml").is_file(), "{:?}", record.counts());
    }
}

#[test]
fn a_second_signal_ends_a_clean_up_that_hangs() {
    // Takes one upload session, and says nothing to whoever wants to cancel it.
    let impostor = Impostor::start(|head, number| match head.split(' ').next() {
        Some("POST") => Answer::Say(
            "HTTP/1.1 202 Accepted\r\nLocation: /v2/x/blobs/uploads/1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        ),
        Some("GET") if number < 3 => Answer::Say(response("200 OK", "application/json", "{}")),
        _ => Answer::Silence,
    });
    let home = TempDir::new().expect("a folder");
    let mut child = start(&[&impostor.url()], &home);
    until_asked(&impostor, 4);
    signal(&child, "TERM");
    let mut lines = BufReader::new(child.stderr.take().expect("stderr is piped")).lines();
    let first = lines.next().expect("a line").expect("it is text");
    assert!(first.contains("cleaning up"), "{first}");
    signal(&child, "TERM");
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    assert_eq!(child.wait().expect("it was started").code(), Some(4), "{rest:?}");
    let text = std::fs::read_to_string(home.path().join("out/record.json")).expect("a record is written");
    assert!(!Record::read(&text).expect("it can be read").left_behind.is_empty());
}

#[test]
fn an_interrupt_during_the_greeting_ends_the_run_and_no_further_target_is_begun() {
    let (first, second) = (silent_after(0), silent_after(0));
    let home = TempDir::new().expect("a folder");
    let child = start(&[&first.url(), &second.url()], &home);
    until_asked(&first, 1);
    signal(&child, "INT");
    let (code, stderr) = ended(child, String::new());
    assert_eq!(code, Some(4), "{stderr}");
    assert!(stderr.contains("nothing was judged: interrupted") && stderr.contains(&second.url()), "{stderr}");
    assert_eq!(second.asked(), 0);
}

#[test]
fn a_time_that_is_too_short_is_not_laid_to_the_target() {
    let home = TempDir::new().expect("a folder");
    let impostor = silent_after(0);
    let out = run(plimsoll(home.path()).args(["check", &impostor.url(), "--max-time", "1ms"]), Duration::from_mins(1));
    assert_eq!(out.code, Some(4), "{}", out.stderr);
    assert!(out.stderr.contains("--max-time (1ms) was up") && !out.stderr.contains("can't be reached"), "{}", out.stderr);
}
