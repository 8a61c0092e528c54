//! Names: what each stands for, from which step on, and who reads it.

use indexmap::IndexMap;

use super::data::{listed, parts};
use super::reader::Reader;
use super::{Act, Each, Item, Many, Scenario, Step, Values, When};
use crate::text::{At, Place, did_you_mean, meant};

/// Variables that every scenario has.
const BUILT_IN: [&str; 8] = ["registry", "host", "user", "password", "basic", "realm", "service", "run"];

/// What is known of the pages of packages: `<pages.page>`.
pub(super) const PAGES: [&str; 7] = ["page", "list", "graphql", "owner", "repository", "image", "sibling"];

/// Lists that the user's `--image` fills, with the fields of their values.
pub(super) const GIVEN: [(&str, &[&str]); 5] = [
    ("given-images", &["repo", "reference", "manifest", "size"]),
    ("given-tags", &["repo", "tag"]),
    ("given-digests", &["repo", "digest"]),
    ("given-blobs", &["repo", "digest", "size"]),
    ("given-parts", &["repo", "digest", "size"]),
];

/// What a step can name.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) known: IndexMap<String, Known>,
    earlier: Vec<Earlier>,
}

#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) what: What,
    place: Place,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    BuiltIn,
    /// Known where the profile says where the pages of packages are.
    Pages,
    Repository,
    /// With the names of its parts.
    Datum(Vec<String>),
    List,
    /// With the fields of its values; none: `<name>` alone.
    Each(Option<Vec<String>>),
    Save(usize),
}

#[derive(Clone, Debug)]
struct Earlier {
    number: usize,
    name: Option<At<String>>,
    outcomes: Vec<String>,
    push: bool,
}

impl Scope {
    /// The pushes so far: whatever comes later depends on them.
    pub(super) fn pushes(&self) -> Vec<usize> {
        self.earlier.iter().filter(|step| step.push).map(|step| step.number).collect()
    }

    /// Takes over what a script at the side has added to what was there before.
    pub(super) fn join(&mut self, before: &Self, script: Self) {
        self.known.extend(script.known.into_iter().filter(|(name, _)| !before.known.contains_key(name)));
        self.earlier.extend(script.earlier.into_iter().skip(before.earlier.len()));
    }

    /// Which data there are.
    pub(super) fn data_help(&self) -> String {
        let data = self.known.iter().filter(|(_, known)| matches!(known.what, What::Datum(_)));
        match data.map(|(name, _)| name.as_str()).collect::<Vec<_>>().as_slice() {
            [] => "this scenario has no `data`".to_owned(),
            data => format!("the data of this scenario are {}", listed(data)),
        }
    }

    /// The nearest name of the fitting kinds.
    pub(super) fn near(&self, name: &str, fits: impl Fn(&What) -> bool) -> Option<&str> {
        did_you_mean(name, self.known.iter().filter(|(_, known)| fits(&known.what)).map(|(name, _)| name.as_str()))
    }
}

