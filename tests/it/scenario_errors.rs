//! Every way to write a scenario wrongly has a diagnostic that a person can work from: the snapshots are read by people.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;

use plimsoll::clause::Catalogue;
use plimsoll::scenario::{Scenario, Suite, read_scenario};
use plimsoll::text::{Diagnostics, Files, SourceFile};
use proptest::prelude::*;

/// A small catalogue, so that the snapshots do not change with the real one.
const CLAUSES: [(&str, &str); 3] =
    [("push", "blob-created blob-location session-status"), ("pull", "blob-body blob-status"), ("tags", "list order")];

fn small_set() -> Files {
    let mut files = Files::default();
    let mut add = |name: &str, text: String| files.insert(name, SourceFile::new(format!("scenarios/{name}"), text));
    for (area, clauses) in CLAUSES {
        let bound = "documents: { oci-1.1: { level: MUST, section: \"Some\" } }";
        let mut text: String =
            clauses.split(' ').fold(String::new(), |text, clause| text + &format!("{area}/{clause}:\n  says: It holds.\n  {bound}\n"));
        if area == "push" {
            writeln!(text, "push/blob-durable:\n  says: It is kept.\n  {bound}\n  unobservable: no client sees the disk").unwrap();
        }
        add(&format!("clauses/{area}.yaml"), text);
    }
    let capabilities = ["push", "pull", "clock", "login", "login-bearer", "manifest-lists"];
    let capability = |name: &str| format!("{name}:\n  says: It is there.\n  from: driver\n");
    add("capabilities.yaml", capabilities.map(capability).concat());
    files
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(&small_set()).unwrap());

fn read(bytes: Vec<u8>, id: &str) -> Result<Scenario, Diagnostics> {
    let file = SourceFile::from_bytes(&format!("scenarios/{id}.yaml"), bytes)?;
    read_scenario(&file, id, &CATALOGUE)
}

fn told(bytes: Vec<u8>, id: &str) -> String {
    read(bytes, id).expect_err("this scenario is wrong").render(false)
}

#[test]
fn every_wrong_file_is_told_where_it_is_wrong_and_how_to_mend_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/wrong");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 35, "{} wrong files", paths.len());
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let rendered = told(std::fs::read(&path).unwrap(), &format!("push/{name}"));
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, rendered);
        });
    }
}

#[test]
fn what_a_file_holds_can_not_command_the_terminal_that_shows_it() {
    for text in ["title: \u{9b}31mred \u{202e}txet\nsteps: []\n", "title: [a, \u{9b}31m\nsteps: \u{202e}\n", "title: a\nst\u{9b}eps: []\n"]
    {
        for colour in [false, true] {
            let wrong = read(text.as_bytes().to_vec(), "push/hostile").expect_err("it is wrong").render(colour);
            let misleading = |c: char| plimsoll::text::misleads(c) && !matches!(c, '\n' | '\u{1b}');
            assert_eq!(wrong.find(misleading), None, "{wrong:?}");
            assert!(colour || !wrong.contains('\u{1b}'), "{wrong:?}");
        }
    }
}

/// What is refused within two seconds, with a short message.
fn refused_quickly(bytes: Vec<u8>) -> String {
    let start = plimsoll::clock::instant();
    let rendered = told(bytes, "push/huge");
    assert!(start.elapsed() < std::time::Duration::from_secs(2), "{:?}", start.elapsed());
    assert!(rendered.len() < 2000, "{rendered}");
    rendered
}

#[test]
fn ten_megabytes_of_nesting_are_refused_at_once_for_their_size() {
    insta::assert_snapshot!(refused_quickly(b"[".repeat(10 << 20)));
}

#[test]
fn nesting_within_the_size_is_refused_at_its_depth() {
    let flow = refused_quickly([b"title: a\ndata: { d: { json: ".to_vec(), b"[".repeat(900_000)].concat());
    let block = refused_quickly([b"title: a\ndata:\n  d:\n    json:\n      ".to_vec(), b"- ".repeat(450_000)].concat());
    let maps = (2..900).fold(String::from("title: a\ndata:\n  d:\n    json:\n"), |text, depth| text + &" ".repeat(depth + 4) + "a:\n");
    insta::assert_snapshot!([flow, block, refused_quickly(maps.into_bytes())].join("\n\n"));
}

