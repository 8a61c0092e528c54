use std::collections::BTreeSet;

use super::*;
use crate::text::{Diagnostics, Files, SourceFile};

const CLAUSES: &str = "
http/ping:
  says: The base endpoint answers.
  documents: { oci-1.1: { level: MUST, section: Pull }, docker-v2: { level: MUST, section: Ping } }
http/head:
  says: It answers HEAD too.
  documents:
    oci-1.0: { level: MAY, section: A }
    oci-1.1: { level: SHOULD, section: B }
    docker-v2: { level: SHOULD, section: C }
  requires: [http/ping]
  client: { name: docker, breaks: it hangs }
http/inside:
  says: Nobody sees it.
  documents: { rfc-9110: { level: MUST, section: '1' } }
  unobservable: it happens inside
";
const CAPABILITIES: &str = "
login: { says: It asks for a login., from: driver }
push: { says: It takes pushes., probe: probes/push }
referrers: { says: It lists referrers., probe: probes/referrers, needs: [push] }
";
const AUTO_PROFILE: &str = "
title: By what is offered
choose:
  - { profile: oci-1.1, when: [push, referrers] }
  - { profile: oci-1.0, when: [push] }
";

fn files(changed: &[(&str, &str)]) -> Files {
    let mut files = Files::default();
    let plain = [
        ("clauses/http.yaml", CLAUSES),
        ("capabilities.yaml", CAPABILITIES),
        ("profiles/auto.yaml", AUTO_PROFILE),
        ("profiles/oci-1.0.yaml", "title: OCI 1.0\ndocuments: [oci-1.0]\n"),
        (
            "profiles/oci-1.1.yaml",
            "title: OCI 1.1\ndocuments: [docker-v2, oci-1.1]\nexpects: { referrers: declined }\n\
             deviations: [{ clause: http/ping, reason: known }]\n",
        ),
    ];
    for (name, text) in plain.iter().chain(changed) {
        files.insert(name, SourceFile::new(format!("scenarios/{name}"), *text));
    }
    files
}

fn catalogue() -> Catalogue {
    Catalogue::read(&files(&[])).unwrap_or_else(|wrong: Diagnostics| panic!("{wrong}"))
}

