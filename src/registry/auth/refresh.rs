//! Refresh tokens: random strings that only this process knows.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::seed::nonce;

/// More than so many at once are not remembered: the oldest are forgotten.
const MOST: usize = 10_000;
/// Letters and digits in a token: more than 160 bits.
const LEN: usize = 32;

/// The tokens given out, with whom they were given to.
#[derive(Default)]
pub(crate) struct Refreshers {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    users: HashMap<String, usize>,
    oldest_first: VecDeque<String>,
}

impl Refreshers {
    /// A new token for `user`.
    pub(crate) fn give(&self, user: usize) -> String {
        let token = nonce(LEN);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.oldest_first.len() >= MOST
            && let Some(oldest) = known.oldest_first.pop_front()
        {
            known.users.remove(&oldest);
        }
        known.oldest_first.push_back(token.clone());
        known.users.insert(token.clone(), user);
        token
    }

    /// Whose token this is.
    pub(crate) fn owner(&self, token: &str) -> Option<usize> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.users.get(token).copied()
    }
}
