//! Scenarios, profile, facts and seed made into a plan.

use std::sync::Arc;

use base64::Engine as _;
use indexmap::IndexMap;

use super::content::Recipe;
use super::facts::{Facts, State};
use super::given::{self, GivenImage};
use super::item::{Always, Expected, Fate, Item, Lists};
use super::pages::pages;
use super::steps::Steps;
use crate::clause::{Capability, Catalogue, ClauseId, Profile};
use crate::scenario::{self, Each, Flavour, Scenario, Suite, Values};
use crate::seed::Seed;

/// The capability without which nothing can be judged: the base endpoint answers.
pub const GREETING: &str = "pull";

/// The capability that is looked for only where the profile says where: nobody else's web pages are asked for.
const PAGES: &str = "package-pages";

/// Where the numbers of `always` expectations begin; no scenario comes near.
const ALWAYS: usize = 1 << 32;

/// Where and how a run works.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Base URL without a trailing slash.
    pub registry: String,
    /// `host:port`.
    pub host: String,
    /// First component(s) of every repository's name.
    pub prefix: String,
    /// The run's nonce.
    pub run: String,
    /// The user's seed.
    pub seed: u64,
    /// The one repository to work in, where a registry needs that.
    pub repository: Option<String>,
    /// The credentials in use.
    pub login: Option<(String, String)>,
    /// Patterns of scenario ids; none: all.
    pub only: Vec<String>,
    /// The images that the user has named.
    pub images: Vec<GivenImage>,
}

/// What will be run.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In the order of their ids.
    pub items: Vec<Item>,
    /// Judged on every exchange.
    pub always: Vec<Always>,
}

/// What everything in a plan is made from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) suite: &'a Suite,
    pub(super) profile: &'a Profile,
    pub(super) facts: &'a Facts,
    pub(super) setting: &'a Setting,
}

/// The plan of a run: every scenario that the profile has a say in.
#[must_use]
pub fn plan(suite: &Suite, profile: &Profile, facts: &Facts, setting: &Setting) -> Plan {
    let source = Source { suite, profile, facts, setting };
    let wanted = |id: &str| setting.only.is_empty() || setting.only.iter().any(|pattern| glob(pattern, id));
    let asked = suite.scenarios.values().filter(|scenario| wanted(&scenario.id) && may_run(suite, profile, scenario));
    let items = asked.flat_map(|scenario| items(source, scenario));
    let items = items.filter(|item| item.expectations().iter().any(|expected| expected.binding.is_some())).collect();
    Plan { items, always: always(source) }
}

/// The plan of the probes: one item per capability that has a probe, in the catalogue's order.
#[must_use]
pub fn probes(suite: &Suite, profile: &Profile, facts: &Facts, setting: &Setting) -> Plan {
    let source = Source { suite, profile, facts, setting };
    let mut ids: Vec<&str> = Vec::new();
    let tried = suite.catalogue.capabilities.values().filter(|capability| capability.id != PAGES || profile.pages.is_some());
    for id in tried.filter_map(|capability| capability.probe.as_ref()) {
        if !ids.contains(&id.as_str()) {
            ids.push(id.as_str());
        }
    }
    let scenarios = ids.into_iter().filter_map(|id| suite.probes.get(id)).filter(|probe| may_run(suite, profile, probe));
    Plan { items: scenarios.flat_map(|scenario| items(source, scenario)).collect(), always: always(source) }
}

/// Under a profile that only reads, neither what writes nor what hangs on a probe that writes.
#[must_use]
pub fn may_run(suite: &Suite, profile: &Profile, scenario: &Scenario) -> bool {
    let probe = |need: &str| suite.catalogue.capabilities.get(need)?.probe.as_ref();
    let found_by_writing = |need: &str| probe(need).and_then(|id| suite.probes.get(id.as_str())).is_some_and(Scenario::writes);
    !profile.read_only || !(scenario.writes() || scenario.needs.iter().any(|need| found_by_writing(need.as_str())))
}

/// One scenario that stands in no file of the set, as it would be run.
#[must_use]
pub fn only(suite: &Suite, profile: &Profile, facts: &Facts, setting: &Setting, scenario: &Scenario) -> Option<Item> {
    items(Source { suite, profile, facts, setting }, scenario).into_iter().next()
}

/// `push/*` against `push/blob-post-put`: `*` is any text, `?` any character.
#[must_use]
pub fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    p = at + 1;
                    t = from + 1;
                    star = Some((at, t));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

