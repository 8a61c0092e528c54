//! The short load that a survey ends with.

use std::time::Duration;

use super::args::RunArgs;
use super::display::Display;
use super::output::Output;
use super::survey::Manner;
use super::target::TargetAddress;
use crate::check::{Interrupt, Options as CheckOptions};
use crate::client::Client;
use crate::load::drive::Overrides;
use crate::load::{Options, load, own};
use crate::record::{FactState, Record};
use crate::scenario::Suite;

/// What is run, and for how long.
const WORKLOAD: &str = "smoke";
const DURATION: Duration = Duration::from_secs(3);

/// Who is loaded, and as whom.
pub(super) struct Place<'a> {
    pub(super) target: &'a TargetAddress,
    pub(super) client: &'a Client,
    pub(super) options: &'a CheckOptions,
}

/// Adds a load section to a survey of a target on this machine, or where it is asked for.
pub(super) async fn add_load(
    args: &RunArgs,
    manner: Manner,
    record: &mut Record,
    suite: &Suite,
    (place, output, interrupt): (&Place<'_>, &Output, &Interrupt),
) {
    let Some(workload) = suite.workloads.get(WORKLOAD).filter(|_| is_wanted(args, manner, record, place) && !place.options.images.alone)
    else {
        return;
    };
    let Ok(thresholds) = own(suite, workload) else { return };
    let options = Options {
        base: place.target.base.clone(),
        prefix: place.options.prefix.clone(),
        profile: record.profile.name.clone(),
        seed: place.options.seed,
        login: place.options.login.clone(),
        embedded: place.options.embedded.is_some(),
        scenario_set: place.options.scenario_set.clone(),
        overrides: Overrides { duration: Some(DURATION), ..Overrides::default() },
        thresholds,
        find_capacity: None,
    };
    let display = Display::new(output);
    let client = place.client.afresh();
    let loaded = load(suite, workload, &client, &options, (&display, interrupt)).await;
    display.end();
    match loaded {
        Ok(load) => record.join_load(load),
        Err(why) => output.remark(&format!("the short load was not run: {why}")),
    }
}

fn is_wanted(args: &RunArgs, manner: Manner, record: &Record, place: &Place<'_>) -> bool {
    let pushes = record.facts.get("push").is_some_and(|fact| fact.state == FactState::Accepted);
    let whole = record.cut_short.is_none() && args.only.is_empty() && args.repository.is_none();
    manner == Manner::Survey && !args.no_load && (args.load || place.target.is_loopback()) && pushes && whole
}
