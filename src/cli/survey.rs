//! `plimsoll survey` and `plimsoll check`: targets in, reports and an exit code out.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use super::args::RunArgs;
use super::choice::{Choice, choice, chosen, images};
use super::embedded::{self, Embedded, in_place_of_a_target};
use super::exit::{Ended, Exit};
use super::interrupt;
use super::output::Output;
use super::short_load::{Place, add_load};
use super::target::{self, TargetAddress};
use crate::check::{Bodies, CheckError, Interrupt, Named, Options, Progress, Refusal, check};
use crate::clause::Level;
use crate::client::credentials::{Credentials, Environment, Given, Secret, resolve};
use crate::client::{Client, Options as ClientOptions};
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

/// The longest password that is read, in bytes.
const LONGEST_PASSWORD: u64 = 64 << 10;

pub(super) fn run(args: &RunArgs, manner: Manner, output: &Output) -> Result<Exit, Ended> {
    let targets = args.targets.iter().map(|text| target::parse(text)).collect::<Result<Vec<_>, _>>();
    let targets = targets.map_err(|why| Ended::new(Exit::Usage, why))?;
    refuse_in_words(args)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
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
    let password = if args.password_stdin {
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
fn refuse_in_words(args: &RunArgs) -> Result<(), Ended> {
    // The text may hold a password: it is not repeated.
    if args.user.as_ref().is_some_and(|user| user.contains(':')) {
        let why = "--user takes the name alone: give the password with --password-stdin or in PLIMSOLL_PASSWORD, since the process list shows options";
        return Err(Ended::new(Exit::Usage, why));
    }
    if let Some(name) = &args.repository {
        target::repository_name(name)
            .map_err(|why| Ended::new(Exit::Usage, format!("--repository: `{name}` is no name of a repository: {why}")))?;
    }
    Ok(())
}

/// One line of standard input, without its line end.
pub(super) fn read_password() -> Result<Secret, Ended> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(LONGEST_PASSWORD).read_to_string(&mut text);
    read.map_err(|why| Ended::new(Exit::Usage, format!("the password could not be read from standard input: {why}")))?;
    let password = text.strip_suffix('\n').unwrap_or(&text);
    let password = password.strip_suffix('\r').unwrap_or(password);
    if password.is_empty() {
        return Err(Ended::new(Exit::Usage, "--password-stdin was given, and standard input was empty"));
    }
    Ok(Secret::new(password))
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
        let credentials = if self.args.anonymous {
            None
        } else {
            let given = Given { user: self.args.user.clone(), password: self.password.clone() };
            let prefix = target.prefix.as_deref().unwrap_or_default();
            let environment = environment();
            let found = tokio::select! {
                biased;
                () = self.interrupt.asked(1) => return Err(Ended::new(Exit::NotJudged, "nothing was judged: interrupted")),
                found = resolve(given, &target.base, prefix, &environment) => found,
            };
            found.map_err(|why| Ended::new(Exit::Usage, why.to_string()))?
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
        let directory = self.report_directory(target, clock.is_some(), several)?;
        let options = self.options(target, credentials.as_ref(), clock.clone());
        let client = self.client(target, credentials.clone(), clock)?;
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
        self.args.anonymous.then(|| Ended::new(Exit::NotJudged, told()))
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
            wait_expiry: args.wait_expiry,
            embedded,
            scenario_set: self.chosen.hash.clone(),
        }
    }

    fn client(&self, target: &TargetAddress, credentials: Option<Credentials>, clock: Option<Clock>) -> Result<Client, Ended> {
        let options = ClientOptions {
            target: Some(target.base.clone()),
            credentials,
            ca_certs: self.args.ca_cert.clone(),
            connect_timeout: self.args.connect_timeout,
            request_timeout: self.args.timeout,
            deadline: Some(clock::instant() + self.args.max_time + AFTER_THE_END),
            clock: clock.unwrap_or_default(),
            ..ClientOptions::default()
        };
        Client::new(options).map_err(|why| Ended::new(Exit::BadInput, why.to_string()))
    }

    /// Where reports go, made before anything is sent: a survey whose report can't be written has judged nothing for anybody.
    fn report_directory(&self, target: &TargetAddress, embedded: bool, several: bool) -> Result<Option<PathBuf>, Ended> {
        let name = match &target.prefix {
            _ if embedded => "embedded".to_owned(),
            // Two places of one registry do not share a directory.
            Some(prefix) if several => file_name(&format!("{}/{prefix}", target.host())),
            _ => file_name(&target.host()),
        };
        let directory = match (&self.args.report_dir, self.manner) {
            (Some(directory), _) if several => directory.join(name),
            (Some(directory), _) => directory.clone(),
            (None, Manner::Check) => return Ok(None),
            (None, Manner::Survey) => {
                let time = clock::rfc3339(Clock::system().now()).replace([':', '-'], "");
                unused(&Path::new("reports/runs").join(name).join(time))
            }
        };
        std::fs::create_dir_all(&directory).map_err(|why| {
            Ended::new(Exit::NotJudged, format!("{} can't be made, so no report could be written: {why}", directory.display()))
        })?;
        Ok(Some(directory))
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
        CheckError::NoProfile { .. } | CheckError::NothingToRun { .. } | CheckError::NothingBinds { .. } | CheckError::InUse { .. } => {
            Exit::Usage
        }
    };
    Ended::new(exit, why.to_string())
}

/// The variables of this process whose names can be written at all.
fn environment() -> Environment {
    Environment::of(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))).collect())
}

/// The login for a target: given, of the environment, or of Docker's config.
pub(super) async fn credentials(
    user: Option<String>,
    password: Option<Secret>,
    target: &TargetAddress,
) -> Result<Option<Credentials>, Ended> {
    let prefix = target.prefix.as_deref().unwrap_or_default();
    let found = resolve(Given { user, password }, &target.base, prefix, &environment()).await;
    found.map_err(|why| Ended::new(Exit::Usage, why.to_string()))
}

/// Where the reports of a load go, made before anything is sent.
pub(super) fn report_directory(given: Option<&Path>, target: &TargetAddress, embedded: bool, several: bool) -> Result<PathBuf, Ended> {
    let name = if embedded { "embedded".to_owned() } else { file_name(&target.host()) };
    let directory = match given {
        Some(directory) if several => directory.join(name),
        Some(directory) => directory.to_owned(),
        None => {
            let time = clock::rfc3339(Clock::system().now()).replace([':', '-'], "");
            unused(&Path::new("reports/runs").join(name).join(time))
        }
    };
    std::fs::create_dir_all(&directory).map_err(|why| {
        Ended::new(Exit::NotJudged, format!("{} can't be made, so no report could be written: {why}", directory.display()))
    })?;
    Ok(directory)
}

/// `127.0.0.1:5000` → `127.0.0.1-5000`: safe as the name of a directory.
fn file_name(host: &str) -> String {
    host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

/// This path, or the first of `path-2`, `path-3`, … that is not there yet.
fn unused(path: &Path) -> PathBuf {
    let numbered = |n: u32| path.with_file_name(format!("{}-{n}", path.file_name().unwrap_or_default().to_string_lossy()));
    if !path.exists() {
        return path.to_owned();
    }
    (2..1000).map(numbered).find(|path| !path.exists()).unwrap_or_else(|| path.to_owned())
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
