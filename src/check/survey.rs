//! One survey: what it knows at each point of its way.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::broadcast;

use super::greet::Greeting;
use super::options::{CheckError, Options};
use super::recorder::{Heard, Recorder};
use crate::clause::{AUTO, Profile};
use crate::client::Client;
use crate::clock::{self, Clock};
use crate::engine::{Env, Passing};
use crate::plan::{Facts, Item, Plan, Setting, glob, may_run, plan, probes};
use crate::scenario::{Each, Scenario, Suite};
use crate::seed;
use crate::text::meant_tail;

/// One survey as it goes on.
pub(super) struct Survey<'a> {
    pub(super) suite: &'a Suite,
    pub(super) client: &'a Client,
    pub(super) options: &'a Options,
    pub(super) setting: Setting,
    pub(super) began: Instant,
    pub(super) started: SystemTime,
    pub(super) greeting: Greeting,
    pub(super) facts: Facts,
    pub(super) profile: &'a Profile,
    pub(super) chosen: String,
    /// The probes' items with what was heard of them, in the order in which they ran.
    pub(super) probed: Vec<(Item, Heard)>,
    /// The probes that are under way.
    pub(super) probing: Vec<(Item, Arc<Recorder>)>,
    pub(super) plan: Plan,
    pub(super) recorders: Vec<Arc<Recorder>>,
    /// How long the target is waited for, as it happens.
    pub(super) waits: broadcast::Sender<Duration>,
    pub(super) cut: Option<String>,
    pub(super) left_behind: Vec<String>,
}

impl<'a> Survey<'a> {
    pub(super) fn begin(suite: &'a Suite, client: &'a Client, options: &'a Options) -> Result<Self, CheckError> {
        let setting = Setting {
            registry: options.base.to_string().trim_end_matches('/').to_owned(),
            host: options.base.authority().map(ToString::to_string).unwrap_or_default(),
            prefix: options.prefix.clone(),
            run: format!("r{}", seed::nonce(9)),
            seed: options.seed,
            repository: options.repository.clone(),
            login: options.login.clone(),
            only: options.only.clone(),
            images: Vec::new(),
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
            probing: Vec::new(),
            plan: Plan::default(),
            recorders: Vec::new(),
            waits: broadcast::Sender::new(16),
            cut: None,
            left_behind: Vec::new(),
        })
    }

    pub(super) fn env(&self, plan: &Plan) -> Env {
        Env {
            client: self.client.clone(),
            base: self.options.base.clone(),
            always: plan.always.clone(),
            realm: self.facts.realm.clone(),
            passing: self.options.embedded.clone().map_or(Passing::Waited, Passing::Moved),
        }
    }

    /// Makes the plan, and holds the probes to the profile that was chosen after they ran.
    pub(super) fn plan(&mut self) -> Result<(), CheckError> {
        let held = probes(self.suite, self.profile, &self.facts, &self.setting);
        for (item, _) in &mut self.probed {
            if let Some(again) = held.items.iter().find(|again| again.scenario == item.scenario) {
                // Its repositories stay those that it ran in: the other profile may name them otherwise.
                item.steps.clone_from(&again.steps);
            }
        }
        self.plan = plan(self.suite, self.profile, &self.facts, &self.setting);
        if self.plan.items.is_empty() {
            return Err(self.why_nothing());
        }
        self.recorders = self.plan.items.iter().map(|_| Arc::new(Recorder::telling(&self.waits))).collect();
        Ok(())
    }

    /// What is missing, where what was chosen comes to no item.
    fn why_nothing(&self) -> CheckError {
        let wanted = |id: &str| self.options.only.is_empty() || self.options.only.iter().any(|pattern| glob(pattern, id));
        let chosen: Vec<&Scenario> = self.suite.scenarios.values().filter(|scenario| wanted(&scenario.id)).collect();
        let profile = self.profile.name.clone();
        if !chosen.iter().any(|scenario| may_run(self.suite, self.profile, scenario)) {
            CheckError::NothingMayRun { profile }
        } else if self.setting.images.is_empty() && chosen.iter().all(|scenario| scenario.each.as_ref().is_some_and(Each::is_of_images)) {
            CheckError::NoImages
        } else {
            CheckError::NothingBinds { profile }
        }
    }
}

/// That there is no profile of this name, and which there are.
pub(crate) fn no_profile(suite: &Suite, name: &str) -> CheckError {
    let names: Vec<&str> = suite.catalogue.profiles.keys().map(String::as_str).chain([AUTO]).collect();
    let hint = Some(meant_tail(name, names.iter().copied())).filter(|hint| !hint.is_empty()).unwrap_or_else(|| ".".to_owned());
    CheckError::NoProfile { name: name.to_owned(), hint, all: names.join(", ") }
}
