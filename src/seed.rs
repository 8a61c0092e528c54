//! The only door to randomness.
//!
//! [`Seed`] gives what must repeat (content, names, order) as a function of the seed and a path of labels; [`nonce`] gives what must
//! not (the name of a run, credentials, upload sessions).

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use sha2::{Digest, Sha256};

/// Where repeatable randomness starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The seed a user names with `--seed` (default 1).
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Sha256::digest(seed.to_be_bytes()).into())
    }

    /// The seed of one part: equal paths give equal seeds, different paths unrelated ones.
    #[must_use]
    pub fn child(&self, label: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update((label.len() as u64).to_be_bytes());
        hash.update(label.as_bytes());
        Self(hash.finalize().into())
    }

    /// A generator that starts here.
    #[must_use]
    pub fn rng(&self) -> StdRng {
        StdRng::from_seed(self.0)
    }

    /// `len` incompressible bytes.
    #[must_use]
    pub fn bytes(&self, len: usize) -> Vec<u8> {
        let mut out = vec![0; len];
        self.rng().fill_bytes(&mut out);
        out
    }
}

/// `len` letters and digits in lower case (base 36) that no other call gives: from the operating system.
///
/// # Panics
/// Where the operating system has no randomness to give; nothing sensible can be done there.
#[must_use]
pub fn nonce(len: usize) -> String {
    let alphabet = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut bytes = vec![0_u8; len * 2];
    SysRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes");
    bytes.chunks(2).map(|pair| char::from(alphabet[usize::from(u16::from_be_bytes([pair[0], pair[1]])) % alphabet.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_paths_give_equal_bytes_and_different_paths_do_not() {
        let seed = Seed::new(1);
        assert_eq!(seed.child("a").child("b").bytes(100), seed.child("a").child("b").bytes(100));
        assert_ne!(seed.child("a").child("b").bytes(100), seed.child("ab").bytes(100));
        assert_ne!(seed.child("a").bytes(100), Seed::new(2).child("a").bytes(100));
    }

    #[test]
    fn a_nonce_is_a_valid_name_component_and_new_each_time() {
        let nonce_a = nonce(12);
        assert!(nonce_a.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        assert_eq!(nonce_a.len(), 12);
        assert_ne!(nonce_a, nonce(12));
    }
}
