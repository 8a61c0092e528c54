//! Profiles of one's own: what they accept is told with its reason everywhere, and what is wrong with them before anything is sent.

use std::path::Path;

use plimsoll::clause::Catalogue;
use plimsoll::text::{Files, SourceFile};

use crate::support::program::{home, record, said};

/// The profile that docs/writing-profiles.md shows.
fn shown() -> &'static str {
    let doc = include_str!("../../docs/writing-profiles.md");
    doc.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the document shows a profile")
}

#[test]
fn a_deviation_that_is_met_fails_no_run_and_has_its_reason_in_every_report_without_the_file() {
    let home = home();
    let folder = home.path();
    std::fs::write(folder.join("mine.yaml"), shown()).unwrap();
    let server = crate::support::configs::plimsoll(folder, &["--fault", "http/head-with-body"]);
    let target = format!("http://{}", server.host());
    let check =
        |profile: &str, out: &str| said(folder, &["check", &target, "--profile", profile, "--only", "pull/manifest*", "--report-dir", out]);
    assert_eq!(check("oci-1.1", "shipped").code, Some(1), "without the deviation it fails");
    let mine = check("./mine.yaml", "mine");
    assert_eq!(mine.code, Some(0), "{}\n{}", mine.stdout, mine.stderr);
    std::fs::remove_file(folder.join("mine.yaml")).unwrap();

    let record = record(&folder.join("mine/record.json"));
    let reason = "The proxy answers HEAD with a body (OPS-123); it is replaced in spring.";
    let file = record.profile.file.as_ref().expect("the file is named");
    assert_eq!((record.profile.name.as_str(), file.path.as_str(), file.sha256.len()), ("mine", "./mine.yaml", 64));
    assert_eq!(record.profile.extends.as_deref(), Some("oci-1.1"));
    assert_eq!(record.profile.deviations.len(), 2);
    let cause = record.causes.iter().find(|cause| cause.clause == "http/head-no-body").expect("it was met");
    assert_eq!(cause.known.as_deref(), Some(reason));
    assert_eq!(record.facts["referrers"].expected, "accepted");
    assert_eq!(record.facts["catalog"].expected, "either", "the rest is oci-1.1's");

    let terminal = said(folder, &["report", "mine"]).expect_success("report").replace("\n            ", "");
    let unfolded: String = terminal.split_whitespace().collect::<Vec<_>>().join(" ");
    for told in [reason, "./mine.yaml (extends oci-1.1, sha256 ", "tags/list-order not met", "nobody here pages through them"] {
        assert!(unfolded.contains(told), "{told}\n{terminal}");
    }
    let junit = said(folder, &["report", "mine", "--format", "junit"]).expect_success("report");
    assert!(junit.contains(&format!("known deviation: {reason}")) && !junit.contains("<failure"), "{junit}");
    let json = said(folder, &["report", "mine", "--format", "json"]).expect_success("report");
    assert!(json.contains(reason) && json.contains("nobody here pages through them"), "{json}");
}

#[test]
fn a_wrong_profile_is_told_where_it_is_wrong_and_how_to_mend_it() {
    let catalogue = Catalogue::read(&Files::shipped().unwrap()).unwrap();
    let base = "title: T\nextends: oci-1.1\n";
    for (text, told) in [
        (
            "title: T\nextends: oci-11\n".to_owned(),
            vec!["mine.yaml:2:10", "there is no profile `oci-11` to extend", "did you mean `oci-1.1`?"],
        ),
        ("title: T\n".to_owned(), vec!["names no documents"]),
        ("title: T\ndocuments: []\n".to_owned(), vec!["names no documents"]),
        ("title: T\ndocuments: [oci-1.2]\n".to_owned(), vec!["mine.yaml:2:", "did you mean `oci-1.0`?"]),
        ("title: T\nextends: oci-1.1\nchoose: [{ profile: oci-1.0 }]\n".to_owned(), vec!["only the profile `auto` has `choose`"]),
        (format!("{base}expect: {{}}\n"), vec!["mine.yaml:3:1", "did you mean `expects`?"]),
        (format!("{base}expects: {{ pus: either }}\n"), vec!["mine.yaml:3:12", "did you mean `push`?"]),
        (format!("{base}expects: {{ push: maybe }}\n"), vec!["mine.yaml:3:", "maybe"]),
        (format!("{base}repository: <prefix>/<run>\n"), vec!["mine.yaml:3:13", "without `<slug>`"]),
        (
            format!("{base}deviations: [{{ clause: http/head-nobody, reason: r }}]\n"),
            vec!["mine.yaml:3:24", "did you mean `http/head-no-body`?"],
        ),
        (format!("{base}deviations: [{{ clause: http/head-no-body, reason: ' ' }}]\n"), vec!["mine.yaml:3:", "has no reason"]),
        (
            format!("{base}deviations:\n- {{ clause: http/head-no-body, reason: a }}\n- {{ clause: http/head-no-body, reason: b }}\n"),
            vec!["mine.yaml:5:13", "has a deviation already"],
        ),
        (
            format!("{base}deviations: [{{ clause: naming/three-components, reason: r }}]\n"),
            vec!["mine.yaml:3:24", "no document of this profile"],
        ),
        (format!("{base}steps: []\n"), vec!["mine.yaml:3:1", "steps"]),
        (format!("{base}\ttitle: x\n"), vec!["mine.yaml:3:"]),
    ] {
        let wrong = catalogue.own_profile(&SourceFile::new("mine.yaml", text.as_str())).expect_err(&text).render(false);
        for told in told {
            assert!(wrong.contains(told), "{told} of\n{text}\n{wrong}");
        }
    }
}

