//! The driver: greet, probe, choose the profile, plan, run, clean up, record.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use futures_util::StreamExt;
use indexmap::IndexMap;

use super::assemble::Assembly;
use super::cleanup::clean_up;
use super::greet::{Greeting, greet};
use super::options::{CheckError, Options, Progress};
use super::probe;
use super::recorder::{Heard, Recorder};
use crate::clause::{AUTO, Profile};
use crate::client::Client;
use crate::clock::{self, Clock};
use crate::engine::{Env, Passing, run as run_item};
use crate::exchange::evidence;
use crate::plan::{Facts, Fate, Item, Plan, Setting, State, deciding_clause, glob, plan, probes};
use crate::record::{FORMAT, Fact, FactState, Kind, Machine, Planned, ProfileUsed, Record, Round, Target, judged_clauses};
use crate::scenario::Suite;
use crate::seed;
use crate::text::did_you_mean;

/// How often the record so far is kept.
const CHECKPOINT: Duration = Duration::from_secs(5);

/// What ends a run before its plan does.
pub type Interrupt<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Surveys one target.
///
/// # Errors
/// The target can't be judged at all, or there is no such profile.
pub async fn check(
    suite: &Suite,
    client: &Client,
    options: &Options,
    progress: &dyn Progress,
    mut interrupt: Interrupt<'_>,
) -> Result<Record, CheckError> {
    let mut survey = Survey::begin(suite, client, options)?;
    survey.greeting = greet(client, options, &survey.setting.run).await?;
    survey.facts = survey.greeting.facts.clone();
    survey.probe(&mut interrupt).await;
    if let Err(why) = survey.choose().and_then(|()| survey.plan()) {
        survey.clean_up().await;
        return Err(why);
    }
    if survey.cut.is_none() {
        survey.run(progress, &mut interrupt).await;
    }
    survey.clean_up().await;
    Ok(survey.record())
}

/// One survey as it goes on.
struct Survey<'a> {
    suite: &'a Suite,
    client: &'a Client,
    options: &'a Options,
    setting: Setting,
    began: Instant,
    started: SystemTime,
    greeting: Greeting,
    facts: Facts,
    profile: &'a Profile,
    chosen: String,
    /// The probes' items with what was heard of them, in the order in which they ran.
    probed: Vec<(Item, Heard)>,
    plan: Plan,
    recorders: Vec<Arc<Recorder>>,
    cut: Option<String>,
    left_behind: Vec<String>,
}

impl<'a> Survey<'a> {
    fn begin(suite: &'a Suite, client: &'a Client, options: &'a Options) -> Result<Self, CheckError> {
        let setting = Setting {
            registry: options.base.to_string().trim_end_matches('/').to_owned(),
            host: options.base.authority().map(ToString::to_string).unwrap_or_default(),
            prefix: options.prefix.clone(),
            run: format!("r{}", seed::nonce(9)),
            seed: options.seed,
            repository: options.repository.clone(),
            login: options.login.clone(),
            only: options.only.clone(),
        };
        if !options.only.is_empty() && !suite.scenarios.keys().any(|id| options.only.iter().any(|pattern| glob(pattern, id))) {
            let patterns = options.only.iter().map(|only| format!("`{only}`")).collect::<Vec<_>>().join(", ");
            return Err(CheckError::NothingToRun { patterns });
        }
        // Under `auto` the probes run before there is a profile: any will do, since they are judged by the one chosen.
        let profile =
            if options.profile == AUTO { suite.catalogue.profiles.values().next() } else { suite.catalogue.profiles.get(&options.profile) };
        let profile = profile.ok_or_else(|| no_profile(suite, &options.profile))?;
        Ok(Self {
            suite,
            client,
            options,
            setting,
            began: clock::instant(),
            started: Clock::system().now(),
            greeting: Greeting::default(),
            facts: Facts::default(),
            profile,
            chosen: "asked for with --profile".to_owned(),
            probed: Vec::new(),
            plan: Plan::default(),
            recorders: Vec::new(),
            cut: None,
            left_behind: Vec::new(),
        })
    }

    fn env(&self, plan: &Plan) -> Env {
        Env {
            client: self.client.clone(),
            base: self.options.base.clone(),
            always: plan.always.clone(),
            realm: self.facts.realm.clone(),
            passing: self.options.embedded.clone().map_or(Passing::Waited, Passing::Moved),
        }
    }

