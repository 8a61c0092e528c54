//! What mutants and variants are held to.

use indexmap::IndexMap;

use crate::clause::{Capability, Catalogue, Document, Offer, Profile};
use crate::plan::deciding_clause;
use crate::registry::Ground;
use crate::scenario::Suite;
use crate::text::{At, Place};

/// The name of the profile under which a mutant is judged.
pub(super) const PROOF: &str = "proof";

/// The suite with a profile of that name in which every document binds and every capability is expected, so that a wrong refusal is a fail.
pub(super) fn with_everything(suite: &Suite, ground: Ground) -> Suite {
    let github = suite.catalogue.profiles.get("github-packages");
    let profile = match (ground, github) {
        (Ground::GithubPackages, Some(github)) => Profile { expects: strict(&suite.catalogue, github), ..github.clone() },
        _ => Profile {
            documents: documents(|document| document != Document::GithubPackages),
            expects: suite.catalogue.capabilities.values().map(|capability| expected(capability, Offer::Accepted)).collect(),
            ..template(suite)
        },
    };
    with(suite, profile)
}

/// The suite with a profile of that name that binds as the profiles `names` do together, and expects what any of them expects.
pub(super) fn with_together(suite: &Suite, names: &[&str]) -> Suite {
    let together: Vec<&Profile> = names.iter().filter_map(|name| suite.catalogue.profiles.get(*name)).collect();
    let expects = suite.catalogue.capabilities.values().map(|capability| {
        let offers = together.iter().map(|profile| expects(suite, profile, capability));
        let accepted = offers.into_iter().any(|offer| offer == Offer::Accepted);
        expected(capability, if accepted { Offer::Accepted } else { Offer::Either })
    });
    let expects = expects.collect();
    let documents = documents(|document| together.iter().any(|profile| profile.documents.contains(&document)));
    with(suite, Profile { documents, expects, ..template(suite) })
}

fn expects(suite: &Suite, profile: &Profile, capability: &Capability) -> Offer {
    let clause = deciding_clause(suite, &capability.id).and_then(|clause| suite.catalogue.clauses.get(&clause));
    let level = clause.and_then(|clause| clause.binding(profile)).map(|bound| bound.level);
    profile.expects(&capability.id, level)
}

fn strict(catalogue: &Catalogue, profile: &Profile) -> IndexMap<At<String>, Offer> {
    let offer = |capability: &Capability| match profile.expects.get(capability.id.as_str()) {
        Some(Offer::Declined) => Offer::Declined,
        _ => Offer::Accepted,
    };
    catalogue.capabilities.values().map(|capability| expected(capability, offer(capability))).collect()
}

fn expected(capability: &Capability, offer: Offer) -> (At<String>, Offer) {
    (At::new(capability.id.clone(), Place::default()), offer)
}

fn documents(bind: impl Fn(Document) -> bool) -> Vec<Document> {
    Document::ALL.into_iter().filter(|document| bind(*document)).collect()
}

/// Any profile, for how it names repositories.
fn template(suite: &Suite) -> Profile {
    let any = suite.catalogue.profiles.values().next().cloned();
    any.unwrap_or_else(|| unreachable!("a catalogue without profiles is refused"))
}

fn with(suite: &Suite, profile: Profile) -> Suite {
    let mut suite = suite.clone();
    let profile =
        Profile { name: PROOF.into(), title: "All that binds, all that can be offered".into(), deviations: Vec::new(), ..profile };
    suite.catalogue.profiles.insert(PROOF.into(), profile);
    suite
}
