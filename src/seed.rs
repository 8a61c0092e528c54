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

/// A stream of numbers from a seed, for draws that must repeat.
#[derive(Debug)]
pub struct Dice(StdRng);

impl Dice {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: &Seed) -> Self {
        Self(seed.rng())
    }

    /// Evenly from 0 (included) to 1 (not included), in steps of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let bits = (self.0.next_u64() >> 11) as f64;
        bits / 9_007_199_254_740_992.0
    }

    /// Evenly from 0 to `n`, that one excluded; 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        // The high half of a product: the bias is below n / 2⁶⁴.
        let wide = u128::from(self.0.next_u64()) * (n as u128);
        usize::try_from(wide >> 64).unwrap_or_default()
    }

    /// From the normal distribution of mean 0 and deviation 1 (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
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
    fn dice_are_even_and_normal() {
        let mut dice = Dice::new(&Seed::new(1));
        let n = 20_000;
        let units: Vec<f64> = (0..n).map(|_| dice.unit()).collect();
        assert!(units.iter().all(|u| (0.0..1.0).contains(u)));
        assert!((units.iter().sum::<f64>() / f64::from(n) - 0.5).abs() < 0.01);
        let normals: Vec<f64> = (0..n).map(|_| dice.normal()).collect();
        let mean = normals.iter().sum::<f64>() / f64::from(n);
        let variance = normals.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
        assert!((0..1000).all(|_| dice.below(7) < 7) && dice.below(0) == 0);
    }

    #[test]
    fn a_nonce_is_a_valid_name_component_and_new_each_time() {
        let nonce_a = nonce(12);
        assert!(nonce_a.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        assert_eq!(nonce_a.len(), 12);
        assert_ne!(nonce_a, nonce(12));
    }
}