    /// Runs the probes in waves: what needs nothing that is still unknown goes side by side.
    async fn probe(&mut self, interrupt: &mut Interrupt<'_>) {
        let plan = probes(self.suite, self.profile, &self.facts, &self.setting);
        let env = self.env(&plan);
        let mut waiting: Vec<usize> = (0..plan.items.len()).collect();
        while !waiting.is_empty() && self.cut.is_none() {
            let (ready, later): (Vec<usize>, Vec<usize>) = waiting.iter().partition(|index| self.is_ready(&plan.items[**index].scenario));
            if ready.is_empty() {
                break;
            }
            waiting = later;
            let mut wave = Vec::new();
            for index in ready {
                match self.beyond_reach(&plan.items[index]) {
                    Some((capability, state, why)) => self.facts.note(&capability, state, why),
                    None => wave.push((index, Recorder::default())),
                }
            }
            self.cut = {
                let runs = wave.iter().map(|(index, recorder)| run_one(&plan.items[*index], &env, recorder));
                let all = futures_util::stream::iter(runs.collect::<Vec<_>>()).buffered(self.options.jobs).collect::<Vec<()>>();
                tokio::select! {
                    biased;
                    why = self.cut_off(interrupt) => Some(why),
                    _ = all => None,
                }
            };
            let heard: Vec<(usize, Heard)> = wave.iter().map(|(index, recorder)| (*index, recorder.heard())).collect();
            probe::note(self.suite, &plan, &heard, &mut self.facts);
            self.probed.extend(heard.into_iter().map(|(index, heard)| (plan.items[index].clone(), heard)));
        }
    }

    /// Ends when the run has to, with the reason.
    async fn cut_off(&self, interrupt: &mut Interrupt<'_>) -> String {
        let max_time = self.options.max_time;
        tokio::select! {
            biased;
            () = interrupt => "it was interrupted".to_owned(),
            () = tokio::time::sleep_until((self.began + max_time).into()) => format!("--max-time ({max_time:?}) was up"),
        }
    }

    /// What a probe would decide and why it need not be tried: something that it needs is not there, or with --repository there is no
    /// second repository for it.
    fn beyond_reach(&self, item: &Item) -> Option<(String, State, String)> {
        probe::beyond_reach(self.suite, &self.facts, &item.scenario).or_else(|| {
            let Fate::Skip(why) = &item.fate else { return None };
            Some((probe::decided_by(self.suite, &item.scenario)?, State::Declined, why.clone()))
        })
    }

    /// Whether all that a probe's capability needs is known.
    fn is_ready(&self, probe: &str) -> bool {
        let mut decided =
            self.suite.catalogue.capabilities.values().filter(|known| known.probe.as_ref().is_some_and(|id| id.as_str() == probe));
        decided.all(|known| known.needs.iter().all(|need| self.facts.capabilities.contains_key(need.as_str())))
    }

