//! `plimsoll load`: a workload against a target; a record, a report and an exit code out.

use std::path::{Path, PathBuf};

use super::access::read_password;
use super::choice::{Chosen, chosen};
use super::directory::report_directory;
use super::display::Display;
use super::embedded::{Apart, in_place_of_a_target};
use super::exit::{Ended, Exit};
use super::interrupt;
use super::load_args::LoadArgs;
use super::output::Output;
use super::suite::invalid;
use super::target::{self, TargetAddress};
use crate::clause::Level;
use crate::client::credentials::Credentials;
use crate::load::drive::{LoadError, Order, Overrides};
use crate::load::threshold::Threshold;
use crate::load::{Options, given, load, own};
use crate::record::{Outcome, Record, write_atomically};
use crate::report::{Format, Style};
use crate::scenario::Suite;
use crate::scenario::workload::Workload;
use crate::text::did_you_mean;

pub(super) fn run(args: &LoadArgs, output: &Output) -> Result<Exit, Ended> {
    let targets = args.targets.iter().map(|text| target::parse(text)).collect::<Result<Vec<_>, _>>();
    let targets = targets.map_err(|why| Ended::new(Exit::Usage, why))?;
    let Chosen { files, suite, profile } = chosen(args.scenarios.as_deref(), &args.profile, output)?;
    if suite.catalogue.profiles.get(&profile).is_some_and(|profile| profile.read_only) {
        let why = format!("the profile {profile} forbids to write, and a load pushes what it pulls: --profile NAME takes another");
        return Err(Ended::new(Exit::Usage, why));
    }
    let hash = files.hash();
    let workload = workload(&suite, &args.workload)?;
    let thresholds = thresholds(args, &suite, workload, output)?;
    args.login.refuse_in_words()?;
    let password = args.login.password_stdin.then(read_password).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.map_err(|why| Ended::new(Exit::Bug, format!("no runtime could be made: {why}")))?;
    let run = Run { args, output, suite: &suite, profile, hash, workload, thresholds };
    runtime.block_on(async {
        if targets.is_empty() {
            return run.embedded().await;
        }
        let mut exit = Exit::Conforms;
        for target in &targets {
            let one = match args.login.credentials(password.as_ref(), target).await {
                Ok(found) => run.target(target, found, false).await,
                Err(why) => Err(why),
            };
            exit = exit.and(one.unwrap_or_else(|ended| {
                output.error(&ended.message);
                ended.exit
            }));
        }
        Ok(exit)
    })
}

fn workload<'s>(suite: &'s Suite, name: &str) -> Result<&'s Workload, Ended> {
    suite.workloads.get(name).ok_or_else(|| {
        let names: Vec<&str> = suite.workloads.keys().map(String::as_str).collect();
        let hint = did_you_mean(name, names.iter().copied()).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        Ended::new(Exit::Usage, format!("there is no workload `{name}`{hint} (there are {})", names.join(", ")))
    })
}

/// The workload's thresholds and those of the command line, read before anything is sent.
fn thresholds(args: &LoadArgs, suite: &Suite, workload: &Workload, output: &Output) -> Result<Vec<Threshold>, Ended> {
    let mut all = own(suite, workload).map_err(|mistakes| invalid(&mistakes, output))?;
    all.extend(given(suite, workload, &args.slo).map_err(|why| Ended::new(Exit::Usage, format!("--slo: {why}")))?);
    if args.find_capacity && all.is_empty() {
        let why = "--find-capacity searches for the highest rate that keeps an objective: give one, such as --slo 'pull.p99 < 250ms'";
        return Err(Ended::new(Exit::Usage, why));
    }
    Ok(all)
}

struct Run<'a> {
    args: &'a LoadArgs,
    output: &'a Output,
    suite: &'a Suite,
    /// The profile's name.
    profile: String,
    hash: String,
    workload: &'a Workload,
    thresholds: Vec<Threshold>,
}

