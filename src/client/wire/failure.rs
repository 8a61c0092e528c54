//! What went wrong, in words that help.

use std::error::Error;
use std::io;

use rustls::{CertificateError, Error as TlsError};

use super::Origin;
use super::tap::Seen;
use crate::exchange::evidence::printable;
use crate::exchange::{Failure, Phase};

/// `connection refused`: what the system says, without its number.
pub(super) fn io_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::Other => error.to_string(),
        kind if error.raw_os_error().is_some() && kind.to_string() == "uncategorized error" => error.to_string(),
        kind => kind.to_string(),
    }
}

pub(super) fn tls_words(error: &io::Error, origin: &Origin) -> String {
    let plain = format!("if it speaks plain HTTP, use http://{origin}");
    match error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) {
        Some(TlsError::InvalidMessage(_)) => format!("what answers there is no TLS; {plain}"),
        Some(TlsError::InvalidCertificate(why)) => certificate_words(why, origin),
        Some(other) => other.to_string(),
        None => format!("the connection ended during the handshake ({}); {plain}", io_words(error)),
    }
}

fn certificate_words(why: &CertificateError, origin: &Origin) -> String {
    match why {
        CertificateError::UnknownIssuer => "its certificate is signed by no authority that is trusted here; --ca-cert FILE adds one".into(),
        CertificateError::BadSignature => {
            "its certificate is signed by another authority of the same name as one that is trusted here".into()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired".into(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "its certificate is not valid yet".into(),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("its certificate is not for the name {}", origin.host())
        }
        other => format!("its certificate is not accepted: {other}"),
    }
}

/// Why no head came.
pub(in crate::client) fn head(error: &hyper::Error, seen: &Seen, origin: &Origin) -> Failure {
    if speaks_tls(&seen.start) && !origin.is_tls() {
        return Failure::Protocol(format!("it speaks TLS there; use https://{origin}"));
    }
    if let Some(why) = seen.too_much {
        return Failure::Protocol(why.into());
    }
    if error.is_parse_too_large() {
        return Failure::Protocol("its head is larger than any client takes".into());
    }
    if error.is_parse() {
        return Failure::Protocol(format!("{error}; it begins with `{}`", printable(&seen.start)));
    }
    if error.is_user() && !error.is_body_write_aborted() {
        return Failure::Unsendable(error.to_string());
    }
    let came =
        if seen.read == 0 { "nothing of the answer had come".to_owned() } else { format!("{} bytes of its head had come", seen.read) };
    let cause = io_cause(error).map(io_words).or_else(|| seen.write_failed.clone());
    Failure::Closed { phase: Phase::Head, why: cause.map_or(came.clone(), |cause| format!("{cause}; {came}")) }
}

/// Why a body broke off. `declared` is its Content-Length.
pub(in crate::client) fn body(error: &hyper::Error, status: u16, (received, declared): (u64, Option<&str>)) -> Failure {
    let of = declared.map(|declared| format!(" of {}", printable(declared.as_bytes()))).unwrap_or_default();
    let came = format!("status {status}, then {received}{of} bytes of the body");
    match io_cause(error) {
        Some(cause) if matches!(cause.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => {
            Failure::Protocol(format!("its body is not framed as it says ({cause}; {came})"))
        }
        Some(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => {
            Failure::Closed { phase: Phase::Body, why: format!("{}; {came}", io_words(cause)) }
        }
        _ => Failure::Closed { phase: Phase::Body, why: came },
    }
}

/// A TLS alert or handshake record.
fn speaks_tls(start: &[u8]) -> bool {
    matches!(start, [0x15 | 0x16, 3, 0..=4, ..])
}

fn io_cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let mut at = error.source();
    while let Some(cause) = at {
        if let Some(io) = cause.downcast_ref() {
            return Some(io);
        }
        at = cause.source();
    }
    None
}
