//! From what the probes' runs showed to facts.

use super::recorder::Heard;
use crate::plan::{DECLINED, Fact, Facts, Plan, State, WITHHELD};
use crate::scenario::Suite;

/// Notes what became of each capability that was probed, or could not be.
pub(super) fn note(suite: &Suite, plan: &Plan, heard: &[(usize, Heard)], facts: &mut Facts) {
    for (index, heard) in heard {
        for decision in &heard.decisions {
            let state = match decision.outcome.as_deref() {
                Some(DECLINED | WITHHELD) => State::Declined,
                Some(_) => State::Accepted,
                None => State::Broken,
            };
            facts.note(&decision.capability, state, &decision.observed);
        }
        let scenario = &plan.items[*index].scenario;
        let undecided =
            suite.catalogue.capabilities.iter().filter(|(_, known)| known.probe.as_ref().is_some_and(|probe| probe.as_str() == scenario));
        for (capability, _) in undecided {
            if !facts.capabilities.contains_key(capability) {
                let why = heard.unprepared.as_ref().map_or("its probe did not come to it", |(_, why)| why.as_str());
                facts.note(capability, State::Unknown, why);
            }
        }
    }
}

/// The capability that a probe decides.
pub(super) fn decided_by(suite: &Suite, probe: &str) -> Option<String> {
    let mut known = suite.catalogue.capabilities.iter();
    known.find(|(_, known)| known.probe.as_ref().is_some_and(|id| id.as_str() == probe)).map(|(name, _)| name.clone())
}

/// What need not be tried, since something that it needs is not there.
pub(super) fn beyond_reach(suite: &Suite, facts: &Facts, probe: &str) -> Option<(String, Fact)> {
    let (capability, known) =
        suite.catalogue.capabilities.iter().find(|(_, known)| known.probe.as_ref().is_some_and(|id| id.as_str() == probe))?;
    let need = known.needs.iter().find(|need| !facts.has(need.as_str()))?;
    let state = if facts.state(need.as_str()) == State::Declined { State::Declined } else { State::Unknown };
    let of_the_run = suite.catalogue.capabilities.get(need.as_str()).is_some_and(|need| need.from_driver)
        || facts.capabilities.get(need.as_str()).is_some_and(|need| need.of_the_run);
    Some((capability.clone(), Fact { state, observed: format!("it needs {}", need.as_str()), of_the_run }))
}
