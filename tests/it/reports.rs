//! Reports, rendered from records made by hand.

use std::time::Duration;

use plimsoll::clause::Level;
use plimsoll::judge::Verdict;
use plimsoll::record::{FORMAT, Outcome, Record, RecordError, schema, write_atomically};
use plimsoll::report::{Format, Style};
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};

use crate::samples;

fn all() -> [(&'static str, Record); 6] {
    [
        ("clean", samples::clean()),
        ("failing", samples::failing()),
        ("broken", samples::broken()),
        ("unjudged", samples::unjudged()),
        ("cut_short", samples::cut_short()),
        ("hostile", samples::hostile()),
    ]
}

fn render(format: &str, record: &Record, style: &Style) -> String {
    Format::from_name(format).expect("the format exists").render(record, style).expect("it renders")
}

fn terminal(record: &Record) -> String {
    let written = vec!["reports/runs/127.0.0.1-5000/2026-11-23T18-16-00Z/record.json".into(), "reports/runs/x/junit.xml".into()];
    render("terminal", record, &Style { written, ..Style::default() })
}

#[test]
fn the_terminal_report_of_each_sample_is_what_was_last_looked_at() {
    for (name, record) in all() {
        insta::assert_snapshot!(name, terminal(&record));
    }
}

#[test]
fn the_junit_report_of_a_failing_registry_is_what_was_last_looked_at() {
    insta::assert_snapshot!("junit_failing", render("junit", &samples::failing(), &Style::default()));
}

#[test]
fn no_line_of_the_terminal_report_is_wider_than_asked_but_command_lines_and_tables() {
    for (name, record) in all() {
        let text = render("terminal", &record, &Style { width: 90, ..Style::default() });
        for line in text
            .lines()
            .filter(|line| !line.contains("curl ") && !line.contains("conformance of") && !line.contains("the run is not whole"))
        {
            let hostile_thing = name == "hostile" && line.contains("conforms");
            assert!(line.chars().count() <= 90 || hostile_thing, "{name}: {line}");
        }
    }
}

#[test]
fn a_command_line_stays_one_line_to_copy() {
    let record = samples::hostile();
    let text = render("terminal", &record, &Style { width: 40, ..Style::default() });
    assert!(text.lines().any(|line| line.trim() == record.evidence[0].curl), "{text}");
}

#[test]
fn colour_changes_nothing_but_the_colour() {
    for (_, record) in all() {
        let colored = render("terminal", &record, &Style { color: true, ..Style::default() });
        let plain = render("terminal", &record, &Style::default());
        assert_ne!(colored, plain);
        assert_eq!(without_colour(&colored), plain);
    }
}

/// The text without sequences of `ESC [ digits and ; m`; any other escape stays and is found.
fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut out, part| {
        let (codes, rest) = part.split_once('m').expect("a colour ends in m");
        assert!(codes.chars().all(|c| c.is_ascii_digit() || c == ';'), "{codes:?} is no colour");
        out.push_str(rest);
        out
    })
}

#[test]
fn what_a_registry_writes_reaches_no_report_as_a_command() {
    let record = samples::hostile();
    for format in Format::all() {
        let text = format.render(&record, &Style::default()).expect("it renders");
        let commands =
            |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}');
        assert_eq!(text.find(commands), None, "{}", format.name);
        assert!(text.lines().all(|line| !line.starts_with("plimsoll: conforms")) || format.name == "junit", "{}", format.name);
    }
}

#[test]
fn the_json_report_is_the_record_and_reads_back_as_it_was() {
    for (name, record) in all() {
        assert_eq!(Record::read(&render("json", &record, &Style::default())).as_ref(), Ok(&record), "{name}");
    }
}

