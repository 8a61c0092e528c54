//! Records made by hand, for the tests of reports: small, but with everything that a run can leave in one.

use indexmap::IndexMap;
use plimsoll::clause::Level;
use plimsoll::judge::Verdict;
use plimsoll::record::{
    Causes, Evidence, ExpectationResult, FORMAT, Fact, FactState, Finding, Kind, Machine, Planned, ProfileUsed, Record, RequestSeen,
    ResponseSeen, Round, ScenarioResult, Target, TimingsSeen, judged_clauses, worst,
};

/// What is known of a clause, and how a target fails it.
pub(crate) struct Wrong<'a> {
    pub(crate) clause: &'a str,
    pub(crate) level: Level,
    pub(crate) expected: &'a str,
    pub(crate) came: &'a str,
    pub(crate) known: Option<&'a str>,
}

/// A run as it goes on.
pub(crate) struct Run {
    causes: Causes,
    scenarios: Vec<ScenarioResult>,
    planned: IndexMap<String, Planned>,
}

impl Run {
    pub(crate) fn new() -> Self {
        Self { causes: Causes::default(), scenarios: Vec::new(), planned: IndexMap::new() }
    }

    /// Opens a scenario; what follows belongs to it. `id` may have an item: `naming/valid [a.b]`.
    pub(crate) fn scenario(&mut self, id: &str) -> &mut Self {
        let (id, item) = id.split_once(" [").map_or((id, None), |(id, item)| (id, item.strip_suffix(']').map(str::to_owned)));
        self.scenarios.push(ScenarioResult {
            id: id.into(),
            area: id.split('/').next().unwrap_or_default().into(),
            title: format!("The scenario {id}"),
            item,
            verdict: Verdict::Skipped,
            reason: None,
            wall_ms: 12,
            exchanges: 3,
            expectations: Vec::new(),
        });
        self
    }

    /// The scenario is skipped as a whole, without any expectation.
    pub(crate) fn skipped(&mut self, reason: &str) -> &mut Self {
        self.last().reason = Some(reason.into());
        self
    }

    pub(crate) fn expectation(&mut self, clause: &str, level: Level, verdict: Verdict, reason: Option<&str>) -> &mut Self {
        let source = if level == Level::Client { "docker: push stops at it" } else { "OCI distribution 1.1, \"Pushing blobs\"" };
        let planned = Planned { says: format!("The statement of {clause}, in plimsoll's own words."), level, source: source.into() };
        self.planned.entry(clause.into()).or_insert(planned);
        let at = self.last().expectations.len() + 7;
        let scenario = self.last();
        let position = format!("scenarios/{}.yaml:{at}:7", scenario.id);
        scenario.expectations.push(ExpectationResult {
            clause: clause.into(),
            step: format!("do step {}", at - 6),
            position,
            verdict,
            outcome: None,
            reason: reason.map(str::to_owned),
            exchanges: 1,
            cause: None,
            evidence: None,
        });
        scenario.verdict = worst(scenario.expectations.iter().map(|expectation| expectation.verdict));
        self
    }

    pub(crate) fn pass(&mut self, clauses: &[&str]) -> &mut Self {
        for clause in clauses {
            self.expectation(clause, Level::Must, Verdict::Pass, None);
        }
        self
    }

    pub(crate) fn fail(&mut self, wrong: &Wrong<'_>) -> &mut Self {
        self.expectation(wrong.clause, wrong.level, Verdict::Fail, None);
        let finding = self.finding(wrong);
        let (cause, evidence) = self.causes.add(finding);
        self.point(Some(cause), Some(evidence))
    }

    /// An expectation that the last cause took down.
    pub(crate) fn taken_down(&mut self, clause: &str, by: usize) -> &mut Self {
        self.expectation(clause, Level::Must, Verdict::Inconclusive, Some("the step \"do step 1\" did not work"));
        self.causes.took_down(by, 1);
        self.point(Some(by), None)
    }

    /// The harness fails.
    pub(crate) fn error(&mut self, clause: &str, reason: &str) -> &mut Self {
        self.expectation(clause, Level::Must, Verdict::Error, Some(reason));
        let wrong = Wrong { clause, level: Level::Must, expected: "status 200", came: "nothing", known: None };
        let evidence = self.finding(&wrong).evidence;
        let evidence = self.causes.error(evidence);
        self.point(None, Some(evidence))
    }

