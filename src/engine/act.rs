//! Sending one request of a step, with its pages, its redirects and what must be pulled before it can be judged.

use std::collections::HashMap;

use http::{HeaderValue, Method};

use super::call::build;
use super::judging::{Shown, Sight, judge, judge_page, outcome_of, stopped_by, told};
use super::naming;
use super::observer::{Because, Judgement, Observer};
use super::run::Env;
use super::session::Session;
use super::walk::Pages;
use crate::clause::ClauseId;
use crate::client::{Ask, Call, Identity};
use crate::exchange::Exchange;
use crate::judge::{Pull, Values, View, Walked};
use crate::plan::{Expected, Request, Step};

/// The last exchange of a step's request, and what it shows.
pub(super) struct Done<'p> {
    pub(super) exchange: Exchange,
    pub(super) shown: Shown<'p>,
    /// Of a walk: the pages before the last on which something new did not hold.
    pub(super) pages: Vec<Page<'p>>,
}

/// A page, and what does not hold there.
pub(super) struct Page<'p> {
    pub(super) exchange: Exchange,
    pub(super) results: Vec<(&'p Expected, Judgement)>,
}

impl Done<'_> {
    /// Whether nothing that was judged differs from what was expected.
    pub(super) fn holds(&self) -> bool {
        self.pages.is_empty() && self.shown.holds()
    }
}

/// Sends a step's request once and judges what comes by its own expectations; what holds for every exchange is told of earlier pages alone.
///
/// # Errors
/// The request can't be built from what is known: a fault of the scenario or of the harness.
pub(super) async fn act<'p, O: Observer>(
    step: &'p Step,
    request: &Request,
    session: &mut Session<'_>,
    env: &Env,
    observer: &O,
) -> Result<Done<'p>, String> {
    let (call, identity) = build(request, session, &env.base)?;
    let mut exchange = send(step, (&call, &identity, request.follow), session, env, observer).await;
    let mut walked: Option<Walked> = None;
    let mut early = Vec::new();
    if let Some(walk) = &request.walk {
        let mut pages = Pages::default();
        while let Some(url) = pages.take(walk, &exchange) {
            let next = Call { url, ..call.clone() };
            let came = send(step, (&next, &identity, request.follow), session, env, observer).await;
            if !pages.came(&came) {
                let nothing = HashMap::new();
                tell_always(step, &Sight { exchange: &came, pulled: &nothing, walked: None, session }, &[], env, observer);
                break;
            }
            let page = std::mem::replace(&mut exchange, came);
            let sight = Sight { exchange: &page, pulled: &HashMap::new(), walked: None, session };
            let results = judge_page(step, &sight);
            tell_always(step, &sight, &results, env, observer);
            keep_new(&mut early, Page { exchange: page, results });
        }
        walked = Some(pages.finish());
    }
    let pulled = pull(step, &exchange, session, env, observer).await;
    session.keep(step.name.as_deref(), &exchange);
    let sight = Sight { exchange: &exchange, pulled: &pulled, walked: walked.as_ref(), session };
    let mut shown = judge(step, &sight, required_of_all(step, &sight, env));
    if shown.results.iter().any(|(_, judgement)| naming::is_held(step, &exchange, judgement))
        && let Some(why) = naming::refused((step, &identity), &exchange, session, env, observer).await
    {
        shown.withhold(step, &exchange, &why);
    }
    naming::note(session, &exchange);
    Ok(Done { exchange, shown, pages: early })
}

/// Keeps a page on which something does not hold that held on the pages before: a target decides how many pages there are.
fn keep_new<'p>(pages: &mut Vec<Page<'p>>, page: Page<'p>) {
    let known = |number: usize| pages.iter().flat_map(|page| &page.results).any(|(expected, _)| expected.number == number);
    if page.results.iter().any(|(expected, _)| !known(expected.number)) {
        pages.push(page);
    }
}

/// How many redirects of a GET or HEAD are followed.
const REDIRECTS: usize = 5;

/// Sends a request: who asks, and whether redirects are followed. What comes before the answer (challenges, redirects, an answer that
/// asks for patience) is judged by what holds for every exchange.
pub(super) async fn send<O: Observer>(
    step: &Step,
    (call, identity, follow): (&Call, &Identity, bool),
    session: &Session<'_>,
    env: &Env,
    observer: &O,
) -> Exchange {
    let ask = Ask { call: call.clone(), identity: identity.clone(), repository: None, redirects: if follow { REDIRECTS } else { 0 } };
    let asked = env.client.ask_patiently(ask, |wait| observer.waiting(wait)).await;
    for before in &asked.before {
        observer.exchanged(before);
        tell_always(step, &Sight { exchange: before, pulled: &HashMap::new(), walked: None, session }, &[], env, observer);
    }
    observer.exchanged(&asked.exchange);
    asked.exchange
}

