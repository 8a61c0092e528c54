//! JUnit's XML, for CI servers: a suite is one scenario (item), a test case is one expectation of it.
//!
//! What is red there is what the exit code counts: `failure` is a `fail` of a clause that counts under `--fail-on`, `error` is `error`. A `fail` that
//! does not count (CLIENT, MAY, as a rule SHOULD, a known deviation), `declined`, `skipped` and `inconclusive` are `skipped` with their reason. A run that
//! could not be settled, or was cut short, has one more case, which is an `error`.

use std::collections::HashMap;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::format::{Format, ReportError, Style};
use super::words::clip;
use crate::clause::Level;
use crate::exchange::evidence::{printable, printable_lines};
use crate::judge::Verdict;
use crate::record::{Evidence, Judgement, Outcome, Record};

pub(super) const FORMAT: Format =
    Format { name: "junit", file: Some("junit.xml"), says: "JUnit's XML, for CI servers: a test case per expectation", render };

/// The longest message, and the longest body of a response, that a test case carries; the record has all of it.
const LONGEST: usize = 2_000;

fn render(record: &Record, style: &Style) -> Result<String, ReportError> {
    let mut report = Report::new(line(&format!("plimsoll survey of {}", record.target.url)));
    report.set_time(Duration::from_millis(record.wall_ms));
    let judged: Vec<Judgement<'_>> = record.judgements().collect();
    for of_one in judged.chunk_by(|a, b| std::ptr::eq(a.scenario, b.scenario)) {
        report.add_test_suite(suite(record, of_one, style.fail_on));
    }
    report.add_test_suites(unsettled(record, style.fail_on));
    Ok(report.to_string()?)
}

/// One case more where the exit code is 4, or every case could be green beside it, and where the run was cut short.
fn unsettled(record: &Record, fail_on: Level) -> Option<TestSuite> {
    let summary = record.summary();
    if summary.cut_short.is_none() && matches!(summary.outcome(fail_on), Outcome::Conforms | Outcome::Fails) {
        return None;
    }
    let mut suite = TestSuite::new("plimsoll");
    let text = summary.to_string();
    let mut case = TestCase::new("the run as a whole", non_success(NonSuccessKind::Error, "not judged", &text, &text));
    case.set_classname("plimsoll");
    suite.add_test_case(case);
    Some(suite)
}

fn suite(record: &Record, judged: &[Judgement<'_>], fail_on: Level) -> TestSuite {
    let name = judged.first().map_or_else(String::new, |first| suite_name(record, first));
    let mut suite = TestSuite::new(line(&name));
    suite.set_time(Duration::from_millis(judged.first().map_or(0, |first| first.scenario.wall_ms)));
    let mut taken: HashMap<String, u64> = HashMap::new();
    for one in judged {
        let mut case_name = case_name(one);
        let times = taken.entry(case_name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            case_name = format!("{case_name} #{times}");
        }
        let mut case = TestCase::new(line(&case_name), status(one, fail_on));
        case.set_classname(line(&name));
        suite.add_test_case(case);
    }
    suite
}

/// `naming/valid [a.b]`, with the round where there are several.
fn suite_name(record: &Record, judged: &Judgement<'_>) -> String {
    let item = judged.scenario.item.as_ref().map_or_else(String::new, |item| format!(" [{item}]"));
    let round = if record.rounds.len() > 1 { format!(" (round {})", judged.round + 1) } else { String::new() };
    format!("{}{item}{round}", judged.scenario.id)
}

/// `push/session-status: open an upload session`, with the outcome that the step had, if it names any.
fn case_name(judged: &Judgement<'_>) -> String {
    let Some(expectation) = judged.expectation else {
        return "the scenario as a whole".into();
    };
    let outcome = expectation.outcome.as_ref().map_or_else(String::new, |outcome| format!(" ({outcome})"));
    format!("{}: {}{outcome}", expectation.clause, expectation.step)
}

fn status(judged: &Judgement<'_>, fail_on: Level) -> TestCaseStatus {
    let reason = judged.reason.unwrap_or("no reason was given");
    match judged.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Fail => fail(judged, fail_on),
        Verdict::Error => non_success(NonSuccessKind::Error, "error", reason, &body(judged)),
        Verdict::Declined | Verdict::Skipped | Verdict::Inconclusive => {
            let by = taken_down_by(judged);
            skipped(&format!("{}: {reason}{by}", judged.verdict))
        }
    }
}

fn fail(judged: &Judgement<'_>, fail_on: Level) -> TestCaseStatus {
    let Some(cause) = judged.cause else {
        return non_success(NonSuccessKind::Failure, "fail", judged.reason.unwrap_or("no cause was recorded"), &body(judged));
    };
    if let Some(known) = &cause.known {
        return skipped(&format!("known deviation: {known} ({}: expected {}, came {})", cause.clause, cause.expected, cause.came));
    }
    let (expected, came) = judged.evidence.map_or((&cause.expected, &cause.came), |evidence| (&evidence.expected, &evidence.came));
    let message = format!("{} ({}): expected {expected}, came {came}", cause.clause, cause.level);
    let says = format!("{}\nsource: {}\nexpected: {expected}\ncame: {}\n", cause.says, cause.source, clip(came, LONGEST));
    let text = says + &body(judged);
    if cause.level >= fail_on {
        return non_success(NonSuccessKind::Failure, &cause.level.to_string(), &message, &text);
    }
    let mut status = skipped(&format!("fail, but {} does not fail the run: {message}", cause.level));
    status.set_type(cause.level.to_string()).set_description(printable_lines(text.as_bytes()));
    status
}

/// ` (because push/session-status fails: status 500)`, of what a cause took down.
fn taken_down_by(judged: &Judgement<'_>) -> String {
    judged.cause.map_or_else(String::new, |cause| format!(" (because {} fails: {})", cause.clause, cause.came))
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(line(message));
    status
}

fn non_success(kind: NonSuccessKind, ty: &str, message: &str, body: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(line(ty)).set_message(line(message)).set_description(printable_lines(body.as_bytes()));
    status
}

/// Position, curl line and what came back.
fn body(judged: &Judgement<'_>) -> String {
    let placed = judged.expectation.filter(|expectation| !expectation.position.is_empty());
    let at = placed.map_or_else(String::new, |expectation| format!("at: {}\n", expectation.position));
    at + &judged.evidence.map_or_else(String::new, |evidence| exchange(judged, evidence))
}

fn exchange(judged: &Judgement<'_>, evidence: &Evidence) -> String {
    let own = evidence.scenario == judged.scenario.id && evidence.item == judged.scenario.item;
    let mut lines = Vec::new();
    if !own {
        let item = evidence.item.as_ref().map_or_else(String::new, |item| format!(" [{item}]"));
        lines.push(format!("as first seen in: {}{item}, {}", evidence.scenario, evidence.position));
    }
    lines.push(printable(evidence.curl.as_bytes()));
    if let Some(failure) = &evidence.failure {
        lines.push(format!("answer: {failure}"));
    }
    if let Some(response) = &evidence.response {
        lines.push(format!("status: {}", response.status));
        lines.extend(
            response.headers.iter().map(|(name, value)| format!("{}: {}", printable(name.as_bytes()), printable(value.as_bytes()))),
        );
        lines.extend(response.body.iter().map(|body| format!("\n{}", clip(body, LONGEST))));
    }
    lines.join("\n") + "\n"
}

/// Text for an attribute: one line, of bearable length.
fn line(text: &str) -> String {
    clip(&printable(text.as_bytes()), LONGEST)
}