    pub(crate) fn finish(self) -> Record {
        let (found, evidence) = self.causes.finish();
        let clauses = judged_clauses(self.planned, &self.scenarios);
        let rounds = vec![Round { wall_ms: 1_240, exchanges: 3 * self.scenarios.len() as u64, scenarios: self.scenarios }];
        let accepted = Fact { state: FactState::Accepted, expected: "accepted".into(), observed: "201".into(), of_the_run: false };
        let target = Target {
            url: "http://127.0.0.1:5000".into(),
            prefix: Some("team/area".into()),
            repository: None,
            embedded: false,
            server: Some("nginx/1.27".into()),
            api_version: Some("registry/2.0".into()),
            login: "bearer".into(),
            credentials: true,
        };
        let profile = ProfileUsed {
            name: "oci-1.1".into(),
            title: "OCI Distribution 1.1".into(),
            chosen: "chosen by auto: referrers accepted".into(),
            documents: vec!["oci-1.1".into(), "docker-v2".into(), "docker-token".into()],
            ..ProfileUsed::default()
        };
        Record {
            format: FORMAT.into(),
            kind: Kind::Survey,
            version: "0.1.0".into(),
            scenario_set: "5f2c".repeat(16),
            target,
            profile,
            facts: ["push", "pull", "tags", "referrers"].into_iter().map(|name| (name.to_owned(), accepted.clone())).collect(),
            only: Vec::new(),
            keep_failed: false,
            seed: 1,
            run: "k3j9x2".into(),
            machine: Machine { os: "linux".into(), arch: "x86_64".into(), cores: 2 },
            started: "2026-11-23T18:16:00Z".into(),
            wall_ms: 1_846,
            exchanges: 1_204,
            cut_short: None,
            rounds,
            clauses,
            causes: found,
            evidence,
            load: None,
            left_behind: Vec::new(),
        }
    }

    fn last(&mut self) -> &mut ScenarioResult {
        self.scenarios.last_mut().expect("a scenario was opened")
    }

    fn point(&mut self, cause: Option<usize>, evidence: Option<usize>) -> &mut Self {
        let expectation = self.last().expectations.last_mut().expect("an expectation was added");
        (expectation.cause, expectation.evidence) = (cause, evidence);
        self
    }

    fn finding(&mut self, wrong: &Wrong<'_>) -> Finding {
        let planned = self.planned[wrong.clause].clone();
        let scenario = self.last();
        let expectation = scenario.expectations.last().expect("an expectation was added");
        let evidence = Evidence {
            clause: wrong.clause.into(),
            scenario: scenario.id.clone(),
            item: scenario.item.clone(),
            step: expectation.step.clone(),
            position: expectation.position.clone(),
            expected: wrong.expected.into(),
            came: wrong.came.into(),
            curl: format!(
                "curl -sS -i -u \"$PLIMSOLL_USER:$PLIMSOLL_PASSWORD\" -X POST 'http://127.0.0.1:5000/v2/{}/blobs/uploads/'",
                scenario.id
            ),
            request: RequestSeen {
                method: "POST".into(),
                url: format!("http://127.0.0.1:5000/v2/{}/blobs/uploads/", scenario.id),
                headers: vec![("Content-Length".into(), "0".into())],
                body_bytes: 0,
                body: None,
            },
            response: Some(ResponseSeen {
                status: 500,
                headers: vec![("Content-Type".into(), "text/plain".into())],
                body_bytes: wrong.came.len() as u64,
                body_sha256: "0".repeat(64),
                body: Some(wrong.came.into()),
                cut: false,
            }),
            failure: None,
            timings_us: TimingsSeen { connect: 120, tls: 0, first_byte: 900, total: 1_000 },
        };
        Finding {
            clause: wrong.clause.into(),
            level: wrong.level,
            says: planned.says,
            source: planned.source,
            expected: wrong.expected.into(),
            came: wrong.came.into(),
            signature: wrong.came.into(),
            scenario: scenario.id.clone(),
            item: scenario.item.clone(),
            step: expectation.step.clone(),
            position: expectation.position.clone(),
            evidence,
            known: wrong.known.map(str::to_owned),
        }
    }
}

/// A registry that keeps every rule, and lacks one capability.
pub(crate) fn clean() -> Record {
    let mut run = Run::new();
    run.scenario("http/ping").pass(&["http/ping"]);
    run.scenario("auth/login").pass(&["auth/challenge", "auth/login"]);
    for name in ["a", "a.b", "a__b"] {
        run.scenario(&format!("naming/valid [{name}]")).pass(&["naming/valid", "push/session-status"]);
    }
    run.scenario("push/blob-post-put").pass(&["push/session-status", "push/session-location", "push/blob-created", "pull/blob-body"]);
    run.scenario("pull/by-tag").pass(&["pull/manifest-status"]);
    run.scenario("tags/list").pass(&["tags/list"]).expectation("tags/order", Level::Should, Verdict::Pass, None);
    run.scenario("lists/push").expectation("lists/push", Level::May, Verdict::Declined, Some("405 UNSUPPORTED"));
    run.scenario("lists/pull").skipped("manifest-lists declined");
    run.scenario("lists/nested").skipped("manifest-lists declined");
    run.scenario("auth/expiry").expectation("auth/expired-token", Level::Must, Verdict::Skipped, Some("needs --wait-expiry"));
    let mut record = run.finish();
    let declined = Fact { state: FactState::Declined, expected: "either".into(), observed: "405 UNSUPPORTED".into(), of_the_run: false };
    record.facts.insert("manifest-lists".into(), declined);
    record
}

