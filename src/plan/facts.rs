//! What the probes found.

use indexmap::IndexMap;

/// What became of a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It works.
    Accepted,
    /// It was refused cleanly.
    Declined,
    /// It was answered with something that no outcome has.
    Broken,
    /// It could not be found out.
    Unknown,
}

/// A capability's state and how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The state.
    pub state: State,
    /// What was observed, in words.
    pub observed: String,
    /// Whether the run itself kept it from being tried (`--repository`, no login): nothing was observed of the target.
    pub of_the_run: bool,
}

/// All that is known of the target before the plan is made.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// By capability.
    pub capabilities: IndexMap<String, Fact>,
    /// The token service's address, from the challenge.
    pub realm: Option<String>,
    /// The service's name, from the challenge.
    pub service: Option<String>,
}

impl Facts {
    /// The state of a capability; unknown where it was never tried.
    #[must_use]
    pub fn state(&self, capability: &str) -> State {
        self.capabilities.get(capability).map_or(State::Unknown, |fact| fact.state)
    }

    /// Whether a capability works.
    #[must_use]
    pub fn has(&self, capability: &str) -> bool {
        self.state(capability) == State::Accepted
    }

    /// The capabilities that work.
    pub fn accepted(&self) -> impl Iterator<Item = &str> {
        self.capabilities.iter().filter(|(_, fact)| fact.state == State::Accepted).map(|(name, _)| name.as_str())
    }

    /// Notes what became of a capability.
    pub fn note(&mut self, capability: &str, state: State, observed: impl Into<String>) {
        self.capabilities.insert(capability.to_owned(), Fact { state, observed: observed.into(), of_the_run: false });
    }
}
