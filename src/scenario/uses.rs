//! What a step makes use of.

use super::{Act, Auth, Body, Each, Request, Save, Target, Values};
use crate::judge::Uses;
use crate::text::{At, Place};

impl Act {
    /// Everything that it names; what is in `together` names for itself.
    pub(super) fn uses(&self) -> Uses {
        let mut uses = Uses::default();
        match self {
            Self::Request(request) => request.uses(&mut uses),
            Self::Push(push) => {
                uses.datum(&push.datum, push.datum.place);
                uses.text(&push.to, push.to.place);
                push.tag.iter().for_each(|tag| uses.text(tag, tag.place));
            }
            Self::Advance(period) => uses.text(period, period.place),
            Self::Together(_) => {}
        }
        uses
    }
}

impl Request {
    fn uses(&self, uses: &mut Uses) {
        match &self.target.value {
            Target::Path(text) | Target::Url(text) => uses.text(text, self.target.place),
        }
        for values in self.query.values().chain(self.headers.values().flatten()) {
            values.iter().for_each(|value| uses.text(value, values.place));
        }
        if let Some(body) = &self.body {
            body.uses(body.place, uses);
        }
        match &self.auth.value {
            Auth::Basic { user, password } => [user, password].into_iter().for_each(|text| uses.text(text, self.auth.place)),
            Auth::Bearer(token) => uses.text(token, self.auth.place),
            Auth::Auto | Auth::None => {}
        }
        if let Some(Each { name, values: Values::List(list) }) = &self.each {
            uses.list(list, name.place);
        }
        if let Some(walk) = &self.walk {
            std::iter::once(&walk.list).chain(&walk.item).for_each(|pointer| check_pointer(pointer, uses));
        }
        self.save.values().for_each(|save| save.uses(uses));
        self.expectations().for_each(|(_, _, expectation)| expectation.uses(uses));
    }
}

impl Body {
    fn uses(&self, place: Place, uses: &mut Uses) {
        match self {
            Self::Datum(name) => uses.datum(name, place),
            Self::Slice(slice) => slice.uses(uses),
            Self::Cut(name) => uses.datum(name, name.place),
            Self::Json(json) => json.templates().for_each(|text| uses.text(&text, place)),
            Self::Text(text) => uses.text(text, place),
            Self::Form(fields) => fields.values().for_each(|text| uses.text(text, place)),
        }
    }
}

impl Save {
    fn uses(&self, uses: &mut Uses) {
        match self {
            Self::Regex(pattern) => {
                pattern.uses(pattern.place, uses);
                if pattern.regex().is_ok_and(|regex| regex.captures_len() < 2) {
                    uses.mistake("this regular expression has no group, and the first group is what is saved", pattern.place);
                }
            }
            Self::Json(pointer) => check_pointer(pointer, uses),
            Self::LocationOr(text) | Self::EtagOr(text) => uses.text(text, text.place),
            Self::Location | Self::Digest | Self::Body | Self::Header(_) | Self::Challenge(_) => {}
        }
    }
}

/// A JSON Pointer is empty, or begins with `/`.
pub(super) fn check_pointer(pointer: &At<String>, uses: &mut Uses) {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        uses.mistake(format!("`{pointer}` is no JSON Pointer: one begins with `/`"), pointer.place);
    }
}
