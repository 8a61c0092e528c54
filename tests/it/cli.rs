//! The commands as a person uses them: what they say, what they write, how they end.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::support::program::{home, plimsoll, record, run, said};

const LIMIT: Duration = Duration::from_mins(2);

#[test]
fn a_survey_without_a_target_surveys_the_embedded_registry_and_writes_its_reports() {
    let home = home();
    let out = said(home.path(), &["survey"]);
    let (code, stdout) = (out.code, out.stdout);
    assert_eq!(code, Some(0), "{stdout}\n{}", out.stderr);
    assert!(out.stderr.contains("embedded reference registry on http://127.0.0.1:"), "{}", out.stderr);
    for area in ["http", "auth", "naming", "pull", "push", "tags", "lists", "referrers", "management", "docker"] {
        assert!(stdout.lines().any(|line| line.trim_start().starts_with(area)), "no row for {area}:\n{stdout}");
    }
    assert!(stdout.contains("conforms"), "{stdout}");
    let runs = home.path().join("reports/runs/embedded");
    let run: Vec<PathBuf> = std::fs::read_dir(runs).expect("reports are written").map(|entry| entry.unwrap().path()).collect();
    let record = record(&run[0].join("record.json"));
    assert!(run[0].join("junit.xml").is_file());
    let load = record.load.as_ref().expect("a registry on this machine gets a short load");
    assert!(load.journeys_done > 0 && load.corrupt == 0 && load.verified_bytes > 0, "{load:?}");
    assert!(record.target.embedded && record.target.login == "bearer" && record.target.credentials);
    let counts = record.counts();
    assert_eq!((counts.fail, counts.error, counts.inconclusive), (0, 0, 0));
    assert!(counts.pass > 1000, "{counts:?}");
    // The login is generated and the clock can be moved: nothing is left out for want of either.
    let skipped = record.reasons(plimsoll::judge::Verdict::Skipped);
    assert!(!skipped.iter().any(|(reason, _)| reason.contains("login asked for") || reason.contains("--wait-expiry")), "{skipped:?}");
}

#[test]
fn the_profile_github_packages_holds_the_embedded_registry_to_its_own_rules() {
    let home = home();
    let out = said(home.path(), &["survey", "--profile", "github-packages", "--report-dir", "out"]);
    assert_eq!(out.code, Some(0), "{}\n{}", out.stdout, out.stderr);
    let record = record(&home.path().join("out/record.json"));
    assert_eq!(record.profile.name, "github-packages");
    let lists = &record.facts["manifest-lists"];
    assert_eq!((lists.state, lists.expected.as_str()), (plimsoll::record::FactState::Declined, "declined"));
}

#[test]
fn the_other_profiles_find_nothing_wrong_with_the_embedded_registry() {
    let home = home();
    for profile in ["oci-1.0", "oci-1.1", "oci-main", "docker-v2"] {
        let out = said(home.path(), &["check", "--profile", profile, "--fail-on", "should"]);
        assert_eq!(out.code, Some(0), "{profile}:\n{}\n{}", out.stdout, out.stderr);
    }
}

#[test]
fn one_pinned_repository_is_enough_for_what_needs_no_empty_one() {
    let home = home();
    let out = said(home.path(), &["check", "--repository", "team/pinned", "--report-dir", "out"]);
    assert_eq!(out.code, Some(0), "{}\n{}", out.stdout, out.stderr);
    let record = record(&home.path().join("out/record.json"));
    let skipped = record.reasons(plimsoll::judge::Verdict::Skipped);
    for word in ["empty repository", "second repository"] {
        assert!(skipped.iter().any(|(reason, _)| reason.contains(word)), "{skipped:?}");
    }
    assert!(record.counts().pass > 1000, "{:?}", record.counts());
    assert!(record.left_behind.iter().any(|left| left.starts_with("team/pinned (")), "nothing is deleted there: {:?}", record.left_behind);
}

#[test]
fn a_pinned_repository_that_holds_tags_is_left_alone_unless_told_otherwise() {
    let home = home();
    let server = crate::support::configs::plimsoll(home.path(), &[]);
    let target = format!("http://{}", server.host());
    let check = |repository: &str, more: &[&str]| {
        said(home.path(), &[&["check", &target, "--repository", repository, "--only", "tags/list*"], more].concat())
    };
    let first = check("team/pinned", &[]);
    assert_eq!(first.code, Some(0), "{}\n{}", first.stdout, first.stderr);
    let again = check("team/pinned", &[]);
    assert_eq!(again.code, Some(2), "{}\n{}", again.stdout, again.stderr);
    assert!(
        again.stderr.contains("team/pinned is not known to be empty: it holds") && again.stderr.contains("--overwrite-tags"),
        "{}",
        again.stderr
    );
    assert_eq!(check("team/pinned", &["--overwrite-tags"]).code, Some(0));
}

