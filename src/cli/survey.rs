//! `plimsoll survey` and `plimsoll check`: targets in, reports and an exit code out.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use super::access::read_password;
use super::args::RunArgs;
use super::choice::{Choice, choice, chosen, images};
use super::directory::report_directory;
use super::embedded::{self, Embedded, in_place_of_a_target};
use super::exit::{Ended, Exit};
use super::interrupt;
use super::output::Output;
use super::short_load::{Place, add_load};
use super::target::{self, TargetAddress};
use crate::check::{Bodies, CheckError, Interrupt, Named, Options, Progress, Refusal, check};
use crate::clause::Level;
use crate::client::Options as ClientOptions;
use crate::client::credentials::{Credentials, Secret};
use crate::clock::{self, Clock};
use crate::record::{Outcome, Record, write_atomically};
use crate::report::{Format, Style};

/// What tells the two commands apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Writes reports in any case.
    Survey,
    /// Writes reports only where asked for.
    Check,
}

/// How much later than the run its requests end: at the same moment, a request cut by us could be taken for a target that is silent.
const AFTER_THE_END: Duration = Duration::from_secs(6);

pub(super) fn run(args: &RunArgs, manner: Manner, output: &Output) -> Result<Exit, Ended> {
    let targets = args.targets.iter().map(|text| target::parse(text)).collect::<Result<Vec<_>, _>>();
    let targets = targets.map_err(|why| Ended::new(Exit::Usage, why))?;
    refuse_in_words(args, manner)?;
    // One thread drives all of a survey: with more, each answer would wake one only to wake another.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|why| Ended::new(Exit::Bug, format!("no runtime could be made: {why}")))?;
    let ended = runtime.block_on(begun(args, manner, output, &targets));
    // Somebody who interrupts does not wait for a read of standard input.
    runtime.shutdown_background();
    ended
}

async fn begun(args: &RunArgs, manner: Manner, output: &Output, targets: &[TargetAddress]) -> Result<Exit, Ended> {
    // First of all: until somebody listens, a signal ends the process without a word.
    let interrupt = interrupt::heard(*output);
    let interrupted = || Ended::new(Exit::NotJudged, "nothing was judged: interrupted");
    let chosen = choice(chosen(args.scenarios.as_deref(), &args.profile, output)?, &args.own, &args.only, output)?;
    let images = images(&args.image, &chosen)?;
    let password = if args.login.password_stdin {
        let read = tokio::task::spawn_blocking(read_password);
        let read = tokio::select! {
            biased;
            () = interrupt.asked(1) => return Err(interrupted()),
            read = read => read.map_err(|why| Ended::new(Exit::Bug, format!("standard input was not read: {why}")))?,
        };
        Some(read?)
    } else {
        None
    };
    if interrupt.times() > 0 {
        return Err(interrupted());
    }
    let run = Run { args, manner, output, chosen, images, password, interrupt };
    if targets.is_empty() {
        return run.embedded().await;
    }
    let mut exit = Exit::Conforms;
    for target in targets {
        if run.interrupt.times() > 0 {
            output.error(&format!("{} was not judged: interrupted", target.url()));
            exit = exit.and(Exit::NotJudged);
            continue;
        }
        exit = exit.and(run.target(target, targets.len() > 1).await.unwrap_or_else(|ended| {
            output.error(&ended.message);
            ended.exit
        }));
    }
    Ok(exit)
}

/// What the parser lets through and no run can be made of.
fn refuse_in_words(args: &RunArgs, manner: Manner) -> Result<(), Ended> {
    if manner == Manner::Check && (args.load || args.no_load) {
        return Err(Ended::new(Exit::Usage, "check loads nothing: --load and --no-load are for `survey`, and `plimsoll load` loads alone"));
    }
    args.login.refuse_in_words()?;
    if let Some(name) = &args.repository {
        target::repository_name(name)
            .map_err(|why| Ended::new(Exit::Usage, format!("--repository: `{name}` is no name of a repository: {why}")))?;
    }
    Ok(())
}

