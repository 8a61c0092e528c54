//! A whole survey of the reference registry by a small set.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::check::{CheckError, Interrupt, Interrupter, Named, Options, Progress, check};
use crate::client::{Client, Options as ClientOptions};
use crate::engine::tests::support::{Server, answer};
use crate::judge::Verdict;
use crate::plan::tests::support::suite;
use crate::record::{FactState, Record};
use crate::registry::{Config, start};

struct Silent;

impl Progress for Silent {
    fn begin(&self, _: usize) {}
    fn done(&self, _: &str) {}
    fn checkpoint(&self, _: &Record) {}
}

/// Interrupts when the record has been kept for the third time.
struct AtThird(Mutex<(u32, Interrupter)>);

impl Progress for AtThird {
    fn begin(&self, _: usize) {}
    fn done(&self, _: &str) {}
    fn checkpoint(&self, _: &Record) {
        let mut state = self.0.lock().unwrap();
        state.0 += 1;
        if state.0 == 3 {
            assert_eq!(state.1.ask(), 1);
        }
    }
}

/// The last record that was kept.
#[derive(Default)]
struct Last(Mutex<Option<Record>>);

impl Progress for Last {
    fn begin(&self, _: usize) {}
    fn done(&self, _: &str) {}
    fn checkpoint(&self, record: &Record) {
        *self.0.lock().unwrap() = Some(record.clone());
    }
}

const PUSH: &str = "title: t
needs: [push]
data: { img: { image: {} } }
steps:
  - { push: img }
  - { request: GET /v2/<repo>/manifests/<img.digest>, expect: { a/one: { status: 200, body: img }, a/two: { header: { X-No: present } } } }
";

fn options(base: &http::Uri, profile: &str) -> Options {
    Options {
        base: base.clone(),
        prefix: "p".into(),
        profile: profile.into(),
        only: Vec::new(),
        images: Named::default(),
        jobs: 2,
        max_time: Duration::from_mins(1),
        seed: 1,
        repository: None,
        overwrite_tags: false,
        login: None,
        keep_failed: false,
        leave: false,
        wait_expiry: false,
        embedded: None,
        scenario_set: "set".into(),
    }
}

async fn surveyed(profile: &str, only: &[&str], max_time: Duration) -> Result<Record, CheckError> {
    let registry = start(Config::open()).await.unwrap();
    let base: http::Uri = registry.url().parse().unwrap();
    let suite = suite(&[("a/x", PUSH), ("a/y", &PUSH.replace("title: t\nneeds: [push]", "title: u\nneeds: [lists]"))]);
    let options = Options { only: only.iter().map(|only| (*only).to_owned()).collect(), max_time, ..options(&base, profile) };
    let client = Client::new(ClientOptions { target: Some(base), ..ClientOptions::default() }).unwrap();
    let record = check(&suite, &client, &options, &Silent, &Interrupt::pair().1).await;
    registry.stop().await;
    record
}

#[test]
fn in_one_repository_nothing_runs_side_by_side() {
    let several = options(&http::Uri::from_static("http://h"), "oci");
    let pinned = Options { repository: Some("p/r".into()), ..several.clone() };
    assert_eq!((several.side_by_side(), pinned.side_by_side()), (2, 1));
}

#[tokio::test]
async fn a_survey_finds_facts_judges_and_cleans_up() {
    let record = surveyed("auto", &[], Duration::from_mins(1)).await.unwrap();
    assert_eq!((record.profile.name.as_str(), record.facts["push"].state), ("oci", FactState::Accepted));
    assert_eq!(record.facts["lists"].state, FactState::Declined);
    let scenarios = &record.rounds[0].scenarios;
    let verdict = |id: &str| scenarios.iter().find(|scenario| scenario.id == id).map(|scenario| scenario.verdict);
    assert_eq!((verdict("a/x"), verdict("a/y")), (Some(Verdict::Fail), Some(Verdict::Skipped)));
    assert_eq!(verdict("probes/lists"), Some(Verdict::Fail), "a decline that the profile does not want");
    assert_eq!(record.causes.iter().map(|cause| cause.clause.as_str()).collect::<Vec<_>>(), ["o/lists", "a/two"]);
    assert_eq!((record.clauses["a/one"].verdict, record.left_behind.len(), &record.cut_short), (Verdict::Pass, 0, &None));
}

