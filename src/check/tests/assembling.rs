//! From judgements to verdicts, causes and evidence.

use super::support::{assemble, event, heard, nth};
use crate::check::recorder::{Event, Heard};
use crate::engine::{Because, Judgement};
use crate::exchange::Secrets;
use crate::judge::{Mismatch, Verdict};
use crate::plan::tests::support::{facts, planned, setting, suite};
use crate::plan::{Plan, State, plan, probes};

const THREE: &str = "title: t
steps:
  - { title: first, request: GET /1, name: first, expect: { a/one: { status: 200 }, a/three: { header: { X: present } } } }
  - { title: second, request: GET /2, after: first, expect: { a/two: { status: 200 } } }
";

fn three() -> Plan {
    planned(THREE, "oci", &facts(&[]), &setting())
}

fn fail(came: &str) -> Judgement {
    Judgement::Fail(Mismatch::fail("status 200", came))
}

fn inconclusive(because: Option<Because>) -> Judgement {
    Judgement::Inconclusive { reason: "why".into(), because }
}

#[test]
fn many_judgements_of_one_expectation_come_to_the_worst() {
    let plan = three();
    let declined = || Judgement::Declined("404".into());
    let skipped = || Judgement::Skipped("s".into());
    let error = || Judgement::Error("e".into());
    for (judgements, verdict) in [
        (vec![Judgement::Pass, fail("status 404"), error()], Verdict::Fail),
        (vec![Judgement::Pass, inconclusive(None), error()], Verdict::Error),
        (vec![Judgement::Pass, inconclusive(None)], Verdict::Inconclusive),
        (vec![declined(), Judgement::Pass, skipped()], Verdict::Pass),
        (vec![skipped(), declined()], Verdict::Declined),
        (vec![skipped()], Verdict::Skipped),
    ] {
        let len = judgements.len() as u64;
        let events = judgements.into_iter().map(|judgement| event(&plan.items[0], "a/one", judgement, 404)).collect();
        let made = assemble(&plan, &[heard(events)], &Secrets::new(), None);
        let result = &made.results[0].expectations[0];
        assert_eq!((result.verdict, result.exchanges, made.results[0].verdict), (verdict, len, verdict));
        assert_eq!(result.evidence.is_some(), matches!(verdict, Verdict::Fail | Verdict::Error));
    }
}

#[test]
fn equal_failures_of_a_clause_are_one_cause_and_what_they_took_down_is_counted() {
    let text = THREE.replace("title: t\n", "title: t\neach: { v: [p, q] }\n").replace("/2", "/<v>");
    let plan = planned(&text, "oci", &facts(&[]), &setting());
    let runs: Vec<Heard> = plan
        .items
        .iter()
        .map(|item| {
            let root = Because::Step(item.steps[0].number);
            heard(vec![
                event(item, "a/two", inconclusive(Some(root)), 200),
                event(item, "a/one", fail("status 404"), 404),
                event(item, "a/three", fail("no X header"), 404),
            ])
        })
        .collect();
    let made = assemble(&plan, &runs, &Secrets::new(), None);
    let told: Vec<(&str, u64, u64, Option<&str>)> =
        made.causes.iter().map(|cause| (cause.clause.as_str(), cause.seen, cause.took_down, cause.known.as_deref())).collect();
    assert_eq!(told, [("a/one", 2, 2, None), ("a/three", 2, 0, Some("known of old"))]);
    assert_eq!(made.causes[0].scenario, "a/x [p]");
    for result in &made.results {
        let causes: Vec<Option<usize>> = result.expectations.iter().map(|expectation| expectation.cause).collect();
        assert_eq!(causes, [Some(0), Some(1), Some(0)]);
    }
    assert_eq!(made.evidence.len(), 4);
}

#[test]
fn what_hangs_on_a_step_that_could_not_be_judged_finds_the_cause_of_that() {
    let text = "title: t
steps:
  - { request: GET /1, expect: { a/one: { status: 200 } } }
  - { request: GET /2, name: second, expect: { a/needs-one: { status: 200 } } }
  - { request: GET /3, after: second, expect: { a/two: { status: 200 } } }
";
    let plan = planned(text, "oci", &facts(&[]), &setting());
    let item = &plan.items[0];
    let clause = Because::Clause { clause: "a/one".parse().unwrap(), otherwise: Box::new(fail("status 404")) };
    let events = vec![
        event(item, "a/one", fail("status 404"), 404),
        event(item, "a/needs-one", inconclusive(Some(clause)), 404),
        event(item, "a/two", inconclusive(Some(Because::Step(item.steps[1].number))), 404),
    ];
    let made = assemble(&plan, &[heard(events)], &Secrets::new(), None);
    assert_eq!(made.results[0].expectations.iter().map(|result| result.cause).collect::<Vec<_>>(), [Some(0); 3]);
    assert_eq!((made.causes.len(), made.causes[0].took_down), (1, 2));
}

