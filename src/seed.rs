//! The only door to randomness.
//!
//! [`Seed`] gives what must repeat (content, names, order) as a function of the seed and a path of labels; [`nonce`] gives what must
//! not (the name of a run, credentials, upload sessions).

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, RngExt, SeedableRng, TryRng};
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

    /// Numbers that are drawn one after the other, starting here.
    #[must_use]
    pub fn draws(&self) -> Draws {
        Draws(self.rng())
    }

    /// `len` incompressible bytes.
    #[must_use]
    pub fn bytes(&self, len: usize) -> Vec<u8> {
        let mut out = vec![0; len];
        self.rng().fill_bytes(&mut out);
        out
    }
}

/// A repeatable stream of numbers of the distributions that a load is made of.
#[derive(Debug)]
pub struct Draws(StdRng);

impl Draws {
    /// Uniform, from 0 up to but not 1.
    pub fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// Exponential with mean 1: the gap between arrivals that know nothing of each other.
    pub fn exponential(&mut self) -> f64 {
        -(1.0 - self.unit()).ln()
    }

    /// Normal with mean 0 and deviation 1 (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    /// Uniform, from 0 up to but not `bound`; 0 where `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { self.0.random_range(0..bound) }
    }
}

/// A number that follows from two others and looks like neither: for content that is made on the way, where a generator would cost too
/// much (the finalizer of `SplitMix64`).
#[must_use]
pub fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(b.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
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
    fn draws_repeat_and_have_the_means_of_their_distributions() {
        let mut draws = Seed::new(1).draws();
        let mut again = Seed::new(1).draws();
        let (mut unit, mut gap, mut small) = (0.0, 0.0, 0);
        for _ in 0..10_000 {
            let number = draws.unit();
            assert!((0.0..1.0).contains(&number));
            assert_eq!(number.to_bits(), again.unit().to_bits());
            unit += number / 10_000.0;
            gap += draws.exponential() / 10_000.0;
            again.exponential();
            small += usize::from(draws.below(4) == 0);
            again.below(4);
        }
        assert!((unit - 0.5).abs() < 0.015 && (gap - 1.0).abs() < 0.04 && (2350..2650).contains(&small), "{unit} {gap} {small}");
        assert_eq!(draws.below(0), 0);
    }

    #[test]
    fn normal_draws_have_their_mean_and_deviation() {
        let mut draws = Seed::new(2).draws();
        let normals: Vec<f64> = (0..20_000).map(|_| draws.normal()).collect();
        let mean = normals.iter().sum::<f64>() / 20_000.0;
        let variance = normals.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }

    #[test]
    fn a_nonce_is_a_valid_name_component_and_new_each_time() {
        let nonce_a = nonce(12);
        assert!(nonce_a.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        assert_eq!(nonce_a.len(), 12);
        assert_ne!(nonce_a, nonce(12));
    }
}
