//! Judgements as an engine would tell them, and what is assembled of them.

use std::sync::Arc;

use http::{HeaderMap, Method};
use indexmap::IndexMap;

use crate::check::assemble::Assembly;
use crate::check::recorder::{Event, Heard};
use crate::engine::Judgement;
use crate::exchange::{BodySent, Exchange, Received, Request, Response, Secrets, Timings};
use crate::plan::{Expected, Item, Plan};
use crate::record::{Cause, Evidence, ScenarioResult};

/// A GET that was answered with this status.
pub(super) fn exchange(status: u16) -> Exchange {
    sent(Method::GET, "http://r/v2/", status)
}

/// A request of this method that was answered with this status.
pub(super) fn sent(method: Method, url: &str, status: u16) -> Exchange {
    let request = Request { method, url: url.parse().unwrap(), headers: HeaderMap::new(), body: BodySent::default() };
    let response = Response { status, headers: HeaderMap::new(), body: Received::default() };
    Exchange { request, answer: Ok(response), timings: Timings::default() }
}

/// The item's expectations of this clause.
pub(super) fn expected<'i>(item: &'i Item, clause: &str) -> Vec<&'i Expected> {
    item.expectations().into_iter().filter(|expected| expected.clause.as_str() == clause).collect()
}

/// One judgement of the first expectation of a clause, on an exchange with this status.
pub(super) fn event(item: &Item, clause: &str, judgement: Judgement, status: u16) -> Event {
    nth(item, clause, 0, judgement, status)
}

/// One judgement of the nth expectation of a clause.
pub(super) fn nth(item: &Item, clause: &str, n: usize, judgement: Judgement, status: u16) -> Event {
    let expected = expected(item, clause)[n];
    let steps = item.steps.iter().flat_map(crate::plan::Step::with_inner);
    let own = |step: &&crate::plan::Step| {
        step.expect.iter().chain(step.outcomes.iter().flat_map(|o| &o.expect)).any(|e| e.number == expected.number)
    };
    let step = steps.into_iter().find(own).map(|step| (step.number, step.title.as_str().into()));
    Event { step, expected: expected.number, judgement, exchange: Some(Arc::new(exchange(status))) }
}

/// What was heard of an item that ran to its end.
pub(super) fn heard(events: Vec<Event>) -> Heard {
    Heard { events, finished: true, ..Heard::default() }
}

/// Everything that an assembly gives.
pub(super) struct Assembled {
    pub(super) results: Vec<ScenarioResult>,
    pub(super) causes: Vec<Cause>,
    pub(super) evidence: Vec<Evidence>,
}

impl Assembled {
    /// Clause and verdict of every expectation.
    pub(super) fn verdicts(&self) -> Vec<String> {
        let all = self.results.iter().flat_map(|result| &result.expectations);
        all.map(|expectation| format!("{} {}", expectation.clause, expectation.verdict)).collect()
    }
}

/// Assembles a run of these items.
pub(super) fn assemble(plan: &Plan, heard: &[Heard], secrets: &Secrets, cut: Option<&str>) -> Assembled {
    let (says, known) = (IndexMap::new(), IndexMap::from([("a/three".to_owned(), "known of old".to_owned())]));
    let mut assembly = Assembly::new(&says, &known, &plan.always, secrets, cut);
    let results = plan.items.iter().zip(heard).map(|(item, heard)| assembly.item(item, heard)).collect();
    let (causes, evidence) = assembly.causes.finish();
    Assembled { results, causes, evidence }
}