#[test]
fn what_a_clause_that_does_not_bind_has_stopped_is_told_as_it_came() {
    let text = "title: t
steps:
  - { request: GET /1, name: odd, title: odd, expect: { a/elsewhere: { status: 200 } } }
  - { request: GET /2, expect: { a/one: { status: 200 } } }
  - { request: GET /3, after: odd, expect: { a/two: { status: 200 } } }
";
    for (profile, verdicts) in
        [("oci", &["a/one fail", "a/two skipped"][..]), ("strict", &["a/elsewhere fail", "a/one inconclusive", "a/two inconclusive"])]
    {
        let plan = planned(text, profile, &facts(&[]), &setting());
        let item = &plan.items[0];
        let clause = Because::Clause { clause: "a/elsewhere".parse().unwrap(), otherwise: Box::new(fail("status 404")) };
        let stuck = Judgement::Inconclusive {
            reason: "the step \"odd\" did not work: status 404".into(),
            because: Some(Because::Step(item.steps[0].number)),
        };
        let events = vec![
            event(item, "a/elsewhere", fail("status 404"), 404),
            event(item, "a/one", inconclusive(Some(clause)), 404),
            event(item, "a/two", stuck, 404),
        ];
        let made = assemble(&plan, &[heard(events)], &Secrets::new(), None);
        assert_eq!(made.verdicts(), verdicts, "{profile}");
        if profile == "oci" {
            let reason = made.results[0].expectations[1].reason.as_deref();
            assert_eq!(reason, Some("it follows on \"odd\", which came to status 404: the profile asks nothing of that"));
        }
    }
}

#[test]
fn what_the_profile_wants_is_held_against_the_outcome_that_came() {
    for (profile, capability, outcome, verdict) in [
        ("oci", "lists", 0, Verdict::Pass),
        ("oci", "lists", 1, Verdict::Fail),
        ("oci", "extra", 0, Verdict::Pass),
        ("oci", "extra", 1, Verdict::Declined),
        ("strict", "lists", 0, Verdict::Fail),
        ("strict", "lists", 1, Verdict::Declined),
        ("strict", "extra", 1, Verdict::Fail),
    ] {
        let suite = suite(&[]);
        let mut plan = probes(&suite, &suite.catalogue.profiles[profile], &facts(&[]), &setting());
        plan.items.retain(|item| item.scenario == format!("probes/{capability}"));
        let item = &mut plan.items[0];
        item.fate = crate::plan::Fate::Run;
        let judgement = if outcome == 0 { Judgement::Pass } else { Judgement::Declined("status 404".into()) };
        let heard_of = heard(vec![nth(item, &format!("o/{capability}"), outcome, judgement, 404)]);
        let made = assemble(&plan, &[heard_of], &Secrets::new(), None);
        assert_eq!(made.results[0].verdict, verdict, "{profile} {capability} {outcome}");
        if verdict == Verdict::Fail {
            let wanted = if profile == "strict" && capability == "lists" { "declined" } else { "accepted" };
            assert_eq!(made.causes[0].expected, format!("{capability} {wanted}"));
        }
    }
}

#[test]
fn a_run_that_was_cut_tells_what_it_did_not_come_to_once_for_each_step() {
    let text = "title: t
steps:
  - request: GET /1
    outcomes: { yes: { a/one: { status: 200 } }, no: { a/two: { status: 404 } } }
  - request: GET /2
    outcomes: { yes: { a/three: { status: 200 } }, no: { a/should: { status: 404 } } }
";
    let plan = planned(text, "oci", &facts(&[]), &setting());
    let events = vec![event(&plan.items[0], "a/one", Judgement::Pass, 200)];
    let cut = assemble(&plan, &[Heard { events: events.clone(), ..Heard::default() }], &Secrets::new(), Some("time was up"));
    assert_eq!(cut.verdicts(), ["a/one pass", "a/three inconclusive"]);
    let open = &cut.results[0].expectations[1];
    assert_eq!((open.reason.as_deref(), open.step.as_str()), (Some("time was up"), plan.items[0].steps[1].title.as_str()));
    assert_eq!(assemble(&plan, &[heard(events)], &Secrets::new(), None).verdicts(), ["a/one pass"]);
}

