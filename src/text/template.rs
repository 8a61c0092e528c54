//! Text with variables: `GET /v2/<repo>/tags/list`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text in which `<name>` or `<name.field.field>` stands for a value; `\<` is a literal `<`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Template {
    source: String,
    pieces: Vec<Piece>,
}

/// A part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Text as it is.
    Literal(String),
    /// A variable's path: `layer.digest` is `["layer", "digest"]`.
    Variable(Vec<String>),
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A `<` without its `>`.
    #[error("`<` opens a variable that is never closed")]
    Unclosed,
    /// What stands between `<` and `>` is no variable's name.
    #[error("`<{0}>` is no variable's name")]
    BadName(String),
}

impl TemplateError {
    /// How to mend it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Unclosed => "write `<name>` for a variable, `\\<` for a literal `<`",
            Self::BadName(_) => "a name is letters a-z, digits, `-` and `_`, its parts joined by `.`; write `\\<` for a literal `<`",
        }
    }
}

impl Template {
    /// Reads a text with variables.
    ///
    /// # Errors
    /// An unclosed `<`, or something between `<` and `>` that is no name.
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = source;
        while let Some(at) = rest.find('<') {
            if let Some(before) = rest[..at].strip_suffix('\\') {
                literal.push_str(before);
                literal.push('<');
                rest = &rest[at + 1..];
                continue;
            }
            literal.push_str(&rest[..at]);
            let end = rest[at..].find('>').ok_or(TemplateError::Unclosed)? + at;
            let path = variable(&rest[at + 1..end])?;
            if !literal.is_empty() {
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            pieces.push(Piece::Variable(path));
            rest = &rest[end + 1..];
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Self { source: source.to_owned(), pieces })
    }

    /// Text without variables.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        let pieces = if text.is_empty() { Vec::new() } else { vec![Piece::Literal(text.to_owned())] };
        Self { source: text.replace('<', "\\<"), pieces }
    }

    /// One variable and nothing else, by a name that fits the grammar.
    #[must_use]
    pub fn variable(name: &str) -> Self {
        Self { source: format!("<{name}>"), pieces: vec![Piece::Variable(name.split('.').map(str::to_owned).collect())] }
    }

    /// The text as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its parts in order; none for the empty text.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The variables it reads, as paths.
    pub fn variables(&self) -> impl Iterator<Item = &[String]> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(path) => Some(path.as_slice()),
            Piece::Literal(_) => None,
        })
    }

    /// The variable, where the text is one variable and nothing else.
    #[must_use]
    pub fn only_variable(&self) -> Option<&[String]> {
        match self.pieces.as_slice() {
            [Piece::Variable(path)] => Some(path),
            _ => None,
        }
    }

    /// Fills every variable by `value`; the first path that has none is the error.
    ///
    /// # Errors
    /// The path (joined by `.`) that `value` does not know.
    pub fn fill(&self, mut value: impl FnMut(&[String]) -> Option<String>) -> Result<String, String> {
        let mut out = String::with_capacity(self.source.len());
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Variable(path) => out.push_str(&value(path).ok_or_else(|| path.join("."))?),
            }
        }
        Ok(out)
    }
}

fn variable(text: &str) -> Result<Vec<String>, TemplateError> {
    let fits = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
    if parts.iter().all(|part| fits(part)) { Ok(parts) } else { Err(TemplateError::BadName(text.to_owned())) }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let source = String::deserialize(deserializer)?;
        Self::parse(&source).map_err(|error| super::mistake(&error, "", Some(error.help())))
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.source)
    }
}

impl schemars::JsonSchema for Template {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Template".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "description": "Text; `<name>` stands for a variable, `\\<` for a literal `<`."})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String, String> {
        Template::parse(text).map_err(|e| e.to_string())?.fill(|path| match path.join(".").as_str() {
            "repo" => Some("a/b".into()),
            "layer.digest" => Some("sha256:0".into()),
            _ => None,
        })
    }

    #[test]
    fn variables_are_filled_and_an_escaped_bracket_is_kept() {
        assert_eq!(filled("GET /v2/<repo>/blobs/<layer.digest>").unwrap(), "GET /v2/a/b/blobs/sha256:0");
        assert_eq!(filled("a \\<b> <repo>").unwrap(), "a <b> a/b");
        assert_eq!(filled("").unwrap(), "");
        assert_eq!(filled("<nobody>"), Err("nobody".into()));
    }

    proptest::proptest! {
        #[test]
        fn any_text_stands_for_itself_as_a_literal(text in "[a-z<>\\\\ ]{0,20}|\\PC{0,20}") {
            let literal = Template::literal(&text);
            proptest::prop_assert_eq!(literal.fill(|_| None), Ok(text));
            proptest::prop_assert_eq!(Template::parse(literal.source()), Ok(literal));
        }

        #[test]
        fn what_is_parsed_reads_back_the_same_and_fills_in_order(parts in proptest::collection::vec(("[a-z ]{0,5}", "[a-z][a-z0-9_-]{0,4}(\\.[a-z]{1,4})?"), 0..5)) {
            let text = parts.iter().fold(String::new(), |all, (text, name)| all + text + "<" + name + ">");
            let template = Template::parse(&text).unwrap();
            proptest::prop_assert_eq!(template.to_string(), text);
            proptest::prop_assert_eq!(template.variables().map(|path| path.join(".")).collect::<Vec<_>>(), parts.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>());
            let filled: String = parts.iter().flat_map(|(text, name)| [text.as_str(), name.as_str()]).collect();
            proptest::prop_assert_eq!(template.fill(|path| Some(path.join("."))), Ok(filled));
        }
    }

    #[test]
    fn what_is_no_variable_is_refused() {
        assert_eq!(Template::parse("a <b"), Err(TemplateError::Unclosed));
        assert_eq!(Template::parse("<B>"), Err(TemplateError::BadName("B".into())));
        assert_eq!(Template::parse("<>"), Err(TemplateError::BadName(String::new())));
        assert_eq!(Template::parse("<a..b>"), Err(TemplateError::BadName("a..b".into())));
    }
}
