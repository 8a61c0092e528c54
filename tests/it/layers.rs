//! The one-way street: a room imports only rooms above it, and each door has its room.

mod scan;

use std::path::{Path, PathBuf};

use scan::{Named, Scan, module_of, scan};

/// The rooms, from the top down, as DESIGN.md lists them.
const ROOMS: [&str; 22] = [
    "oci", "clock", "seed", "stats", "text", "data", "clause", "exchange", "judge", "record", "scenario", "plan", "history", "compare",
    "report", "registry", "client", "engine", "check", "load", "prove", "cli",
];

/// The reference registry judges nobody and shares no code with those who judge it: all that it may import.
const OF_THE_REGISTRY: [&str; 4] = ["oci", "clock", "seed", "clause"];

/// Rooms that one room may not import although they are above it, and why.
const NEVER: [(&str, &str, &str); 1] =
    [("client", "registry", "routing, ranges and challenges are written on each side, or one bug would cancel itself")];

/// `mod.rs` files that hold an item of their own, and why.
const MOD_RS_WITH_ITEMS: [(&str, &str); 0] = [];

/// What only some rooms may name: the end of a path, who may, and why nobody else.
const DOORS: [(&[&str], &[&str], &str); 15] = [
    (&["println", "!"], &["cli", "main"], "only the command line prints"),
    (&["print", "!"], &["cli", "main"], "only the command line prints"),
    (&["eprintln", "!"], &["cli", "main"], "only the command line prints"),
    (&["eprint", "!"], &["cli", "main"], "only the command line prints"),
    (&["dbg", "!"], &[], "it is for a moment at the desk"),
    (&["io", "stdout"], &["cli", "main"], "only the command line prints"),
    (&["io", "stderr"], &["cli", "main"], "only the command line prints"),
    (&["io", "stdin"], &["cli", "main"], "only the command line asks"),
    (&["std", "env"], &["cli", "main"], "the environment is an argument, and arguments are read in one place"),
    (&["env", "var"], &["cli", "main"], "the environment is an argument, and arguments are read in one place"),
    (&["env", "var_os"], &["cli", "main"], "the environment is an argument, and arguments are read in one place"),
    (&["rand"], &["seed"], "seed.rs is the only door to randomness"),
    (&["SystemTime", "now"], &["clock"], "clock.rs is the only door to time"),
    (&["Instant", "now"], &["clock"], "clock.rs is the only door to time"),
    (&["process", "exit"], &[], "main.rs returns the exit code"),
];

/// The longest file, its tests left out, and the longest main.rs.
const LONGEST: usize = 400;
const LONGEST_MAIN: usize = 30;

/// A file of `src/`: its path from there on, its text and what it names.
struct Source {
    path: String,
    text: String,
    scan: Scan,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.into(), scan: scan(path, text) }
    }

    /// `oci` for all that is in it; `main` and `lib` for those.
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    fn at(&self, line: usize) -> String {
        format!("src/{}:{line}", self.path)
    }
}

/// Each use of a room that is not above.
fn imports(source: &Source) -> Vec<String> {
    let room = source.room();
    let Some(own) = ROOMS.iter().position(|known| *known == room) else {
        let outermost = matches!(source.path.as_str(), "lib.rs" | "main.rs");
        return if outermost { Vec::new() } else { vec![format!("src/{}: `{room}` is no room of DESIGN.md", source.path)] };
    };
    let used = source.scan.named.iter().filter(|named| named.in_crate);
    used.filter_map(|named| import(room, own, named).map(|why| format!("{}: {why}", source.at(named.line)))).collect()
}

fn import(room: &str, own: usize, named: &Named) -> Option<String> {
    let used = named.path.first().map_or("*", String::as_str);
    if used == room {
        return None;
    }
    let Some(position) = ROOMS.iter().position(|known| *known == used) else {
        return Some(format!("`{room}` reaches `{used}` at the crate's root, where rooms alone may be named"));
    };
    if let Some((.., why)) = NEVER.iter().find(|(from, to, _)| (*from, *to) == (room, used)) {
        return Some(format!("`{room}` uses `{used}`: {why}"));
    }
    if room == "registry" && !OF_THE_REGISTRY.contains(&used) {
        return Some(format!("`registry` uses `{used}`, and may use {} alone", OF_THE_REGISTRY.join(", ")));
    }
    (position > own).then(|| format!("`{room}` uses `{used}`, which is below it"))
}

/// Each use of a door by a room that it does not belong to.
fn doors(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for named in source.scan.named.iter().filter(|named| !is_constant(&named.path)) {
        for (end, rooms, why) in DOORS {
            let hit = named.path.windows(end.len()).enumerate().any(|(at, part)| part == end && (end.len() > 1 || at == 0));
            if hit && !rooms.contains(&source.room()) {
                found.push(format!("{}: `{}`: {why}", source.at(named.line), named.path.join("::").replace("::!", "!")));
            }
        }
    }
    found
}

