//! A whole survey of the reference registry by a small set.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::check::{CheckError, Interrupt, Options, Progress, check};
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
        jobs: 2,
        max_time: Duration::from_mins(1),
        seed: 1,
        repository: None,
        overwrite_tags: false,
        login: None,
        keep_failed: false,
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
async fn a_profile_that_is_not_there_and_a_pattern_that_fits_nothing_are_refused() {
    let wrong = |refused: Result<Record, CheckError>| refused.map(|_| ()).unwrap_err().to_string();
    assert_eq!(
        wrong(surveyed("strct", &[], Duration::from_mins(1)).await),
        "there is no profile `strct`: did you mean `strict`?; there are oci, old, strict, auto"
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