struct Run<'a> {
    args: &'a RunArgs,
    manner: Manner,
    output: &'a Output,
    chosen: Choice,
    images: Named,
    password: Option<Secret>,
    interrupt: Interrupt,
}

impl Run<'_> {
    async fn embedded(&self) -> Result<Exit, Ended> {
        let Embedded { running, login, clock, credentials } =
            embedded::start(self.chosen.suite.catalogue.profiles.get(&self.chosen.profile)).await?;
        let address = target::parse(&running.url()).map_err(|why| Ended::new(Exit::Bug, why))?;
        self.output.remark(&in_place_of_a_target("surveying", &address.url(), login));
        let exit = self.judge(&address, Some(credentials), Some(clock), false).await;
        running.stop().await;
        exit
    }

    async fn target(&self, target: &TargetAddress, several: bool) -> Result<Exit, Ended> {
        let credentials = tokio::select! {
            biased;
            () = self.interrupt.asked(1) => return Err(Ended::new(Exit::NotJudged, "nothing was judged: interrupted")),
            found = self.args.login.credentials(self.password.as_ref(), target) => found?,
        };
        self.judge(target, credentials, None, several).await
    }

    async fn judge(
        &self,
        target: &TargetAddress,
        credentials: Option<Credentials>,
        clock: Option<Clock>,
        several: bool,
    ) -> Result<Exit, Ended> {
        let directory = self.directory(target, clock.is_some(), several)?;
        let options = self.options(target, credentials.as_ref(), clock.clone());
        let client = self.args.connection.client(target, credentials, |options| ClientOptions {
            deadline: Some(clock::instant() + self.args.max_time + AFTER_THE_END),
            clock: clock.unwrap_or_default(),
            ..options
        })?;
        let progress = Line { output: self.output, directory: directory.as_deref(), state: Mutex::default(), bodies: Mutex::default() };
        let checked = check(&self.chosen.suite, &client, &options, &progress, &self.interrupt).await;
        progress.end();
        let mut record = checked.map_err(|why| self.withheld(&why).unwrap_or_else(|| refused(&why)))?;
        let place = Place { target, client: &client, options: &options };
        add_load(self.args, self.manner, &mut record, &self.chosen.suite, (&place, self.output, &self.interrupt)).await;
        let bodies = progress.bodies.into_inner().unwrap_or_default();
        self.tell(&record, &bodies, directory.as_deref())
    }

    /// A login that failed because --anonymous kept the credentials back.
    fn withheld(&self, why: &CheckError) -> Option<Ended> {
        let CheckError::Refused(Refusal::Login { url, .. }) = why else { return None };
        let told = || format!("{url} asks for a login, and --anonymous withheld the credentials: leave it out to log in");
        self.args.login.anonymous.then(|| Ended::new(Exit::NotJudged, told()))
    }

    fn options(&self, target: &TargetAddress, credentials: Option<&Credentials>, embedded: Option<Clock>) -> Options {
        let args = self.args;
        Options {
            base: target.base.clone(),
            prefix: target.prefix.clone().unwrap_or_else(|| "plimsoll".to_owned()),
            profile: self.chosen.profile.clone(),
            only: self.chosen.only.clone(),
            images: self.images.clone(),
            jobs: usize::from(args.jobs),
            max_time: args.max_time,
            seed: args.seed,
            repository: args.repository.clone(),
            overwrite_tags: args.overwrite_tags,
            // An identity token alone gets us in, but the scenarios about passwords have none to try.
            login: credentials.and_then(|login| Some((login.user.clone(), login.password.as_ref()?.expose().to_owned()))),
            keep_failed: args.keep_failed,
            leave: false,
            wait_expiry: args.wait_expiry,
            embedded,
            scenario_set: self.chosen.hash.clone(),
        }
    }

    fn directory(&self, target: &TargetAddress, embedded: bool, several: bool) -> Result<Option<PathBuf>, Ended> {
        let given = self.args.report_dir.as_deref();
        let wanted = given.is_some() || self.manner == Manner::Survey;
        wanted.then(|| report_directory(given, target, embedded, several)).transpose()
    }

    fn tell(&self, record: &Record, bodies: &Bodies, directory: Option<&Path>) -> Result<Exit, Ended> {
        let mut written = Vec::new();
        let bug = |why: crate::report::ReportError| Ended::new(Exit::Bug, why.to_string());
        let mut unwritten = None;
        let rendered = Style { fail_on: self.args.fail_on.level(), ..Style::default() };
        for (format, file) in Format::all().iter().filter_map(|format| Some((format, format.file?))) {
            let Some(path) = directory.map(|directory| directory.join(file)) else { continue };
            match write_atomically(&path, format.render(record, &rendered).map_err(bug)?) {
                Ok(()) => written.push(path),
                Err(why) => unwritten = Some(Ended::new(Exit::NotJudged, why.to_string())),
            }
        }
        for (path, bytes) in bodies.iter().filter_map(|(name, bytes)| Some((directory?.join(name), bytes))) {
            unwritten = write_atomically(&path, bytes).err().map(|why| Ended::new(Exit::NotJudged, why.to_string())).or(unwritten);
        }
        let style = Style { color: self.output.color, width: self.output.width, written, ..rendered };
        let quiet = self.output.quiet && record.summary().outcome(Level::May) == Outcome::Conforms;
        if let (false, Some(terminal)) = (quiet, Format::from_name("terminal")) {
            Output::print(&terminal.render(record, &style).map_err(bug)?);
        }
        let exit = exit_of(record, self.args.fail_on.level());
        match unwritten {
            Some(ended) => {
                self.output.error(&ended.message);
                Ok(exit.and(ended.exit))
            }
            None => Ok(exit),
        }
    }
}