#[test]
fn what_was_not_run_is_told_with_its_reason_and_its_cause() {
    let suite = suite(&[("a/x", &THREE.replace("title: t", "title: t\nneeds: [lists]"))]);
    let profile = &suite.catalogue.profiles["oci"];
    for (state, verdict) in [(State::Declined, Verdict::Skipped), (State::Broken, Verdict::Inconclusive)] {
        let noted = facts(&[("pull", State::Accepted), ("push", State::Accepted), ("lists", state)]);
        let mut all = probes(&suite, profile, &facts(&[]), &setting());
        all.items.retain(|item| item.scenario == "probes/lists");
        all.items[0].fate = crate::plan::Fate::Run;
        let broken = heard(vec![event(&all.items[0], "o/lists", fail("status 500"), 500)]);
        all.items.extend(plan(&suite, profile, &noted, &setting()).items);
        let made = assemble(&all, &[broken, Heard::default()], &Secrets::new(), None);
        let result = &made.results[1];
        assert_eq!((result.verdict, result.expectations.len()), (verdict, 3));
        assert!(result.reason.is_some() && result.expectations.iter().all(|expectation| expectation.reason == result.reason));
        let took_down = if state == State::Broken { 3 } else { 0 };
        assert_eq!(made.causes[0].took_down, took_down);
        assert_eq!(result.expectations[0].cause.is_some(), state == State::Broken);
    }
}

#[test]
fn a_clause_that_does_not_bind_is_not_in_the_record() {
    let plan = planned(&THREE.replace("a/two", "a/elsewhere"), "oci", &facts(&[]), &setting());
    let item = &plan.items[0];
    let events = vec![event(item, "a/elsewhere", fail("status 404"), 404), event(item, "a/one", Judgement::Pass, 200)];
    let made = assemble(&plan, &[heard(events)], &Secrets::new(), None);
    assert_eq!((made.verdicts(), made.causes.len()), (vec!["a/one pass".to_owned()], 0));
}

#[test]
fn expectations_stand_in_the_order_of_the_file_and_those_of_every_exchange_last() {
    let plan = three();
    let item = &plan.items[0];
    let always = Event { expected: plan.always[0].expect[0].number, ..event(item, "a/one", Judgement::Pass, 200) };
    let events = vec![
        always,
        event(item, "a/two", Judgement::Pass, 200),
        event(item, "a/three", fail("x"), 200),
        event(item, "a/one", Judgement::Pass, 200),
    ];
    let made = assemble(&plan, &[heard(events)], &Secrets::new(), None);
    assert_eq!(made.verdicts(), ["a/one pass", "a/three fail", "a/two pass", "http/server-error pass"]);
}

#[test]
fn no_secret_is_in_evidence_causes_or_reasons() {
    let plan = three();
    let item = &plan.items[0];
    let secrets = Secrets::new();
    secrets.add("hunter2hunter2");
    let mut failing = event(item, "a/one", fail("body hunter2hunter2"), 404);
    let mut exchange = super::support::sent(http::Method::GET, "http://r/v2/?t=hunter2hunter2", 404);
    exchange.request.headers.insert("authorization", "Bearer hunter2hunter2".parse().unwrap());
    if let Ok(response) = &mut exchange.answer {
        response.headers.insert("x-echo", "hunter2hunter2".parse().unwrap());
        response.body.bytes = bytes::Bytes::from_static(b"you are hunter2hunter2");
    }
    failing.exchange = Some(std::sync::Arc::new(exchange));
    let error = event(item, "a/three", Judgement::Error("no hunter2hunter2".into()), 200);
    let unclear = event(item, "a/two", Judgement::Inconclusive { reason: "was hunter2hunter2".into(), because: None }, 200);
    let made = assemble(&plan, &[heard(vec![failing, error, unclear])], &secrets, None);
    let text = format!("{:?} {:?} {:?}", made.results, made.causes, made.evidence);
    assert!(!text.contains("hunter2hunter2"), "{text}");
    assert_eq!(made.evidence.len(), 2);
}
