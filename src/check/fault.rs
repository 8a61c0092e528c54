//! What is wrong with how a target asks for a login: no client gets past it, so nothing else can be judged.

use std::sync::Arc;

use super::greet::Refusal;
use super::options::CheckError;
use super::recorder::{Event, Heard};
use super::survey::Survey;
use crate::client::Asked;
use crate::engine::Judgement;
use crate::exchange::{Exchange, challenges};
use crate::judge::Mismatch;
use crate::plan::{Fate, GREETING, Item, State, only};
use crate::record::Record;
use crate::scenario::read_scenario;
use crate::text::SourceFile;

/// A clause that the greeting showed to be broken.
#[derive(Debug)]
pub(super) struct Fault {
    clause: &'static str,
    mismatch: Mismatch,
    exchange: Exchange,
}

impl Fault {
    /// The clause and what came.
    pub(super) fn in_words(&self) -> String {
        format!("{}: {}", self.clause, self.mismatch)
    }
}

/// A 401 from which nobody can tell how to log in. A scheme that plimsoll does not know is no fault.
pub(super) fn of_challenge(asking: &Exchange) -> Option<Fault> {
    let fault =
        |clause, expected: &str, came: &str| Some(Fault { clause, mismatch: Mismatch::fail(expected, came), exchange: asking.clone() });
    let all = challenges(&asking.response()?.headers);
    let bearer = all.iter().find(|challenge| challenge.is("bearer"));
    let is_url = |realm: &str| realm.starts_with("http://") || realm.starts_with("https://");
    match bearer {
        None if all.is_empty() => {
            fault("auth/challenge", "a challenge in WWW-Authenticate", "status 401 without a challenge that can be read")
        }
        Some(bearer) if !all.iter().any(|other| other.is("basic")) => match bearer.param("realm") {
            None => fault("auth/bearer-realm", "the URL of a token service as the realm", "a Bearer challenge without a realm"),
            Some(realm) if !is_url(realm) => {
                fault("auth/bearer-realm", "the URL of a token service as the realm", "a realm that is no http or https URL")
            }
            Some(_) => None,
        },
        _ => None,
    }
}

/// A token service that answered well, and gave no token.
pub(super) fn of_token(asked: &Asked) -> Option<Fault> {
    let fetch = asked.before.last()?;
    let response = fetch.response().filter(|response| (200..300).contains(&response.status) && !response.body.truncated)?;
    let came = format!("status {} without either", response.status);
    Some(Fault {
        clause: "auth/token-field",
        mismatch: Mismatch::fail("token or access_token in the JSON of the answer", came),
        exchange: fetch.clone(),
    })
}

impl Survey<'_> {
    /// The record of a target that shuts everybody out: the fault, and that everything else hangs on it.
    ///
    /// # Errors
    /// A refusal in words, where this set of files has no such clause or the profile does not ask for it.
    pub(super) fn shut(mut self, fault: Fault) -> Result<Record, CheckError> {
        self.facts.note(GREETING, State::Broken, &fault.mismatch.came);
        self.choose()?;
        self.plan()?;
        let found = self.greeting_item(fault.clause);
        let Some((item, step, expected)) =
            found.and_then(|item| Some((item.clone(), item.steps.first()?.clone(), item.expectations().first()?.number)))
        else {
            let url = self.setting.registry.clone();
            return Err(Refusal::Login { url, why: fault.mismatch.to_string() }.into());
        };
        let clause = item.expectations().first().map(|expected| expected.clause.clone());
        for other in &mut self.plan.items {
            if let Fate::Inconclusive { because, .. } = &mut other.fate {
                because.clone_from(&clause);
            }
        }
        let exchange = Some(Arc::new(fault.exchange));
        let event = Event { step: Some((step.number, step.title.into())), expected, judgement: Judgement::Fail(fault.mismatch), exchange };
        self.probed.push((item, Heard { events: vec![event], exchanges: 1, finished: true, ..Heard::default() }));
        Ok(self.record().0)
    }

    fn greeting_item(&self, clause: &str) -> Option<Item> {
        let text = format!(
            "title: The first words with the registry\nsteps:\n  - title: be told how to log in\n    request: GET /v2/\n    expect:\n      {clause}: {{ status: 200 }}\n"
        );
        let file = SourceFile::new("the greeting", text);
        let scenario = read_scenario(&file, "probes/greeting", &self.suite.catalogue).ok()?;
        let mut item = only(self.suite, self.profile, &self.facts, &self.setting, &scenario)?;
        let expected = item.steps.first_mut()?.expect.first_mut()?;
        expected.binding.as_ref()?;
        // What is written here stands in no file that anybody could open.
        expected.position.clear();
        Some(Item { fate: Fate::Run, ..item })
    }
}
