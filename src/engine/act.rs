//! Sending one request of a step, with its pages, its redirects and what must be pulled before it can be judged.

use std::collections::HashMap;

use http::{HeaderValue, Method};

use super::call::build;
use super::judging::{Shown, Sight, judge, told};
use super::observer::{Because, Judgement, Observer};
use super::run::Env;
use super::session::Session;
use super::walk::Pages;
use crate::client::{Ask, Call, Identity};
use crate::exchange::Exchange;
use crate::judge::{Pull, Values, View, Walked};
use crate::plan::{Expected, Request, Step};

/// The last exchange of a step's request, and what it shows.
pub(super) struct Done<'p> {
    pub(super) exchange: Exchange,
    pub(super) shown: Shown<'p>,
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
    let mut exchange = send(&call, &identity, request.follow, env, observer).await;
    let mut walked: Option<Walked> = None;
    if let Some(walk) = &request.walk {
        let mut pages = Pages::default();
        while let Some(url) = pages.take(walk, &exchange) {
            let page = Sight { exchange: &exchange, pulled: &HashMap::new(), walked: None, session };
            tell_always(step, &page, &[], env, observer);
            exchange = send(&Call { url, ..call.clone() }, &identity, request.follow, env, observer).await;
        }
        walked = Some(pages.finish());
    }
    let pulled = pull(step, &exchange, session, env, observer).await;
    session.keep(step.name.as_deref(), &exchange);
    let sight = Sight { exchange: &exchange, pulled: &pulled, walked: walked.as_ref(), session };
    let shown = judge(step, &sight);
    Ok(Done { exchange, shown })
}

/// How many redirects of a GET or HEAD are followed.
const REDIRECTS: usize = 5;

async fn send<O: Observer>(call: &Call, identity: &Identity, follow: bool, env: &Env, observer: &O) -> Exchange {
    let ask = Ask { call: call.clone(), identity: identity.clone(), repository: None, redirects: if follow { REDIRECTS } else { 0 } };
    let asked = env.client.ask(ask).await;
    for before in &asked.before {
        observer.exchanged(before);
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
    for expected in step.expect.iter().chain(step.outcomes.iter().flat_map(|outcome| &outcome.expect)) {
        let mut answers = Vec::new();
        for wanted in expected.expectation.pulls(exchange) {
            let answer = match known.iter().find(|(pull, _)| *pull == wanted) {
                Some((_, answer)) => answer.clone(),
                None => fetch(&wanted, session, env, observer).await,
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

async fn fetch<O: Observer>(pull: &Pull, session: &Session<'_>, env: &Env, observer: &O) -> Exchange {
    let accept = session.content(&pull.datum).and_then(|content| HeaderValue::from_str(&content.media_type).ok());
    let headers = accept.map(|accept| (http::header::ACCEPT, accept)).into_iter().collect();
    let call = Call { headers, ..Call::new(Method::GET, pull.url.clone()) };
    send(&call, &Identity::Auto, true, env, observer).await
}

/// Judges an exchange by what holds for every exchange with the target itself: a token service or a storage host is not bound. Where
/// the step's own expectations fail, what `always` says of the status is no news: the step's clause is the cause.
pub(super) fn tell_always<O: Observer>(step: &Step, sight: &Sight<'_>, own: &[(&Expected, Judgement)], env: &Env, observer: &O) {
    let exchange = sight.exchange;
    if exchange.response().is_none() || exchange.request.url.authority() != env.base.authority() || is_token_service(exchange, env) {
        return;
    }
    if exchange.request.body.cut.is_some() {
        // The client hung up in the middle: what is still said to it, nobody is meant to read.
        return;
    }
    let cause = own.iter().find(|(expected, judgement)| matches!(judgement, Judgement::Fail(_)) && expected.binding.is_some());
    let view = View { exchange, values: sight.session, pulled: &[], walked: None };
    for always in env.always.iter().filter(|always| always.on.holds(&view)) {
        for expected in &always.expect {
            let judgement = match (told(expected.expectation.judge(&view)), cause) {
                (Judgement::Fail(_), Some((own, _))) if expected.expectation.status().is_some() => Judgement::Inconclusive {
                    reason: format!("{} fails by the same answer", own.clause),
                    because: Some(Because::Clause(own.clause.clone())),
                },
                (judgement, _) => judgement,
            };
            observer.judged(Some(step), expected, judgement, Some(exchange));
        }
    }
}

/// Whether the exchange was with the token service, which may live at the target's own address.
fn is_token_service(exchange: &Exchange, env: &Env) -> bool {
    let without_query = |url: &str| url.split('?').next().unwrap_or_default().to_owned();
    let url = without_query(&exchange.request.url.to_string());
    env.realm.as_deref().is_some_and(|realm| without_query(realm) == url)
}
