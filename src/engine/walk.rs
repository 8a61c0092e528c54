//! Following pages: `Link: </v2/…>; rel="next"` (RFC 8288, as the tag list and the referrers list use it).

use http::Uri;

use crate::exchange::{Exchange, link, resolve};
use crate::judge::{LONGEST_JSON, Walked};
use crate::plan::Walk;

/// How many entries are kept: a walk ends after the page that goes beyond, as it does after the last page that was asked for.
const MOST_ENTRIES: usize = 100_000;

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
                self.astray(&format!("can't be followed: {why}"));
                return None;
            }
        };
        if self.seen.contains(&url) {
            self.astray("leads back to a page already seen");
            return None;
        }
        if self.seen.len() >= walk.pages || self.walked.entries.len() > MOST_ENTRIES {
            self.walked.more = true;
            return None;
        }
        Some(url)
    }

    /// Whether a page came where a Link leads; where none did, the walk ends on the page before. A 429 says nothing of the Link.
    pub(super) fn came(&mut self, page: &Exchange) -> bool {
        let why = match &page.answer {
            Ok(response) if response.status == 429 || response.status < 300 => return true,
            Ok(response) => format!("status {}", response.status),
            Err(failure) => failure.to_string(),
        };
        self.astray(&format!("leads to {}, where no page comes: {why}", page.request.url));
        false
    }

    fn astray(&mut self, why: &str) {
        self.walked.astray = Some(format!("the Link of page {} {why}", self.seen.len()));
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