/// All titles with their positions and helps.
fn wrong(changed: &[(&str, &str)]) -> String {
    let told = Catalogue::read(&files(changed)).unwrap_err();
    let tell = |diagnostic: crate::text::Diagnostic| {
        format!("{}: {} [{}]", diagnostic.position(), diagnostic.title, diagnostic.help.clone().unwrap_or_default())
    };
    told.into_iter().map(tell).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_highest_level_among_the_profiles_documents_binds_and_the_client_only_where_none_does() {
    let catalogue = catalogue();
    let binding = |clause: &str, profile: &str| catalogue.clauses[clause].binding(&catalogue.profiles[profile]);
    let told = |clause, profile| binding(clause, profile).map(|binding| format!("{} {}", binding.level, binding.source));
    assert_eq!(told("http/ping", "oci-1.1").unwrap(), "MUST Docker Registry HTTP API V2, Ping");
    assert_eq!(told("http/ping", "oci-1.0"), None);
    assert_eq!(told("http/head", "oci-1.0").unwrap(), "MAY OCI distribution 1.0, A");
    assert_eq!(told("http/head", "oci-1.1").unwrap(), "SHOULD Docker Registry HTTP API V2, C");
    let elsewhere = Profile { documents: vec![Document::OciImage], ..catalogue.profiles["oci-1.0"].clone() };
    assert_eq!(
        catalogue.clauses["http/head"].binding(&elsewhere),
        Some(Binding { level: Level::Client, source: "client docker: it hangs".into() })
    );
}

#[test]
fn a_capability_is_expected_as_the_profile_says_or_by_the_level_that_decides_it() {
    let catalogue = catalogue();
    let profile = &catalogue.profiles["oci-1.1"];
    assert_eq!(profile.expects("referrers", Some(Level::Must)), Offer::Declined);
    let by_level = [
        (None, Offer::Either),
        (Some(Level::Client), Offer::Either),
        (Some(Level::May), Offer::Either),
        (Some(Level::Should), Offer::Accepted),
        (Some(Level::Must), Offer::Accepted),
    ];
    for (level, want) in by_level {
        assert_eq!(profile.expects("push", level), want, "{level:?}");
    }
    assert_eq!(profile.deviation(&ClauseId::new("http/ping").unwrap()), Some("known"));
    assert_eq!(profile.deviation(&ClauseId::new("http/head").unwrap()), None);
}

#[test]
fn auto_takes_the_first_profile_whose_capabilities_are_accepted_and_says_why() {
    let catalogue = catalogue();
    let choose = |accepted: &[&str]| {
        let accepted: BTreeSet<String> = accepted.iter().map(|name| (*name).to_owned()).collect();
        catalogue.choose(&accepted).map(|chosen| format!("{}: {}", chosen.profile, chosen.reason))
    };
    assert_eq!(choose(&["push", "referrers", "login"]).unwrap(), "oci-1.1: push and referrers are accepted");
    assert_eq!(choose(&["push"]).unwrap(), "oci-1.0: push is accepted; oci-1.1 would want referrers");
    assert_eq!(choose(&["login"]), None);
}

#[test]
fn names_that_are_not_there_are_told_all_at_once_with_what_was_meant() {
    let told = wrong(&[
        (
            "clauses/pull.yaml",
            "pull/x:\n  says: X.\n  documents: { oci-1.1: { level: MUST, section: A } }\n  requires: [http/pin, http/inside]\n",
        ),
        ("capabilities.yaml", "push: { says: It takes pushes., probe: probes/push, needs: [pusch] }\n"),
        (
            "profiles/other.yaml",
            "title: T\ndocuments: [oci-1.1]\nexpects: { pushh: either }\nrepository: a/<slog>\ndeviations: [{ clause: http/heed, reason: r }]\n",
        ),
        ("profiles/oci-1.1.yaml", "title: T\ndocuments: [oci-1.1]\n"),
        ("profiles/auto.yaml", "title: T\nchoose: [{ profile: oci-11, when: [referers] }]\n"),
    ]);
    for want in [
        "scenarios/clauses/pull.yaml:4:14: there is no clause `http/pin` [did you mean `http/ping`?]",
        "scenarios/clauses/pull.yaml:4:24: `http/inside` is unobservable, so nothing can require it []",
        "scenarios/capabilities.yaml:1:61: there is no capability `pusch` [did you mean `push`?]",
        "scenarios/profiles/other.yaml:3:12: there is no capability `pushh` [did you mean `push`?]",
        "scenarios/profiles/other.yaml:4:13: there is no part of a repository's name `slog` [did you mean `slug`?]",
        "scenarios/profiles/other.yaml:4:13: without `<run>` two scenarios or runs would share a repository []",
        "scenarios/profiles/other.yaml:5:24: there is no clause `http/heed` [did you mean `http/head`?]",
        "scenarios/profiles/auto.yaml:2:21: there is no profile `oci-11` [did you mean `oci-1.1`?]",
        "scenarios/profiles/auto.yaml:2:36: there is no capability `referers`",
    ] {
        assert!(told.contains(want), "{want}\n\nin\n\n{told}");
    }
}

#[test]
fn circles_doubles_and_clauses_that_bind_nobody_are_told() {
    let clause = |id: &str, requires: &str| format!("{id}:\n  says: X.\n  client: {{ name: a, breaks: b }}\n  requires: [{requires}]\n");
    let circle = format!("{}{}{}", clause("pull/a", "pull/b"), clause("pull/b", "pull/c"), clause("pull/c", "pull/a"));
    let told = wrong(&[("clauses/pull.yaml", &circle)]);
    assert!(
        told.contains("scenarios/clauses/pull.yaml:1:1: these clauses require each other: pull/a → pull/b → pull/c → pull/a"),
        "{told}"
    );
    let told = wrong(&[("capabilities.yaml", "push: { says: P., from: driver, needs: [push] }\nreferrers: { says: R., from: driver }\n")]);
    assert!(told.contains("these capabilities need each other: push → push"), "{told}");
    let told = wrong(&[("clauses/pull.yaml", "http/ping: { says: X., client: { name: a, breaks: b } }\n")]);
    assert!(told.contains("the clause `http/ping` stands twice [see clauses/http.yaml:2:1]"), "{told}");
    assert!(told.contains("`http/ping` belongs into `clauses/http.yaml`"), "{told}");
    let told = wrong(&[(
        "clauses/pull.yaml",
        "pull/a: { says: ' ' }\npull/b: { says: B., documents: { oci-1.1: { level: CLIENT, section: x } } }\n",
    )]);
    assert!(told.contains("`pull/a` is said by no document and breaks no client") && told.contains("`pull/a` says nothing"), "{told}");
    assert!(told.contains("`pull/b` has the level CLIENT under `oci-1.1`"), "{told}");
}

#[test]
fn a_mistake_of_shape_is_told_where_it_is() {
    let one = |name, text| wrong(&[(name, text)]);
    let told = one("clauses/pull.yaml", "pull/a:\n  says: X.\n  documents: { oci-1.2: { level: MUST, section: a } }\n");
    assert!(told.contains("scenarios/clauses/pull.yaml:3:16") && told.contains("did you mean `oci-1.0`?"), "{told}");
    let told = one("clauses/pull.yaml", "pull:\n  says: X.\n");
    assert!(told.contains("`pull` is no clause id"), "{told}");
    let told = one("clauses/pull.yaml", "pull/a:\n  syas: X.\n");
    assert!(told.contains("did you mean `says`?"), "{told}");
    let told = one("capabilities.yaml", "push: { says: P. }\n");
    assert!(told.contains("it has neither `probe` nor `from: driver`"), "{told}");
    let told = one("profiles/auto.yaml", "title: T\ndocuments: [oci-1.1]\n");
    assert!(told.contains("the profile `auto` has `title` and a list `choose`"), "{told}");
    let told = one("profiles/x.yaml", "title: T\n");
    assert!(told.contains("this profile names no documents"), "{told}");
    let told = one("profiles/x.yaml", "title: T\nchoose: []\n");
    assert!(told.contains("only the profile `auto` has `choose`"), "{told}");
}
