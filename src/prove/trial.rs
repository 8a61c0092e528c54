//! One survey of one registry in this process.

use std::collections::BTreeMap;
use std::time::Duration;

use super::ground;
use super::profile::PROOF;
use crate::check::{self, Interrupt, Named, Options, check};
use crate::client::{Client, Dialer, Options as ClientOptions};
use crate::judge::Verdict;
use crate::record::{Failed, Judged, Record};
use crate::registry::{Change, Ground, start_within};
use crate::scenario::Suite;

/// How long an answer may take: everything is on this machine.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one survey may take.
const MAX_TIME: Duration = Duration::from_mins(2);

/// What one survey showed.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    /// The clauses that failed, by id.
    pub(super) failed: BTreeMap<String, Failed>,
    /// Why it could not be judged, where it could not.
    pub(super) trouble: Option<String>,
    /// How much was judged, where the survey came to its end.
    pub(super) judged: Option<Judged>,
    /// Why most of what could not be judged could not.
    pub(super) open: Option<String>,
    pub(super) exchanges: u64,
    pub(super) wall_ms: u64,
}

/// Surveys a registry with these changes, scenario by scenario, so that what it remembers repeats exactly.
pub(super) async fn survey(suite: &Suite, kind: Ground, changes: Vec<Change>) -> Trial {
    surveyed(suite, kind, changes).await.unwrap_or_else(|why| Trial { trouble: Some(why), ..Trial::default() })
}

async fn surveyed(suite: &Suite, kind: Ground, changes: Vec<Change>) -> Result<Trial, String> {
    let config = ground::config(kind, changes);
    let clock = config.clock.clone();
    let (registry, entrance) = start_within(config).map_err(|why| why.to_string())?;
    let port = registry.addr().port();
    let base: http::Uri = registry.url().parse().map_err(|why: http::uri::InvalidUri| why.to_string())?;
    let credentials = ground::credentials(kind);
    let options = Options {
        base: base.clone(),
        prefix: "proof".into(),
        profile: PROOF.into(),
        only: Vec::new(),
        images: Named::default(),
        jobs: 1,
        max_time: MAX_TIME,
        seed: 1,
        repository: None,
        overwrite_tags: false,
        login: credentials.as_ref().and_then(|login| Some((login.user.clone(), login.password.as_ref()?.expose().to_owned()))),
        keep_failed: false,
        leave: true,
        wait_expiry: false,
        embedded: Some(clock.clone()),
        scenario_set: String::new(),
    };
    let client = ClientOptions {
        target: Some(base),
        credentials,
        connect_timeout: PATIENCE,
        request_timeout: PATIENCE,
        clock,
        dialer: Some(Dialer::new(move |to| if to.is_loopback() && to.port() == port { entrance.enter() } else { None })),
        ..ClientOptions::default()
    };
    let client = Client::new(client).map_err(|why| why.to_string())?;
    let (_nobody, interrupt) = Interrupt::pair();
    let checked = check(suite, &client, &options, &Silent, &interrupt).await;
    registry.stop().await;
    checked.map(|record| seen(&record)).map_err(|why| why.to_string())
}

fn seen(record: &Record) -> Trial {
    let mut failed = BTreeMap::new();
    for cause in &record.causes {
        failed.entry(cause.clause.clone()).or_insert_with(|| Failed {
            clause: cause.clause.clone(),
            level: cause.level,
            scenario: cause.scenario.clone(),
            step: cause.step.clone(),
            expected: cause.expected.clone(),
            came: cause.came.clone(),
        });
    }
    let wrong = record.clauses.iter().find(|(_, judged)| judged.verdict == Verdict::Error);
    let trouble = wrong.map(|(clause, _)| format!("the harness failed at {clause}")).or_else(|| record.cut_short.clone());
    let counts = record.counts();
    let judged = Some(Judged { passed: counts.pass, inconclusive: counts.inconclusive });
    Trial {
        failed,
        trouble,
        judged,
        open: record.reasons(Verdict::Inconclusive).into_iter().next().map(|(why, _)| why),
        exchanges: record.exchanges,
        wall_ms: 0,
    }
}

struct Silent;

impl check::Progress for Silent {
    fn begin(&self, _: usize) {}
    fn done(&self, _: &str) {}
    fn checkpoint(&self, _: &Record) {}
}
