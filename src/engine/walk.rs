//! Following pages: `Link: </v2/…>; rel="next"` (RFC 8288, as the tag list and the referrers list use it).

use http::Uri;

use crate::exchange::{Exchange, link, resolve};
use crate::judge::{LONGEST_JSON, Walked};
use crate::plan::Walk;

/// What is known of a walk so far.
#[derive(Default)]
pub(super) struct Pages {
    walked: Walked,
    seen: Vec<Uri>,
}

impl Pages {
    /// Takes one page; gives the next one's URL, or `None` at the end of the walk.
    pub(super) fn take(&mut self, walk: &Walk, page: &Exchange) -> Option<Uri> {
        self.seen.push(page.request.url.clone());
        if page.response().is_some_and(|response| response.body.truncated || response.body.bytes.len() > LONGEST_JSON) {
            self.walked.unread = Some(format!("page {} is longer than {} MiB, and was not read", self.seen.len(), LONGEST_JSON >> 20));
            return None;
        }
        let Some(entries) = entries(walk, page) else {
            self.stop(format!("page {} has no array at {}", self.seen.len(), walk.pointer));
            return None;
        };
        self.walked.pages.push(entries.len());
        let shown = |entry: serde_json::Value| match &walk.item {
            Some(pointer) => entry.pointer(pointer).cloned().unwrap_or(serde_json::Value::Null),
            None => entry,
        };
        self.walked.entries.extend(entries.into_iter().map(shown));
        let next = link::next(&page.response()?.headers)?;
        let url = match resolve(&page.request.url, &next) {
            Ok(url) => url,
            Err(why) => {
                self.stop(format!("the Link of page {} can't be followed: {why}", self.seen.len()));
                return None;
            }
        };
        if self.seen.contains(&url) {
            self.stop(format!("the Link of page {} leads back to a page already seen", self.seen.len()));
            return None;
        }
        if self.seen.len() >= walk.pages {
            self.walked.more = true;
            return None;
        }
        Some(url)
    }

    fn stop(&mut self, problem: String) {
        self.walked.problem = Some(problem);
    }

    pub(super) fn finish(self) -> Walked {
        self.walked
    }
}

fn entries(walk: &Walk, page: &Exchange) -> Option<Vec<serde_json::Value>> {
    let json: serde_json::Value = serde_json::from_slice(&page.response()?.body.bytes).ok()?;
    match json.pointer(&walk.pointer)? {
        serde_json::Value::Array(entries) => Some(entries.clone()),
        _ => None,
    }
}
