//! Finding out what a target offers, and which profile that comes to.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::StreamExt;

use super::options::{CheckError, Interrupt, Progress};
use super::probe;
use super::recorder::{Heard, Recorder};
use super::run::run_one;
use super::survey::{Survey, no_profile};
use crate::clause::AUTO;
use crate::plan::{Fact, Fate, Item, State, probes};

/// What decides which of its formats a target takes images in. The probes of all else push theirs in one that it takes.
const FORMATS: [&str; 5] = ["pull", "push", "push-manifest", "oci-manifest", "docker-manifest"];

impl Survey<'_> {
    /// Runs the probes in waves: what needs nothing that is still unknown goes side by side.
    pub(super) async fn probe(&mut self, progress: &dyn Progress, interrupt: &Interrupt) {
        let mut plan = probes(self.suite, self.profile, &self.facts, &self.setting);
        let env = self.env(&plan);
        let mut waiting: Vec<usize> = (0..plan.items.len()).collect();
        while !waiting.is_empty() && self.cut.is_none() {
            let (ready, later): (Vec<usize>, Vec<usize>) = waiting.iter().partition(|index| self.is_ready(&plan.items[**index].scenario));
            if ready.is_empty() {
                break;
            }
            waiting = later;
            // What content is made of hangs on what is known by now.
            plan = probes(self.suite, self.profile, &self.facts, &self.setting);
            let mut wave = Vec::new();
            for index in ready {
                match self.beyond_reach(&plan.items[index]) {
                    Some((capability, fact)) => drop(self.facts.capabilities.insert(capability, fact)),
                    None => wave.push((index, Arc::new(Recorder::telling(&self.waits)))),
                }
            }
            self.probing = wave.iter().map(|(index, recorder)| (plan.items[*index].clone(), Arc::clone(recorder))).collect();
            let runs = wave.iter().map(|(index, recorder)| run_one(&plan.items[*index], &env, recorder));
            let all = futures_util::stream::iter(runs.collect::<Vec<_>>()).buffered(self.options.side_by_side()).collect::<Vec<()>>();
            self.cut = self.to_the_end(all, progress, interrupt).await.why();
            self.probing.clear();
            let heard: Vec<(usize, Heard)> = wave.iter().map(|(index, recorder)| (*index, recorder.heard())).collect();
            probe::note(self.suite, &plan, &heard, &mut self.facts);
            self.probed.extend(heard.into_iter().map(|(index, heard)| (plan.items[index].clone(), heard)));
        }
        if let Some(cut) = &self.cut {
            let open = self.suite.catalogue.capabilities.keys().filter(|name| !self.facts.capabilities.contains_key(*name));
            let open: Vec<String> = open.cloned().collect();
            for name in &open {
                self.facts.note(name, State::Unknown, cut);
            }
        }
    }

    /// What a probe would decide and why it need not be tried: something that it needs is not there, or with --repository there is no
    /// second repository for it.
    fn beyond_reach(&self, item: &Item) -> Option<(String, Fact)> {
        probe::beyond_reach(self.suite, &self.facts, &item.scenario).or_else(|| {
            let Fate::Skip(why) = &item.fate else { return None };
            let untried = Fact { state: State::Declined, observed: why.clone(), of_the_run: true };
            Some((probe::decided_by(self.suite, &item.scenario)?, untried))
        })
    }

    /// Whether all that a probe's capability needs is known, and in which format the target takes images.
    fn is_ready(&self, probe: &str) -> bool {
        let mut decided =
            self.suite.catalogue.capabilities.values().filter(|known| known.probe.as_ref().is_some_and(|id| id.as_str() == probe));
        let open = |name: &str| self.suite.catalogue.capabilities.contains_key(name) && !self.facts.capabilities.contains_key(name);
        let formats = FORMATS.into_iter().any(open);
        decided.all(|known| !known.needs.iter().any(|need| open(need.as_str())) && (!formats || FORMATS.contains(&known.id.as_str())))
    }

    pub(super) fn choose(&mut self) -> Result<(), CheckError> {
        if self.options.profile != AUTO {
            return Ok(());
        }
        let accepted: BTreeSet<String> = self.facts.accepted().map(str::to_owned).collect();
        // Where nothing fits, nothing worked: the newest released specification says what should have.
        let chosen = self.suite.catalogue.choose(&accepted);
        let (name, reason) = chosen
            .map_or(("oci-1.1", "no capability that any profile asks for works".to_owned()), |chosen| (chosen.profile, chosen.reason));
        self.profile = self.suite.catalogue.profiles.get(name).ok_or_else(|| no_profile(self.suite, name))?;
        self.chosen = reason;
        Ok(())
    }
}