impl Reader<'_> {
    /// What is known before the first step.
    pub(super) fn open(&mut self, scenario: &Scenario) -> Scope {
        let known = |what| Known { what, place: Place::default() };
        let built_in = BUILT_IN.iter().map(|name| ((*name).to_owned(), known(What::BuiltIn)));
        let known = built_in.chain([("pages".to_owned(), known(What::Pages))]).collect();
        let needs = |capability: &str| scenario.needs.iter().any(|need| need.as_str() == capability);
        self.bearer = needs("login-bearer");
        self.pages = needs("package-pages") || scenario.id.starts_with("probes/");
        let mut scope = Scope { known, earlier: Vec::new() };
        for repository in &scenario.repos {
            self.define(repository, What::Repository, &mut scope);
        }
        if let Some(each) = &scenario.each {
            let fields = self.fields(each);
            self.define(&each.name, What::Each(fields), &mut scope);
        }
        for name in scenario.lists.keys() {
            self.define(name, What::List, &mut scope);
        }
        for name in scenario.data.keys() {
            self.define(name, What::Datum(parts(name, &scenario.data)), &mut scope);
        }
        self.check_data(scenario, &scope);
        if let Some(Each { name, values: Values::List(list) }) = &scenario.each
            && GIVEN.iter().all(|(given, _)| given != list)
        {
            self.read_list(&At::new(list.clone(), name.place), &scope);
        }
        scope
    }

    /// The fields that all values of an `each` have.
    pub(super) fn fields(&mut self, each: &Each) -> Option<Vec<String>> {
        let items = match &each.values {
            Values::Items(items) => items,
            Values::List(list) => {
                let given = GIVEN.iter().find(|(given, _)| given == list);
                return given.map(|(_, fields)| fields.iter().map(|field| (*field).to_owned()).collect());
            }
        };
        let maps: Vec<_> = items.iter().filter_map(|item| if let Item::Map(fields) = item { Some(fields) } else { None }).collect();
        let first = maps.first()?;
        if maps.len() < items.len() {
            let help = "make all values texts, or all maps with the same keys".to_owned();
            self.mistake(each.name.place, format!("some values of `{}` are texts, and some are maps", each.name), "", Some(help));
        }
        Some(first.keys().filter(|key| maps.iter().all(|map| map.contains_key(*key))).map(|key| key.value.clone()).collect())
    }

    pub(super) fn define(&mut self, name: &At<String>, what: What, scope: &mut Scope) {
        let well_formed = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if !well_formed {
            let help = "a name begins with a-z and goes on with a-z, 0-9, `-` and `_`".to_owned();
            self.mistake(name.place, format!("`{name}` is no name"), "", Some(help));
        }
        if let Some(known) = scope.known.get(name.as_str()) {
            let (title, help) = match known.what {
                What::BuiltIn | What::Pages => (format!("`{name}` is a built-in variable"), "give this another name".to_owned()),
                _ if known.place.is_known() => (
                    format!("`{name}` is defined twice"),
                    format!("it is defined in line {} already: give this another name", known.place.line),
                ),
                _ => (format!("`{name}` is defined twice"), "it is the default name of the repository: give this another name".to_owned()),
            };
            self.mistake(name.place, title, "second of the same name", Some(help));
            self.used.insert(name.value.clone());
        }
        scope.known.insert(name.value.clone(), Known { what, place: name.place });
    }

    /// The step's saves, name and outcomes are there for later ones.
    pub(super) fn done(&mut self, step: &Step, scope: &mut Scope) {
        if let Some(name) = &step.name {
            self.define_step(name, scope);
        }
        let request = step.request();
        for name in request.into_iter().flat_map(|request| request.save.keys()) {
            self.define(name, What::Save(step.number), scope);
        }
        scope.earlier.push(Earlier {
            number: step.number,
            name: step.name.clone(),
            outcomes: request.into_iter().flat_map(|request| request.outcomes.keys()).map(|name| name.value.clone()).collect(),
            push: matches!(step.act, Act::Push(_)),
        });
    }

    fn define_step(&mut self, name: &At<String>, scope: &Scope) {
        let twice = scope.earlier.iter().filter_map(|step| step.name.as_ref()).find(|earlier| *earlier == name);
        if let Some(earlier) = twice {
            let help = format!("a step in line {} has this name: give this one another", earlier.place.line);
            self.mistake(name.place, format!("two steps are named `{name}`"), "second of the same name", Some(help));
        }
    }

    /// The last step so far that has an outcome of this name.
    pub(super) fn outcome(&mut self, name: At<String>, scope: &Scope) -> Option<When> {
        let found = scope.earlier.iter().rev().find(|step| step.outcomes.contains(&name.value)).map(|step| step.number);
        if found.is_none() {
            let known: Vec<&str> = scope.earlier.iter().flat_map(|step| &step.outcomes).map(String::as_str).collect();
            let help = match meant(&name, known.iter().copied()) {
                Some(told) => told,
                None if known.is_empty() => "no earlier step has `outcomes`".to_owned(),
                None => format!("earlier steps may lead to {}", listed(&known)),
            };
            self.mistake(name.place, format!("no earlier step has an outcome `{name}`"), "", Some(help));
        }
        found.map(|step| When { step, outcome: name })
    }

    /// The numbers of the steps that are named.
    pub(super) fn named(&mut self, names: &At<Many<At<String>>>, scope: &Scope) -> Vec<usize> {
        let at = |name: &At<String>| if name.place.is_known() { name.place } else { names.place };
        names.iter().filter_map(|name| self.step_named(&At::new(name.value.clone(), at(name)), scope)).collect()
    }

    pub(super) fn step_named(&mut self, name: &At<String>, scope: &Scope) -> Option<usize> {
        let named = |step: &&Earlier| step.name.as_ref().is_some_and(|own| own == name);
        let found = scope.earlier.iter().find(named).map(|step| step.number);
        if found.is_none() {
            let known: Vec<&str> = scope.earlier.iter().filter_map(|step| step.name.as_deref()).map(String::as_str).collect();
            let help = match meant(name, known.iter().copied()) {
                Some(told) => told,
                None if known.is_empty() => "give the earlier step a `name`".to_owned(),
                None => format!("earlier steps are named {}", listed(&known)),
            };
            self.mistake(name.place, format!("no earlier step is named `{name}`"), "", Some(help));
        }
        found
    }
}
