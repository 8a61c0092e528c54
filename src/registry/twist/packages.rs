//! Faults of the pages that GitHub Package Registry shows beside its API.

use std::sync::atomic::{AtomicU64, Ordering};

use http::request::Parts;
use serde_json::Value;

use super::change::{Fault, Ground, Made, fault};
use super::hooks::{Kind, after, content, header, instead, is, json};
use crate::oci::ErrorCode;
use crate::registry::pages::Asked;
use crate::registry::reply::Reply;

/// One of them, where there are such pages.
const fn of(id: &'static str, says: &'static str, breaks: &'static [&'static str], make: fn() -> Made) -> Fault {
    fault(id, says, breaks, make).on(Ground::GithubPackages)
}

pub(super) const FAULTS: &[Fault] = &[
    of("packages/no-page", "There is no page of a package.", &["offers/package-pages"], || {
        whole_page(|request, reply| instead(request, reply, 404, ErrorCode::NAME_UNKNOWN))
    }),
    of("packages/plain", "A package's page comes as plain text.", &["packages/page-type"], || {
        whole_page(|_, reply| header(reply, "content-type", "text/plain"))
    }),
    of("packages/no-command", "A package's page shows no pull command.", &["packages/pull-command"], || {
        page(|text| text.replace("docker pull", "docker"))
    }),
    of(
        "packages/command-latest",
        "The pull command on a package's page names the tag latest, whatever was pushed.",
        &["packages/pull-command", "packages/pull-command-true"],
        || page(|text| lines(&text, |line| line.contains("docker pull"), |line| format!("{}:latest</pre>", before_tag(line)))),
    ),
    of("packages/from-bare", "The line for a Dockerfile names no version.", &["packages/from-line"], || {
        page(|text| lines(&text, |line| line.starts_with("<pre>FROM"), |line| format!("{}</pre>", before_tag(line))))
    }),
    of(
        "packages/digests-cut",
        "A package's page shows the first twelve characters of digests.",
        &["packages/details", "packages/history", "packages/history-moved"],
        || page(|text| lines(&text, |line| line.contains("<code>sha256:"), cut_digest)),
    ),
    of(
        "packages/latest-alone",
        "A package's page tells of the latest push alone.",
        &["packages/history", "packages/history-moved", "packages/versions"],
        || page(latest_alone),
    ),
    of(
        "packages/history-of-current",
        "The history on a package's page forgets what no tag points to any more.",
        &["packages/history-moved"],
        || page(|text| of_current(&text)),
    ),
    of("packages/no-statistics", "A package's page has no statistics.", &["packages/download-statistics"], || {
        page(|text| lines(&text, |line| line.contains("ownload"), |line| line.replace("ownload", "")))
    }),
    of("packages/list-first", "The list of a repository's packages shows the first alone.", &["packages/list"], || {
        after(|request, reply| {
            if reply.status() == 200 && matches!(Asked::parse(request.uri.path()), Some(Asked::List { .. })) {
                let text = text(reply);
                let first = text.lines().position(|line| line.starts_with("<li>"));
                let kept = text.lines().enumerate().filter(|(at, line)| !line.starts_with("<li>") || Some(*at) == first);
                content(request, reply, kept.map(|(_, line)| line).collect::<String>());
            }
        })
    }),
    of("packages/uncounted", "Pulls are not counted.", &["packages/count-raised"], || {
        answer(|value| each(value, "downloadsTotalCount", &mut |count| *count = 0.into()))
    }),
    of("packages/counted-together", "Each pull counts for every package.", &["packages/count-own"], || {
        let pulls = AtomicU64::new(1);
        after(move |request, reply| {
            if is(request, "GET", Kind::Manifest) && reply.status() == 200 {
                pulls.fetch_add(1, Ordering::Relaxed);
            }
            if Asked::parse(request.uri.path()) == Some(Asked::Query) {
                let sum = pulls.load(Ordering::Relaxed);
                json(request, reply, |value| each(value, "downloadsTotalCount", &mut |count| *count = sum.into()));
            }
        })
    }),
    of("packages/query-type", "A query tells another type of package.", &["packages/query-package"], || {
        answer(|value| each(value, "packageType", &mut |kind| *kind = "NPM".into()))
    }),
    of("packages/query-latest", "A query finds the first version of a package alone.", &["packages/query-versions"], || {
        answer(|value| each(value, "versions", &mut |found| first_of(found)))
    }),
    of("packages/query-no-files", "A query finds no file of a version.", &["packages/query-files"], || {
        answer(|value| each(value, "files", &mut |found| found["nodes"] = Value::Array(Vec::new())))
    }),
];

/// Changes the replies that are pages of packages.
fn whole_page(change: impl Fn(&Parts, &mut Reply) + Send + Sync + 'static) -> Made {
    after(move |request, reply| {
        if reply.status() == 200 && matches!(Asked::parse(request.uri.path()), Some(Asked::Page { .. })) {
            change(request, reply);
        }
    })
}

/// Changes the text of the pages of packages.
fn page(change: impl Fn(String) -> String + Send + Sync + 'static) -> Made {
    whole_page(move |request, reply| {
        let changed = change(text(reply));
        content(request, reply, changed);
    })
}

/// Changes the answers to queries.
fn answer(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Made {
    after(move |request, reply| {
        if Asked::parse(request.uri.path()) == Some(Asked::Query) {
            json(request, reply, |value| change(value));
        }
    })
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body().bytes()).into_owned()
}

/// The text with those lines changed that are meant.
fn lines(text: &str, meant: impl Fn(&str) -> bool, change: impl Fn(&str) -> String) -> String {
    let changed = text.lines().map(|line| if meant(line) { change(line) } else { line.to_owned() });
    changed.fold(String::new(), |text, line| text + &line + "\n")
}

/// A line up to the tag of the image that it names.
fn before_tag(line: &str) -> &str {
    line.rsplit_once(':').map_or(line, |(before, _)| before)
}

fn cut_digest(line: &str) -> String {
    let Some((before, digest)) = line.split_once("<code>") else { return line.to_owned() };
    let (digest, after) = digest.split_once("</code>").unwrap_or((digest, ""));
    format!("{before}<code>{}</code>{after}", digest.chars().take(12).collect::<String>())
}

/// The first entry of the history is the latest push; versions are shown where they are that one.
fn latest_alone(text: String) -> String {
    let Some((_, history)) = text.split_once("<h2>History</h2>") else { return text };
    let Some(latest) = history.lines().find_map(digest_of).map(str::to_owned) else { return text };
    text.lines().filter(|line| digest_of(line).is_none_or(|digest| digest == latest)).fold(String::new(), |text, line| text + line + "\n")
}

fn of_current(text: &str) -> String {
    let Some((before, history)) = text.split_once("<h2>History</h2>") else { return text.to_owned() };
    let kept = history.lines().filter(|line| digest_of(line).is_none_or(|digest| before.contains(digest)));
    kept.fold(format!("{before}<h2>History</h2>"), |text, line| text + line + "\n")
}

fn digest_of(line: &str) -> Option<&str> {
    Some(line.split_once("<code>")?.1.split_once("</code>")?.0)
}

fn first_of(found: &mut Value) {
    if let Some(nodes) = found.get_mut("nodes").and_then(Value::as_array_mut) {
        nodes.truncate(1);
    }
}

/// Changes every value of that name, however deep it lies.
fn each(value: &mut Value, name: &str, change: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                if key == name {
                    change(field);
                } else {
                    each(field, name, change);
                }
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| each(entry, name, change)),
        _ => {}
    }
}
