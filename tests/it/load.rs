//! `plimsoll load`, as people run it.

use std::path::Path;
use std::time::Duration;

use plimsoll::record::{Kind, Load, Record};

use crate::support::program::{Finished, plimsoll, run};

const LIMIT: Duration = Duration::from_mins(2);

fn said(home: &Path, words: &[&str]) -> Finished {
    run(plimsoll(home).args(words), LIMIT)
}

fn load(home: &Path, out: &str) -> Load {
    let text = std::fs::read_to_string(home.join(out).join("record.json")).expect("the record is there");
    let record = Record::read(&text).expect("the record can be read");
    assert_eq!(record.kind, Kind::Load);
    *record.load.expect("it has a load section")
}

#[test]
fn a_load_without_a_target_loads_the_embedded_registry_and_verifies_every_byte() {
    let home = tempfile::tempdir().unwrap();
    let out = said(home.path(), &["load", "--duration", "2s", "--report-dir", "out"]);
    // A machine that is busy with other tests may make the driver late, which is told by 4 and by nothing else.
    assert!(matches!(out.code, Some(0 | 4)), "{}\n{}", out.stdout, out.stderr);
    let load = load(home.path(), "out");
    assert!(load.journeys_done > 10 && load.journeys_failed == 0 && load.corrupt == 0, "{load:?}");
    let pulled: u64 =
        load.operations.iter().filter(|row| ["blob", "config", "manifest"].contains(&row.name.as_str())).map(|row| row.bytes.1).sum();
    assert_eq!(load.verified_bytes, pulled);
    for words in ["Load  smoke", "journeys", "operations", "manifest-put", "lateness", "verified", "conforms"] {
        assert!(out.stdout.contains(words), "{words}\n{}", out.stdout);
    }
}

#[test]
fn the_closed_model_keeps_as_many_workers_busy_as_it_is_told() {
    let home = tempfile::tempdir().unwrap();
    let out = said(home.path(), &["load", "--workload", "tag-churn", "--workers", "4", "--duration", "1s", "--report-dir", "out"]);
    assert!(matches!(out.code, Some(0 | 4)), "{}\n{}", out.stdout, out.stderr);
    let load = load(home.path(), "out");
    assert!(load.model.contains("closed, 4 workers") && load.offered.is_none() && load.journeys_done > 10, "{load:?}");
}

#[test]
fn a_threshold_that_is_missed_makes_the_exit_code_1_and_one_that_nobody_can_keep_is_told() {
    let home = tempfile::tempdir().unwrap();
    let out = said(home.path(), &["load", "--duration", "1s", "--slo", "pull.p50 < 1us", "--slo", "corrupt == 0", "--report-dir", "out"]);
    assert_eq!(out.code, Some(1), "{}\n{}", out.stdout, out.stderr);
    let load = load(home.path(), "out");
    assert_eq!(load.thresholds.iter().map(|threshold| threshold.holds).collect::<Vec<_>>(), [Some(false), Some(true)]);
    assert!(out.stdout.contains("1 threshold missed"), "{}", out.stdout);
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_sent() {
    let home = tempfile::tempdir().unwrap();
    for (words, code, told) in [
        (vec!["load", "--workload", "smoek"], 2, "did you mean `smoke`"),
        (vec!["load", "--slo", "pul.p99 < 1s"], 2, "no operation or journey `pul`"),
        (vec!["load", "--rate", "0/s"], 2, "no rate"),
        (vec!["load", "--find-capacity"], 2, "give one, such as --slo"),
        (vec!["load", "--max-bytes", "1KiB"], 2, "--max-bytes allows 1024"),
        (vec!["load", "http://192.0.2.1:5000"], 2, "wants --yes"),
        (vec!["load", "http://127.0.0.1:1"], 4, "can't be reached"),
    ] {
        let out = said(home.path(), &words);
        assert_eq!(out.code, Some(code), "{words:?}\n{}", out.stderr);
        assert!(out.stderr.contains(told), "{words:?}\n{}", out.stderr);
    }
}

#[test]
fn a_workload_with_mistakes_is_shown_where_they_are() {
    let home = tempfile::tempdir().unwrap();
    let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    copy(&set, &home.path().join("set"));
    let smoke = home.path().join("set/workloads/smoke.yaml");
    let text = std::fs::read_to_string(&smoke).unwrap();
    std::fs::write(&smoke, text.clone() + "thresholds: ['blob.p98.5.1 < 1s', 'pull.p99 < 5 apples']\n").unwrap();
    let out = said(home.path(), &["load", "--scenarios", "set"]);
    assert_eq!(out.code, Some(3), "{}", out.stderr);
    assert!(out.stderr.contains("workloads/smoke.yaml") && out.stderr.contains("5 apples"), "{}", out.stderr);
    std::fs::write(&smoke, text.replace("docker/pull: 8", "docker/pul: 8")).unwrap();
    let out = said(home.path(), &["load", "--scenarios", "set"]);
    assert_eq!(out.code, Some(3), "{}", out.stderr);
    assert!(out.stderr.contains("did you mean `docker/pull`"), "{}", out.stderr);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