/// What the `pullable` matchers of a step want fetched, by the number of their expectation.
async fn pull<O: Observer>(
    step: &Step,
    exchange: &Exchange,
    session: &Session<'_>,
    env: &Env,
    observer: &O,
) -> HashMap<usize, Vec<Exchange>> {
    let mut known: Vec<(Pull, Exchange)> = Vec::new();
    let mut pulled = HashMap::new();
    let outcome = outcome_of(step, exchange).into_iter().flat_map(|outcome| &outcome.expect);
    for expected in step.expect.iter().chain(outcome) {
        let mut answers = Vec::new();
        for wanted in expected.expectation.pulls(exchange) {
            let answer = match known.iter().find(|(pull, _)| *pull == wanted) {
                Some((_, answer)) => answer.clone(),
                None => fetch(step, &wanted, session, env, observer).await,
            };
            known.push((wanted, answer.clone()));
            answers.push(answer);
        }
        if !answers.is_empty() {
            pulled.insert(expected.number, answers);
        }
    }
    pulled
}

async fn fetch<O: Observer>(step: &Step, pull: &Pull, session: &Session<'_>, env: &Env, observer: &O) -> Exchange {
    let accept = session.content(&pull.datum).and_then(|content| HeaderValue::from_str(&content.media_type).ok());
    let headers = accept.map(|accept| (http::header::ACCEPT, accept)).into_iter().collect();
    let call = Call { headers, ..Call::new(Method::GET, pull.url.clone()) };
    let exchange = send(step, (&call, &Identity::Auto, true), session, env, observer).await;
    tell_always(step, &Sight { exchange: &exchange, pulled: &HashMap::new(), walked: None, session }, &[], env, observer);
    exchange
}

/// Judges an exchange by what holds for every exchange with the target itself: a token service or a storage host is not bound. Where
/// the step's own expectations fail, what `always` says of the status is no news: the step's clause is the cause.
pub(super) fn tell_always<O: Observer>(step: &Step, sight: &Sight<'_>, own: &[(&Expected, Judgement)], env: &Env, observer: &O) {
    let causes = || own.iter().filter(|(_, judgement)| matches!(judgement, Judgement::Fail(_)));
    let mut failed: Vec<&ClauseId> = Vec::new();
    for (expected, mut judgement) in of_all(sight, env, |_| true) {
        if matches!(judgement, Judgement::Fail(_)) && expected.expectation.status().is_some() {
            judgement = causes().fold(judgement, |came, (own, _)| Judgement::Inconclusive {
                reason: format!("{} fails by the same answer", own.clause),
                because: Some(Because::Clause { clause: own.clause.clone(), otherwise: Box::new(came) }),
            });
        }
        judgement = expected.requires.iter().filter(|clause| failed.contains(clause)).fold(judgement, stopped_by);
        if matches!(judgement, Judgement::Fail(_)) {
            failed.push(&expected.clause);
        }
        observer.judged(Some(step), expected, judgement, Some(sight.exchange));
    }
}

/// What an exchange shows of those statements about every exchange that are wanted.
fn of_all<'e>(sight: &Sight<'_>, env: &'e Env, wanted: impl Fn(&Expected) -> bool) -> Vec<(&'e Expected, Judgement)> {
    let exchange = sight.exchange;
    let elsewhere = || exchange.request.url.authority() != env.base.authority() || is_token_service(exchange, env);
    // Where the client hung up in the middle: what is still said to it, nobody is meant to read.
    if exchange.response().is_none() || exchange.request.body.cut.is_some() || elsewhere() {
        return Vec::new();
    }
    let view = View { exchange, values: sight.session, pulled: &[], walked: None };
    let held = env.always.iter().filter(|always| always.expect.iter().any(&wanted) && always.on.holds(&view));
    let expected = held.flat_map(|always| &always.expect).filter(|expected| wanted(expected));
    expected.map(|expected| (expected, told(expected.expectation.judge(&view)))).collect()
}

/// The clauses of every exchange that something of the step requires and that fail on this exchange.
fn required_of_all(step: &Step, sight: &Sight<'_>, env: &Env) -> Vec<ClauseId> {
    let own = || step.expect.iter().chain(step.outcomes.iter().flat_map(|outcome| &outcome.expect));
    let wanted = |always: &Expected| own().any(|expected| expected.requires.contains(&always.clause));
    let failed = of_all(sight, env, wanted).into_iter().filter(|(_, judgement)| matches!(judgement, Judgement::Fail(_)));
    failed.map(|(expected, _)| expected.clause.clone()).collect()
}

/// Whether the exchange was with the token service, which may live at the target's own address.
fn is_token_service(exchange: &Exchange, env: &Env) -> bool {
    let without_query = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
    env.realm.as_deref().is_some_and(|realm| without_query(realm) == without_query(&exchange.request.url.to_string()))
}