#[test]
fn a_run_with_a_wrong_profile_sends_nothing() {
    let home = home();
    let path = home.path().join("mine.yaml");
    std::fs::write(&path, "title: T\nextends: oci-11\n").unwrap();
    // Nothing listens there: whoever sends ends with 4.
    let out = said(home.path(), &["check", "http://127.0.0.1:1", "--profile", "mine.yaml"]);
    assert_eq!(out.code, Some(3), "{}", out.stderr);
    for told in ["mine.yaml:2:10", "did you mean `oci-1.1`?", "nothing was sent"] {
        assert!(out.stderr.contains(told), "{told}\n{}", out.stderr);
    }
    for command in ["survey", "check", "load"] {
        let out = said(home.path(), &[command, "--profile", "./none.yaml"]);
        assert_eq!(out.code, Some(3), "{command}: {}", out.stderr);
        assert!(out.stderr.contains("./none.yaml") && out.stderr.contains("can't be read"), "{}", out.stderr);
    }
    let out = said(home.path(), &["check", "--profile", "mine"]);
    assert_eq!(out.code, Some(2), "{}", out.stderr);
    assert!(out.stderr.contains("--profile mine.yaml"), "{}", out.stderr);
}

#[test]
fn lint_takes_a_profile_and_a_scenario_side_by_side() {
    let home = home();
    std::fs::write(home.path().join("mine.yaml"), shown()).unwrap();
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/http/ping.yaml");
    let right = said(home.path(), &["scenario", "lint", "mine.yaml", scenario.to_str().unwrap()]);
    assert_eq!(right.code, Some(0), "{}", right.stderr);
    assert!(right.stderr.contains("no mistakes in 2 files"), "{}", right.stderr);
    std::fs::write(home.path().join("mine.yaml"), shown().replace("sha512:", "sha51:")).unwrap();
    let wrong = said(home.path(), &["scenario", "lint", "mine.yaml"]);
    assert_eq!(wrong.code, Some(3), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("mine.yaml:5:3") && wrong.stderr.contains("did you mean `sha512`?"), "{}", wrong.stderr);
    for (text, told) in [
        ("title: T\nextend: oci-1.1\n", "did you mean `extends`?"),
        ("title: T\nread_only: maybe\n", "mine.yaml:2:"),
        ("title: T\n", "names no documents"),
    ] {
        std::fs::write(home.path().join("mine.yaml"), text).unwrap();
        let wrong = said(home.path(), &["scenario", "lint", "mine.yaml"]);
        assert!(wrong.code == Some(3) && wrong.stderr.contains(told) && !wrong.stderr.contains("steps"), "{text}{}", wrong.stderr);
    }
    std::fs::write(home.path().join("mine.yaml"), "title: T\nneeds: [pull]\n").unwrap();
    let scenario = said(home.path(), &["scenario", "lint", "mine.yaml"]);
    assert!(scenario.code == Some(3) && scenario.stderr.contains("steps"), "{}", scenario.stderr);
    let schema = said(home.path(), &["scenario", "schema", "profile"]).expect_success("schema");
    assert_eq!(schema, plimsoll::clause::profile_schema());
}

#[test]
fn a_profile_that_extends_github_packages_gets_that_registry_where_no_target_is_given() {
    let home = home();
    std::fs::write(home.path().join("oci-1.1.yaml"), "title: Ours\nextends: github-packages\n").unwrap();
    let out = said(home.path(), &["check", "--profile", "./oci-1.1.yaml", "--only", "naming/three*", "--report-dir", "out"]);
    assert_eq!(out.code, Some(0), "{}\n{}", out.stdout, out.stderr);
    let record = record(&home.path().join("out/record.json"));
    assert_eq!((record.profile.name.as_str(), record.target.login.as_str()), ("own/oci-1.1", "basic"));
    assert!(record.profile.deviations.iter().any(|known| known.clause == "offers/manifest-lists"), "{:?}", record.profile.deviations);
}

#[test]
fn a_load_judges_by_a_profile_of_ones_own() {
    let home = home();
    std::fs::write(home.path().join("mine.yaml"), shown()).unwrap();
    let words = ["load", "--profile", "./mine.yaml", "--workload", "smoke", "--duration", "1s", "--report-dir", "out"];
    let out = said(home.path(), &words);
    let record = record(&home.path().join("out/record.json"));
    assert_eq!(record.profile.name, "mine", "{}", out.stderr);
    assert_eq!(record.profile.file.map(|file| file.path).as_deref(), Some("./mine.yaml"));
}
