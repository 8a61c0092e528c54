//! The schema that editors use is the one that the program knows.

use std::path::Path;

#[test]
fn the_checked_in_schemas_are_current() {
    for (name, current) in [("scenario", plimsoll::scenario::schema()), ("profile", plimsoll::clause::profile_schema())] {
        hold(name, &current);
    }
}

fn hold(name: &str, current: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/{name}.json"));
    if std::env::var_os("PLIMSOLL_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, current).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == current, "schemas/{name}.json is out of date: run the tests with PLIMSOLL_UPDATE=1 and commit it");
}

#[test]
fn the_schema_knows_every_key_of_a_step_and_every_matcher() {
    let schema: serde_json::Value = serde_json::from_str(&plimsoll::scenario::schema()).unwrap();
    let step = &schema["$defs"]["Step"]["properties"];
    for key in ["request", "query", "headers", "body", "expect", "outcomes", "save", "walk", "until", "together", "advance", "push"] {
        assert!(step[key].is_object(), "{key}");
    }
    let matchers = &schema["$defs"]["Expectation"]["properties"];
    for key in ["status", "header", "body", "json", "error", "challenge", "same_as", "walk"] {
        assert!(!matchers[key].is_null(), "{key}");
    }
}
