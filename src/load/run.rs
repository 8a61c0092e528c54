//! A load of one target: greet, prepare, drive, clean up, record.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::assemble::{Finished, record};
use super::clean::clean_up;
use super::drive::{Driven, LoadError, Order, Prepared, Watch, drive, prepare};
use super::line::search;
use super::options::Options;
use crate::check::{Greeting, Interrupt, Named, greet};
use crate::clause::{AUTO, Profile};
use crate::client::{Client, Origin};
use crate::clock::{self, Clock};
use crate::data::Set;
use crate::engine::journey::{Bound, Setup, compile};
use crate::plan::{Facts, Setting, plan};
use crate::record::{LoadLine, Record};
use crate::scenario::Suite;
use crate::scenario::workload::Workload;
use crate::seed::{self, Seed};

/// What clauses are judged by, where nothing else is asked for.
const PROFILE: &str = "oci-1.1";

/// The journeys that push the data set.
const PREPARE_IMAGE: &str = "prepare-image";
const PREPARE_INDEX: &str = "prepare-index";

/// The longest body that is read.
const BODY_CAP: u64 = 64 << 30;

/// A load that is about to run.
pub(super) struct Begun<'a> {
    pub(super) suite: &'a Suite,
    pub(super) workload: &'a Workload,
    pub(super) options: &'a Options,
    pub(super) client: &'a Client,
    pub(super) profile: &'a Profile,
    pub(super) order: Order,
    pub(super) run: String,
    pub(super) began: Instant,
    pub(super) started: SystemTime,
    pub(super) greeting: Greeting,
}

/// Runs a workload against one target.
///
/// # Errors
/// The target can't be loaded at all: nothing was measured, and what was prepared is cleaned up.
pub async fn load(
    suite: &Suite,
    workload: &Workload,
    client: &Client,
    options: &Options,
    (watch, interrupt): (&dyn Watch, &Interrupt),
) -> Result<Record, LoadError> {
    let began = begin(suite, workload, client, options).await?;
    let setup = Arc::new(setup(&began)?);
    let seed = Seed::new(options.seed);
    let prepared = match prepared(&began, &setup, (watch, interrupt)).await {
        Ok(prepared) => prepared,
        Err(why) => {
            clean_up(&began, &setup, &[], (watch, interrupt)).await;
            return Err(why);
        }
    };
    let found = driven(&began, &setup, &seed, (watch, interrupt)).await;
    let cleaning = clock::instant();
    let pushed = found.as_ref().map_or(&[][..], |(driven, ..)| &driven.pushed);
    let left_behind = clean_up(&began, &setup, pushed, (watch, interrupt)).await;
    let (driven, order, line) = found?;
    let began = Begun { order, ..began };
    Ok(record(&began, Finished { setup: &setup, prepared, driven, line, cleaned: cleaning.elapsed(), left_behind }))
}

/// What was measured, by which order; and the load line, where that was searched for.
async fn driven(
    begun: &Begun<'_>,
    setup: &Arc<Setup>,
    seed: &Seed,
    (watch, interrupt): (&dyn Watch, &Interrupt),
) -> Result<(Driven, Order, Option<LoadLine>), LoadError> {
    let Some(budget) = begun.options.find_capacity else {
        let driven = drive(setup, &begun.order, begun.client, seed, (watch, interrupt)).await?;
        return Ok((driven, begun.order.clone(), None));
    };
    let found = search(begun, setup, &begun.options.thresholds, budget, (watch, interrupt)).await?;
    Ok((found.driven, found.order, Some(found.line)))
}

async fn prepared(begun: &Begun<'_>, setup: &Setup, (watch, interrupt): (&dyn Watch, &Interrupt)) -> Result<Prepared, LoadError> {
    let scripts = setup.program.scripts.len();
    tokio::select! {
        prepared = prepare(setup, begun.client, (scripts - 2, scripts - 1), watch) => prepared,
        () = interrupt.asked(1) => Err(LoadError::Unprepared("it was interrupted".to_owned())),
    }
}

