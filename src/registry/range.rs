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
