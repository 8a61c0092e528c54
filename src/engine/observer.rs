//! What the engine tells as it goes.

use crate::clause::ClauseId;
use crate::exchange::Exchange;
use crate::judge::Mismatch;
use crate::plan::{Expected, Step};

/// What came of judging one expectation once.
#[derive(Clone, Debug)]
pub enum Judgement {
    /// As expected.
    Pass,
    /// As expected, and it is a refusal: what was observed.
    Declined(String),
    /// Something else.
    Fail(Mismatch),
    /// Not tried, for this reason.
    Skipped(String),
    /// Could not be judged.
    Inconclusive {
        /// Why.
        reason: String,
        /// Who is to blame, where that is known.
        because: Option<Because>,
    },
    /// The harness itself failed.
    Error(String),
}

/// What stopped a judgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// The step with this number did not work.
    Step(usize),
    /// This clause, which it requires, failed.
    Clause(ClauseId),
}

/// Who listens: `check` keeps evidence, `load` counts.
pub trait Observer {
    /// A request with its answer, those of logins and redirects included.
    fn exchanged(&self, exchange: &Exchange);
    /// One expectation was judged on this exchange, or on none.
    fn judged(&self, step: Option<&Step>, expected: &Expected, judgement: Judgement, exchange: Option<&Exchange>);
    /// A preparation did not work.
    fn unprepared(&self, step: &Step, exchange: &Exchange);
    /// A step that decides a capability came to this outcome (`None`: to none of its own), by this exchange.
    fn decided(&self, capability: &str, outcome: Option<&str>, exchange: &Exchange);
}
