//! What a run says about its target as a whole.

use std::collections::BTreeSet;
use std::fmt;

use indexmap::IndexMap;

use super::tally::Counts;
use super::types::{FactState, Record};
use crate::clause::Level;
use crate::judge::Verdict;
use crate::text::{count, number};

/// A run in one word, for an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The run is whole and no clause of the weight that is asked for fails.
    Conforms,
    /// A clause of that weight fails.
    Fails,
    /// Nothing of that weight fails, but the run was cut short, the harness failed, or expectations were inconclusive for no cause.
    Incomplete,
    /// No exchange says anything about the target.
    NothingJudged,
}

/// How much fails at one level, known deviations left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failing {
    /// Distinct clauses.
    pub clauses: u64,
    /// Distinct causes: a clause may fail in several ways.
    pub causes: u64,
}

/// What a run says about its target, in numbers. As text it is one sentence, the verdict in plain English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// All expectations.
    pub counts: Counts,
    /// What fails, heaviest level first; levels without failures are left out.
    pub failing: IndexMap<Level, Failing>,
    /// Inconclusive expectations that no cause accounts for.
    pub unexplained: u64,
    /// Why the run ended before its plan did.
    pub cut_short: Option<String>,
    /// Whether only chosen scenarios were run, so that the rest of the profile was not tried.
    pub partial: bool,
    /// Whether probes alone came to a verdict: what was asked for was skipped, or could not be judged.
    pub idle: bool,
    /// Whether the target took no content at all, so that next to nothing could be tried on it.
    pub shut: bool,
}

impl Record {
    /// What the run says about its target.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let unexplained = self.judgements().filter(|judged| judged.verdict == Verdict::Inconclusive && judged.cause.is_none()).count();
        Summary {
            counts: self.counts(),
            failing: self.failing(),
            unexplained: unexplained as u64,
            cut_short: self.cut_short.clone(),
            partial: !self.only.is_empty(),
            idle: self.idle(),
            shut: self.shut(),
        }
    }

    fn idle(&self) -> bool {
        let mut counts = Counts::default();
        let scenarios = self.judgements().filter(|judged| judged.scenario.area != "probes");
        scenarios.for_each(|judged| counts.add(judged.verdict, judged.is_known()));
        counts.total() > 0 && counts.judged() == 0
    }

    fn shut(&self) -> bool {
        self.facts.get("push").is_some_and(|fact| fact.state != FactState::Accepted)
    }

    /// From the expectations and not from `causes` alone: a fail whose cause was lost still counts.
    fn failing(&self) -> IndexMap<Level, Failing> {
        let fails = self.judgements().filter(|judged| judged.verdict == Verdict::Fail && !judged.is_known());
        let mut clauses: BTreeSet<(Level, &str)> = fails
            .map(|judged| {
                let clause = judged.expectation.map_or(judged.scenario.id.as_str(), |expectation| &expectation.clause);
                let level = judged.cause.map(|cause| cause.level).or_else(|| Some(self.clauses.get(clause)?.level));
                (level.unwrap_or(Level::Must), clause)
            })
            .collect();
        let unknown = || self.causes.iter().filter(|cause| cause.known.is_none());
        clauses.extend(unknown().map(|cause| (cause.level, cause.clause.as_str())));
        let mut failing: IndexMap<Level, Failing> = IndexMap::new();
        clauses.iter().rev().for_each(|(level, _)| failing.entry(*level).or_default().clauses += 1);
        unknown().for_each(|cause| failing.entry(cause.level).or_default().causes += 1);
        failing
    }
}

impl Summary {
    /// The run in one word. `fail_on` is the lightest level that counts as a failure: [`Level::Must`] or [`Level::Should`].
    #[must_use]
    pub fn outcome(&self, fail_on: Level) -> Outcome {
        if self.failing.keys().any(|level| *level >= fail_on) {
            Outcome::Fails
        } else if self.counts.judged() == 0 || self.idle {
            Outcome::NothingJudged
        } else if self.counts.error > 0 || self.unexplained > 0 || self.cut_short.is_some() || self.shut {
            Outcome::Incomplete
        } else {
            Outcome::Conforms
        }
    }

    /// What keeps the run from being whole, in words.
    fn gaps(&self) -> Vec<String> {
        let mut gaps: Vec<String> = self.cut_short.iter().map(|why| format!("it was cut short ({why})")).collect();
        if self.counts.error > 0 {
            gaps.push(format!("plimsoll itself failed {}", count(self.counts.error, "time")));
        }
        if self.unexplained > 0 {
            gaps.push(format!("{} could not be judged", count(self.unexplained, "expectation")));
        }
        if self.shut {
            gaps.push("nothing could be pushed, so most of it was not tried".to_owned());
        }
        gaps
    }

    fn told(&self, level: Level) -> Option<String> {
        let failing = self.failing.get(&level)?;
        let verb = if failing.clauses == 1 { "fails" } else { "fail" };
        Some(format!("{} {verb} ({})", count(failing.clauses, &format!("{level} clause")), count(failing.causes, "cause")))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (must, should, gaps) = (self.told(Level::Must), self.told(Level::Should), self.gaps());
        let of = if self.partial { "of what was chosen, " } else { "" };
        match (must, should) {
            (Some(must), Some(should)) => write!(f, "does not conform: {of}{must}, and {should}")?,
            (Some(must), None) => write!(f, "does not conform: {of}{must}")?,
            (None, Some(should)) if gaps.is_empty() => write!(f, "{of}keeps every MUST that was judged, but {should}")?,
            (None, Some(should)) => write!(f, "{of}no MUST clause fails, but {should}")?,
            (None, None) if self.idle && self.counts.judged() > 0 && self.cut_short.is_none() => {
                return f.write_str("nothing was judged but the probes: each chosen scenario was skipped or could not be judged");
            }
            (None, None) if self.counts.judged() == 0 => return self.nothing_judged(f),
            (None, None) if gaps.is_empty() => write!(f, "conforms: {of}no MUST or SHOULD clause fails")?,
            (None, None) => write!(f, "not settled: {of}no MUST or SHOULD clause fails")?,
        }
        if gaps.is_empty() { Ok(()) } else { write!(f, "; but the run is not whole: {}", gaps.join(", ")) }
    }
}

impl Summary {
    fn nothing_judged(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { skipped, inconclusive, error, .. } = self.counts;
        f.write_str("nothing was judged")?;
        let parts = [(skipped, "skipped"), (inconclusive, "inconclusive"), (error, "in error")];
        let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", number(*n))).collect();
        if parts.is_empty() {
            f.write_str(": no expectation was planned or reached")?;
        } else {
            write!(f, ": of {}, {}", count(self.counts.total(), "expectation"), parts.join(", "))?;
        }
        self.cut_short.as_ref().map_or(Ok(()), |why| write!(f, "; cut short ({why})"))
    }
}
