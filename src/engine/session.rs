//! What one run of an item knows: its content, what was saved, which steps worked.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::clause::ClauseId;
use crate::exchange::Exchange;
use crate::judge::{Content, Values};
use crate::plan::{Contents, Item};

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StepState {
    /// It worked.
    Worked,
    /// It ran and did not work, or could not run.
    Failed {
        /// Why.
        why: String,
        /// The number of the step where it began.
        root: usize,
    },
    /// It was not to run: its outcome did not come.
    Skipped(String),
}

/// The state of one run of an item. A branch of `together` works on a clone, and its gains are merged back.
#[derive(Clone)]
pub(super) struct Session<'a> {
    pub(super) item: &'a Item,
    contents: Arc<Contents>,
    pub(super) saves: HashMap<String, String>,
    each: Vec<(String, String)>,
    pub(super) states: HashMap<usize, (String, StepState)>,
    /// The outcome that came, by the number of its step.
    pub(super) outcomes: HashMap<usize, String>,
    pub(super) failed: HashSet<ClauseId>,
    named: HashMap<String, Exchange>,
    /// The repositories that took something.
    pub(super) taken: HashSet<String>,
}

impl<'a> Session<'a> {
    pub(super) fn new(item: &'a Item, contents: Contents) -> Self {
        Self {
            item,
            contents: Arc::new(contents),
            saves: HashMap::new(),
            each: Vec::new(),
            states: HashMap::new(),
            outcomes: HashMap::new(),
            failed: HashSet::new(),
            named: HashMap::new(),
            taken: HashSet::new(),
        }
    }

    /// Sets the variables of a step's `each` for its next request.
    pub(super) fn set_each(&mut self, values: &[(String, String)]) {
        self.each = values.to_vec();
    }

    /// Keeps a named step's last exchange, for `same_as`.
    pub(super) fn keep(&mut self, name: Option<&str>, exchange: &Exchange) {
        if let Some(name) = name {
            self.named.insert(name.to_owned(), exchange.clone());
        }
    }

    /// Takes over what a branch has gained.
    pub(super) fn merge(&mut self, branch: Self) {
        self.saves.extend(branch.saves);
        self.states.extend(branch.states);
        self.outcomes.extend(branch.outcomes);
        self.failed.extend(branch.failed);
        self.named.extend(branch.named);
        self.taken.extend(branch.taken);
    }
}

impl Values for Session<'_> {
    fn variable(&self, path: &[String]) -> Option<String> {
        let joined = path.join(".");
        let each = self.each.iter().find(|(name, _)| *name == joined).map(|(_, value)| value);
        each.or_else(|| self.saves.get(&joined))
            .or_else(|| self.item.variables.get(&joined))
            .cloned()
            .or_else(|| self.contents.variable(path))
    }

    fn content(&self, name: &str) -> Option<&Content> {
        self.contents.get(name)
    }

    fn list(&self, name: &str) -> Option<&[String]> {
        self.item.lists.get(name).map(Vec::as_slice)
    }

    fn step(&self, name: &str) -> Option<&Exchange> {
        self.named.get(name)
    }
}
