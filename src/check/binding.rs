//! Judgements held to the profile: the engine tells them as if every clause did bind.

use std::collections::HashSet;

use super::recorder::{Event, Heard};
use crate::clause::ClauseId;
use crate::engine::{Because, Judgement};
use crate::plan::{Item, Step};

/// What binds in one item.
pub(super) struct Binds<'a> {
    pub(super) item: &'a Item,
    pub(super) heard: &'a Heard,
    /// The clauses that bind.
    pub(super) clauses: HashSet<&'a ClauseId>,
}

impl Binds<'_> {
    /// The event as it is under the profile: what was stopped by something that the profile does not ask for was not stopped by a failure.
    pub(super) fn bind(&self, event: &Event) -> Event {
        let judgement = self.judgement(&event.judgement);
        Event { step: event.step.clone(), expected: event.expected, judgement, exchange: event.exchange.clone() }
    }

    fn judgement(&self, judgement: &Judgement) -> Judgement {
        match judgement {
            Judgement::Inconclusive { because: Some(Because::Clause { clause, otherwise }), .. } if !self.clauses.contains(clause) => {
                self.judgement(otherwise)
            }
            Judgement::Inconclusive { reason, because: Some(Because::Step(number)) } => match self.refused(*number) {
                Some(step) => {
                    let came = without_title(reason);
                    Judgement::Skipped(format!("it follows on \"{}\", which came to {came}: the profile asks nothing of that", step.title))
                }
                None => judgement.clone(),
            },
            other => other.clone(),
        }
    }

    /// A step that was answered otherwise than it expects, where the profile expects nothing of it.
    fn refused(&self, number: usize) -> Option<&Step> {
        let step = self.item.steps.iter().flat_map(Step::with_inner).find(|step| step.number == number).filter(|step| step.is_unbound())?;
        let answered = |event: &Event| match &event.judgement {
            Judgement::Pass | Judgement::Declined(_) => true,
            _ => event.exchange.as_ref().is_some_and(|exchange| exchange.response().is_some()),
        };
        let own = |event: &&Event| event.step.as_ref().is_some_and(|(number, _)| *number == step.number);
        self.heard.events.iter().filter(own).any(answered).then_some(step)
    }
}

/// `the step "push" did not work: status 404` without its beginning.
fn without_title(reason: &str) -> &str {
    reason.rsplit_once("\" did not work: ").map_or(reason, |(_, why)| why)
}
