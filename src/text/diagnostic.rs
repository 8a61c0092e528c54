//! What is wrong in a file, shown where it is.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str};

use super::{Place, SourceFile, visible};

/// One mistake, with the line that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as it is shown.
    pub path: Arc<str>,
    /// Where in it, where one place is to blame.
    pub place: Option<Place>,
    /// What is wrong, in one sentence.
    pub title: String,
    /// What to say at the caret; may be empty.
    pub label: String,
    /// How to mend it.
    pub help: Option<String>,
    /// The text of the line, and the part of it (bytes) that is to blame.
    excerpt: Option<Box<Excerpt>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Excerpt {
    line: String,
    range: Range<usize>,
}

/// How far into a line a mistake may stand for the line to be shown.
const LONGEST_LINE: usize = 4096;

impl Diagnostic {
    /// A mistake at a place of a file.
    #[must_use]
    pub fn new(file: &SourceFile, place: Place, title: impl Into<String>) -> Self {
        let place = Some(place).filter(|place| place.is_known());
        let excerpt = place.and_then(|place| excerpt(&file.text, place)).map(Box::new);
        Self { path: file.path.as_str().into(), place, title: title.into(), label: String::new(), help: None, excerpt }
    }

    /// A mistake of a file as a whole.
    #[must_use]
    pub fn of_file(path: &str, title: impl Into<String>) -> Self {
        Self { path: path.into(), place: None, title: title.into(), label: String::new(), help: None, excerpt: None }
    }

    /// With words at the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With a way to mend it.
    #[must_use]
    pub fn help(mut self, help: Option<impl Into<String>>) -> Self {
        self.help = help.map(Into::into);
        self
    }

    /// `path:line:column`, or the path alone.
    #[must_use]
    pub fn position(&self) -> String {
        match self.place {
            Some(place) => format!("{}:{}:{}", self.path, place.line, place.column),
            None => self.path.to_string(),
        }
    }

    /// For people: what is wrong, the line, a caret, the help.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let title = harmless(&self.title);
        let path = harmless(&self.path);
        let label = harmless(&self.label);
        let mut group = Group::with_title(Level::ERROR.primary_title(title));
        group = match (&self.excerpt, self.place) {
            (Some(excerpt), Some(place)) => {
                let label = Some(label.as_str()).filter(|label| !label.is_empty());
                let caret = AnnotationKind::Primary.span(excerpt.range.clone()).label(label);
                group.element(Snippet::source(excerpt.line.as_str()).line_start(place.line as usize).path(path).annotation(caret))
            }
            (_, Some(place)) => group.element(Origin::path(path).line(place.line as usize).char_column(place.column as usize)),
            (_, None) => group.element(Origin::path(path)),
        };
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(harmless(help)));
        }
        renderer.render(&[group])
    }
}

/// Text of a stranger that can harm no terminal.
fn harmless(text: &str) -> String {
    normalize_untrusted_str(&visible(text))
}

/// The first line of a place, and the part of the line that it covers: at least one character.
fn excerpt(text: &str, place: Place) -> Option<Excerpt> {
    let start = place.start as usize;
    let line_start = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text[line_start..].split('\n').next()?.trim_end_matches('\r');
    if line.len() > LONGEST_LINE {
        return None;
    }
    let from = (start - line_start).min(line.len());
    let to = (place.end as usize).saturating_sub(line_start).min(line.len());
    let covered = line.get(from..to).map_or(0, |part| part.trim_end().len());
    let at_least = line[from..].chars().next().map_or(0, char::len_utf8);
    let to = from + covered.max(at_least);
    // What is spelt out grows longer: the range moves with it.
    let (before, part, after) = (visible(line.get(..from)?), visible(line.get(from..to)?), visible(line.get(to..)?));
    Some(Excerpt { range: before.len()..before.len() + part.len(), line: before + &part + &after })
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostic {}

/// All that is wrong, in the order of files and lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// `Ok(value)` where nothing is wrong, else all that is, sorted.
    ///
    /// # Errors
    /// Where anything is wrong.
    pub fn or<T>(mut self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort_by(|a, b| (&a.path, a.place, &a.title).cmp(&(&b.path, b.place, &b.title)));
        Err(self)
    }

    /// For people: each with its line and caret.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let out: Vec<String> = self.0.iter().map(|diagnostic| diagnostic.render(colour)).collect();
        out.join("\n\n")
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, iter: I) {
        self.0.extend(iter);
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