#[tokio::test]
async fn a_run_whose_time_is_up_before_the_greeting_blames_its_time_and_not_the_target() {
    let refused = surveyed("oci", &[], Duration::ZERO).await.unwrap_err();
    assert_eq!(refused.to_string(), "nothing was judged: --max-time (0ns) was up before the target had been greeted");
}

/// A registry that takes everything and falls silent where `/lists` is asked for, after so many signals.
async fn interrupted(signals: u32) -> (Record, Server) {
    let (interrupter, interrupt) = Interrupt::pair();
    let interrupter = Arc::new(Mutex::new(interrupter));
    let server = Server::new(move |heard, _| {
        if heard.line == "GET /lists" {
            (0..signals).for_each(|_| assert!(interrupter.lock().unwrap().ask() > 0));
            return String::new();
        }
        let status = if heard.line.starts_with("POST") { 202 } else { 200 };
        answer(status, "Location: /v2/here/blobs/uploads/1\r\n", "{}")
    })
    .await;
    let base: http::Uri = server.url().parse().unwrap();
    let suite = suite(&[("a/x", PUSH)]);
    let client = Client::new(ClientOptions { target: Some(base.clone()), ..ClientOptions::default() }).unwrap();
    let record = check(&suite, &client, &options(&base, "oci"), &Silent, &interrupt).await.unwrap();
    (record, server)
}

#[tokio::test]
async fn a_run_that_is_interrupted_cleans_up_and_tells_what_was_judged() {
    let (record, server) = interrupted(1).await;
    assert_eq!((record.cut_short.as_deref(), record.left_behind.len()), (Some("interrupted"), 0));
    assert_eq!(record.clauses["o/push"].verdict, Verdict::Pass);
    assert_eq!(record.clauses["a/one"].verdict, Verdict::Inconclusive);
    let reasons = record.rounds[0].scenarios.iter().flat_map(|scenario| &scenario.expectations).filter_map(|e| e.reason.as_deref());
    assert!(reasons.clone().count() > 0 && reasons.into_iter().all(|reason| reason.contains("interrupted")));
    assert!(server.lines().iter().any(|line| line.starts_with("DELETE /v2/here/blobs/uploads/1")), "{:?}", server.lines());
}

#[tokio::test]
async fn a_run_that_is_interrupted_twice_deletes_nothing_and_lists_what_it_left() {
    let (record, server) = interrupted(2).await;
    assert_eq!(record.cut_short.as_deref(), Some("interrupted"));
    assert!(!server.lines().iter().any(|line| line.starts_with("DELETE")), "{:?}", server.lines());
    assert!(record.left_behind.iter().any(|line| line.ends_with("(1 open upload)")), "{:?}", record.left_behind);
}

#[tokio::test]
async fn the_record_is_kept_again_and_again_while_greeting_and_while_probing() {
    for silent in ["GET /v2/", "GET /lists"] {
        let server = Server::new(move |heard, _| if heard.line == silent { String::new() } else { answer(200, "", "{}") }).await;
        let base: http::Uri = server.url().parse().unwrap();
        let (interrupter, interrupt) = Interrupt::pair();
        let progress = AtThird(Mutex::new((0, interrupter)));
        let client = Client::new(ClientOptions { target: Some(base.clone()), ..ClientOptions::default() }).unwrap();
        let ended = check(&suite(&[("a/x", PUSH)]), &client, &options(&base, "oci"), &progress, &interrupt).await;
        let why = ended.map_or_else(|why| why.to_string(), |record| record.cut_short.unwrap_or_default());
        assert!(why.contains("interrupted"), "{silent}: {why}");
    }
}

/// A run that is interrupted by the first push of a blob, which is answered with this.
async fn interrupted_by_push(answered: &'static str) -> (Record, Record, Vec<String>) {
    let (interrupter, interrupt) = Interrupt::pair();
    let interrupter = Mutex::new(interrupter);
    let server = Server::new(move |heard, _| match heard.line.split(' ').next() {
        Some("PUT") if heard.line.contains("digest=") => {
            assert!(interrupter.lock().unwrap().ask() > 0);
            answered.to_owned()
        }
        Some("POST") => answer(202, "Location: /v2/here/blobs/uploads/1\r\n", ""),
        Some("HEAD") => answer(404, "", ""),
        Some("DELETE") => answer(202, "", ""),
        _ => answer(200, "", "{}"),
    })
    .await;
    let base: http::Uri = server.url().parse().unwrap();
    let client = Client::new(ClientOptions { target: Some(base.clone()), ..ClientOptions::default() }).unwrap();
    let last = Last::default();
    let record = check(&suite(&[("a/x", PUSH)]), &client, &options(&base, "oci"), &last, &interrupt).await.unwrap();
    (record, last.0.into_inner().unwrap().unwrap(), server.lines())
}

