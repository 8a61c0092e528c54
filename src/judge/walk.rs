//! `walk: { exactly: tags, sorted: true, no_repeats: true, least_pages: 2, page_most: 3 }`.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::items::{Difference, Items};
use super::json_form::order_of;
use super::matchers::Judge;
use super::view::{View, Walked};
use super::words::{brief, counted};
use super::{Mismatch, Uses};
use crate::text::{At, Place};

/// What a walk over pages must find.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Walk {
    /// These entries and no others, in any order. An entry is a text, or the digest of a descriptor.
    exactly: Option<At<Items>>,
    /// At least these entries.
    contains: Option<At<Items>>,
    /// In lexical order, over all pages.
    #[serde(default)]
    sorted: bool,
    /// No entry twice.
    #[serde(default)]
    no_repeats: bool,
    /// At least so many pages.
    least_pages: Option<usize>,
    /// No page has more entries.
    page_most: Option<usize>,
    /// Every Link leads to a page that comes.
    #[serde(default)]
    leads_on: bool,
}

impl Judge for Walk {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        view.response(|| self.wording())?;
        let walked = view.walked.ok_or_else(|| Mismatch::lacking("the step walked no pages"))?;
        if let Some(problem) = &walked.problem {
            return Err(Mismatch::fail(format!("pages that can be walked, with {}", self.wording()), brief(problem.as_bytes())));
        }
        if let Some(why) = &walked.unread {
            return Err(Mismatch::unseen(self.wording(), why.clone()));
        }
        if let Some(why) = walked.astray.as_ref().filter(|_| self.leads_on) {
            return Err(Mismatch::fail("Links that lead from page to page", brief(why.as_bytes())));
        }
        let entries: Vec<Value> = walked.entries.iter().map(key).collect();
        self.judge_pages(walked)?;
        self.judge_order(&entries)?;
        match unseen(walked) {
            Some(why) if self.exactly.is_some() || self.sorted || self.no_repeats => Err(Mismatch::unseen(self.wording(), why)),
            // What was not seen may hold what is missing.
            Some(why) => self.judge_entries(view, &entries).map_err(|_| Mismatch::unseen(self.wording(), why)),
            None => self.judge_entries(view, &entries),
        }
    }

    fn wording(&self) -> String {
        let parts = [
            self.exactly.as_ref().map(|items| format!("exactly {}", items.wording())),
            self.contains.as_ref().map(|items| format!("at least {}", items.wording())),
            self.sorted.then(|| "lexical order".to_owned()),
            self.no_repeats.then(|| "no entry twice".to_owned()),
            self.least_pages.map(|pages| format!("{} or more", counted(pages, "page"))),
            self.page_most.map(|most| format!("at most {} a page", counted(most, "entry"))),
            self.leads_on.then(|| "Links that lead on".to_owned()),
        ];
        let told: Vec<String> = parts.into_iter().flatten().collect();
        format!("over all pages {}", told.join(", "))
    }

    fn uses(&self, place: Place, uses: &mut Uses) {
        for items in [&self.exactly, &self.contains].into_iter().flatten() {
            items.uses(items.place, uses);
        }
        uses.walks.push(place);
        if *self == Self::default() {
            uses.mistake("this walk expects nothing", place);
        }
    }
}

impl Walk {
    fn judge_pages(&self, walked: &Walked) -> Result<(), Mismatch> {
        if let Some(least) = self.least_pages.filter(|least| walked.pages.len() < *least) {
            if let Some(why) = unseen(walked) {
                return Err(Mismatch::unseen(self.wording(), why));
            }
            return Err(Mismatch::fail(format!("{} or more", counted(least, "page")), counted(walked.pages.len(), "page")));
        }
        let Some(most) = self.page_most else { return Ok(()) };
        walked.pages.iter().position(|len| *len > most).map_or(Ok(()), |page| {
            let came = format!("{} on page {}", counted(walked.pages[page], "entry"), page + 1);
            Err(Mismatch::fail(format!("at most {} a page", counted(most, "entry")), came))
        })
    }

    fn judge_entries(&self, view: &View<'_>, entries: &[Value]) -> Result<(), Mismatch> {
        if let Some(items) = &self.exactly {
            let told = Difference::between(entries, &items.fill(view)?).told();
            told.map_or(Ok(()), |(came, sign)| Err(Mismatch::fail(format!("exactly {}", items.wording()), came).signed(sign)))?;
        }
        if let Some(items) = &self.contains {
            let Difference { missing, .. } = Difference::between(entries, &items.fill(view)?);
            let told = Difference { missing, surplus: Vec::new() }.told();
            told.map_or(Ok(()), |(came, sign)| Err(Mismatch::fail(format!("at least {}", items.wording()), came).signed(sign)))?;
        }
        Ok(())
    }

    fn judge_order(&self, entries: &[Value]) -> Result<(), Mismatch> {
        let texts: Vec<&str> = entries.iter().filter_map(Value::as_str).collect();
        if (self.sorted || self.no_repeats) && texts.len() < entries.len() {
            return Err(Mismatch::fail(self.wording(), "entries that are neither texts nor descriptors"));
        }
        let mut seen = HashSet::new();
        if let Some(twice) = texts.iter().find(|text| self.no_repeats && !seen.insert(**text)) {
            return Err(Mismatch::fail("no entry twice", format!("`{}` twice", brief(twice.as_bytes()))).signed("an entry twice"));
        }
        if self.sorted { order_of(&texts, "lexical order over all pages") } else { Ok(()) }
    }
}

/// Why there may be more than was seen.
fn unseen(walked: &Walked) -> Option<String> {
    let more = walked.more.then(|| format!("there were more than {}", counted(walked.pages.len(), "page")));
    more.or_else(|| walked.astray.as_ref().map(|why| brief(why.as_bytes())))
}

/// What an entry is known by: itself, or the digest where it is a descriptor.
fn key(entry: &Value) -> Value {
    entry.get("digest").filter(|digest| digest.is_string()).unwrap_or(entry).clone()
}
