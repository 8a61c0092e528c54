//! `WWW-Authenticate`, read by the rules of RFC 9110, section 11.6.1.

use http::HeaderMap;

/// What a registry asks for: a scheme with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// As it was written; compared with [`Challenge::is`].
    pub scheme: String,
    /// What stands in place of parameters (`Negotiate` has such).
    pub token68: Option<String>,
    /// Names in lower case, values unquoted; no name twice. Bytes that are no UTF-8 are replaced.
    pub params: Vec<(String, String)>,
    /// What breaks the grammar in it; what could still be read is above.
    pub problem: Option<&'static str>,
}

impl Challenge {
    /// Whether its scheme is `scheme`, whatever the case.
    #[must_use]
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// The value of a parameter; `name` in lower case.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Every challenge of every `WWW-Authenticate` line, in order. Never fails: what breaks the grammar is told in
/// [`Challenge::problem`] of the challenge that it stands in, or dropped where it stands in none.
#[must_use]
pub fn challenges(headers: &HeaderMap) -> Vec<Challenge> {
    headers.get_all(http::header::WWW_AUTHENTICATE).iter().flat_map(|line| Reader { line: line.as_bytes(), at: 0 }.challenges()).collect()
}

/// The challenge that a client answers: Bearer where there is one, else Basic.
#[must_use]
pub fn preferred(headers: &HeaderMap) -> Option<Challenge> {
    let mut all = challenges(headers);
    let at = ["bearer", "basic"].iter().find_map(|scheme| all.iter().position(|challenge| challenge.is(scheme)))?;
    Some(all.swap_remove(at))
}

struct Reader<'a> {
    line: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn challenges(mut self) -> Vec<Challenge> {
        let mut found: Vec<Challenge> = Vec::new();
        loop {
            self.skip(|b| b == b',' || is_space(b));
            if self.at == self.line.len() {
                return found;
            }
            let name = self.token();
            let after_name = self.at;
            self.skip(is_space);
            if self.peek() == Some(b'=') && !name.is_empty() {
                self.at += 1;
                self.param(&name, found.last_mut());
            } else if name.is_empty() {
                self.junk(found.last_mut());
                continue;
            } else {
                self.at = after_name;
                found.push(self.scheme(name));
            }
            self.end_of_element(found.last_mut());
        }
    }

    /// The rest of a challenge's first element: nothing, a token68, or its first parameter.
    fn scheme(&mut self, scheme: String) -> Challenge {
        let mut challenge = Challenge { scheme, token68: None, params: Vec::new(), problem: None };
        let before = self.at;
        self.skip(is_space);
        if self.at == before || matches!(self.peek(), None | Some(b',')) {
            return challenge;
        }
        if let Some(token68) = self.token68() {
            challenge.token68 = Some(token68);
            return challenge;
        }
        let name = self.token();
        self.skip(is_space);
        if !name.is_empty() && self.peek() == Some(b'=') {
            self.at += 1;
            self.param(&name, Some(&mut challenge));
        } else {
            self.junk(Some(&mut challenge));
        }
        challenge
    }

    /// Reads the value of a parameter whose `=` is behind, into the challenge that it belongs to.
    fn param(&mut self, name: &str, into: Option<&mut Challenge>) {
        self.skip(is_space);
        let (value, problem) = if self.peek() == Some(b'"') { self.quoted() } else { (self.token(), None) };
        let Some(challenge) = into else { return };
        let name = name.to_ascii_lowercase();
        if let Some(problem) = problem {
            challenge.problem.get_or_insert(problem);
        }
        if challenge.token68.is_some() {
            challenge.problem.get_or_insert("it has both a token and parameters");
        }
        if challenge.param(&name).is_some() {
            challenge.problem.get_or_insert("a parameter stands twice in it");
        } else {
            challenge.params.push((name, value));
        }
    }

