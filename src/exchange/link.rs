//! The Link header (RFC 8288, section 3 and appendix B), as far as paging needs it.

use http::HeaderMap;

/// One link: its target as written, and its relations in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What stood between `<` and `>`.
    pub target: String,
    /// The space-separated relations of its first `rel`; empty where it has none.
    pub relations: Vec<String>,
}

impl Link {
    /// Whether it has this relation, in any case of letters.
    #[must_use]
    pub fn is(&self, relation: &str) -> bool {
        self.relations.iter().any(|own| own.eq_ignore_ascii_case(relation))
    }
}

/// The links of all Link lines, in order. What follows a value that is no link is not read on that line.
#[must_use]
pub fn links(headers: &HeaderMap) -> Vec<Link> {
    let lines = headers.get_all(http::header::LINK).iter();
    lines.flat_map(|line| links_in(&String::from_utf8_lossy(line.as_bytes()))).collect()
}

/// The target of the first link whose relations hold `next`, as written.
#[must_use]
pub fn next(headers: &HeaderMap) -> Option<String> {
    links(headers).into_iter().find(|link| link.is("next")).map(|link| link.target)
}

/// The links of one field value.
#[must_use]
pub fn links_in(value: &str) -> Vec<Link> {
    let mut links = Vec::new();
    let mut rest = value;
    loop {
        // Empty elements of a list are to be skipped (RFC 9110, section 5.6.1).
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((target, behind)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) else { return links };
        let (relations, behind) = params(behind);
        links.push(Link { target: target.trim().to_owned(), relations });
        rest = behind;
        if !rest.starts_with(',') {
            return links;
        }
    }
}

/// Reads a link's parameters: the relations of its first `rel` (later ones are to be ignored), and what stands behind the parameters.
fn params(mut rest: &str) -> (Vec<String>, &str) {
    let mut relations: Option<Vec<String>> = None;
    loop {
        rest = rest.trim_start();
        let Some(param) = rest.strip_prefix(';') else { return (relations.unwrap_or_default(), rest) };
        let param = param.trim_start();
        let end = param.find(['=', ';', ',']).unwrap_or(param.len());
        let (name, behind) = param.split_at(end);
        let (value, behind) = behind.strip_prefix('=').map_or_else(|| (String::new(), behind), |behind| param_value(behind.trim_start()));
        if name.trim().eq_ignore_ascii_case("rel") && relations.is_none() {
            relations = Some(value.split_ascii_whitespace().map(str::to_ascii_lowercase).collect());
        }
        rest = behind;
    }
}

/// A parameter's value, a token or a quoted string, and what stands behind it.
fn param_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, behind) = text.split_at(text.find([';', ',']).unwrap_or(text.len()));
        return (value.trim().to_owned(), behind);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn the_next_link_is_found_in_every_lawful_spelling() {
        for (value, expected) in [
            (r#"</v2/a/tags/list?n=2&last=b>; rel="next""#, Some("/v2/a/tags/list?n=2&last=b")),
            ("</x>; rel=next", Some("/x")),
            ("</x>;REL=\"Next\"", Some("/x")),
            ("</x> ; rel = next", Some("/x")),
            ("</x>; rel=\"last next\"", Some("/x")),
            ("</x>; rel=\"last\tnext\" ;title=y", Some("/x")),
            ("</x>;rel=\"prev\", </y>; title=\"a, b\"; REL=\"last Next\"", Some("/y")),
            ("</a,b;rel=next>; title=\"x, <y>; rel=next\"; rel=\"first\", </u>; title=\"a, b\"; REL=\"Next\"", Some("/u")),
            (r#"</a>; title="q\", <z>; rel=next"; rel=prev, </b>; rel=next"#, Some("/b")),
            (", ,</b>; rel=next", Some("/b")),
            ("</b>; crossorigin; rel=next", Some("/b")),
            ("</b>;; rel=next", Some("/b")),
            ("<https://h/x?a=1,2>; rel=\"next\"", Some("https://h/x?a=1,2")),
            ("</x>; rel=prev; rel=next", None),
            ("</x>; rel=\"nextish\"", None),
            ("</x>; title=\"rel=next\"", None),
            ("</x>; relation=next", None),
            ("</x>; rel=\"prev\"", None),
            ("</x>", None),
            ("</x", None),
            ("/x; rel=next", None),
            ("rel=next", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::LINK, HeaderValue::from_str(value).unwrap());
            assert_eq!(next(&headers).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn all_lines_and_all_links_of_a_line_are_read() {
        let mut headers = HeaderMap::new();
        headers.append(http::header::LINK, HeaderValue::from_static("</docs>; rel=help, </a>; rel=\"first up\""));
        headers.append(http::header::LINK, HeaderValue::from_static("</b>; rel=next"));
        let told: Vec<(String, usize)> = links(&headers).into_iter().map(|link| (link.target, link.relations.len())).collect();
        assert_eq!(told, [("/docs".to_owned(), 1), ("/a".to_owned(), 2), ("/b".to_owned(), 1)]);
        assert_eq!(next(&headers).as_deref(), Some("/b"));
    }

    proptest::proptest! {
        #[test]
        fn no_value_makes_it_panic(value in "[ -~é]{0,60}", lawful in "[<>;,=\"\\\\ relnxt]{0,40}") {
            let _ = (links_in(&value), links_in(&lawful));
        }
    }
}
