//! Which clauses a suite judges, and where.

use super::{Request, Scenario, Step, Suite};
use crate::clause::{Clause, ClauseId};

/// One clause, and what judges it.
#[derive(Clone, Debug)]
pub struct Cover<'a> {
    /// The clause.
    pub clause: &'a Clause,
    /// How many expectations are keyed by it, those on every exchange among them.
    pub expectations: usize,
    /// The ids of the scenarios and probes that judge it, sorted.
    pub scenarios: Vec<&'a str>,
    /// Whether it is judged on every exchange that fits.
    pub always: bool,
}

impl Cover<'_> {
    /// Whether anything judges it.
    #[must_use]
    pub fn judged(&self) -> bool {
        self.expectations > 0
    }
}

impl Suite {
    /// Every clause of the catalogue, in its order, with what judges it.
    #[must_use]
    pub fn coverage(&self) -> Vec<Cover<'_>> {
        self.catalogue.clauses.values().map(|clause| self.cover(clause)).collect()
    }

    fn cover<'a>(&'a self, clause: &'a Clause) -> Cover<'a> {
        let counted =
            self.scenarios.values().chain(self.probes.values()).map(|scenario| (scenario.id.as_str(), times(scenario, &clause.id)));
        let counted: Vec<(&str, usize)> = counted.filter(|(_, n)| *n > 0).collect();
        let everywhere = self.always.iter().filter(|always| always.expect.keys().any(|key| key.value == clause.id)).count();
        Cover {
            clause,
            expectations: everywhere + counted.iter().map(|(_, n)| n).sum::<usize>(),
            scenarios: counted.into_iter().map(|(id, _)| id).collect(),
            always: everywhere > 0,
        }
    }
}

fn times(scenario: &Scenario, clause: &ClauseId) -> usize {
    let requests = scenario.all_steps().into_iter().filter_map(Step::request);
    requests.flat_map(Request::expectations).filter(|(_, key, _)| key.value == *clause).count()
}