#[test]
fn a_junit_reader_finds_each_expectation_with_its_verdict() {
    for (name, record) in all() {
        let report = Report::deserialize_from_str(&render("junit", &record, &Style::default())).expect("it is JUnit");
        let cases: Vec<_> = report.test_suites.iter().flat_map(|suite| &suite.test_cases).collect();
        let is = |case: &quick_junit::TestCase, wanted| matches!(case.status, TestCaseStatus::NonSuccess { kind, .. } if kind == wanted);
        let of = |wanted: NonSuccessKind| cases.iter().filter(|case| is(case, wanted)).count() as u64;
        let settled = matches!(record.summary().outcome(Level::Must), Outcome::Conforms | Outcome::Fails);
        let whole = u64::from(!settled || record.cut_short.is_some());
        let light = record.judgements().filter(|judged| judged.verdict == Verdict::Fail && !judged.is_known());
        let light = light.filter(|judged| judged.cause.is_some_and(|cause| cause.level < Level::Must)).count() as u64;
        let skipped = cases.iter().filter(|case| matches!(case.status, TestCaseStatus::Skipped { .. })).count() as u64;
        let counts = record.counts();
        assert_eq!(cases.len() as u64, counts.total() + whole, "{name}");
        assert_eq!(of(NonSuccessKind::Failure), counts.fail - light, "{name}");
        assert_eq!(of(NonSuccessKind::Error), counts.error + whole, "{name}");
        assert_eq!(skipped, counts.declined + counts.skipped + counts.inconclusive + counts.known + light, "{name}");
        let told = (report.tests as u64, report.failures as u64, report.errors as u64);
        assert_eq!(told, (counts.total() + whole, counts.fail - light, counts.error + whole), "{name}");
        assert_eq!(report.test_suites.len() as u64, record.rounds[0].scenarios.len() as u64 + whole, "{name}");
        assert_eq!(report.time, Some(Duration::from_millis(1_846)));
    }
}

#[test]
fn junit_is_red_where_the_exit_code_is_not_0_and_only_there() {
    let red = |record: &Record, fail_on| {
        let text = render("junit", record, &Style { fail_on, ..Style::default() });
        let report = Report::deserialize_from_str(&text).expect("it is JUnit");
        (report.failures > 0, report.errors > 0)
    };
    let mut light = samples::Run::new();
    let wrong = |level| samples::Wrong { clause: "tags/order", level, expected: "sorted", came: "b, a", known: None };
    light.scenario("tags/list").pass(&["tags/list"]).fail(&wrong(Level::Should));
    let light = light.finish();
    assert_eq!(red(&light, Level::Must), (false, false));
    assert_eq!(red(&light, Level::Should), (true, false));
    let mut client = samples::Run::new();
    client.scenario("tags/list").pass(&["tags/list"]).fail(&wrong(Level::Client));
    assert_eq!(red(&client.finish(), Level::Should), (false, false));
    assert!(red(&samples::failing(), Level::Must).0);
    assert_eq!(red(&samples::unjudged(), Level::Must), (false, true));
    assert_eq!(red(&samples::cut_short(), Level::Must), (false, true));
    let interrupted = Record { cut_short: Some("interrupted".into()), ..samples::failing() };
    assert_eq!(red(&interrupted, Level::Must), (true, true), "what was found before the end is told, and that it is not all");
    assert_eq!(red(&samples::clean(), Level::Should), (false, false));
}

#[test]
fn a_table_fits_sixty_columns() {
    for (name, record) in all() {
        let text = render("terminal", &record, &Style { width: 60, ..Style::default() });
        let table = text.lines().skip_while(|line| !line.contains("expectations")).take_while(|line| !line.is_empty());
        for line in table {
            assert!(line.chars().count() <= 60, "{name}: {line}");
        }
    }
}

#[test]
fn a_very_long_command_line_is_shortened_on_the_terminal_alone() {
    let mut record = samples::failing();
    let long = format!("curl -i http://127.0.0.1:5000/v2/{}/tags/list", "a".repeat(4_000));
    record.evidence.iter_mut().for_each(|evidence| evidence.curl.clone_from(&long));
    let text = terminal(&record);
    assert!(!text.contains(&long) && text.contains("characters more) (shortened: record.json has it in whole)"), "{text}");
    assert!(render("json", &record, &Style::default()).contains(&long));
}

