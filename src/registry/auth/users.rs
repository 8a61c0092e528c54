//! Who is known, and what they may do.

use sha2::{Digest, Sha256};

use super::credentials::Login;
use crate::registry::access::{Access, Action};
use crate::registry::config::{Rights, User};

/// The users, by the hashes of their logins.
pub(crate) struct Users {
    known: Vec<Known>,
}

struct Known {
    login: [u8; 32],
    name: String,
    rights: Rights,
}

impl Users {
    pub(crate) fn new(users: &[User]) -> Self {
        let known = |user: &User| Known { login: hash(&user.name, &user.password), name: user.name.clone(), rights: user.rights };
        Self { known: users.iter().map(known).collect() }
    }

    /// Which user this is. The time that it takes tells nothing of how near a guess came.
    pub(crate) fn find(&self, login: &Login) -> Option<usize> {
        let hash = hash(&login.name, &login.password);
        self.known.iter().enumerate().fold(None, |found, (at, known)| if same(&known.login, &hash) { Some(at) } else { found })
    }

    pub(crate) fn name(&self, user: usize) -> &str {
        self.known.get(user).map_or("", |known| &known.name)
    }

    pub(crate) fn rights(&self, user: usize) -> Option<Rights> {
        self.known.get(user).map(|known| known.rights)
    }
}

/// Whether somebody with these rights may do `wanted`.
pub(crate) fn allows(rights: Rights, wanted: &Access) -> bool {
    match rights {
        Rights::All => true,
        Rights::Pull => matches!(wanted, Access::Base | Access::Repository { action: Action::Pull, .. }),
    }
}

/// The name's length keeps `ab`, `c` and `a`, `bc` apart.
fn hash(name: &str, password: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update((name.len() as u64).to_be_bytes());
    hash.update(name);
    hash.update(password);
    hash.finalize().into()
}

fn same(left: &[u8; 32], right: &[u8; 32]) -> bool {
    left.iter().zip(right).fold(0, |difference, (l, r)| difference | (l ^ r)) == 0
}
