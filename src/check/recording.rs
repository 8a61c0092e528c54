//! From a survey to its record.

use indexmap::IndexMap;

use super::assemble::Assembly;
use super::options::Bodies;
use super::run::millis;
use super::survey::Survey;
use crate::clock;
use crate::exchange::evidence;
use crate::plan::{Item, State, deciding_clause};
use crate::record::{FORMAT, Fact, FactState, Kind, Machine, Planned, ProfileUsed, Record, Round, Target, judged_clauses};

impl Survey<'_> {
    pub(super) fn record_so_far(&self, cut: &str) -> Record {
        self.assemble(Some(cut)).0
    }

    pub(super) fn record(&self) -> (Record, Bodies) {
        self.assemble(self.cut.as_deref())
    }

    fn assemble(&self, cut: Option<&str>) -> (Record, Bodies) {
        let clauses = self.planned_clauses();
        let known: IndexMap<String, String> =
            self.profile.deviations.iter().map(|deviation| (deviation.clause.value.to_string(), deviation.reason.value.clone())).collect();
        let mut assembly = Assembly::new(&clauses, &known, &self.plan.always, self.client.secrets(), cut);
        let mut scenarios: Vec<_> = self.probed.iter().map(|(item, heard)| assembly.item(item, heard)).collect();
        scenarios.extend(self.probing.iter().map(|(item, recorder)| recorder.look(|heard| assembly.item(item, heard))));
        let planned = self.plan.items.iter().zip(&self.recorders);
        scenarios.extend(planned.map(|(item, recorder)| recorder.look(|heard| assembly.item(item, heard))));
        scenarios.retain(|scenario| !scenario.expectations.is_empty());
        let (found, kept, bodies) = assembly.finish();
        let wall_ms = millis(clock::instant().saturating_duration_since(self.began));
        let record = Record {
            format: FORMAT.to_owned(),
            kind: Kind::Survey,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario_set: self.options.scenario_set.clone(),
            target: self.target(),
            profile: ProfileUsed::of(self.profile, &self.chosen),
            facts: self.facts_found(),
            only: self.options.only.clone(),
            keep_failed: self.options.keep_failed,
            seed: self.options.seed,
            run: self.setting.run.clone(),
            machine: Machine::here(),
            started: clock::rfc3339(self.started),
            wall_ms,
            exchanges: self.client.exchanges(),
            cut_short: cut.map(str::to_owned),
            clauses: judged_clauses(clauses.clone(), &scenarios),
            rounds: vec![Round { wall_ms, exchanges: self.client.exchanges(), scenarios }],
            causes: found,
            evidence: kept,
            load: None,
            left_behind: self.left_behind.clone(),
        };
        (record, bodies)
    }

    /// What the plan judges, with level and source under the profile.
    fn planned_clauses(&self) -> IndexMap<String, Planned> {
        let probes = self.probed.iter().map(|(item, _)| item).chain(self.probing.iter().map(|(item, _)| item));
        let items = probes.chain(&self.plan.items);
        let expected = items.flat_map(Item::expectations).chain(self.plan.always.iter().flat_map(|always| &always.expect));
        let mut clauses = IndexMap::new();
        for expected in expected {
            let Some(binding) = &expected.binding else { continue };
            let says = || self.suite.catalogue.clauses.get(&expected.clause).map_or_else(String::new, |clause| clause.says.clone());
            clauses.entry(expected.clause.to_string()).or_insert_with(|| Planned {
                says: says(),
                level: binding.level,
                source: binding.source.clone(),
            });
        }
        clauses.sort_keys();
        clauses
    }

    fn target(&self) -> Target {
        Target {
            url: self.setting.registry.clone(),
            prefix: self.setting.repository.is_none().then(|| self.setting.prefix.clone()),
            repository: self.setting.repository.clone(),
            embedded: self.options.embedded.is_some(),
            server: self.greeting.server.clone(),
            api_version: self.greeting.api_version.clone(),
            login: self.greeting.login.to_owned(),
            credentials: self.options.login.is_some(),
        }
    }

    fn facts_found(&self) -> IndexMap<String, Fact> {
        let expected = |capability: &str| {
            let clause = deciding_clause(self.suite, capability);
            let level = clause.and_then(|clause| self.suite.catalogue.clauses.get(&clause)?.binding(self.profile)).map(|bound| bound.level);
            self.profile.expects(capability, level).to_string()
        };
        let from_driver = |name: &String| self.suite.catalogue.capabilities.get(name).is_some_and(|known| known.from_driver);
        let found = |fact: &crate::plan::Fact| match fact.state {
            State::Accepted => FactState::Accepted,
            State::Declined => FactState::Declined,
            State::Broken => FactState::Broken,
            State::Unknown => FactState::Unknown,
        };
        let facts = self.facts.capabilities.iter().map(|(capability, fact)| {
            let observed = self.client.secrets().redact(&evidence::printable(fact.observed.as_bytes()));
            let of_the_run = fact.of_the_run || from_driver(capability);
            (capability.clone(), Fact { state: found(fact), expected: expected(capability), observed, of_the_run })
        });
        facts.collect()
    }
}
