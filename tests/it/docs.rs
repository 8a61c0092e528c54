//! What the documents show is what the program prints.

use std::time::Duration;

use plimsoll::clause::ClauseId;
use plimsoll::scenario::Suite;
use plimsoll::text::Files;

use crate::support::program::{plimsoll, run};

const LIMIT: Duration = Duration::from_mins(1);

/// The cause that README.md and docs/reading-reports.md show, up to what came of it.
fn shown_cause() -> [String; 2] {
    let suite = Suite::read(&Files::shipped().unwrap()).unwrap();
    let id = ClauseId::new("push/chunk-order").unwrap();
    let clause = &suite.catalogue.clauses[&id];
    let bound = clause.binding(&suite.catalogue.profiles["oci-1.0"]).expect("it binds");
    let scenario = &suite.scenarios["push/blob-chunk-out-of-order"];
    let steps = scenario.all_steps();
    let judged = steps.iter().find_map(|step| {
        let mut expectations = step.request()?.expectations();
        expectations.find(|(_, judged, _)| judged.value == id).map(|(_, judged, expectation)| (step, judged.place, expectation))
    });
    let (step, place, expectation) = judged.expect("the scenario judges it");
    let head = format!(
        "  {id}  {}\n    {}\n    source    {}\n    expected  {}\n    came      status 202\n",
        bound.level,
        clause.says,
        bound.source,
        expectation.wording()
    );
    let place = format!("    step      {}, in {} [a gap]\n    at        {}\n", step.title, scenario.id, scenario.position(place));
    [head, place]
}

#[test]
fn the_cause_that_the_documents_show_is_the_one_that_is_printed_today() {
    for (name, text) in
        [("README.md", include_str!("../../README.md")), ("docs/reading-reports.md", include_str!("../../docs/reading-reports.md"))]
    {
        for part in shown_cause() {
            assert!(text.contains(&part), "{name} does not show\n{part}");
        }
        assert!(text.contains("    curl -i -X PATCH "), "{name} shows another command line");
    }
}

#[test]
fn every_command_that_the_readme_tells_of_has_help_and_every_option_is_known() {
    let home = tempfile::tempdir().unwrap();
    let help = |words: &[&str]| {
        let words: Vec<&str> = words.iter().copied().chain(["--help"]).collect();
        let limit = std::time::Duration::from_mins(1);
        crate::support::program::run(crate::support::program::plimsoll(home.path()).args(words), limit).expect_success("help")
    };
    let mut seen = 0;
    let fenced = include_str!("../../README.md").split("```").skip(1).step_by(2);
    for line in fenced.flat_map(str::lines).filter_map(|line| line.strip_prefix("plimsoll ")) {
        let line = line.split(" #").next().unwrap_or(line);
        let mut words = line.split_whitespace();
        // A version, where the text shows what is printed.
        let Some(command) = words.next().filter(|word| word.chars().all(|c| c.is_ascii_lowercase())) else { continue };
        let help = help(&[command]);
        for option in words.filter(|word| word.starts_with("--")) {
            assert!(help.contains(option), "plimsoll {command} has no {option}");
        }
        seen += 1;
    }
    assert!(seen >= 7, "{seen} commands in README.md");
}

/// The stored surveys of real registries, as their records are told today.
#[test]
fn the_surveys_that_the_project_keeps_render_today_as_they_stand_beside_their_records() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("reports");
    let home = tempfile::tempdir().unwrap();
    let kept = ["docker-registry-2.8.2", "distribution-3.1.1", "olareg-0.2.2"];
    for name in kept {
        let out = run(plimsoll(home.path()).arg("report").arg(folder.join(name)).args(["--format", "terminal", "--no-color"]), LIMIT);
        let stands = std::fs::read_to_string(folder.join(name).join("terminal.txt")).unwrap();
        assert_eq!(out.stdout, stands, "reports/{name}/terminal.txt is not its record: {}", out.stderr);
    }
    let shown = std::fs::read_to_string(folder.join(kept[0]).join("terminal.txt")).unwrap();
    let readme = include_str!("../../README.md");
    let table = shown.lines().skip_while(|line| !line.starts_with("  expectations ")).take_while(|line| !line.is_empty());
    for line in table.chain(shown.lines().last()) {
        assert!(readme.contains(line), "README.md does not show: {line}");
    }
}
