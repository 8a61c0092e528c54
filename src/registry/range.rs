//! `Range` of a pull (RFC 9110, section 14) and `Content-Range` of a pushed chunk.

use std::ops::Range;

/// A client that asks for more pieces than this gets the whole.
const MAX_RANGES: usize = 64;

/// What a `Range` header asks of content that has a length.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Everything: the header is absent, malformed, of another unit, or asks for too much.
    Whole,
    /// At least one piece, in the order asked.
    Pieces(Vec<Range<usize>>),
    /// Nothing that is there.
    Unsatisfiable,
}

/// Reads a `Range` header against content of `len` bytes.
pub(crate) fn asked(header: Option<&str>, len: usize) -> Asked {
    let Some(specs) = header.and_then(unit_bytes) else { return Asked::Whole };
    let specs: Option<Vec<Spec>> = specs.split(',').map(str::trim).filter(|text| !text.is_empty()).map(Spec::read).collect();
    let Some(specs) = specs.filter(|specs| (1..=MAX_RANGES).contains(&specs.len())) else { return Asked::Whole };
    let pieces: Vec<Range<usize>> = specs.iter().filter_map(|spec| spec.within(len)).collect();
    if pieces.is_empty() {
        // The end of nothing is nothing, which is there but can't be told as a piece (RFC 9110, section 14.1.2).
        let end_of_nothing = len == 0 && specs.iter().any(|spec| matches!(spec, Spec::Last(1..)));
        return if end_of_nothing { Asked::Whole } else { Asked::Unsatisfiable };
    }
    // Pieces that overlap so much that they outweigh the whole twice over are a way to make a server work, not a pull.
    let total = pieces.iter().fold(0_usize, |sum, piece| sum.saturating_add(piece.len()));
    if pieces.len() > 1 && total > len.saturating_mul(2) { Asked::Whole } else { Asked::Pieces(pieces) }
}

fn unit_bytes(header: &str) -> Option<&str> {
    let (unit, specs) = header.split_once('=')?;
    unit.trim().eq_ignore_ascii_case("bytes").then_some(specs)
}

enum Spec {
    From(u64, Option<u64>),
    Last(u64),
}

impl Spec {
    fn read(text: &str) -> Option<Self> {
        let (first, last) = text.split_once('-')?;
        match (first, last) {
            ("", last) => Some(Self::Last(number(last)?)),
            (first, "") => Some(Self::From(number(first)?, None)),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(Self::From(first, Some(last)))
            }
        }
    }

    fn within(&self, len: usize) -> Option<Range<usize>> {
        let clip = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(len);
        let range = match *self {
            Self::From(first, last) => clip(first)..last.map_or(len, |last| clip(last.saturating_add(1))),
            Self::Last(count) => len - clip(count)..len,
        };
        (!range.is_empty()).then_some(range)
    }
}

/// Digits alone: `str::parse` would take a sign. A number past 64 bits is past any content.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Where a chunk belongs: `FIRST-LAST`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// The first byte's position.
    pub(crate) start: u64,
    /// How many bytes it has; at least one.
    pub(crate) len: u64,
}

impl Chunk {
    /// Reads a `Content-Range` of a push, which unlike a pull's has no unit and no total.
    pub(crate) fn read(header: &str) -> Option<Self> {
        let (first, last) = header.split_once('-')?;
        let (start, last) = (number(first)?, number(last)?);
        (start <= last && last < u64::MAX).then(|| Self { start, len: last - start + 1 })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What one range asks of content, byte by byte.
    fn naive(first: Option<u64>, last: Option<u64>, len: usize) -> Vec<usize> {
        let len = len as u64;
        let wanted = |at: &u64| match (first, last) {
            (Some(first), last) => (first..=last.unwrap_or(u64::MAX)).contains(at),
            (None, Some(count)) => len - at <= count,
            (None, None) => false,
        };
        (0..len).filter(wanted).map(|at| usize::try_from(at).unwrap()).collect()
    }

    fn written((first, last): (Option<u64>, Option<u64>)) -> String {
        let text = |bound: Option<u64>| bound.map_or_else(String::new, |bound| bound.to_string());
        format!("{}-{}", text(first), text(last))
    }

    fn bound() -> impl Strategy<Value = Option<u64>> {
        prop_oneof![1 => Just(None), 6 => (0_u64..25).prop_map(Some), 1 => any::<u64>().prop_map(Some)]
    }

    proptest! {
        #[test]
        fn ranges_mean_the_bytes_that_a_naive_reader_picks(bounds in proptest::collection::vec((bound(), bound()), 1..5), len in 0_usize..20) {
            let header = format!("bytes={}", bounds.iter().copied().map(written).collect::<Vec<_>>().join(", "));
            let malformed = |(first, last): &(Option<u64>, Option<u64>)| match (first, last) {
                (Some(first), Some(last)) => first > last,
                (first, last) => first.is_none() && last.is_none(),
            };
            let bytes: Vec<Vec<usize>> = bounds.iter().map(|(first, last)| naive(*first, *last, len)).filter(|bytes| !bytes.is_empty()).collect();
            let end_of_nothing = len == 0 && bounds.iter().any(|(first, last)| first.is_none() && last.is_some_and(|count| count > 0));
            let expected = if bounds.iter().any(malformed) || end_of_nothing {
                Asked::Whole
            } else if bytes.is_empty() {
                Asked::Unsatisfiable
            } else if bytes.len() > 1 && bytes.concat().len() > 2 * len {
                Asked::Whole
            } else {
                Asked::Pieces(bytes.iter().map(|bytes| bytes[0]..bytes[bytes.len() - 1] + 1).collect())
            };
            prop_assert_eq!(asked(Some(&header), len), expected, "{} of {}", header, len);
        }

        #[test]
        fn no_header_asks_for_what_is_not_there(header in "(bytes=)?[0-9,\\- x]{0,30}", len in 0_usize..1000) {
            if let Asked::Pieces(pieces) = asked(Some(&header), len) {
                prop_assert!(!pieces.is_empty() && pieces.iter().all(|piece| piece.start < piece.end && piece.end <= len));
            }
        }

        #[test]
        fn a_chunk_has_the_place_that_it_says(start in any::<u64>(), more in 0_u64..1000) {
            let Some(last) = start.checked_add(more).filter(|last| *last < u64::MAX) else { return Ok(()) };
            prop_assert_eq!(Chunk::read(&format!("{start}-{last}")), Some(Chunk { start, len: more + 1 }));
        }

        #[test]
        fn a_chunk_is_digits_around_one_dash_or_none(header in "[0-9\\- +a]{0,8}") {
            let lawful = header.split_once('-').is_some_and(|(first, last)| {
                let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                digits(first) && digits(last) && first.parse::<u64>().unwrap() <= last.parse().unwrap()
            });
            prop_assert_eq!(Chunk::read(&header).is_some(), lawful);
        }
    }

    #[test]
    fn no_range_and_other_units_ask_for_the_whole() {
        for header in [None, Some(""), Some("bytes"), Some("items=0-1"), Some("bytes=0-1;q=1"), Some("bytes=0x1-2")] {
            assert_eq!(asked(header, 10), Asked::Whole, "{header:?}");
        }
    }
}