#[test]
fn a_failure_in_junit_names_clause_step_outcome_position_and_command_line() {
    let report = Report::deserialize_from_str(&render("junit", &samples::failing(), &Style::default())).expect("it is JUnit");
    let suite = report.test_suites.iter().find(|suite| suite.name.as_str() == "push/chunk-order").expect("the suite is there");
    let case = &suite.test_cases[1];
    assert_eq!(case.name.as_str(), "push/chunk-order: do step 2");
    assert_eq!(case.classname.as_ref().map(quick_junit::XmlString::as_str), Some("push/chunk-order"));
    let TestCaseStatus::NonSuccess { message, description, ty, .. } = &case.status else { panic!("it fails") };
    assert_eq!(message.as_deref(), Some("push/chunk-order (MUST): expected status 416, came status 202"));
    assert_eq!(ty.as_deref(), Some("MUST"));
    let description = description.as_deref().expect("it has a body");
    assert!(description.contains("at: scenarios/push/chunk-order.yaml:8:7") && description.contains("\ncurl -sS -i "), "{description}");
}

#[test]
fn no_two_cases_of_a_junit_suite_have_one_name_and_rounds_are_told_apart() {
    let mut record = samples::broken();
    let again = record.rounds[0].scenarios[1].expectations[0].clone();
    record.rounds[0].scenarios[1].expectations.push(again);
    record.rounds.push(record.rounds[0].clone());
    let report = Report::deserialize_from_str(&render("junit", &record, &Style::default())).expect("it is JUnit");
    let mut names = std::collections::BTreeSet::new();
    for suite in &report.test_suites {
        for case in &suite.test_cases {
            assert!(names.insert((suite.name.as_str().to_owned(), case.name.as_str().to_owned())), "{} twice", case.name.as_str());
        }
    }
    assert_eq!(names.len() as u64, record.counts().total());
}

#[test]
fn the_xml_has_no_character_that_xml_forbids() {
    let xml = render("junit", &samples::hostile(), &Style::default());
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}');
    assert_eq!(xml.chars().find(|c| !allowed(*c)), None);
}

#[test]
fn the_last_line_is_the_verdict_in_plain_english() {
    // The last paragraph: a long verdict is wrapped.
    let last = |record: &Record| {
        let text = terminal(record);
        text.trim_end().rsplit("\n\n").next().unwrap_or_default().replace('\n', " ")
    };
    assert_eq!(last(&samples::clean()), "conforms: no MUST or SHOULD clause fails");
    let shut =
        "does not conform: 1 MUST clause fails (1 cause); but the run is not whole: nothing could be pushed, so most of it was not tried";
    assert_eq!(last(&samples::broken()), shut);
    assert_eq!(last(&samples::unjudged()), "nothing was judged: of 2 expectations, 2 skipped");
    let mut should = samples::clean();
    should.rounds[0].scenarios.clear();
    assert_eq!(last(&should), "nothing was judged: no expectation was planned or reached");
}

#[test]
fn the_outcome_is_what_an_exit_code_needs() {
    let outcome = |record: &Record, level| record.summary().outcome(level);
    assert_eq!(outcome(&samples::clean(), Level::Should), Outcome::Conforms);
    assert_eq!(outcome(&samples::failing(), Level::Must), Outcome::Fails);
    assert_eq!(outcome(&samples::unjudged(), Level::Must), Outcome::NothingJudged);
    assert_eq!(outcome(&samples::cut_short(), Level::Must), Outcome::Incomplete);
    let mut light = samples::Run::new();
    let wrong = samples::Wrong { clause: "tags/order", level: Level::Should, expected: "sorted", came: "b, a", known: None };
    light.scenario("tags/list").pass(&["tags/list"]).fail(&wrong).taken_down("tags/pages", 0);
    let light = light.finish();
    assert_eq!(light.summary().to_string(), "keeps every MUST that was judged, but 1 SHOULD clause fails (1 cause)");
    assert_eq!(outcome(&light, Level::Should), Outcome::Fails);
    assert_eq!(outcome(&light, Level::Must), Outcome::Conforms);
}

#[test]
fn a_fail_without_a_cause_still_fails_the_run() {
    let mut record = samples::clean();
    record.rounds[0].scenarios[0].expectations[0].verdict = Verdict::Fail;
    assert_eq!(record.summary().outcome(Level::Must), Outcome::Fails);
    assert_eq!(record.summary().to_string(), "does not conform: 1 MUST clause fails (0 causes)");
}