/// `std::env::consts::OS` and its like are known when plimsoll is built: no environment is read.
fn is_constant(path: &[String]) -> bool {
    path.len() > 3 && path[..3] == ["std", "env", "consts"]
}

/// Logic in a `mod.rs` or in `lib.rs`, or one that does not say what it is.
fn contracts(source: &Source) -> Vec<String> {
    let exempt = MOD_RS_WITH_ITEMS.iter().any(|(path, _)| *path == source.path);
    if !(source.path == "lib.rs" || source.path.ends_with("/mod.rs")) || exempt {
        return Vec::new();
    }
    let items = source.scan.logic.iter().map(|(line, item)| format!("{}: `{item}` belongs into a file of its own", source.at(*line)));
    let silent = !source.text.starts_with("//!");
    items.chain(silent.then(|| format!("{}: it opens with its contract, a comment of `//!` lines", source.at(1)))).collect()
}

/// A file that is too long, tests left out; `test_modules` are those of the whole crate.
fn length(source: &Source, test_modules: &[Vec<String>]) -> Option<String> {
    let module = module_of(&source.path);
    if test_modules.iter().any(|test| module.starts_with(test)) {
        return None;
    }
    let lines = source.text.lines().count() - source.scan.test_lines;
    let most = if source.path == "main.rs" { LONGEST_MAIN } else { LONGEST };
    (lines > most).then(|| format!("src/{}: {lines} lines without its tests, where {most} are the most", source.path))
}

/// The rooms that `lib.rs` declares, in its order, are those of the list, in the list's.
fn tour(lib: &str) -> Result<(), String> {
    let declared = lib.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';'));
    let mut last = 0;
    for room in declared {
        let position = ROOMS.iter().position(|known| *known == room).ok_or_else(|| format!("`{room}` is no room of DESIGN.md"))?;
        if position < last {
            return Err(format!("`{room}` stands below `{}` in lib.rs", ROOMS[last]));
        }
        last = position;
    }
    Ok(())
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("src/ can be read") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("it is below src/").to_string_lossy().replace('\\', "/");
                sources.push(Source::new(&name, &std::fs::read_to_string(&path).expect("it can be read")));
            }
        }
    }
    assert!(sources.len() > 20, "src/ was found");
    sources
}

