//! `text: { contains: ["FROM <host>/<repo>:v1"], lacks: [Password] }`: what a page for people says.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Deserialize;

use super::matchers::Judge;
use super::view::View;
use super::words::{brief, listed};
use super::{Mismatch, Uses, received};
use crate::text::{At, Place, Template};

/// Texts that the body has, and texts that it has not. References to characters (`&amp;`, `&#39;`) are read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    /// All of these are in it.
    #[serde(default)]
    contains: Vec<At<Template>>,
    /// None of these is.
    #[serde(default)]
    lacks: Vec<At<Template>>,
}

impl Judge for Text {
    fn judge(&self, view: &View<'_>) -> Result<(), Mismatch> {
        let response = view.response(|| self.wording())?;
        let content = received::content(view.exchange, response)?;
        received::judgeable(&content)?;
        let page = read(String::from_utf8_lossy(&content));
        let fail = |what: &str, text: &str| Err(Mismatch::fail(self.wording(), format!("a body {what} {}", brief(text.as_bytes()))));
        for wanted in &self.contains {
            let text = view.fill(wanted)?;
            if !page.contains(&text) {
                return fail("without", &text);
            }
        }
        for unwanted in &self.lacks {
            let text = view.fill(unwanted)?;
            if page.contains(&text) {
                return fail("with", &text);
            }
        }
        Ok(())
    }

    fn wording(&self) -> String {
        let told = |word: &str, texts: &[At<Template>]| {
            let texts: Vec<&str> = texts.iter().map(|text| text.source()).collect();
            (!texts.is_empty()).then(|| format!("{word} {}", listed(&texts)))
        };
        let parts: Vec<String> = [told("with", &self.contains), told("without", &self.lacks)].into_iter().flatten().collect();
        format!("a body {}", parts.join(" and "))
    }

    fn uses(&self, place: Place, uses: &mut Uses) {
        uses.bodies.push(place);
        self.contains.iter().chain(&self.lacks).for_each(|text| uses.text(text, text.place));
        if self.contains.is_empty() && self.lacks.is_empty() {
            uses.mistake("`text` names nothing to look for", place);
        }
    }
}

/// The references that stand for characters of names and command lines.
fn read(page: Cow<'_, str>) -> Cow<'_, str> {
    if !page.contains('&') {
        return page;
    }
    let known =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&#x2F;", "/"), ("&amp;", "&")];
    Cow::Owned(known.iter().fold(page.into_owned(), |page, (reference, character)| page.replace(reference, character)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_to_characters_are_read_and_once_only() {
        assert_eq!(read(Cow::Borrowed("a &lt;b&gt; &quot;c&quot; &#39;d&#39; e&#x2F;f")), "a <b> \"c\" 'd' e/f");
        assert_eq!(read(Cow::Borrowed("&amp;lt;")), "&lt;");
    }
}
