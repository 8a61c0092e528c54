//! Whether a header's value is a true digest of some content.
//!
//! A registry may answer in another algorithm than the one it was asked in. A digest by an algorithm that plimsoll does not compute
//! can't be told from a true one: it holds where its shape is right.

use super::Mismatch;
use super::form::shown;
use super::received::content;
use super::view::View;
use crate::exchange::Response;
use crate::oci::{Algorithm, Digest, DigestError};

/// Judges one line; the caller knows the words for what is expected.
pub(super) fn judge(view: &View<'_>, response: &Response, datum: &str, line: &[u8]) -> Result<(), Mismatch> {
    let came = |why: &str| Mismatch::fail("", format!("{}, {why}", shown(line)));
    let Ok(text) = std::str::from_utf8(line.trim_ascii()) else { return Err(came("which is no digest")) };
    let true_one = match text.parse::<Digest>() {
        Ok(digest) if datum == "body" => of_body(view, response, digest.algorithm())?,
        Ok(digest) => Digest::of(digest.algorithm(), &view.content(datum)?.bytes),
        Err(DigestError::Algorithm(_)) if is_well_formed(text) => return Ok(()),
        Err(error) => return Err(came(&error.to_string()).signed("no digest")),
    };
    if true_one.to_string() == text {
        Ok(())
    } else {
        Err(came(&format!("where {true_one} is true")).signed("the digest of something else"))
    }
}

/// The digest of what was received, even where not all of it was kept.
fn of_body(view: &View<'_>, response: &Response, algorithm: Algorithm) -> Result<Digest, Mismatch> {
    let encoded = response.headers.contains_key(http::header::CONTENT_ENCODING);
    if algorithm == Algorithm::Sha256 && response.body.truncated && !encoded {
        let known = format!("sha256:{}", response.body.sha256).parse();
        return known.map_err(|_| Mismatch::lacking("the body's hash was not kept"));
    }
    Ok(Digest::of(algorithm, &content(view.exchange, response)?))
}

/// The image specification's grammar of digests, whatever the algorithm: `algorithm ":" encoded`.
fn is_well_formed(text: &str) -> bool {
    let Some((algorithm, encoded)) = text.split_once(':') else { return false };
    let component = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let encoded_fits = |b: u8| b.is_ascii_alphanumeric() || b"=_-".contains(&b);
    algorithm.split(['+', '.', '_', '-']).all(component) && !encoded.is_empty() && encoded.bytes().all(encoded_fits)
}