fn exit_of(record: &Record, fail_on: Level) -> Exit {
    let corrupt = record.load.as_ref().is_some_and(|load| load.corrupt > 0);
    let figures = if corrupt { Exit::Fails } else { Exit::Conforms };
    figures.and(of_clauses(record, fail_on))
}

fn of_clauses(record: &Record, fail_on: Level) -> Exit {
    match record.summary().outcome(fail_on) {
        Outcome::Conforms => Exit::Conforms,
        Outcome::Fails => Exit::Fails,
        Outcome::Incomplete | Outcome::NothingJudged => Exit::NotJudged,
    }
}

fn refused(why: &CheckError) -> Ended {
    let exit = match why {
        CheckError::Refused(_) | CheckError::NoImage { .. } | CheckError::CutShort { .. } => Exit::NotJudged,
        CheckError::NoProfile { .. }
        | CheckError::NothingToRun { .. }
        | CheckError::NothingBinds { .. }
        | CheckError::NoImages
        | CheckError::NothingMayRun { .. }
        | CheckError::InUse { .. } => Exit::Usage,
    };
    Ended::new(exit, why.to_string())
}

/// A line of progress, and the record kept on the way.
struct Line<'a> {
    output: &'a Output,
    directory: Option<&'a Path>,
    /// Done and total.
    state: Mutex<(usize, usize)>,
    /// Told at the end.
    bodies: Mutex<Bodies>,
}

impl Line<'_> {
    fn end(&self) {
        self.output.progress_line("");
    }
}

impl Progress for Line<'_> {
    fn begin(&self, total: usize) {
        if let Ok(mut state) = self.state.lock() {
            *state = (0, total);
        }
    }

    fn waiting(&self, wait: Duration) {
        self.output.progress_line(&format!("the target limits the rate of requests: waiting {wait:?}"));
    }

    fn done(&self, name: &str) {
        if let Ok(mut state) = self.state.lock() {
            state.0 += 1;
            self.output.progress_line(&format!("{}/{} {name}", state.0, state.1));
        }
    }

    fn bodies(&self, told: &Bodies) {
        if let Ok(mut bodies) = self.bodies.lock() {
            bodies.clone_from(told);
        }
    }

    fn checkpoint(&self, record: &Record) {
        if let Some(directory) = self.directory {
            // What can't be written now is told at the end, when it is tried again.
            let _ = record.write_atomically(&directory.join("record.json"));
        }
    }
}