#[test]
fn causes_are_told_by_weight_and_known_deviations_last() {
    let record = samples::failing();
    let told: Vec<_> = record.causes_by_weight().iter().map(|cause| (cause.clause.as_str(), cause.seen, cause.took_down)).collect();
    assert_eq!(
        told,
        [
            ("naming/valid", 5, 10),
            ("naming/valid", 1, 1),
            ("push/chunk-order", 1, 0),
            ("tags/digest-header", 1, 0),
            ("docker/head-length", 1, 0),
            ("lists/push", 1, 0),
        ]
    );
    assert_eq!(record.counts_by_level().keys().copied().collect::<Vec<_>>(), [Level::Must, Level::Should, Level::Client]);
    assert_eq!((record.counts().known, record.counts_by_area()["lists"].known), (1, 1));
}

#[test]
fn a_newer_record_is_refused_by_its_format_before_anything_is_misread() {
    let newer = r#"{ "verdicts": 3, "format": "plimsoll.record/2" }"#;
    let error = Record::read(newer).expect_err("it is newer");
    assert_eq!(error, RecordError::Newer("plimsoll.record/2".into()));
    let told = error.to_string();
    assert!(told.contains("`plimsoll.record/2`") && told.contains(FORMAT) && told.contains("install a newer plimsoll"), "{told}");
}

#[test]
fn what_is_no_record_is_told_so() {
    let told = |text: &str| Record::read(text).expect_err("it is no record").to_string();
    for text in ["[]", "3", "null", "{}", r#"{"format": 1}"#, r#"{"format": "plimsoll.record/"}"#, r#"{"format": "plimsoll.record/0"}"#] {
        assert!(told(text).starts_with("this is JSON, but no record of plimsoll's"), "{text}: {}", told(text));
    }
    for text in ["", "<testsuites/>", "{", r#"{"format": "plimsoll.record/1""#, &"[".repeat(100_000)] {
        assert!(told(text).starts_with("this is no whole JSON document"), "{}", told(text));
    }
}

#[test]
fn a_damaged_record_is_refused_with_the_path_of_the_damage() {
    let json = samples::failing().to_json().expect("it is JSON");
    let damaged = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        Record::read(&json.replacen(from, to, 1)).expect_err("it is damaged").to_string()
    };
    let unknown = damaged("\"arch\":", "\"brand\": 1, \"arch\":");
    assert!(unknown.contains("`machine.brand`") && unknown.contains("unknown field"), "{unknown}");
    let verdict = damaged("\"verdict\": \"pass\"", "\"verdict\": \"passed\"");
    assert!(verdict.contains("`rounds[0].scenarios[0].verdict`") && verdict.contains("passed"), "{verdict}");
    let index = damaged("\"cause\": 0", "\"cause\": 99");
    assert!(index.contains("expectations[1].cause") && index.contains("99 points past the last of 6"), "{index}");
}

#[test]
fn a_record_is_written_in_whole_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a directory");
    let path = folder.path().join("runs/one/record.json");
    samples::clean().write_atomically(&path).expect("it is written");
    samples::failing().write_atomically(&path).expect("it is written again");
    let text = std::fs::read_to_string(&path).expect("it is there");
    assert_eq!(Record::read(&text), Ok(samples::failing()));
    let beside: Vec<_> = std::fs::read_dir(path.parent().expect("a parent")).expect("a directory").collect();
    assert_eq!(beside.len(), 1, "nothing else is left there");
}

#[test]
fn a_file_that_can_not_be_written_is_told_with_its_path_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a directory");
    let taken = folder.path().join("taken");
    std::fs::create_dir(&taken).expect("a directory");
    let error = write_atomically(&taken, "text").expect_err("a directory is there").to_string();
    assert!(error.starts_with(&format!("could not write {}: ", taken.display())), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a directory").count(), 1);
    std::fs::write(folder.path().join("file"), "").expect("a file");
    let error = write_atomically(&folder.path().join("file/record.json"), "text").expect_err("a file is in the way").to_string();
    assert!(error.contains("its directory can't be made"), "{error}");
}

#[test]
fn the_schema_of_the_record_is_current() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/record.json");
    let current = schema().expect("a schema");
    if std::env::var_os("PLIMSOLL_UPDATE").is_some_and(|update| update == "1") {
        write_atomically(&path, &current).expect("it is written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == current,
        "schemas/record.json is not what the types say; PLIMSOLL_UPDATE=1 cargo test the_schema_of_the_record rewrites it"
    );
}