/// A registry with failures at every level, a known deviation, and an error of the harness.
pub(crate) fn failing() -> Record {
    let must = |clause, expected, came| Wrong { clause, level: Level::Must, expected, came, known: None };
    let mut run = Run::new();
    run.scenario("http/ping").pass(&["http/ping"]);
    run.scenario("push/chunk-order").pass(&["push/session-status"]).fail(&must("push/chunk-order", "status 416", "status 202"));
    for name in ["a", "a.b", "a-b", "a_b", "a__b"] {
        let wrong = must("naming/valid", "status 201", "status 400, error NAME_INVALID \"invalid repository name\"");
        run.scenario(&format!("naming/valid [{name}]")).fail(&wrong);
        run.taken_down("pull/blob-status", 1).taken_down("pull/blob-body", 1);
    }
    let wrong = must("naming/valid", "status 201", "status 500");
    run.scenario("naming/valid [a.b.c]").fail(&wrong).taken_down("pull/blob-status", 2);
    let came = "Docker-Content-Digest: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, which is not the digest of the body";
    run.scenario("tags/moved").fail(&Wrong {
        clause: "tags/digest-header",
        level: Level::Should,
        expected: "header Docker-Content-Digest: the digest of the manifest, or absent",
        came,
        known: None,
    });
    run.scenario("docker/head").fail(&Wrong {
        clause: "docker/head-length",
        level: Level::Client,
        expected: "header Content-Length: present",
        came: "no Content-Length",
        known: None,
    });
    run.scenario("lists/push").fail(&Wrong {
        clause: "lists/push",
        level: Level::Must,
        expected: "status 201",
        came: "status 405, error UNSUPPORTED",
        known: Some("this registry of 2019 takes no manifest lists"),
    });
    run.scenario("referrers/filter").error("referrers/filter", "the response could not be decoded: gzip ends early");
    run.scenario("management/delete").skipped("delete declined");
    let mut record = run.finish();
    let fact =
        |state, expected: &str, observed: &str| Fact { state, expected: expected.into(), observed: observed.into(), of_the_run: false };
    record.facts.insert("manifest-lists".into(), fact(FactState::Declined, "accepted", "405 UNSUPPORTED"));
    record.facts.insert("sha512".into(), fact(FactState::Broken, "either", "201, then 404 for the same digest"));
    record.facts.insert("delete".into(), fact(FactState::Declined, "either", "405"));
    record.left_behind = (1..=15).map(|n| format!("plimsoll/k3j9x2/push-{n}:latest")).collect();
    record
}

/// A registry that answers 500 to everything.
pub(crate) fn broken() -> Record {
    let mut run = Run::new();
    run.scenario("http/ping").fail(&Wrong {
        clause: "http/ping",
        level: Level::Must,
        expected: "status 200 or 401",
        came: "status 500",
        known: None,
    });
    for area in ["auth", "naming", "pull", "push", "tags", "lists", "referrers", "management", "docker"] {
        run.scenario(&format!("{area}/first")).taken_down("http/ping", 0).taken_down(&format!("{area}/other"), 0);
    }
    let mut record = run.finish();
    record.facts.values_mut().for_each(|fact| (fact.state, fact.observed) = (FactState::Unknown, "500".into()));
    record.target.server = None;
    record.target.api_version = None;
    record
}

/// A run that judged nothing.
pub(crate) fn unjudged() -> Record {
    let mut run = Run::new();
    run.scenario("auth/login").skipped("no login asked for");
    run.scenario("auth/expiry").skipped("no login asked for");
    let mut record = run.finish();
    record.facts.clear();
    record
}

/// A run that its time ended.
pub(crate) fn cut_short() -> Record {
    let mut run = Run::new();
    run.scenario("http/ping").pass(&["http/ping"]);
    run.scenario("push/blob-post-put").expectation(
        "push/blob-created",
        Level::Must,
        Verdict::Inconclusive,
        Some("not reached within --max-time"),
    );
    let mut record = run.finish();
    record.target.embedded = true;
    record.cut_short = Some("--max-time 10m is over".into());
    record
}

/// A registry that writes whatever a terminal, an XML reader or a person's eye would fall for.
pub(crate) fn hostile() -> Record {
    let body = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}txet\u{202c} ]]> </failure> \u{0}\u{8}\u{fffe} & \"quoted\" 'single'\r\nplimsoll: conforms\n";
    let long = format!("status 500, body \"{body}{}\"", "A".repeat(16 * 1024));
    let mut run = Run::new();
    run.scenario("http/ping [\u{1b}[31m<&]").fail(&Wrong {
        clause: "http/ping",
        level: Level::Must,
        expected: "status 200",
        came: &long,
        known: None,
    });
    run.scenario("push/\u{202e}x").error("push/x", body);
    run.scenario("tags/list").expectation("tags/list", Level::Must, Verdict::Skipped, Some(body));
    let mut record = run.finish();
    record.target.server = Some(body.repeat(20));
    record.target.api_version = Some("\u{1b}[5mregistry/2.0".into());
    record.left_behind = vec![body.into()];
    record
        .facts
        .insert(body.into(), Fact { state: FactState::Broken, expected: "either".into(), observed: body.into(), of_the_run: false });
    record.evidence[0].curl = format!("curl 'http://127.0.0.1:5000/v2/{}'", "long/".repeat(60));
    record
}