#[tokio::test]
async fn a_push_under_way_at_an_interrupt_is_heard_out_and_its_content_taken_away() {
    let (record, kept, lines) = interrupted_by_push("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").await;
    let put = lines.iter().position(|line| line.starts_with("PUT")).unwrap();
    assert!(lines[put + 1..].iter().all(|line| line.starts_with("DELETE")), "nothing new is started: {lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("DELETE") && line.contains("/blobs/sha256:")), "{lines:?}");
    assert_eq!(record.left_behind, [""; 0]);
    assert!(kept.left_behind.iter().any(|line| line.contains("1 blob")), "kept before the clean-up: {:?}", kept.left_behind);
}

#[tokio::test]
async fn a_push_that_is_broken_off_is_listed_as_perhaps_there() {
    let (record, _, lines) = interrupted_by_push("").await;
    assert!(lines.iter().any(|line| line.starts_with("HEAD") && line.contains("/blobs/sha256:")), "{lines:?}");
    assert!(
        record.left_behind.iter().any(|line| line.ends_with("(1 blob), perhaps: sent, and never answered")),
        "{:?}",
        record.left_behind
    );
}

#[tokio::test]
async fn what_the_profile_does_not_ask_for_keeps_nothing_with_keep_failed() {
    for (clause, lines) in [("a/two", 1), ("a/elsewhere", 0)] {
        let registry = start(Config::open()).await.unwrap();
        let base: http::Uri = registry.url().parse().unwrap();
        let suite = suite(&[("a/x", &PUSH.replace("a/two", clause))]);
        let client = Client::new(ClientOptions { target: Some(base.clone()), ..ClientOptions::default() }).unwrap();
        let asked = Options { keep_failed: true, ..options(&base, "oci") };
        let record = check(&suite, &client, &asked, &Silent, &Interrupt::pair().1).await.unwrap();
        registry.stop().await;
        assert_eq!(record.left_behind.iter().filter(|line| line.contains("/a-x (")).count(), lines, "{clause}: {:?}", record.left_behind);
    }
}

#[tokio::test]
async fn a_profile_that_is_not_there_and_a_pattern_that_fits_nothing_are_refused() {
    let wrong = |refused: Result<Record, CheckError>| refused.map(|_| ()).unwrap_err().to_string();
    assert_eq!(
        wrong(surveyed("strct", &[], Duration::from_mins(1)).await),
        "there is no profile `strct`: did you mean `strict`? There are oci, old, strict, auto"
    );
    assert!(wrong(surveyed("oci", &["q/*"], Duration::from_mins(1)).await).starts_with("no scenario matches `q/*`"));
}

/// Clause, verdict and reason of everything that was judged of a registry that takes no push.
async fn judged_under(profile: &str) -> Vec<String> {
    let server = Server::new(|heard, _| answer(if heard.line == "GET /v2/" { 200 } else { 404 }, "", "{}")).await;
    let base: http::Uri = server.url().parse().unwrap();
    let odd = "title: u\nsteps:\n  - { name: odd, request: GET /v2/x, expect: { a/one: { status: 200 } } }\n  - { after: odd, request: GET /v2/, expect: { a/elsewhere: { status: 200 } } }\n";
    let suite = suite(&[("a/x", odd)]);
    let client = Client::new(ClientOptions { target: Some(base.clone()), ..ClientOptions::default() }).unwrap();
    let record = check(&suite, &client, &options(&base, profile), &Silent, &Interrupt::pair().1).await.unwrap();
    assert_eq!(record.profile.name, "old");
    let all = record.rounds[0].scenarios.iter().flat_map(|scenario| &scenario.expectations);
    all.map(|judged| format!("{} {} {:?}", judged.clause, judged.verdict, judged.reason)).collect()
}

#[tokio::test]
async fn what_auto_comes_to_is_judged_as_if_it_had_been_named() {
    let named = Box::pin(judged_under("old")).await;
    assert_eq!(Box::pin(judged_under("auto")).await, named);
    assert!(named.iter().any(|line| line.starts_with("a/elsewhere skipped") && line.contains("asks nothing of that")), "{named:?}");
}
