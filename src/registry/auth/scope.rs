//! Scopes: what is asked for, what is granted, and what a grant covers (docker-scope.md).

use serde::{Deserialize, Serialize};

use super::users::allows;
use crate::oci::RepositoryName;
use crate::registry::access::{Access, Action};
use crate::registry::config::Rights;

/// The most bytes that names and actions in one token take, so that it fits in a header. What is asked beyond is not granted.
const MAX_GRANTED: usize = 8 << 10;
/// As long as a repository's name may be.
const MAX_NAME: usize = 255;
const ACTIONS: [Action; 3] = [Action::Pull, Action::Push, Action::Delete];

/// Actions on one resource: an entry of a token's `access`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) actions: Vec<String>,
}

impl Grant {
    fn new(kind: &str, name: &str, actions: &[&str]) -> Self {
        Self { kind: kind.into(), name: name.into(), actions: actions.iter().map(|action| (*action).into()).collect() }
    }

    /// As a scope has it: `repository:NAME:pull,push`.
    pub(crate) fn to_scope(&self) -> String {
        format!("{}:{}:{}", self.kind, self.name, self.actions.join(","))
    }

    fn covers(&self, wanted: &Access) -> bool {
        let has = |action: &str| self.actions.iter().any(|one| one == action || one == "*");
        match wanted {
            Access::Base => true,
            Access::Catalog => self.kind == "registry" && self.name == "catalog" && has("*"),
            Access::Repository { name, action } => class(&self.kind) == "repository" && self.name == name.as_str() && has(action.name()),
        }
    }

    /// Roughly what it takes in a token.
    fn weight(&self) -> usize {
        64 + self.name.len()
    }
}

/// Whether a valid token with these grants may do `wanted`. For the base endpoint any will do.
pub(crate) fn covers(grants: &[Grant], wanted: &Access) -> bool {
    *wanted == Access::Base || grants.iter().any(|grant| grant.covers(wanted))
}

/// The scope that `wanted` needs, one entry for each resource; `None` where any token will do.
pub(crate) fn needed(wanted: &[Access]) -> Option<String> {
    let mut grants = Vec::new();
    for access in wanted {
        match access {
            Access::Base => {}
            Access::Catalog => add(&mut grants, Grant::new("registry", "catalog", &["*"])),
            Access::Repository { name, action } => add(&mut grants, Grant::new("repository", name.as_str(), &[action.name()])),
        }
    }
    (!grants.is_empty()).then(|| list(&grants))
}

/// Grants as a list of scopes.
pub(crate) fn list(grants: &[Grant]) -> String {
    grants.iter().map(Grant::to_scope).collect::<Vec<_>>().join(" ")
}

/// Of what the scope lists ask for, what `rights` allow. Asking for more, or for what there is not, is no error.
pub(crate) fn grant<'a>(lists: impl Iterator<Item = &'a str>, rights: Rights) -> Vec<Grant> {
    let mut grants = Vec::new();
    let mut weight = 0;
    // A `+` is a space in some clients' queries, and stands in no scope.
    for scope in lists.flat_map(|list| list.split([' ', '+'])) {
        if let Some(granted) = one(scope, rights) {
            weight += granted.weight();
            if weight > MAX_GRANTED {
                break;
            }
            add(&mut grants, granted);
        }
    }
    grants
}

/// Grants one scope. A resource's name may have a colon, so the scope is read from both ends.
fn one(scope: &str, rights: Rights) -> Option<Grant> {
    let (kind, rest) = scope.split_once(':')?;
    let (name, actions) = rest.rsplit_once(':')?;
    let asked = |action: &str| actions.split(',').any(|one| one == action || one == "*");
    match class(kind) {
        "registry" => (name == "catalog" && asked("*") && allows(rights, &Access::Catalog)).then(|| Grant::new("registry", name, &["*"])),
        "repository" if name.len() <= MAX_NAME => {
            let name: RepositoryName = name.parse().ok()?;
            let may = |action: &Action| asked(action.name()) && allows(rights, &Access::Repository { name: name.clone(), action: *action });
            let actions: Vec<&str> = ACTIONS.into_iter().filter(may).map(Action::name).collect();
            (!actions.is_empty()).then(|| Grant::new("repository", name.as_str(), &actions))
        }
        _ => None,
    }
}

/// A resource's type without the class that old clients add: `repository(plugin)` is `repository`.
fn class(kind: &str) -> &str {
    kind.split_once('(').map_or(kind, |(plain, _)| plain)
}

/// Adds actions to the grant on the same resource, or the first one.
fn add(grants: &mut Vec<Grant>, grant: Grant) {
    match grants.iter_mut().find(|known| known.kind == grant.kind && known.name == grant.name) {
        None => grants.push(grant),
        Some(known) => grant.actions.into_iter().for_each(|action| {
            if !known.actions.contains(&action) {
                known.actions.push(action);
            }
        }),
    }
}