    fn quoted(&mut self) -> (String, Option<&'static str>) {
        self.at += 1;
        let mut value = Vec::new();
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => return (text(&value), None),
                b'\\' => {
                    value.extend(self.peek());
                    self.at = self.line.len().min(self.at + 1);
                }
                _ => value.push(byte),
            }
        }
        (text(&value), Some("a quoted value is never closed"))
    }

    /// A token68, where the whole element is one; else nothing is read.
    fn token68(&mut self) -> Option<String> {
        let start = self.at;
        self.skip(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b));
        let body = self.at;
        self.skip(|b| b == b'=');
        let end = self.at;
        self.skip(is_space);
        if body > start && matches!(self.peek(), None | Some(b',')) {
            return Some(text(&self.line[start..end]));
        }
        self.at = start;
        None
    }

    fn end_of_element(&mut self, challenge: Option<&mut Challenge>) {
        self.skip(is_space);
        if !matches!(self.peek(), None | Some(b',')) {
            self.junk(challenge);
        }
    }

    /// Skips what is no part of the grammar, up to the next comma that is not quoted.
    fn junk(&mut self, challenge: Option<&mut Challenge>) {
        if let Some(challenge) = challenge {
            challenge.problem.get_or_insert("no comma, no parameter and no token stands where one is due");
        }
        while let Some(byte) = self.peek() {
            match byte {
                b',' => return,
                b'"' => drop(self.quoted()),
                _ => self.at += 1,
            }
        }
    }

    fn token(&mut self) -> String {
        let start = self.at;
        self.skip(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
        text(&self.line[start..self.at])
    }

    fn skip(&mut self, over: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&over) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn read(lines: &[&[u8]]) -> Vec<Challenge> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(http::header::WWW_AUTHENTICATE, HeaderValue::from_bytes(line).unwrap());
        }
        challenges(&headers)
    }

    /// `scheme token68? name=value|name=value !problem`, one per challenge.
    fn told(line: &str) -> Vec<String> {
        let tell = |c: Challenge| {
            let params: Vec<_> = c.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let problem = if c.problem.is_some() { "!" } else { "" };
            format!("{}[{}]{}{problem}", c.scheme, c.token68.unwrap_or_default(), params.join("|"))
        };
        read(&[line.as_bytes()]).into_iter().map(tell).collect()
    }

    #[test]
    fn challenges_are_read_as_rfc_9110_writes_them() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (" , ,", &[]),
            ("Basic", &["Basic[]"]),
            (r#"Basic realm="simple""#, &["Basic[]realm=simple"]),
            (r#"bEaReR REALM="http://h/t",Service=reg"#, &["bEaReR[]realm=http://h/t|service=reg"]),
            (r#"Bearer realm="t",scope="repository:a:pull,push""#, &["Bearer[]realm=t|scope=repository:a:pull,push"]),
            (r#"Basic realm="a \"b\", c\\""#, &[r#"Basic[]realm=a "b", c\"#]),
            (r#"Basic realm="a", Bearer realm="b", service="c""#, &["Basic[]realm=a", "Bearer[]realm=b|service=c"]),
            (
                r#"Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple""#,
                &[r#"Newauth[]realm=apps|type=1|title=Login to "apps""#, "Basic[]realm=simple"],
            ),
            ("Negotiate, Basic realm=x", &["Negotiate[]", "Basic[]realm=x"]),
            ("Negotiate YWJj=, Bearer realm = \"x\" ,\t service\t=y", &["Negotiate[YWJj=]", "Bearer[]realm=x|service=y"]),
            (", Basic ,realm=\"x\",, ", &["Basic[]realm=x"]),
            ("Bearer  realm=\"\"", &["Bearer[]realm="]),
        ];
        for (line, want) in cases {
            assert_eq!(told(line), *want, "{line}");
        }
    }

    #[test]
    fn what_breaks_the_grammar_is_told_and_the_rest_still_read() {
        let cases: &[(&str, &[&str])] = &[
            (r#"Bearer realm="x" service="y", scope=z"#, &["Bearer[]realm=x|scope=z!"]),
            (r#"Bearer realm="never closed"#, &["Bearer[]realm=never closed!"]),
            (r#"Bearer realm="x\"#, &["Bearer[]realm=x!"]),
            ("Bearer realm=a,realm=b", &["Bearer[]realm=a!"]),
            ("Bearer realm=http://h/t", &["Bearer[]realm=http!"]),
            ("Basic Bearer realm=x", &["Basic[]!"]),
            ("realm=x", &[]),
            ("@,Basic", &["Basic[]"]),
        ];
        for (line, want) in cases {
            assert_eq!(told(line), *want, "{line}");
        }
    }

    #[test]
    fn several_lines_and_odd_bytes_are_read_in_order() {
        let both = read(&[b"Basic realm=\"a\"", b"Bearer realm=\"\xff\""]);
        assert!(both[0].is("BASIC") && both[1].is("bearer"));
        assert_eq!(both[1].param("realm"), Some("\u{fffd}"));
        assert_eq!(both[1].problem, None);
    }

    proptest! {
        #[test]
        fn no_line_makes_reading_panic(line in proptest::collection::vec(prop_oneof![0x20_u8..0x7f, 0x80..=0xff_u8, Just(9)], 0..60)) {
            let _ = read(&[&line]);
        }

        #[test]
        fn what_is_written_with_quotes_is_read_back(value in "[ -~]{0,30}", second in "[ -~]{0,30}") {
            let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
            let line = format!("X a=\"{}\", b=\"{}\", Y", quoted(&value), quoted(&second));
            let read = read(&[line.as_bytes()]);
            prop_assert_eq!(read.len(), 2);
            prop_assert_eq!(read[0].param("a"), Some(value.as_str()));
            prop_assert_eq!(read[0].param("b"), Some(second.as_str()));
            prop_assert_eq!(read[0].problem.or(read[1].problem), None);
        }
    }
}
