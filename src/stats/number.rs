//! Between counts and real numbers.

/// A count as a real number; exact up to 2⁵³, which no count here reaches.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
pub const fn real(count: u64) -> f64 {
    count as f64
}

/// The whole part of a real number: 0 for what is negative or no number, `u64::MAX` for what is too large.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates, as the contract says")]
pub const fn whole(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_count_becomes_the_nearest_one() {
        assert_eq!((whole(2.9), whole(-1.0), whole(f64::NAN), whole(f64::INFINITY)), (2, 0, 0, u64::MAX));
        assert_eq!(whole(real(1 << 50)), 1 << 50);
    }
}
