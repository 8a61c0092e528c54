//! An exchange in a few words.

use super::view::status_in_words;
use super::words::brief;
use crate::exchange::Exchange;

/// `status 404 NAME_UNKNOWN`, or why no answer came. Short and printable.
#[must_use]
pub fn observed(exchange: &Exchange) -> String {
    match &exchange.answer {
        Ok(response) => status_in_words(response),
        Err(failure) => brief(failure.to_string().as_bytes()),
    }
}