/// Fails with every finding, one a line.
fn none(found: impl IntoIterator<Item = String>) {
    let mut found: Vec<String> = found.into_iter().collect();
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn a_room_imports_only_rooms_above_it() {
    none(sources().iter().flat_map(imports));
}

#[test]
fn time_randomness_printing_the_environment_and_exit_have_one_door_each() {
    none(sources().iter().flat_map(doors));
}

#[test]
fn a_mod_rs_says_what_its_room_does_and_holds_no_logic() {
    none(sources().iter().flat_map(contracts));
}

#[test]
fn no_file_is_longer_than_a_reader_takes_in() {
    let sources = sources();
    let test_modules: Vec<Vec<String>> = sources.iter().flat_map(|source| source.scan.test_modules.clone()).collect();
    none(sources.iter().filter_map(|source| length(source, &test_modules)));
}

#[test]
fn the_tour_of_lib_rs_goes_through_the_rooms_in_their_order() {
    let lib = sources().into_iter().find(|source| source.path == "lib.rs").expect("there is a lib.rs");
    assert_eq!(tour(&lib.text), Ok(()));
}

#[test]
fn the_layer_test_finds_each_way_to_reach_a_room_below() {
    let ways = [
        "use crate::report::Format;",
        "use crate::{oci::Digest, report::{Format, Style}};",
        "use crate::\n    report;",
        "fn f() -> crate::report::Style { todo!() }",
        "fn f() { let x: Vec<crate::report::Style> = Vec::<crate::report::Style>::new(); }",
        "fn f() { format!(\"{}\", crate::report::NAME); }",
        "use super::super::report::Format;",
        "mod inner { use super::super::super::report; }",
        "#[cfg(test)] mod tests { use crate::report::Format; }",
        "fn f() { for _ in 0..crate::report::MOST {} }",
        "use crate as whole;",
        "use crate::*;",
        "use super::super::*;",
        "pub(in crate::report) fn f() {}\nuse crate::cli::Args;",
    ];
    for way in ways {
        assert!(!imports(&Source::new("judge/status.rs", way)).is_empty(), "{way}");
    }
}

#[test]
fn the_layer_test_accuses_nobody_for_rooms_above_comments_and_texts() {
    let lawful = [
        "use crate::oci::Digest;\nuse crate::exchange::{Exchange, evidence::printable};",
        "use super::verdict::Verdict;\nuse super::super::oci::Digest;\nuse self::x::Y;",
        "//! See [`crate::report`].\n/// [`Format`](crate::report::Format)\n// use crate::report;\n/* use crate::cli; */ fn f() {}",
        "const S: &str = \"use crate::report;\"; const R: &str = r#\"crate::cli\"#; const C: char = '\"';",
        "pub(crate) fn f<'a>(self: &'a T) {}\npub(super) struct S;",
        "use report::Format; use std::crate_like::report;",
    ];
    for text in lawful {
        assert_eq!(imports(&Source::new("judge/status.rs", text)), Vec::<String>::new());
    }
}

#[test]
fn the_registry_and_the_client_share_nothing_that_is_judged() {
    let breaches = |path: &str, text: &str| imports(&Source::new(path, text)).len();
    assert_eq!(breaches("registry/route.rs", "use crate::exchange::Exchange; use crate::text::Template; use crate::judge::Verdict;"), 3);
    assert_eq!(
        breaches("registry/route.rs", "use crate::oci::Digest; use crate::clock; use crate::seed::nonce; use crate::clause::Level;"),
        0
    );
    assert_eq!(breaches("client/wire.rs", "use crate::registry::Server;"), 1);
    assert_eq!(breaches("client/wire.rs", "use crate::exchange::Exchange;"), 0);
    assert_eq!(breaches("helpers/x.rs", ""), 1);
}

#[test]
fn the_layer_test_finds_doors_opened_elsewhere() {
    let open = [
        "fn f() { println!(\"x\"); }",
        "fn f() { std::eprintln!(\"x\"); }",
        "fn f() { let _ = dbg!(1); }",
        "fn f() { let mut out = std::io::stdout().lock(); }",
        "use std::io::{Write, stderr};",
        "use std::env;",
        "use std::{collections::HashMap, env::var};",
        "fn f() { ::std::env::var(\"HOME\"); }",
        "use rand::Rng;",
        "fn f() { std::process::exit(1) }",
        "fn f() { std::time::Instant::now(); }",
    ];
    for text in open {
        assert!(!doors(&Source::new("judge/status.rs", text)).is_empty(), "{text}");
    }
    let shut = "use std::io::Write; use std::env::consts::ARCH; use std::time::Instant; fn f() { let v = env!(\"CARGO_PKG_VERSION\"); x.rand(); operand::rand(); println(); }";
    assert_eq!(doors(&Source::new("judge/status.rs", shut)), Vec::<String>::new());
    assert_eq!(doors(&Source::new("cli/out.rs", "fn f() { println!(); }")), Vec::<String>::new());
    assert_eq!(doors(&Source::new("seed.rs", "use rand::Rng;")), Vec::<String>::new());
}

#[test]
fn logic_in_a_mod_rs_is_found_and_declarations_are_not() {
    let found = |path: &str, text: &str| contracts(&Source::new(path, text)).len();
    let lawful = "//! What it takes and gives.\n\n#![allow(x)]\nmod a;\npub mod b;\n#[cfg(test)]\nmod tests;\npub use a::{B, c::{D, E}};\nuse b::*;\n";
    assert_eq!(found("judge/mod.rs", lawful), 0);
    for logic in
        ["fn f() {}", "pub struct S;", "impl S {}", "const C: [u8; 2] = [1, 2];", "mod x { fn f() {} }", "macro_rules! m { () => {} }"]
    {
        assert_eq!(found("judge/mod.rs", &format!("//! Words.\nmod a;\n{logic}\nuse a::b;\n")), 1, "{logic}");
        assert_eq!(found("judge/status.rs", logic), 0);
    }
    assert_eq!(found("judge/mod.rs", "mod a;"), 1);
}

#[test]
fn a_file_that_is_too_long_is_found_and_its_tests_do_not_count() {
    let long = |lines: usize, rest: &str| Source::new("judge/status.rs", &("const A: u8 = 0;\n".repeat(lines) + rest));
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "const A: u8 = 0;\n".repeat(50));
    assert_eq!(length(&long(400, &tests), &[]), None);
    assert!(length(&long(401, ""), &[]).is_some_and(|told| told.contains("401 lines")));
    assert!(length(&long(380, &tests.replace("#[cfg(test)]\n", "")), &[]).is_some());
    assert_eq!(length(&long(900, ""), &[vec!["judge".into(), "status".into()]]), None);
    assert_eq!(Source::new("judge/mod.rs", "#[cfg(test)] mod tests;").scan.test_modules, [["judge", "tests"]]);
}

#[test]
fn a_tour_out_of_order_is_found() {
    assert_eq!(tour("pub mod oci;\n\npub mod clock;\npub mod cli;\n"), Ok(()));
    assert!(tour("pub mod report;\npub mod record;\n").is_err());
    assert!(tour("pub mod helpers;\n").is_err());
}
