//! The Link header (RFC 8288, section 3), as far as paging needs it.

use http::HeaderMap;

/// The target of the first link whose relation is `next` (quoted or not, in any case), as written.
#[must_use]
pub fn next(headers: &HeaderMap) -> Option<String> {
    headers.get_all(http::header::LINK).iter().find_map(|value| next_in(&String::from_utf8_lossy(value.as_bytes())))
}

fn next_in(value: &str) -> Option<String> {
    let mut rest = value;
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>')? + start;
        let target = &rest[start + 1..end];
        let params_end = end_of_params(&rest[end + 1..]) + end + 1;
        if is_next(&rest[end + 1..params_end]) {
            return Some(target.to_owned());
        }
        rest = &rest[params_end..];
    }
    None
}

/// Where a link's parameters end: at a comma outside quotes, or at the end.
fn end_of_params(text: &str) -> usize {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

fn is_next(params: &str) -> bool {
    params.split(';').filter_map(|param| param.split_once('=')).any(|(name, value)| {
        let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
        name.trim().eq_ignore_ascii_case("rel") && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
    })
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
            ("</x>;rel=\"prev\", </y>; title=\"a, b\"; REL=\"last Next\"", Some("/y")),
            ("<https://h/x?a=1,2>; rel=\"next\"", Some("https://h/x?a=1,2")),
            ("</x>; rel=\"prev\"", None),
            ("</x>", None),
            ("</x", None),
            ("rel=next", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::LINK, HeaderValue::from_str(value).unwrap());
            assert_eq!(next(&headers).as_deref(), expected, "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_value_makes_it_panic(value in "[ -~]{0,60}") {
            let _ = next_in(&value);
        }
    }
}
