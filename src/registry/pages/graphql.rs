//! As much of GraphQL as a query for packages needs: one operation, fields with arguments, variables.

use serde_json::{Map, Value};

/// How deep selections may nest, and how many fields a query may have.
const DEEPEST: usize = 16;
const MOST_FIELDS: usize = 256;

/// A field with what is asked of it.
#[derive(Debug, PartialEq)]
pub(super) struct Field {
    pub(super) alias: Option<String>,
    pub(super) name: String,
    pub(super) arguments: Map<String, Value>,
    pub(super) fields: Vec<Field>,
}

/// Reads a query.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn parse(text: &str, variables: &Value) -> Result<Vec<Field>, String> {
    let mut reader = Reader { words: words(text)?, at: 0, variables, fields: 0 };
    if reader.peek() == Some("query") {
        while reader.peek().is_some_and(|word| word != "{") {
            reader.at += 1;
        }
    }
    let fields = reader.selection(0)?;
    reader.peek().map_or(Ok(fields), |word| Err(format!("`{word}` follows the end of the query")))
}

impl Field {
    pub(super) fn text(&self, argument: &str) -> Option<&str> {
        self.arguments.get(argument)?.as_str()
    }

    /// What its value is called in the answer.
    pub(super) fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }

    /// `first` or `last`, of a connection.
    pub(super) fn count(&self, argument: &str) -> Option<usize> {
        self.arguments.get(argument).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok())
    }

    /// `names`, of packages.
    pub(super) fn names(&self) -> Option<&[Value]> {
        self.arguments.get("names").and_then(Value::as_array).map(Vec::as_slice)
    }
}

/// Words, texts (with their quotes) and marks.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            c if c.is_whitespace() || c == ',' => {}
            '"' => {
                let mut word = c.to_string();
                loop {
                    match rest.next().ok_or("a text has no end")? {
                        '"' => break,
                        inner => word.push(inner),
                    }
                }
                words.push(word);
            }
            '{' | '}' | '(' | ')' | '[' | ']' | ':' | '$' | '!' | '=' => words.push(c.to_string()),
            c if c.is_ascii_alphanumeric() || c == '_' || c == '-' => {
                let mut word = c.to_string();
                while let Some(c) = rest.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
                    word.push(c);
                }
                words.push(word);
            }
            c => return Err(format!("`{}` has no meaning here", c.escape_default())),
        }
    }
    Ok(words)
}

struct Reader<'a> {
    words: Vec<String>,
    at: usize,
    variables: &'a Value,
    fields: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&str> {
        self.words.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Result<String, String> {
        let word = self.words.get(self.at).cloned().ok_or("the query ends too early")?;
        self.at += 1;
        Ok(word)
    }

    fn takes(&mut self, mark: &str) -> bool {
        let there = self.peek() == Some(mark);
        self.at += usize::from(there);
        there
    }

    fn selection(&mut self, depth: usize) -> Result<Vec<Field>, String> {
        if !self.takes("{") {
            return if depth == 0 { Err("a query begins with `{`".to_owned()) } else { Ok(Vec::new()) };
        }
        if depth >= DEEPEST {
            return Err(format!("fields nest at most {DEEPEST} deep"));
        }
        let mut fields = Vec::new();
        while !self.takes("}") {
            fields.push(self.field(depth)?);
        }
        Ok(fields)
    }

    /// A variable is counted where it is used, since its value is written there.
    fn counted(&mut self) -> Result<(), String> {
        self.fields += 1;
        let few = self.fields <= MOST_FIELDS;
        few.then_some(()).ok_or_else(|| format!("a query has at most {MOST_FIELDS} fields and uses of variables"))
    }

    fn field(&mut self, depth: usize) -> Result<Field, String> {
        self.counted()?;
        let first = self.name()?;
        let (alias, name) = if self.takes(":") { (Some(first), self.name()?) } else { (None, first) };
        let mut arguments = Map::new();
        if self.takes("(") {
            while !self.takes(")") {
                let argument = self.name()?;
                if !self.takes(":") {
                    return Err(format!("`{argument}` has no value"));
                }
                arguments.insert(argument, self.value(0)?);
            }
        }
        Ok(Field { alias, name, arguments, fields: self.selection(depth + 1)? })
    }

    fn name(&mut self) -> Result<String, String> {
        let word = self.next()?;
        let named = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if named { Ok(word) } else { Err(format!("`{word}` stands where a name is wanted")) }
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        let word = self.next()?;
        match word.as_str() {
            "$" => {
                self.counted()?;
                let name = self.name()?;
                self.variables.get(&name).cloned().ok_or_else(|| format!("the variable ${name} has no value"))
            }
            "[" if depth < DEEPEST => {
                let mut values = Vec::new();
                while !self.takes("]") {
                    values.push(self.value(depth + 1)?);
                }
                Ok(Value::Array(values))
            }
            word => match word.strip_prefix('"') {
                Some(text) => Ok(Value::from(text)),
                None => serde_json::from_str(word).map_err(|_| format!("`{word}` is no value")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_query_is_read_with_its_arguments_and_variables() {
        let query =
            "query($n: Int!) { repository(owner: \"o\", name: \"r\") { list: packages(first: $n, names: [\"b\"]) { nodes { name } } } }";
        let fields = parse(query, &json!({ "n": 1 })).unwrap();
        assert_eq!(fields[0].text("owner"), Some("o"));
        let list = &fields[0].fields[0];
        assert_eq!((list.key(), list.name.as_str(), list.count("first")), ("list", "packages", Some(1)));
        assert_eq!(list.names(), Some(&[json!("b")][..]));
        assert_eq!(list.fields[0].fields[0].key(), "name");
    }

    #[test]
    fn what_is_no_query_is_refused_in_words() {
        let deep = "{a".repeat(40);
        for query in ["", "{", "{ a", "{ a } b", "{ a(b) }", "{ a(b: $c) }", "{ 1 }", "}", "{ a(b: [[[) }", "{ % }", "{ a(b: \"c) }", &deep]
        {
            assert!(parse(query, &Value::Null).is_err(), "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[ -~]{0,60}|[a-z{}()\\[\\]:$\", ]{0,60}") {
            let _ = parse(&text, &Value::Null);
        }
    }
}
