//! A load joined to a survey of the same target: one record.

use super::types::Record;

impl Record {
    /// Takes over the load section of another record, and what its journeys judged: a clause that broke under load is broken.
    pub fn join_load(&mut self, mut load: Record) {
        let (causes, evidence) = (self.causes.len(), self.evidence.len());
        for cause in &mut load.causes {
            cause.evidence += evidence;
        }
        for expectation in load.rounds.iter_mut().flat_map(|round| &mut round.scenarios).flat_map(|scenario| &mut scenario.expectations) {
            expectation.cause = expectation.cause.map(|cause| cause + causes);
            expectation.evidence = expectation.evidence.map(|kept| kept + evidence);
        }
        for (id, judged) in load.clauses {
            match self.clauses.get_mut(&id) {
                Some(known) => {
                    known.verdict = known.verdict.max(judged.verdict);
                    judged.counts.into_iter().for_each(|(verdict, count)| *known.counts.entry(verdict).or_default() += count);
                }
                None => drop(self.clauses.insert(id, judged)),
            }
        }
        self.causes.append(&mut load.causes);
        self.evidence.append(&mut load.evidence);
        if let (Some(round), Some(other)) = (self.rounds.first_mut(), load.rounds.into_iter().next()) {
            round.scenarios.extend(other.scenarios);
        }
        self.exchanges += load.exchanges;
        self.wall_ms += load.wall_ms;
        self.left_behind.append(&mut load.left_behind);
        self.load = load.load;
    }
}