impl Run<'_> {
    async fn embedded(&self) -> Result<Exit, Ended> {
        let apart = Apart::start()?;
        let address = target::parse(&apart.url).map_err(|why| Ended::new(Exit::Bug, why))?;
        self.output.remark(&in_place_of_a_target("loading", &address.url(), apart.login));
        let exit = self.target(&address, Some(apart.credentials.clone()), true).await;
        apart.stop();
        exit
    }

    async fn target(&self, target: &TargetAddress, credentials: Option<Credentials>, embedded: bool) -> Result<Exit, Ended> {
        let options = self.options(target, credentials.as_ref(), embedded);
        let order = Order::new(self.workload, &options.overrides, options.seed).map_err(|why| refused(&why))?;
        self.ask(target, &order)?;
        let directory = report_directory(self.args.report_dir.as_deref(), target, embedded, self.args.targets.len() > 1)?;
        let client = self.args.connection.client(target, credentials, |options| options)?;
        let display = Display::new(self.output);
        let interrupt = interrupt::heard(*self.output);
        let loaded = load(self.suite, self.workload, &client, &options, (&display, &interrupt)).await;
        display.end();
        self.tell(&loaded.map_err(|why| refused(&why))?, &directory)
    }

    /// What is not this machine's own is not loaded without a word.
    fn ask(&self, target: &TargetAddress, order: &Order) -> Result<(), Ended> {
        if target.is_loopback() {
            return Ok(());
        }
        let limits = [
            (order.max_requests < u64::MAX).then(|| format!("at most {} requests", order.max_requests)),
            (order.max_bytes < u64::MAX).then(|| format!("at most {} bytes", order.max_bytes)),
        ];
        let limits: Vec<String> = limits.into_iter().flatten().collect();
        let limits = if limits.is_empty() { "no limit but the time (--max-requests, --max-bytes)".to_owned() } else { limits.join(", ") };
        let notice = format!(
            "{} is not on this machine. It will get the workload `{}`: {} for {:?}, {limits}.",
            target.url(),
            self.workload.id,
            order.model_in_words(),
            order.warm_up + order.window
        );
        self.output.remark(&notice);
        if self.args.yes {
            return Ok(());
        }
        Err(Ended::new(Exit::Usage, "a load of a registry elsewhere wants --yes; ask whoever runs it first"))
    }

    fn options(&self, target: &TargetAddress, credentials: Option<&Credentials>, embedded: bool) -> Options {
        let args = self.args;
        Options {
            base: target.base.clone(),
            prefix: target.prefix.clone().unwrap_or_else(|| "plimsoll".to_owned()),
            profile: self.profile.clone(),
            seed: args.seed,
            login: credentials.and_then(|login| Some((login.user.clone(), login.password.as_ref()?.expose().to_owned()))),
            embedded,
            scenario_set: self.hash.clone(),
            overrides: Overrides {
                rate: args.rate,
                workers: args.workers,
                duration: args.duration,
                threads: Some(self.threads(target)),
                max_requests: args.max_requests,
                max_bytes: args.max_bytes,
            },
            thresholds: self.thresholds.clone(),
            find_capacity: args.find_capacity.then_some(args.search_time),
        }
    }

    /// Half of the processors where the registry needs them too.
    fn threads(&self, target: &TargetAddress) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.args.threads.map_or(if target.is_loopback() { (cores / 2).max(1) } else { cores }, usize::from)
    }

    fn tell(&self, record: &Record, directory: &Path) -> Result<Exit, Ended> {
        let path = directory.join("record.json");
        let bug = |why: crate::report::ReportError| Ended::new(Exit::Bug, why.to_string());
        let mut unwritten = None;
        let mut written: Vec<PathBuf> = Vec::new();
        let json = Format::from_name("json").map(|json| json.render(record, &Style::default())).transpose().map_err(bug)?;
        match write_atomically(&path, json.unwrap_or_default()) {
            Ok(()) => written.push(path),
            Err(why) => unwritten = Some(Ended::new(Exit::NotJudged, why.to_string())),
        }
        let exit = exit_of(record);
        let style = Style { color: self.output.color, width: self.output.width, written, ..Style::default() };
        if let (false, Some(terminal)) = (self.output.quiet && exit == Exit::Conforms, Format::from_name("terminal")) {
            Output::print(&terminal.render(record, &style).map_err(bug)?);
        }
        match unwritten {
            Some(ended) => {
                self.output.error(&ended.message);
                Ok(exit.and(ended.exit))
            }
            None => Ok(exit),
        }
    }
}

/// 1 for a threshold missed, wrong bytes or a MUST broken; 4 where the driver was the limit, the run is partial, or nothing was measured.
pub(super) fn exit_of(record: &Record) -> Exit {
    let load = record.load.as_ref();
    let missed = load.is_some_and(|load| load.is_missed());
    let gaps = load.is_none_or(|load| !load.gaps().is_empty());
    let clauses = match record.summary().outcome(Level::Must) {
        Outcome::Fails => Exit::Fails,
        Outcome::Conforms => Exit::Conforms,
        Outcome::Incomplete | Outcome::NothingJudged => Exit::NotJudged,
    };
    let figures = if missed { Exit::Fails } else { Exit::Conforms };
    clauses.and(figures).and(if gaps { Exit::NotJudged } else { Exit::Conforms })
}

fn refused(why: &LoadError) -> Ended {
    let exit = match why {
        LoadError::Refused(_) | LoadError::Unprepared(_) => Exit::NotJudged,
        LoadError::TooMuch { .. } | LoadError::Schedule(_) => Exit::Usage,
        LoadError::Broken(_) => Exit::Bug,
    };
    Ended::new(exit, why.to_string())
}