fn always(source: Source<'_>) -> Vec<Always> {
    let mut number = ALWAYS;
    let statement = |statement: &scenario::Always| Always {
        on: Arc::new(statement.on.clone()),
        expect: statement
            .expect
            .iter()
            .map(|(clause, expectation)| {
                number += 1;
                Expected {
                    number,
                    binding: binding(source, &clause.value),
                    requires: requires(&source.suite.catalogue, &clause.value),
                    clause: clause.value.clone(),
                    position: format!("{}:{}:{}", statement.path, clause.place.line, clause.place.column),
                    outcome: None,
                    expectation: Arc::new(expectation.clone()),
                }
            })
            .collect(),
    };
    source.suite.always.iter().map(statement).collect()
}

pub(super) fn binding(source: Source<'_>, clause: &ClauseId) -> Option<crate::clause::Binding> {
    source.suite.catalogue.clauses.get(clause)?.binding(source.profile)
}

pub(super) fn requires(catalogue: &Catalogue, clause: &ClauseId) -> Vec<ClauseId> {
    catalogue.clauses.get(clause).map(|clause| clause.requires.iter().map(|at| at.value.clone()).collect()).unwrap_or_default()
}

/// One item, or one per value of `each`.
fn items(source: Source<'_>, scenario: &Scenario) -> Vec<Item> {
    match &scenario.each {
        None => vec![item(source, scenario, &Arc::new(lists(scenario)), None, 0)],
        Some(each) => {
            let values = each_items(source, scenario, each);
            let mut lists = lists(scenario);
            lists.insert(each.name.value.clone(), values.iter().map(|item| item.label().to_owned()).collect());
            let lists = Arc::new(lists);
            values.iter().enumerate().map(|(n, value)| item(source, scenario, &lists, Some((each, value)), n + 1)).collect()
        }
    }
}

fn each_items(source: Source<'_>, scenario: &Scenario, each: &Each) -> Vec<scenario::Item> {
    match &each.values {
        Values::Items(items) => items.clone(),
        Values::List(name) => given::items(&source.setting.images, name)
            .unwrap_or_else(|| scenario.list(name).into_iter().map(scenario::Item::Text).collect()),
    }
}

fn item(source: Source<'_>, scenario: &Scenario, lists: &Arc<Lists>, value: Option<(&Each, &scenario::Item)>, number: usize) -> Item {
    let setting = source.setting;
    let repos = repositories(source, scenario, number);
    let mut variables = fixed_variables(source);
    variables.extend(repos.clone());
    variables.extend(pages(source, &repos));
    if let Some((each, value)) = value {
        variables.extend(each_variables(each.name.as_str(), value));
    }
    let label = value.map(|(_, value)| value.label().to_owned());
    let seed = Seed::new(setting.seed).child(&setting.run).child(&scenario.id).child(label.as_deref().unwrap_or_default());
    let flavour = match source.facts.state("oci-manifest") {
        State::Declined if source.facts.has("docker-manifest") => Flavour::Docker,
        _ => Flavour::Oci,
    };
    Item {
        scenario: scenario.id.clone(),
        area: scenario.area().to_owned(),
        title: scenario.title.value.clone(),
        label,
        alone: scenario.alone,
        own: setting.repository.is_none(),
        repos,
        variables,
        lists: Arc::clone(lists),
        recipe: Recipe { data: Arc::clone(&scenario.data), seed, flavour },
        steps: Steps::new(source, scenario).all(),
        fate: item_fate(source, scenario, value),
    }
}

/// As the scenario's; of what was named, some is left out.
fn item_fate(source: Source<'_>, scenario: &Scenario, value: Option<(&Each, &scenario::Item)>) -> Fate {
    let given = value.filter(|(each, _)| matches!(each.values, Values::List(_)));
    let left_out = given.and_then(|(_, value)| given::left_out(&source.setting.images, value.label()));
    match (fate(source, scenario), left_out) {
        (Fate::Run, Some(reason)) => Fate::Skip(reason),
        (fate, _) => fate,
    }
}

fn lists(scenario: &Scenario) -> Lists {
    scenario.lists.iter().map(|(name, list)| (name.value.clone(), list.0.clone())).collect()
}

/// The variables of one value: `<name>`, or `<name.key>` for each key.
pub(super) fn each_variables(name: &str, value: &scenario::Item) -> Vec<(String, String)> {
    match value {
        scenario::Item::Text(text) => vec![(name.to_owned(), text.clone())],
        scenario::Item::Map(fields) => fields.iter().map(|(key, value)| (format!("{name}.{}", key.as_str()), value.clone())).collect(),
    }
}