    fn choose(&mut self) -> Result<(), CheckError> {
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

    /// Makes the plan, and holds the probes to the profile that was chosen after they ran.
    fn plan(&mut self) -> Result<(), CheckError> {
        let held = probes(self.suite, self.profile, &self.facts, &self.setting);
        for (item, _) in &mut self.probed {
            if let Some(again) = held.items.iter().find(|again| again.scenario == item.scenario) {
                // Its repositories stay those that it ran in: the other profile may name them otherwise.
                item.steps.clone_from(&again.steps);
            }
        }
        self.plan = plan(self.suite, self.profile, &self.facts, &self.setting);
        if self.plan.items.is_empty() {
            return Err(CheckError::NothingBinds { profile: self.profile.name.clone() });
        }
        self.recorders = self.plan.items.iter().map(|_| Arc::default()).collect();
        Ok(())
    }

    /// Runs every item: side by side first, then those that want to be alone.
    async fn run(&mut self, progress: &dyn Progress, interrupt: &mut Interrupt<'_>) {
        let runs: Vec<usize> = (0..self.plan.items.len()).filter(|index| self.plan.items[*index].fate == Fate::Run).collect();
        progress.begin(runs.len());
        let env = self.env(&self.plan);
        let (alone, together): (Vec<usize>, Vec<usize>) = runs.into_iter().partition(|index| self.plan.items[*index].alone);
        let jobs = if self.options.repository.is_some() { 1 } else { self.options.jobs };
        let cut = {
            let mut cut_off = std::pin::pin!(self.cut_off(interrupt));
            let one = |index: usize| {
                let (item, recorder, env) = (&self.plan.items[index], &self.recorders[index], &env);
                async move {
                    run_one(item, env, recorder.as_ref()).await;
                    index
                }
            };
            let side_by_side = futures_util::stream::iter(together.into_iter().map(one)).buffer_unordered(jobs);
            let mut all = std::pin::pin!(side_by_side.chain(futures_util::stream::iter(alone.into_iter().map(one)).buffer_unordered(1)));
            let mut tick = tokio::time::interval_at((clock::instant() + CHECKPOINT).into(), CHECKPOINT);
            loop {
                tokio::select! {
                    biased;
                    why = &mut cut_off => break Some(why),
                    ended = all.next() => match ended {
                        Some(index) => progress.done(&self.plan.items[index].name()),
                        None => break None,
                    },
                    _ = tick.tick() => progress.checkpoint(&self.record_so_far("the run was still going on")),
                }
            }
        };
        self.cut = cut;
    }

    fn record_so_far(&self, cut: &str) -> Record {
        self.assemble(Some(cut))
    }

    async fn clean_up(&mut self) {
        let heard: Vec<Heard> = self.recorders.iter().map(|recorder| recorder.heard()).collect();
        let mut kept = BTreeSet::new();
        if self.options.keep_failed {
            let probes = self.probed.iter().map(|(item, heard)| (item, heard));
            for (item, heard) in probes.chain(self.plan.items.iter().zip(&heard)) {
                let failed = heard.events.iter().any(|event| matches!(event.judgement, crate::engine::Judgement::Fail(_)));
                kept.extend(item.repos.values().filter(|_| failed).cloned());
            }
        }
        // Somebody else's content may stand in a pinned repository: a delete by digest would take its tags along.
        kept.extend(self.options.repository.clone());
        let pushed = self.probed.iter().map(|(_, heard)| heard).chain(&heard).flat_map(|heard| heard.pushed.clone()).collect();
        self.left_behind = clean_up(self.client, &self.options.base, pushed, &kept, self.began + self.options.max_time).await;
    }

    fn record(&self) -> Record {
        self.assemble(self.cut.as_deref())
    }

    fn assemble(&self, cut: Option<&str>) -> Record {
        let clauses = self.planned_clauses();
        let known: IndexMap<String, String> =
            self.profile.deviations.iter().map(|deviation| (deviation.clause.value.to_string(), deviation.reason.clone())).collect();
        let mut assembly = Assembly::new(&clauses, &known, &self.plan.always, self.client.secrets(), cut);
        let mut scenarios: Vec<_> = self.probed.iter().map(|(item, heard)| assembly.item(item, heard)).collect();
        scenarios.extend(self.plan.items.iter().zip(&self.recorders).map(|(item, recorder)| assembly.item(item, &recorder.heard())));
        scenarios.retain(|scenario| !scenario.expectations.is_empty());
        let (found, kept) = assembly.causes.finish();
        let wall_ms = millis(self.began.elapsed());
        Record {
            format: FORMAT.to_owned(),
            kind: Kind::Survey,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario_set: self.options.scenario_set.clone(),
            target: self.target(),
            profile: self.profile_used(),
            facts: self.facts_found(),
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
            left_behind: self.left_behind.clone(),
        }
    }

    /// What the plan judges, with level and source under the profile.
    fn planned_clauses(&self) -> IndexMap<String, Planned> {
        let items = self.probed.iter().map(|(item, _)| item).chain(&self.plan.items);
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
            embedded: self.options.embedded.is_some(),
            server: self.greeting.server.clone(),
            api_version: self.greeting.api_version.clone(),
            login: self.greeting.login.to_owned(),
            credentials: self.options.login.is_some(),
        }
    }

    fn profile_used(&self) -> ProfileUsed {
        ProfileUsed {
            name: self.profile.name.clone(),
            title: self.profile.title.clone(),
            chosen: self.chosen.clone(),
            documents: self.profile.documents.iter().map(|document| document.title().to_owned()).collect(),
        }
    }

    fn facts_found(&self) -> IndexMap<String, Fact> {
        let expected = |capability: &str| {
            let clause = deciding_clause(self.suite, capability);
            let level = clause.and_then(|clause| self.suite.catalogue.clauses.get(&clause)?.binding(self.profile)).map(|bound| bound.level);
            self.profile.expects(capability, level).to_string()
        };
        let found = |fact: &crate::plan::Fact| match fact.state {
            State::Accepted => FactState::Accepted,
            State::Declined => FactState::Declined,
            State::Broken => FactState::Broken,
            State::Unknown => FactState::Unknown,
        };
        let facts = self.facts.capabilities.iter().map(|(capability, fact)| {
            let observed = self.client.secrets().redact(&evidence::printable(fact.observed.as_bytes()));
            (capability.clone(), Fact { state: found(fact), expected: expected(capability), observed })
        });
        facts.collect()
    }
}

async fn run_one(item: &Item, env: &Env, recorder: &Recorder) {
    let began = clock::instant();
    run_item(item, env, recorder).await;
    recorder.finish(millis(began.elapsed()));
}

fn no_profile(suite: &Suite, name: &str) -> CheckError {
    let names: Vec<&str> = suite.catalogue.profiles.keys().map(String::as_str).chain([AUTO]).collect();
    let hint = did_you_mean(name, names.iter().copied()).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
    CheckError::NoProfile { name: name.to_owned(), hint, all: names.join(", ") }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
