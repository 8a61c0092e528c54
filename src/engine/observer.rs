//! What the engine tells as it goes.

use std::time::Duration;

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
#[derive(Clone, Debug)]
pub enum Because {
    /// The step with this number did not work.
    Step(usize),
    /// This clause failed, and the judged one requires it or is failed by the same answer.
    Clause {
        /// The clause that failed.
        clause: ClauseId,
        /// What came all the same: it counts where the profile does not ask for `clause`.
        otherwise: Box<Judgement>,
    },
}

impl Judgement {
    /// Whether evidence may be wanted for it.
    #[must_use]
    pub fn wants_evidence(&self) -> bool {
        match self {
            Self::Fail(_) | Self::Error(_) | Self::Declined(_) => true,
            Self::Inconclusive { because: Some(Because::Clause { otherwise, .. }), .. } => otherwise.wants_evidence(),
            _ => false,
        }
    }
}

/// Who listens. A judgement is told as if every clause did bind; whoever listens leaves out those that do not, since probes run before
/// there is a profile. `check` keeps evidence, `load` counts.
pub trait Observer {
    /// A request with its answer, those of logins and redirects included.
    fn exchanged(&self, exchange: &Exchange);
    /// One expectation was judged on this exchange, or on none.
    fn judged(&self, step: Option<&Step>, expected: &Expected, judgement: Judgement, exchange: Option<&Exchange>);
    /// A preparation did not work.
    fn unprepared(&self, step: &Step, exchange: &Exchange);
    /// The target asks for patience, and gets so much of it.
    fn waiting(&self, _wait: Duration) {}
    /// A step that decides a capability came to this outcome (`None`: to none of its own), by this exchange.
    fn decided(&self, capability: &str, outcome: Option<&str>, exchange: &Exchange);
}
