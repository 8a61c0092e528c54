//! `If-None-Match` (RFC 9110, section 13.1.2): a client that has the content already is told so.

use http::header::IF_NONE_MATCH;
use http::{HeaderMap, StatusCode};

use super::reply::{Reply, empty, name_content};
use crate::oci::Digest;

/// The 304 for a client that says it has this content, or any. Tags are compared weakly: content under a digest is the same to the last byte.
pub(crate) fn not_modified(headers: &HeaderMap, digest: &Digest) -> Option<Reply> {
    let current = format!("\"{digest}\"");
    let mut tags = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let known = tags.any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == current
    });
    known.then(|| {
        let mut reply = empty(StatusCode::NOT_MODIFIED);
        name_content(&mut reply, digest);
        reply
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_known_by_its_tag_weak_or_strong_among_others_or_by_a_star() {
        let digest = Digest::sha256(b"content");
        let known = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, value.parse().unwrap());
            not_modified(&headers, &digest).map(|reply| reply.status())
        };
        for value in [format!("\"{digest}\""), format!("W/\"{digest}\""), format!("\"a\", W/\"{digest}\""), "*".into()] {
            assert_eq!(known(&value), Some(StatusCode::NOT_MODIFIED), "{value}");
        }
        for value in ["\"other\"".to_owned(), digest.to_string(), String::new()] {
            assert_eq!(known(&value), None, "{value}");
        }
        assert!(not_modified(&HeaderMap::new(), &digest).is_none());
    }
}
