//! The walk through an item's steps.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use http::Uri;

use super::act::{Done, act, tell_always};
use super::call::fill;
use super::capture::capture;
use super::judging::TOO_MANY;
use super::judging::{Shown, Sight};
use super::observer::{Because, Judgement, Observer};
use super::session::{Session, StepState};
use crate::client::Client;
use crate::clock::{self, Clock};
use crate::exchange::{Exchange, Failure};
use crate::plan::{Act, Always, Item, Request, Step};
use crate::scenario::Period;
use crate::text::Template;

/// What every run of an item works with.
pub struct Env {
    /// Sends everything.
    pub client: Client,
    /// The target: scheme and authority.
    pub base: Uri,
    /// Judged on every exchange.
    pub always: Vec<Always>,
    /// The token service's address, where the target has one.
    pub realm: Option<String>,
    /// What `advance` does.
    pub passing: Passing,
}

/// How time is made to pass.
#[derive(Clone, Debug)]
pub enum Passing {
    /// The reference registry's clock is moved.
    Moved(Clock),
    /// It is waited for.
    Waited,
}

/// Runs an item from its first step to its last and tells the observer.
pub async fn run<O: Observer + Sync>(item: &Item, env: &Env, observer: &O) {
    let contents = match item.contents() {
        Ok(contents) => contents,
        Err(why) => {
            for expected in item.expectations() {
                observer.judged(None, expected, Judgement::Error(format!("its content could not be made: {why}")), None);
            }
            return;
        }
    };
    let mut session = Session::new(item, contents);
    run_steps(&item.steps, &mut session, env, observer).await;
}

type Walking<'f> = Pin<Box<dyn Future<Output = ()> + Send + 'f>>;

fn run_steps<'f, O: Observer + Sync>(steps: &'f [Step], session: &'f mut Session<'_>, env: &'f Env, observer: &'f O) -> Walking<'f> {
    Box::pin(async move {
        for step in steps {
            let state = match gate(step, session) {
                Err(Stop::Beside(why)) => StepState::Skipped(why),
                Err(Stop::Stuck { reason, root }) => {
                    let judgement = Judgement::Inconclusive { reason: reason.clone(), because: Some(Because::Step(root)) };
                    tell_all(step, &judgement, observer);
                    StepState::Failed { why: reason, root }
                }
                Ok(()) => run_step(step, session, env, observer).await,
            };
            // Steps inside one that did not run are named by later ones too.
            for inner in step.with_inner().into_iter().skip(1) {
                session.states.entry(inner.number).or_insert_with(|| (inner.title.clone(), state.clone()));
            }
            session.states.insert(step.number, (step.title.clone(), state));
        }
    })
}

/// Why a step is not run.
enum Stop {
    /// It does not apply: nothing is said of its expectations.
    Beside(String),
    /// What it depends on did not work.
    Stuck { reason: String, root: usize },
}

/// Whether a step may run: its outcome came, and what it depends on worked.
fn gate(step: &Step, session: &Session<'_>) -> Result<(), Stop> {
    if let Some(when) = &step.when {
        match session.outcomes.get(&when.step) {
            Some(came) if *came == when.outcome => {}
            Some(came) => return Err(Stop::Beside(format!("the outcome is {came}"))),
            None => passable(session.states.get(&when.step))?,
        }
    }
    step.depends.iter().try_for_each(|number| passable(session.states.get(number)))
}

fn passable(state: Option<&(String, StepState)>) -> Result<(), Stop> {
    match state {
        None | Some((_, StepState::Worked)) => Ok(()),
        Some((_, StepState::Skipped(why))) => Err(Stop::Beside(why.clone())),
        Some((title, StepState::Failed { why, root })) => Err(Stop::Stuck { reason: gate_reason(title, why), root: *root }),
    }
}

/// Where the cause was told before, telling it once is enough.
fn gate_reason(title: &str, why: &str) -> String {
    if why.starts_with("the step \"") { why.to_owned() } else { format!("the step \"{title}\" did not work: {why}") }
}

fn tell_all<O: Observer>(step: &Step, judgement: &Judgement, observer: &O) {
    for expected in step.expectations() {
        observer.judged(Some(step), expected, judgement.clone(), None);
    }
}

async fn run_step<O: Observer + Sync>(step: &Step, session: &mut Session<'_>, env: &Env, observer: &O) -> StepState {
    match &step.act {
        Act::Advance(by) => advance(step, by, session, env).await,
        Act::Together(branches) => {
            let runs = branches.iter().map(|steps| {
                let mut branch = session.clone();
                async move {
                    run_steps(steps, &mut branch, env, observer).await;
                    branch
                }
            });
            let gained = futures_util::future::join_all(runs.collect::<Vec<_>>()).await;
            for branch in gained {
                session.merge(branch);
            }
            together(step, session)
        }
        Act::Request(request) => request_each(step, request, session, env, observer).await,
    }
}