async fn begin<'a>(suite: &'a Suite, workload: &'a Workload, client: &'a Client, options: &'a Options) -> Result<Begun<'a>, LoadError> {
    let order = Order::new(workload, &options.overrides, options.seed)?;
    let name = if options.profile == AUTO { PROFILE } else { &options.profile };
    let profile = suite.catalogue.profiles.get(name).ok_or_else(|| LoadError::Broken(format!("there is no profile `{name}`")))?;
    let run = format!("r{}", seed::nonce(9));
    let (began, started) = (clock::instant(), Clock::system().now());
    let greeting = greet(client, &options.as_check(), &run).await?;
    if let Some(why) = greeting.stuck() {
        return Err(LoadError::Unprepared(why));
    }
    Ok(Begun { suite, workload, options, client, profile, order, run, began, started, greeting })
}

/// The content made, the journeys compiled.
fn setup(begun: &Begun<'_>) -> Result<Setup, LoadError> {
    let (suite, options) = (begun.suite, begun.options);
    let broken = LoadError::Broken;
    let names = begun.order.journeys.iter().map(|(name, _)| name.as_str()).chain([PREPARE_IMAGE, PREPARE_INDEX]);
    let journeys = names.map(|name| suite.journeys.get(name).ok_or_else(|| broken(format!("there is no journey `{name}`"))));
    let journeys = journeys.collect::<Result<Vec<_>, _>>()?;
    let always = plan(suite, begun.profile, &Facts::default(), &nothing_planned(begun)).always;
    let bound = Bound { catalogue: &suite.catalogue, profile: begun.profile, always: &always, base: &options.base };
    let program = compile(&journeys, bound).map_err(broken)?;
    let names: Vec<String> = (1..=begun.order.data.repositories).map(|n| repository(begun, n)).collect();
    // Tails that no other run has: deduplication of an earlier run's content would be measured instead.
    let own = begun.run.bytes().fold(0_u64, |own, byte| seed::mix(own, u64::from(byte)));
    let set = Set::new(&begun.order.data, &names, &Seed::new(options.seed), own);
    let most = begun.order.max_bytes;
    let (bytes, _) = set.bytes();
    if bytes > most {
        return Err(LoadError::TooMuch { workload: begun.workload.id.clone(), bytes, most });
    }
    let origin = Origin::of(&options.base).map_err(|failure| broken(failure.to_string()))?;
    Ok(Setup { program, set, base: options.base.clone(), origin, body_cap: BODY_CAP })
}

fn repository(begun: &Begun<'_>, n: usize) -> String {
    let slug = format!("load-{n}");
    let filled = begun.profile.repository.value.fill(|path| match path.join(".").as_str() {
        "prefix" => Some(begun.options.prefix.clone()),
        "run" => Some(begun.run.clone()),
        "slug" => Some(slug.clone()),
        _ => None,
    });
    filled.unwrap_or(slug)
}

/// A setting under which no scenario is planned: what is judged on every exchange is planned all the same.
fn nothing_planned(begun: &Begun<'_>) -> Setting {
    Setting {
        registry: begun.options.base.to_string().trim_end_matches('/').to_owned(),
        host: begun.options.base.authority().map(ToString::to_string).unwrap_or_default(),
        prefix: begun.options.prefix.clone(),
        run: begun.run.clone(),
        seed: begun.options.seed,
        repository: None,
        login: None,
        only: vec![String::new()],
        images: Vec::new(),
    }
}

impl Options {
    /// What a greeting asks for.
    fn as_check(&self) -> crate::check::Options {
        crate::check::Options {
            base: self.base.clone(),
            prefix: self.prefix.clone(),
            profile: self.profile.clone(),
            only: Vec::new(),
            images: Named::default(),
            jobs: 1,
            max_time: std::time::Duration::from_mins(10),
            seed: self.seed,
            repository: None,
            overwrite_tags: false,
            login: self.login.clone(),
            keep_failed: false,
            leave: false,
            wait_expiry: false,
            embedded: None,
            scenario_set: self.scenario_set.clone(),
        }
    }
}