#[test]
fn a_run_in_which_all_that_was_chosen_is_skipped_does_not_conform() {
    let home = home();
    let out = said(home.path(), &["check", "--repository", "team/pinned", "--only", "push/mount-from"]);
    assert_eq!(out.code, Some(4), "{}\n{}", out.stdout, out.stderr);
    assert!(out.stdout.contains("nothing was judged"), "{}", out.stdout);
}

#[test]
fn nothing_is_written_beside_a_pinned_repository() {
    let home = home();
    let out = said(home.path(), &["check", "--repository", "team/pinned", "--keep-failed", "--only", "naming/*", "--report-dir", "out"]);
    let record = record(&home.path().join("out/record.json"));
    assert!(record.left_behind.iter().all(|left| left.starts_with("team/pinned (")), "{}: {:?}", out.stderr, record.left_behind);
    let skipped = record.reasons(plimsoll::judge::Verdict::Skipped);
    assert!(skipped.iter().any(|(reason, _)| reason.contains("--repository pins another")), "{skipped:?}");
}

#[test]
fn a_check_writes_nothing_unless_asked() {
    let home = home();
    let out = said(home.path(), &["check", "--only", "http/*"]);
    assert_eq!(out.code, Some(0), "{}", out.stderr);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn only_what_matches_is_run() {
    let home = home();
    let out = said(home.path(), &["check", "--only", "tags/list*", "--report-dir", "out"]);
    assert_eq!(out.code, Some(0), "{}", out.stderr);
    let record = record(&home.path().join("out/record.json"));
    let ids: Vec<&str> = record.rounds[0].scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
    assert!(ids.contains(&"tags/list"), "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with("tags/list") || id.starts_with("probes/")), "{ids:?}");
}

#[test]
fn a_stored_record_is_rendered_in_every_format_and_renders_the_same_again() {
    let home = home();
    let first = said(home.path(), &["check", "--only", "push/*", "--report-dir", "out"]);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let path = "out/record.json";
    let json = said(home.path(), &["report", path, "--format", "json"]).expect_success("report");
    assert_eq!(json.trim(), std::fs::read_to_string(home.path().join(path)).unwrap().trim());
    let junit = said(home.path(), &["report", path, "--format", "junit", "-o", "again.xml"]);
    assert_eq!(junit.code, Some(0), "{}", junit.stderr);
    let written = |file: &str| std::fs::read_to_string(home.path().join(file)).unwrap();
    assert_eq!(written("again.xml"), written("out/junit.xml"));
    let by_folder = said(home.path(), &["report", "out"]).expect_success("report of a folder");
    assert_eq!(by_folder, said(home.path(), &["report", path]).expect_success("report"));
    let terminal = said(home.path(), &["report", path]).expect_success("report");
    assert!(terminal.contains("push"), "{terminal}");
}

#[test]
fn what_is_wrong_with_the_command_line_is_told_with_what_was_meant() {
    let home = home();
    for (words, told) in [
        (vec!["check", "--profile", "oci-1.01"], "did you mean `oci-1.0`?"),
        (vec!["check", "--proflie", "auto"], "--profile"),
        (vec!["survay"], "survey"),
        (vec!["explain", "push/sesion-status"], "did you mean `push/session-status`?"),
        (vec!["scenario", "show", "push/blob-post-putt"], "did you mean `push/blob-post-put`?"),
        (vec!["check", "--only", "nothing/*"], "`nothing/*`"),
        (vec!["check", "ftp://127.0.0.1"], "http or https"),
        (vec!["check", "http://user:secret@127.0.0.1"], "--password-stdin"),
        (vec!["check", "--max-time", "5"], "5s"),
        (vec!["serve", "--profile", "github-package", "--user", "a:b"], "did you mean `github-packages`?"),
        (vec!["serve", "--user", "nocolon"], "NAME:PASSWORD"),
        (vec!["check", "--only", "push"], "did you mean `push/*`?"),
        (vec!["check", "--only", "push/*", "--only", "pusch/*"], "`pusch/*`"),
        (vec!["check", "--only", "mine.yaml"], "`--scenario mine.yaml`"),
        (vec!["check", "--password", "x"], "--password-stdin"),
        (vec!["check", "--user", "me:hush", "http://127.0.0.1:1"], "PLIMSOLL_PASSWORD"),
        (vec!["check", "http://127.0.0.1:1/Team"], "lower-case"),
        (vec!["check", "--repository", "a//b"], "no name of a repository"),
        (vec!["explain", "push"], "did you mean `push/*`?"),
        (vec!["explain", "psh/*"], "did you mean `push/*`?"),
        (vec!["check", "--only", "psh/*"], "did you mean `push/*`?"),
        (vec!["scenario", "list", "psh/*"], "did you mean `push/*`?"),
        (vec!["serve", "--listen", "127.0.0.1"], "write 127.0.0.1:5000"),
        (vec!["serve", "--profile", "oci-1.1"], "serve has no profile `oci-1.1`"),
    ] {
        let out = said(home.path(), &words);
        assert_eq!(out.code, Some(2), "{words:?}: {}", out.stderr);
        assert!(out.stderr.contains(told), "{words:?}: {}", out.stderr);
        assert!(!out.stderr.contains("hush"), "a password was told: {}", out.stderr);
    }
    let out = said(home.path(), &["report", "nothing.json", "--format", "jsn"]);
    assert_eq!(out.code, Some(2));
    assert!(out.stderr.contains("did you mean `json`?"), "{}", out.stderr);
}

#[test]
fn a_scenario_file_with_mistakes_ends_the_run_before_anything_is_sent() {
    let home = home();
    let impostor = crate::support::impostor::Impostor::saying("200 OK", "application/json", "{}");
    let folder = home.path().join("scenarios");
    copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios")), &folder);
    let wrong = "title: A scenario with a slip\nsteps:\n  - title: ask\n    request: GET /v2/<rpo>/tags/list\n    expect:\n      tags/lisst: { status: 200 }\n";
    std::fs::write(folder.join("tags/slip.yaml"), wrong).unwrap();
    let out = said(home.path(), &["check", &impostor.url(), "--scenarios", "scenarios"]);
    assert_eq!(out.code, Some(3), "{}", out.stderr);
    for told in ["slip.yaml:4", "slip.yaml:6", "<rpo>", "tags/lisst", "nothing was sent"] {
        assert!(out.stderr.contains(told), "no {told} in:\n{}", out.stderr);
    }
    assert_eq!(impostor.asked(), 0);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { assert!(std::fs::copy(&path, &target).is_ok()) }
    }
}

#[test]
fn scenarios_are_listed_shown_and_linted_and_their_schema_is_printed() {
    let home = home();
    let listed = said(home.path(), &["scenario", "list", "push/*"]).expect_success("list");
    assert!(listed.lines().all(|line| line.starts_with("push/")) && listed.lines().count() > 20, "{listed}");
    let show = said(home.path(), &["scenario", "show", "push/blob-post-put"]).expect_success("show");
    assert!(show.contains("push/session-status") && show.contains("POST /v2/<repo>/blobs/uploads/"), "{show}");
    let schema = said(home.path(), &["scenario", "schema"]).expect_success("schema");
    assert_eq!(schema.trim(), include_str!("../../schemas/scenario.json").trim());
    let lint = said(home.path(), &["scenario", "lint"]);
    assert_eq!(lint.code, Some(0), "{}", lint.stderr);
}

const MINE: &str = "\
title: A tag of my own\nneeds: [push]\ndata:\n  img: { image: {} }\nsteps:\n  - push: img\n    tag: mine\n  - title: list my tags
    request: GET /v2/<repo>/tags/list\n    headers: { X-Mine: yes }\n    expect:\n      tags/list-status: { status: 200 }\n";

#[test]
fn a_scenario_file_of_ones_own_is_shown_linted_and_run_alone() {
    let home = home();
    std::fs::write(home.path().join("My tags.yaml"), MINE).unwrap();
    let shown = said(home.path(), &["scenario", "show", "My tags.yaml"]).expect_success("show");
    assert!(shown.contains("own/my-tags") && shown.contains("header  X-Mine: yes"), "{shown}");
    assert_eq!(said(home.path(), &["scenario", "lint", "My tags.yaml"]).code, Some(0));
    let out = said(home.path(), &["check", "--scenario", "My tags.yaml", "--report-dir", "out"]);
    assert_eq!(out.code, Some(0), "{}\n{}", out.stdout, out.stderr);
    let record = record(&home.path().join("out/record.json"));
    let ids: Vec<&str> = record.rounds[0].scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
    assert_eq!(ids.iter().filter(|id| !id.starts_with("probes/")).collect::<Vec<_>>(), [&"own/my-tags"]);
    assert!(record.rounds[0].scenarios.iter().any(|scenario| scenario.id == "own/my-tags" && scenario.exchanges > 0));

    std::fs::write(home.path().join("wrong.yaml"), MINE.replace("tags/list-status", "tags/list-sttus")).unwrap();
    let out = said(home.path(), &["check", "--scenario", "wrong.yaml"]);
    assert_eq!(out.code, Some(3), "{}", out.stderr);
    assert!(out.stderr.contains("wrong.yaml:12") && out.stderr.contains("did you mean `tags/list-status`?"), "{}", out.stderr);
}

#[test]
fn what_a_scenario_sends_and_keeps_is_shown() {
    let shown = said(home().path(), &["scenario", "show", "push/blob-chunk-out-of-order"]).expect_success("show");
    for told in ["data  layer: 4000 bytes", "once for each <chunk> of a gap", "header  Content-Range: 0-999", "body    layer from byte 0"] {
        assert!(shown.contains(told), "no {told} in:\n{shown}");
    }
}

#[test]
fn clauses_are_listed_by_pattern_a_line_each_or_folded_to_the_terminal() {
    let home = home();
    let some = said(home.path(), &["explain", "referrers/*"]).expect_success("explain");
    assert!(some.lines().count() > 10 && some.lines().all(|line| line.starts_with("referrers/")), "{some}");
    let all = said(home.path(), &["explain"]).expect_success("explain");
    assert!(all.lines().count() > 300 && all.lines().any(|line| line.starts_with("push/chunk-order") && line.contains("MUST")));
    for words in [vec!["explain", "referrers/*"], vec!["explain", "push/chunk-order"], vec!["scenario", "list", "push/*"]] {
        let out = run(plimsoll(home.path()).args(&words).env("COLUMNS", "60"), LIMIT).expect_success("folded");
        assert!(out.lines().all(|line| line.chars().count() <= 60), "{words:?}:\n{out}");
    }
}

#[test]
fn a_clause_is_explained_with_its_sources_and_its_judges() {
    let out = said(home().path(), &["explain", "push/session-status"]).expect_success("explain");
    for told in ["MUST", "OCI distribution 1.1", "scenarios/push/", "status 202"] {
        assert!(out.contains(told), "no {told} in:\n{out}");
    }
}

#[test]
fn a_report_directory_that_cant_be_made_is_told_before_the_run() {
    let home = home();
    std::fs::write(home.path().join("taken"), "").unwrap();
    let out = said(home.path(), &["survey", "--report-dir", "taken/reports"]);
    assert_eq!(out.code, Some(4), "{}", out.stderr);
    assert!(out.stderr.contains("taken/reports") && !out.stdout.contains("conforms"), "{}", out.stderr);
}

#[test]
fn a_record_of_a_newer_format_is_refused_in_words() {
    let home = home();
    std::fs::write(home.path().join("new.json"), r#"{"format": "plimsoll.record/2"}"#).unwrap();
    let out = said(home.path(), &["report", "new.json"]);
    assert_eq!(out.code, Some(3));
    assert!(out.stderr.contains("plimsoll.record/2") && out.stderr.contains("plimsoll.record/1"), "{}", out.stderr);
}

#[test]
fn every_command_has_help_that_names_its_options() {
    let home = home();
    for (words, told) in [
        (vec!["--help"], "Exit codes"),
        (vec!["survey", "--help"], "--report-dir"),
        (vec!["check", "--help"], "--fail-on"),
        (vec!["serve", "--help"], "--token-key"),
        (vec!["report", "--help"], "--format"),
        (vec!["scenario", "--help"], "lint"),
        (vec!["explain", "--help"], "CLAUSE"),
    ] {
        let out = said(home.path(), &words).expect_success("help");
        assert!(out.contains(told), "{words:?}:\n{out}");
    }
}

#[test]
fn a_partial_run_says_so_and_what_became_of_its_content() {
    let home = home();
    let out = said(home.path(), &["check", "--only", "tags/list*", "--profile", "github-packages", "--report-dir", "out"]);
    assert_eq!(out.code, Some(0), "{}\n{}", out.stdout, out.stderr);
    assert!(out.stderr.contains("(Basic login, generated credentials)"), "{}", out.stderr);
    assert!(out.stdout.contains("tags/list*: nothing else was tried"), "{}", out.stdout);
    assert!(out.stdout.trim_end().ends_with("conforms: of what was chosen, no MUST or SHOULD clause fails"), "{}", out.stdout);
    assert_eq!(record(&home.path().join("out/record.json")).only, ["tags/list*"]);
}

#[test]
fn help_names_every_profile_and_format() {
    let home = home();
    for command in ["survey", "check"] {
        let help = said(home.path(), &[command, "--help"]).stdout;
        let names = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/profiles")).unwrap();
        let names: Vec<String> = names.map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
        for told in names.iter().map(String::as_str).chain(["Exit codes:", "Example:", "<LEVEL>"]) {
            assert!(help.contains(told), "{command}: no {told} in:\n{help}");
        }
    }
    let help = said(home.path(), &["report", "--help"]).stdout;
    assert!(["terminal:", "json:", "junit:"].iter().all(|format| help.contains(format)), "{help}");
}