/// Steps side by side have worked if each of them has; else the first that has not is told.
fn together(step: &Step, session: &Session<'_>) -> StepState {
    let states = step.with_inner().into_iter().skip(1).filter_map(|inner| session.states.get(&inner.number));
    let mut failed = states.filter_map(|(title, state)| match state {
        StepState::Failed { why, root } => Some(StepState::Failed { why: gate_reason(title, why), root: *root }),
        _ => None,
    });
    failed.next().unwrap_or(StepState::Worked)
}

/// Lets time pass.
async fn advance(step: &Step, by: &Template, session: &Session<'_>, env: &Env) -> StepState {
    let period = fill(by, session).and_then(|text| text.parse::<Period>().map_err(|help| format!("`{text}` is no time: {help}")));
    match (period, &env.passing) {
        (Err(why), _) => return StepState::Failed { why, root: step.number },
        (Ok(Period(by)), Passing::Moved(clock)) => clock.advance(by),
        (Ok(Period(by)), Passing::Waited) => tokio::time::sleep(by).await,
    }
    StepState::Worked
}

async fn request_each<O: Observer + Sync>(step: &Step, request: &Request, session: &mut Session<'_>, env: &Env, observer: &O) -> StepState {
    let Some(values) = &step.each else {
        return request_until(step, request, session, env, observer).await;
    };
    let mut state = StepState::Worked;
    for value in values {
        session.set_each(value);
        let one = request_until(step, request, session, env, observer).await;
        if state == StepState::Worked {
            state = one;
        }
    }
    session.set_each(&[]);
    state
}

/// Sends until the expectations hold or the time is up; the last answer counts.
async fn request_until<O: Observer + Sync>(
    step: &Step,
    request: &Request,
    session: &mut Session<'_>,
    env: &Env,
    observer: &O,
) -> StepState {
    let end = step.until.map(|within| clock::instant() + within);
    let mut pause = Duration::from_millis(20);
    loop {
        let done = match act(step, request, session, env, observer).await {
            Ok(done) => done,
            Err(why) => {
                tell_all(step, &Judgement::Error(why.clone()), observer);
                return StepState::Failed { why, root: step.number };
            }
        };
        let time_left = end.is_some_and(|end| clock::instant() + pause < end);
        let settled = done.holds() || !time_left;
        let sight = Sight { exchange: &done.exchange, pulled: &HashMap::new(), walked: None, session };
        // A failure that another try may mend is not told, so it can't be a cause either.
        tell_always(step, &sight, if settled { &done.shown.results } else { &[] }, env, observer);
        if settled {
            return settle(step, &done, session, env, observer);
        }
        // Polling: what is asked for may come late by law (RFC 9110, section 15.3.3).
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}

/// Tells what an exchange shows and keeps what it gives.
fn settle<O: Observer>(step: &Step, done: &Done<'_>, session: &mut Session<'_>, env: &Env, observer: &O) -> StepState {
    let exchange = &done.exchange;
    let pages = done.pages.iter().map(|page| (&page.exchange, &page.results)).chain([(exchange, &done.shown.results)]);
    for (exchange, results) in pages {
        for (expected, judgement) in results {
            if matches!(judgement, Judgement::Fail(_)) {
                session.failed.insert(expected.clause.clone());
            }
            observer.judged(Some(step), expected, judgement.clone(), Some(exchange));
        }
    }
    let known = done.shown.outcome.is_some() || !matches!(exchange.answer, Err(Failure::Login(_)));
    let asked = known && exchange.status() != Some(TOO_MANY) && !done.shown.beside;
    if let Some(deciding) = step.capability.as_ref().filter(|_| asked) {
        observer.decided(&deciding.capability, done.shown.outcome, exchange);
    }
    session.outcomes.extend(done.shown.outcome.map(|outcome| (step.number, outcome.to_owned())));
    let state = state_after(step, &done.shown, exchange, session, env);
    if step.preparation && state != StepState::Worked {
        observer.unprepared(step, exchange);
    }
    state
}

fn state_after(step: &Step, shown: &Shown<'_>, exchange: &Exchange, session: &mut Session<'_>, env: &Env) -> StepState {
    let failed = |why: String| StepState::Failed { why, root: step.number };
    let mut state = if shown.worked { StepState::Worked } else { failed(crate::judge::observed(exchange)) };
    for (name, save) in &step.save {
        match capture(save, exchange, session) {
            Ok(value) => {
                if save.is_secret() {
                    env.client.secrets().add(&value);
                }
                session.saves.insert(name.clone(), value);
            }
            Err(_) if state != StepState::Worked => {}
            Err(why) => state = failed(why),
        }
    }
    state
}
