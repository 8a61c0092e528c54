//! What was surveyed, and by what measure.

use super::super::words::{clip, count};
use super::page::{Ink, Page};
use crate::record::{Kind, Record, Target};

/// How much is shown of the patterns of what was chosen, in characters.
const LONGEST: usize = 400;
/// The widest header of a target that is shown.
const HEADER: usize = 200;

pub(super) fn target(page: &mut Page, record: &Record) {
    let Record { target, profile, machine, .. } = record;
    page.line(&[
        (Ink::Strong, "plimsoll "),
        (Ink::Strong, &record.version),
        (Ink::Plain, if record.kind == Kind::Load { "  load of " } else { "  conformance of " }),
        (Ink::Strong, &target.url),
    ]);
    page.gap();
    let mut field = |label, text: &str| page.field(2, 10, label, (Ink::Plain, text));
    if target.embedded {
        field("target", "the reference registry inside plimsoll itself: no other registry was surveyed");
    }
    if let Some(place) = place(record) {
        field("works in", &place);
    }
    field("software", &software(target));
    field("login", &login(target));
    field("profile", &format!("{}, {} ({})", profile.name, profile.title, profile.chosen));
    if let Some(file) = &profile.file {
        let extends = profile.extends.as_ref().map_or_else(String::new, |name| format!("extends {name}, "));
        field("from", &format!("{} ({extends}sha256 {})", file.path, file.sha256.chars().take(12).collect::<String>()));
    }
    field("held to", &if profile.documents.is_empty() { "no document".into() } else { profile.documents.join(", ") });
    if !record.only.is_empty() {
        field("chosen", &format!("{}: nothing else was tried", clip(&record.only.join(", "), LONGEST)));
    }
    let set = record.scenario_set.chars().take(12).collect::<String>();
    let machine = format!("{} {}, {}", machine.os, machine.arch, count(machine.cores as u64, "core"));
    field("run", &format!("{} of {}, seed {}, scenarios {set}, on {machine}", record.run, record.started, record.seed));
}

/// Where in the registry the run pushed and pulled.
fn place(record: &Record) -> Option<String> {
    let Target { prefix, repository, .. } = &record.target;
    let pinned = repository.as_ref().map(|name| format!("the one repository {name}"));
    pinned.or_else(|| Some(format!("repositories below {}/{}", prefix.as_ref()?, record.run)))
}

fn software(target: &Target) -> String {
    let headers = [("Server", &target.server), ("Docker-Distribution-API-Version", &target.api_version)];
    let told: Vec<String> =
        headers.iter().filter_map(|(name, value)| Some(format!("{name}: {}", clip(value.as_deref()?, HEADER)))).collect();
    if told.is_empty() { "not told (no Server, no Docker-Distribution-API-Version header)".into() } else { told.join("; ") }
}

fn login(target: &Target) -> String {
    let asked = match target.login.as_str() {
        "none" => "none is asked for",
        "basic" => "Basic",
        "bearer" => "Bearer token",
        "unreadable" => "asked for, in a way that can't be read",
        other => other,
    };
    match (target.login.as_str(), target.credentials) {
        ("none", false) => asked.to_owned(),
        (_, true) => format!("{asked}; credentials were at hand"),
        (_, false) => format!("{asked}; no credentials were at hand"),
    }
}
