//! What a scenario comes to once it is read.

use super::*;
use crate::clause::Catalogue;
use crate::text::{At, Diagnostics, Files, SourceFile};

fn catalogue() -> Catalogue {
    let mut files = Files::default();
    let clause = "documents: { oci-1.1: { level: MUST, section: Some } }";
    files.insert(
        "clauses/a.yaml",
        SourceFile::new("clauses/a.yaml", format!("a/b:\n  says: It holds.\n  {clause}\na/c:\n  says: It does.\n  {clause}\n")),
    );
    files.insert("capabilities.yaml", SourceFile::new("capabilities.yaml", "clock:\n  says: It is there.\n  from: driver\n"));
    Catalogue::read(&files).unwrap()
}

fn read(text: &str) -> Result<Scenario, Diagnostics> {
    read_scenario(&SourceFile::new("scenarios/a/x.yaml", text), "a/x", &catalogue())
}

/// What is wrong, without the drawings.
fn titles(text: &str) -> Vec<String> {
    read(text).unwrap_err().into_iter().map(|wrong| wrong.title).collect()
}

#[test]
fn a_step_depends_on_the_steps_it_reads_from_or_names_and_on_all_pushes_before_it() {
    let scenario = read(
        "title: t
data: { d: { blob: 1B }, e: { blob: 1B } }
steps:
  - request: GET /v2/
    name: first
    expect: { a/b: { status: 200 } }
    save: { one: location, two: { header: X } }
  - push: d
  - request: GET <one>
    body: { json: { x: [\"<two>\"] } }
  - push: e
  - request: GET /v2/
    after: [first]
    expect: { a/c: { same_as: { step: first, parts: [body] } } }
",
    )
    .unwrap();
    let depends: Vec<&[usize]> = scenario.steps.iter().map(|step| step.depends.as_slice()).collect();
    assert_eq!(depends, [&[][..], &[], &[0, 1], &[1], &[0, 1, 3]]);
    assert_eq!(scenario.steps[1].title, "push d");
    assert_eq!(scenario.step_named("first").unwrap().number, 0);
}

#[test]
fn scripts_side_by_side_see_what_was_before_and_what_comes_after_sees_all() {
    let scenario = read(
        "title: t
steps:
  - request: GET /v2/
    expect: { a/b: { status: 200 } }
    save: { zero: location }
  - together:
      - - { request: GET <zero>, save: { one: location }, expect: { a/b: { status: 200 } } }
        - request: GET <one>
      - - { request: GET <zero>, save: { two: location }, expect: { a/c: { status: 200 } } }
  - request: GET <one>
    headers: { X: [<two>, <zero>] }
",
    )
    .unwrap();
    let numbers: Vec<usize> = scenario.all_steps().iter().map(|step| step.number).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
    assert_eq!(scenario.step(3).unwrap().depends, [2]);
    assert_eq!(scenario.step(5).unwrap().depends, [0, 2, 4]);
}

#[test]
fn an_outcome_is_the_one_of_the_last_step_that_has_it() {
    let both = "outcomes: { yes: { a/b: { status: 200 } }, no: { a/c: { status: 404 } } }";
    let scenario = read(&format!(
        "title: t\nsteps:\n  - request: GET /1\n    {both}\n  - request: GET /2\n    {both}\n  - request: GET /3\n    when: yes\n"
    ))
    .unwrap();
    assert_eq!(scenario.steps[2].when.as_ref().map(|when| (when.step, when.outcome.as_str())), Some((1, "yes")));
}

#[test]
fn data_stand_after_all_that_they_are_made_of() {
    let scenario = read(
        "title: t
data:
  list: { index: { manifests: [m] } }
  m: { manifest: { config: note, layers: [img.layer1, img.layer3] } }
  img: { image: { layers: 2, shares: base } }
  note: { text: \"<base.config.digest> <repo>\" }
  base: { image: { layers: 1 } }
steps:
  - push: list
  - request: GET /v2/<img.layer3.digest>
    expect: { a/b: { body: img.layer2 } }
",
    )
    .unwrap();
    assert_eq!(scenario.data.keys().map(At::as_str).collect::<Vec<_>>(), ["base", "note", "img", "m", "list"]);
}

#[test]
fn a_variable_of_a_step_is_known_to_that_step_alone() {
    let right = "title: t\nsteps:\n  - request: GET /<x>\n    each: { x: [a, b] }\n    expect: { a/b: { status: 200 } }\n";
    assert!(read(right).is_ok());
    assert_eq!(titles(&format!("{right}  - request: GET /<x>\n")), ["the variable `<x>` is not defined here"]);
}

#[test]
fn a_list_is_written_out_with_its_width() {
    let scenario = read("title: t\nlists: { tags: { range: [8, 10], prefix: t, width: 3 } }\nsteps:\n  - request: GET /<tag>\n    each: { tag: tags }\n    expect: { a/b: { status: 200 } }\n").unwrap();
    assert_eq!(scenario.lists["tags"].0, ["t008", "t009", "t010"]);
}

#[test]
fn what_is_too_much_is_refused_and_not_made() {
    let step = "  - request: GET /\n    expect: { a/b: { status: 200 } }\n";
    assert_eq!(titles(&format!("title: t\nsteps:\n{}", step.repeat(1500))), ["a scenario has at most 1000 steps"]);
    let lists: String = (0..9000).fold(String::new(), |all, n| all + &format!("  l{n}: {{ range: [1, 4000000000] }}\n"));
    assert_eq!(titles(&format!("title: t\nlists:\n{lists}steps:\n{step}")).len(), 100);
    let blobs = "  a: { blob: 900MB }\n  b: { blob: 900MB }\n";
    assert!(
        titles(&format!("title: t\ndata:\n{blobs}steps:\n{step}")).contains(&"the blobs of a scenario come to at most 1GiB".to_owned())
    );
    let chain: String = (0..900).fold(String::new(), |all, n| all + &format!("  d{n}: {{ manifest: {{ subject: d{} }} }}\n", n + 1));
    let told = titles(&format!("title: t\ndata:\n{chain}  d900: {{ blob: 1B }}\nsteps:\n  - push: d0\n{step}"));
    assert_eq!(told, ["the datum `d64` ends a chain of more than 64 data that are made of each other"]);
}
