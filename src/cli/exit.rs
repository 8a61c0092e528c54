//! What a run's end tells the shell.

/// The exit codes, by what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The target conforms, or the command did what was asked.
    Conforms,
    /// A clause fails, or a threshold is missed.
    Fails,
    /// The command line is wrong.
    Usage,
    /// An input file is invalid.
    BadInput,
    /// Could not be judged: unreachable, login refused, nothing judged, a report that could not be written.
    NotJudged,
    /// A bug of ours.
    Bug,
}

impl Exit {
    /// The number for the shell.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::Fails => 1,
            Self::Usage => 2,
            Self::BadInput => 3,
            Self::NotJudged => 4,
            Self::Bug => 70,
        }
    }

    /// The one that counts where several came together: 70 > 2 > 3 > 1 > 4 > 0.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let weight = |exit: Self| match exit {
            Self::Bug => 5,
            Self::Usage => 4,
            Self::BadInput => 3,
            Self::Fails => 2,
            Self::NotJudged => 1,
            Self::Conforms => 0,
        };
        if weight(other) > weight(self) { other } else { self }
    }
}

/// A failure that ends a command: which code, and what a person is told.
#[derive(Debug)]
pub(super) struct Ended {
    /// The exit code.
    pub(super) exit: Exit,
    /// What happened, where, what was expected, what to do.
    pub(super) message: String,
}

impl Ended {
    /// An end with its message.
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heavier_code_wins_in_either_order() {
        let by_weight = [Exit::Conforms, Exit::NotJudged, Exit::Fails, Exit::BadInput, Exit::Usage, Exit::Bug];
        for (i, a) in by_weight.iter().enumerate() {
            for (j, b) in by_weight.iter().enumerate() {
                assert_eq!(a.and(*b), by_weight[i.max(j)]);
            }
        }
    }
}