fn repositories(source: Source<'_>, scenario: &Scenario, number: usize) -> IndexMap<String, String> {
    let setting = source.setting;
    let name = |repo: &str| {
        if let Some(pinned) = &setting.repository {
            return pinned.clone();
        }
        let slug = scenario.slug(number, repo);
        let filled = source.profile.repository.value.fill(|path| match path.join(".").as_str() {
            "prefix" => Some(setting.prefix.clone()),
            "run" => Some(setting.run.clone()),
            "slug" => Some(slug.clone()),
            _ => None,
        });
        filled.unwrap_or(slug)
    };
    scenario.repos.iter().map(|repo| (repo.value.clone(), name(repo.as_str()))).collect()
}

fn fixed_variables(source: Source<'_>) -> IndexMap<String, String> {
    let setting = source.setting;
    let login = setting.login.as_ref();
    let known = [
        ("registry", Some(setting.registry.clone())),
        ("host", Some(setting.host.clone())),
        ("run", Some(setting.run.clone())),
        ("user", login.map(|(user, _)| user.clone())),
        ("password", login.map(|(_, password)| password.clone())),
        ("basic", login.map(|(user, password)| base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))),
        ("realm", source.facts.realm.clone()),
        ("service", source.facts.service.clone()),
    ];
    known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Whether an item can run, as far as the facts go.
fn fate(source: Source<'_>, scenario: &Scenario) -> Fate {
    if source.facts.state(GREETING) == State::Broken {
        return stuck(source, GREETING);
    }
    if source.setting.repository.is_some() && scenario.repos.len() > 1 {
        return Fate::Skip("it needs a second repository, and --repository pins one".into());
    }
    if let Some(beside) = source.setting.repository.as_ref().and_then(|_| scenario.writes_beside()) {
        return Fate::Skip(format!("it writes to {beside}, and --repository pins another"));
    }
    for need in &scenario.needs {
        let capability = need.as_str();
        match source.facts.state(capability) {
            State::Accepted => {}
            State::Declined => {
                let observed = source.facts.capabilities.get(capability).map_or("", |fact| fact.observed.as_str());
                let from_driver = source.suite.catalogue.capabilities.get(capability).is_some_and(|known: &Capability| known.from_driver);
                let reason = if from_driver { observed.to_owned() } else { format!("{capability} declined") };
                return Fate::Skip(reason);
            }
            State::Broken | State::Unknown => return stuck(source, capability),
        }
    }
    Fate::Run
}

/// What can't be judged because a capability is broken or unknown; its probe's deciding clause is to blame, or that of what it needs.
fn stuck(source: Source<'_>, capability: &str) -> Fate {
    let observed = source.facts.capabilities.get(capability).map_or("not tried", |fact| fact.observed.as_str());
    let word = if source.facts.state(capability) == State::Broken { "is broken" } else { "could not be found out" };
    Fate::Inconclusive { reason: format!("{capability} {word}: {observed}"), because: to_blame(source, capability) }
}

fn to_blame(source: Source<'_>, capability: &str) -> Option<ClauseId> {
    let known = source.suite.catalogue.capabilities.get(capability)?;
    let upstream = known.needs.iter().find(|need| matches!(source.facts.state(need.as_str()), State::Broken | State::Unknown));
    match upstream {
        Some(need) if source.facts.state(capability) != State::Broken => to_blame(source, need.as_str()),
        _ => deciding_clause(source.suite, capability),
    }
}

/// The clause that decides a capability: the first of the first outcome of its probe's deciding step.
#[must_use]
pub fn deciding_clause(suite: &Suite, capability: &str) -> Option<ClauseId> {
    let probe = suite.catalogue.capabilities.get(capability)?.probe.as_ref()?;
    let scenario = suite.probes.get(probe.as_str())?;
    let mut requests = scenario.all_steps().into_iter().filter_map(scenario::Step::request);
    let request = requests.find(|request| request.capability.as_ref().is_some_and(|named| named.as_str() == capability))?;
    request.outcomes.values().next()?.keys().next().map(|clause| clause.value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_matches_as_people_expect() {
        for (pattern, text, matches) in [
            ("push/*", "push/blob", true),
            ("push/*", "pull/blob", false),
            ("*", "anything/at-all", true),
            ("*/blob-*", "push/blob-post", true),
            ("push/blo?", "push/blob", true),
            ("push/blob", "push/blobs", false),
            ("", "", true),
            ("**", "x", true),
        ] {
            assert_eq!(glob(pattern, text), matches, "{pattern} against {text}");
        }
    }
}
