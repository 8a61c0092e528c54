//! What the YAML reader refuses, told to a person.

use serde_saphyr::Error;

use super::mistake::{expected_one_of, one_of, parts};
use super::read::MAX_NESTING;
use super::{Diagnostic, Place, SourceFile};

/// The reader's error as a diagnostic.
pub(super) fn tell(file: &SourceFile, error: &Error) -> Diagnostic {
    let place = error.location().map(|location| pinned(&file.text, Place::of(&location))).unwrap_or_default();
    let at = |title: &str| Diagnostic::new(file, place, title);
    match error {
        Error::Message { msg, .. } => {
            let (title, label, help) = parts(msg);
            at(title).label(label).help(help)
        }
        Error::AliasError { error, .. } => {
            let inner = tell(file, error);
            at(&inner.title).label(inner.label).help(inner.help)
        }
        Error::ExternalMessage { msg, .. } => syntax(file, place, msg),
        Error::UnknownAnchor { .. } => syntax(file, place, "alias"),
        Error::SerdeUnknownField { field, expected, .. } => {
            at(&format!("`{field}` is no key of this map")).label("unknown key").help(expected_one_of(field, expected))
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => at(&format!("`{variant}` is not known here"))
            .label(format!("expected {}", one_of(expected)))
            .help(super::meant(variant, expected.iter().copied())),
        Error::SerdeMissingField { field, .. } => at(&format!("the key `{field}` is missing")).label(format!("this map has no `{field}`")),
        Error::DuplicateMappingKey { key, .. } => at(&format!("the key `{}` stands twice", key.as_deref().unwrap_or("?")))
            .label("second of the same name")
            .help(Some("take one of the two away, or put both values into one")),
        other => shape(file, place, other),
    }
}

/// Something else than what stands there was wanted.
fn shape(file: &SourceFile, place: Place, error: &Error) -> Diagnostic {
    let wanted = match error {
        Error::Eof { .. } => return Diagnostic::new(file, place, "the file is empty").label("expected a map (`key: value`)"),
        Error::Budget { .. } | Error::AliasReplayLimitExceeded { .. } | Error::AliasReplayStackDepthExceeded { .. } => {
            return bounds(file, place, error);
        }
        Error::Unexpected { expected, .. } => wanted(expected).to_owned(),
        Error::NullIntoString { .. } => "text".to_owned(),
        Error::SerdeInvalidType { expected, .. }
        | Error::SerdeInvalidValue { expected, .. }
        | Error::SerdeInvalidLength { expected, .. } => expected.clone(),
        Error::InvalidScalar { ty, .. } => number(ty).to_owned(),
        Error::InvalidBooleanStrict { .. } => "`true` or `false`".to_owned(),
        Error::ExternallyTaggedEnumExpectedScalarOrMapping { .. } | Error::ExpectedStringKeyForExternallyTaggedEnum { .. } => {
            "a word, or a map with one key".to_owned()
        }
        Error::ExpectedMappingEndAfterEnumVariantValue { .. } => "one key alone in this map".to_owned(),
        Error::MultipleDocuments { .. } => {
            return Diagnostic::new(file, place, "a second document begins in this file")
                .help(Some("one file holds one: take the `---` away"));
        }
        Error::MergeKeyNotAllowed { .. } => {
            return Diagnostic::new(file, place, "merge keys (`<<`) are not read").help(Some("write the keys out"));
        }
        Error::UnsupportedTag { tag, .. } => {
            return Diagnostic::new(file, place, format!("the tag `{tag}` is not read")).help(Some("quote text that begins with `!`"));
        }
        other => return Diagnostic::new(file, place, plain(&other.to_string())),
    };
    let found = found(&file.text, place);
    let help = braced(&file.text, place).map(|name| format!("a variable is written `<{name}>`"));
    Diagnostic::new(file, place, format!("expected {wanted}, found {found}")).label(format!("found {found}")).help(help)
}

/// The name in `{name}`, as other tools write variables.
fn braced(text: &str, place: Place) -> Option<&str> {
    let (name, _) = text.get(place.start as usize..)?.strip_prefix('{')?.split_once('}')?;
    let name = name.trim_matches(['{', ' ']);
    let fits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    fits.then_some(name)
}

fn bounds(file: &SourceFile, place: Place, error: &Error) -> Diagnostic {
    let told = error.to_string();
    let title = if told.contains("Depth") {
        format!("maps and lists nest deeper than {MAX_NESTING} here")
    } else if told.contains("lias") || told.contains("Anchor") {
        return Diagnostic::new(file, place, "aliases of aliases make this file too large").help(Some("write the values out"));
    } else {
        "this file holds too many values".to_owned()
    };
    Diagnostic::new(file, place, title).label("the limit is reached here").help(Some("write less in one file, or less deep"))
}

fn wanted(expected: &'static str) -> &'static str {
    match expected {
        "mapping start" => "a map (`key: value`)",
        "sequence start" => "a list (`[a, b]`)",
        "string scalar" => "text",
        "scalar" => "a single value",
        other => other,
    }
}

fn number(kind: &str) -> &'static str {
    match kind {
        "boolean" => "`true` or `false`",
        kind if kind.starts_with('u') => "a whole number, not negative and not too large",
        kind if kind.starts_with('i') => "a whole number",
        _ => "a number",
    }
}

/// What stands at a place, in words.
fn found(text: &str, place: Place) -> String {
    let here = text.get(place.start as usize..).unwrap_or_default();
    let written = place.of_text(text).trim_end();
    match here.chars().next() {
        Some('[') => "a list".into(),
        Some('{') => "a map".into(),
        Some('-') if here[1..].starts_with([' ', '\n', '\r']) && written.len() <= 1 => "a list".into(),
        _ if place.start == place.end
            && here.split(['\n', '#']).next().is_some_and(|line| line.contains(": ") || line.trim_end().ends_with(':')) =>
        {
            if here.starts_with(':') { "nothing".into() } else { "a map".into() }
        }
        _ if written.is_empty() || written == ":" => "nothing".into(),
        _ => {
            let first = written.lines().next().unwrap_or_default();
            let short: String = first.chars().take(40).collect();
            format!("`{short}{}`", if short.len() < written.len() { "…" } else { "" })
        }
    }
}

/// The parser's own places have no byte offset: it is found by line and column.
fn pinned(text: &str, place: Place) -> Place {
    if place.start > 0 || place.line <= 1 && place.column <= 1 {
        return place;
    }
    let line_start: usize = text.split_inclusive('\n').take(place.line.saturating_sub(1) as usize).map(str::len).sum();
    let within = text[line_start..].chars().take(place.column.saturating_sub(1) as usize).take_while(|c| *c != '\n');
    let start = u32::try_from(line_start + within.map(char::len_utf8).sum::<usize>()).unwrap_or(u32::MAX);
    Place { start, end: start, ..place }
}

/// Bad YAML, in our words where the mistake is a frequent one.
fn syntax(file: &SourceFile, place: Place, message: &str) -> Diagnostic {
    if message.contains("tab")
        && let Some(tab) = tab_indent(&file.text, place.line)
    {
        return Diagnostic::new(file, tab, "a tab, where only spaces may indent").label("a tab").help(Some("indent with spaces"));
    }
    let next = file.text.get(place.start as usize..).and_then(|text| text.chars().next()).unwrap_or(' ');
    let (title, help) = match message {
        m if m.contains("recursion limit") => {
            (format!("maps and lists nest deeper than {MAX_NESTING} here"), "write less in one file, or less deep")
        }
        m if m.contains("mapping values are not allowed") => {
            ("a `:` where no key can stand".into(), "quote text that holds `: `; or is this line indented too far?")
        }
        m if m.contains("illegal placement of ':'") => {
            ("a `:` where no key can stand".into(), "is a `[`, a `{` or a quote left open in a line above?")
        }
        m if m.contains("did not find expected ',' or") => {
            ("the list or map that is open here has no end".into(), "close it, or part its values by `,`")
        }
        m if m.contains("did not find expected key") || m.contains("did not find expected '-'") => {
            ("this line is indented unlike the lines above it".into(), "the keys of one map begin in one column")
        }
        m if m.contains("unclosed quote") => ("this quote is never closed".into(), "close it before the end of the file"),
        m if m.contains("unexpected character") => (format!("a value can't begin with {}", told(next)), "quote it"),
        m if m.contains("alias") => ("`*` begins an alias, and there is no such anchor".into(), "quote text that begins with `*`"),
        m if m.contains("bracket") => ("the brackets do not match here".into(), "each `[` needs its `]`, each `{` its `}`"),
        m => return Diagnostic::new(file, place, format!("this is no YAML: {}", plain(m))),
    };
    Diagnostic::new(file, place, title).help(Some(help))
}

fn told(c: char) -> String {
    if c.is_control() { format!("the control character U+{:04X}", u32::from(c)) } else { format!("`{c}`") }
}

/// The first tab that indents a line, from a line on.
fn tab_indent(text: &str, from: u32) -> Option<Place> {
    let mut start = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if number >= from
            && let Some(tab) = line[..indent].find('\t')
        {
            return Some(Place::at_byte(text, start + tab, start + tab + 1));
        }
        start += line.len();
    }
    None
}

/// The reader's words without the position, which is shown anyway.
fn plain(message: &str) -> &str {
    message.find(" at line ").map_or(message, |at| &message[..at])
}