#[test]
fn an_alias_bomb_is_refused_where_it_grows_too_large() {
    let mut bomb = String::from("title: a\ndata:\n  a0: { json: &a0 [x, x, x, x, x, x, x, x, x, x] }\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        writeln!(bomb, "  a{level}: {{ json: &a{level} [{aliases}] }}").unwrap();
    }
    insta::assert_snapshot!(refused_quickly((bomb + "steps: []\n").into_bytes()));
}

#[test]
fn a_right_scenario_is_read() {
    let text = "title: A blob is pushed\ndata:\n  layer: { blob: 4KiB }\nsteps:\n  - request: POST /v2/<repo>/blobs/uploads/\n    expect:\n      push/session-status: { status: 202 }\n    save: { session: location }\n  - title: send it\n    request: PUT <session>\n    query: { digest: <layer.digest> }\n    body: layer\n    expect:\n      push/blob-created: { status: 201 }\n";
    let scenario = read(text.as_bytes().to_vec(), "push/right").unwrap();
    assert_eq!(scenario.area(), "push");
    assert_eq!(scenario.steps[0].title, "POST /v2/<repo>/blobs/uploads/");
    assert_eq!(scenario.steps[1].depends, [0]);
    let created = scenario.clauses().last().unwrap();
    assert_eq!(scenario.position(created.place), "scenarios/push/right.yaml:14:7");
}

#[test]
fn all_files_of_a_set_are_told_at_once() {
    let mut files = small_set();
    files.insert("push/a.yaml", SourceFile::new("scenarios/push/a.yaml", "title: a\n"));
    files.insert("push/b.yaml", SourceFile::new("scenarios/push/b.yaml", "title: [b]\n"));
    files.insert(
        "always.yaml",
        SourceFile::new("scenarios/always.yaml", "- on: { status: 4xx }\n  expect: { push/rain: { body: layer } }\n"),
    );
    insta::assert_snapshot!(Suite::read(&files).unwrap_err().render(false));
}

#[test]
fn what_only_the_whole_set_shows_is_told_when_each_file_is_right() {
    let scenario = "title: The same\nsteps:\n  - request: GET /v2/\n    expect:\n      pull/blob-status: { status: 200 }\n";
    let deciding = "title: A probe\nsteps:\n  - request: GET /v2/\n    capability: push\n    outcomes:\n      accepted: { pull/blob-body: { status: 200 } }\n      declined: { pull/blob-body: { status: 4xx } }\n";
    let mut files = small_set();
    let mut add = |name: &str, text: &str| files.insert(name, SourceFile::new(format!("scenarios/{name}"), text));
    add("pull/a.yaml", scenario);
    add("pull/b.yaml", scenario);
    add("probes/idle.yaml", &scenario.replace("The same", "A probe that rests"));
    add("push/decides.yaml", deciding);
    add("capabilities.yaml", "push:\n  says: It is there.\n  probe: probes/idle\npull:\n  says: It is there.\n  probe: probes/nowhere\n");
    insta::assert_snapshot!(Suite::read(&files).unwrap_err().render(false));
}

proptest! {
    #[test]
    fn reading_any_bytes_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(bytes, "push/any");
    }

    #[test]
    fn reading_a_mangled_scenario_never_panics(at in 0_usize..700, to in 0_usize..700, with in "[ -~\n\t]{0,6}") {
        let text = include_str!("wrong/many-mistakes.yaml");
        let (from, to) = (at.min(to).min(text.len()), at.max(to).min(text.len()));
        let mangled = format!("{}{with}{}", &text[..from], &text[to..]);
        if let Err(wrong) = read(mangled.into_bytes(), "push/mangled") {
            prop_assert!(wrong.render(true).contains("push/mangled"));
        }
    }
}
