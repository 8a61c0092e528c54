//! A whole survey of the reference registry by a small set.

use std::time::Duration;

use crate::check::{CheckError, Options, Progress, check};
use crate::client::{Client, Options as ClientOptions};
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

async fn surveyed(profile: &str, only: &[&str], max_time: Duration) -> Result<Record, CheckError> {
    let registry = start(Config::open()).await.unwrap();
    let base: http::Uri = registry.url().parse().unwrap();
    let suite = suite(&[("a/x", PUSH), ("a/y", &PUSH.replace("title: t\nneeds: [push]", "title: u\nneeds: [lists]"))]);
    let options = Options {
        base: base.clone(),
        prefix: "p".into(),
        profile: profile.into(),
        only: only.iter().map(|&pattern| pattern.to_owned()).collect(),
        jobs: 2,
        max_time,
        seed: 1,
        repository: None,
        login: None,
        keep_failed: false,
        wait_expiry: false,
        embedded: None,
        scenario_set: "set".into(),
    };
    let client = Client::new(ClientOptions { target: Some(base), ..ClientOptions::default() }).unwrap();
    let record = check(&suite, &client, &options, &Silent, Box::pin(std::future::pending())).await;
    registry.stop().await;
    record
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
async fn a_run_without_time_is_cut_and_says_so() {
    let record = surveyed("oci", &[], Duration::ZERO).await.unwrap();
    assert!(record.cut_short.as_deref().is_some_and(|why| why.contains("--max-time")));
    assert_eq!(record.clauses["a/one"].verdict, Verdict::Inconclusive);
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
