//! Mistakes of meaning in a request and in what is expected of its answer.

use super::reader::Reader;
use super::{Body, Expect, Request, Scenario, Step};
use crate::clause::ClauseId;
use crate::judge::{Expectation, Slice, StatusSet};
use crate::text::{At, Place, meant};

impl Reader<'_> {
    /// Notes what is wrong with a request.
    pub(super) fn lint_request(&mut self, request: &Request, scenario: &Scenario) {
        for (_, clause, _) in request.expectations() {
            self.lint_clause(clause);
        }
        self.lint_statuses(request);
        self.lint_outcomes(request, scenario);
        self.lint_repeats(request);
        self.lint_head(request);
        self.lint_body(request, scenario);
        for name in request.headers.keys() {
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                self.mistake(name.place, format!("`{name}` is no header's name"), "", None);
            }
        }
    }

    /// A clause that is known and that a client can see.
    pub(super) fn lint_clause(&mut self, clause: &At<ClauseId>) {
        let known = &self.catalogue.clauses;
        match known.get(clause.as_str()).map(|known| &known.unobservable) {
            Some(None) => {}
            Some(Some(reason)) => {
                let help = format!("it is listed as unobservable: {reason}");
                self.mistake(clause.place, format!("the clause `{clause}` can't be judged by anything"), "", Some(help));
            }
            None => {
                let near = meant(clause.as_str(), known.keys().map(ClauseId::as_str));
                let help = near.unwrap_or_else(|| "clauses are listed in scenarios/clauses/".to_owned());
                self.mistake(clause.place, format!("there is no clause `{clause}`"), "", Some(help));
            }
        }
    }

    /// No two expectations that are judged together may want statuses that exclude each other. (`expect` beside `outcomes` may:
    /// it says what is right, they say what follows.)
    fn lint_statuses(&mut self, request: &Request) {
        for expect in std::iter::once(&request.expect).chain(request.outcomes.values()) {
            let all = statuses(expect);
            for (at, (clause, status)) in all.iter().enumerate() {
                if let Some((other, _)) = all[..at].iter().find(|(_, other)| !overlap(status, other)) {
                    let title = format!("no answer has a status that both `{clause}` and `{other}` want");
                    let help = format!("`{other}` stands in line {}; make `outcomes` of them if either may come", other.place.line);
                    self.mistake(clause.place, title, "", Some(help));
                }
            }
        }
    }

    fn lint_outcomes(&mut self, request: &Request, scenario: &Scenario) {
        for (at, (name, expect)) in request.outcomes.iter().enumerate() {
            let Some(status) = first_status(expect) else {
                let help = "an outcome is known by the first `status` among its expectations".to_owned();
                self.mistake(name.place, format!("the outcome `{name}` names no status"), "", Some(help));
                continue;
            };
            let earlier: Vec<&StatusSet> = request.outcomes.values().take(at).filter_map(first_status).collect();
            if (100..600).all(|code| !status.contains(code) || earlier.iter().any(|other| other.contains(code))) {
                let help = "the first outcome whose status fits is taken".to_owned();
                self.mistake(name.place, format!("the outcome `{name}` can't come: earlier ones have its statuses"), "", Some(help));
            }
        }
        if let Some(capability) = &request.capability {
            self.lint_capability(capability);
            // Where several steps decide, one of them may have nothing left to decline: what was taken has to be there.
            let beside = scenario.all_steps().into_iter().filter_map(Step::request).filter(|beside| {
                beside.capability.as_ref().map(At::as_str) == Some(capability.as_str()) && beside.outcomes.contains_key("declined")
            });
            let declinable = beside.count() > 0;
            let lacks = |name: &&str| !(request.outcomes.contains_key(*name) || *name == "declined" && declinable);
            if let Some(missing) = ["accepted", "declined"].into_iter().find(lacks) {
                let title = format!("`{capability}` can't be decided here: there is no outcome `{missing}`");
                let help = "a capability goes with `outcomes: { accepted: …, declined: … }`".to_owned();
                self.mistake(capability.place, title, "", Some(help));
            }
        }
    }

    fn lint_repeats(&mut self, request: &Request) {
        if let Some(each) = &request.each {
            self.lint_each(each);
        }
        let judged = request.expectations().next().is_some();
        if let Some(until) = request.until.as_ref().filter(|_| !judged) {
            self.mistake(until.place, "`until` waits for expectations, and there are none", "", None);
        }
        if let Some(walk) = request.walk.as_ref().filter(|walk| walk.pages == 0) {
            self.mistake(walk.place, "a walk follows at least one page", "", None);
        }
        let walks: Vec<Place> = uses(request).walks;
        for place in walks.into_iter().filter(|_| request.walk.is_none()) {
            let help = "give the step `walk: { list: /tags }`, so that there are pages to judge".to_owned();
            self.mistake(place, "this step walks no pages, so `walk` can't be judged", "", Some(help));
        }
    }

    /// The answer to HEAD has no body.
    fn lint_head(&mut self, request: &Request) {
        if request.method != "HEAD" {
            return;
        }
        for place in uses(request).bodies {
            let help = "judge status and headers, `body: empty`, or send a GET".to_owned();
            self.mistake(place, "the answer to HEAD has no body to judge", "", Some(help));
        }
        if let Some(walk) = &request.walk {
            self.mistake(walk.place, "the answer to HEAD has no pages", "", Some("send a GET".into()));
        }
    }

    fn lint_body(&mut self, request: &Request, scenario: &Scenario) {
        let mut slices = uses(request).slices;
        if let Some(At { value: Body::Slice(slice), .. }) = &request.body {
            slices.push(slice.clone());
        }
        for slice in &slices {
            self.lint_slice(slice, scenario);
        }
    }

    fn lint_slice(&mut self, slice: &Slice, scenario: &Scenario) {
        let Some(size) = Self::plain_size(&slice.datum, scenario) else { return };
        if slice.from >= size || slice.to.is_some_and(|to| to > size) {
            let help = format!("`{}` has {size} bytes; `end` is its end", slice.datum);
            self.mistake(slice.datum.place, "this slice reaches past the end", "", Some(help));
        }
    }
}

fn uses(request: &Request) -> crate::judge::Uses {
    let mut uses = crate::judge::Uses::default();
    request.expectations().for_each(|(_, _, expectation)| expectation.uses(&mut uses));
    uses
}

fn statuses(expect: &Expect) -> Vec<(&At<ClauseId>, &StatusSet)> {
    expect.iter().filter_map(|(clause, expectation)| Some((clause, expectation.status()?))).collect()
}

fn first_status(expect: &Expect) -> Option<&StatusSet> {
    expect.values().find_map(Expectation::status)
}

fn overlap(a: &StatusSet, b: &StatusSet) -> bool {
    (100..600).any(|code| a.contains(code) && b.contains(code))
}
