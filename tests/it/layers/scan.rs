//! What a source file names, found in its tokens: comments and texts can't be mistaken for code, and line breaks don't matter.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A path that a file names: `crate::oci::Digest`, an entry of a `use {…}` with its prefix, or a macro (`println!`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) line: usize,
    /// Absolute (first the room) where `in_crate`, else as written.
    pub(crate) path: Vec<String>,
    /// Whether it begins with `crate`, `self` or `super`.
    pub(crate) in_crate: bool,
}

/// What is known of one source file.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    pub(crate) named: Vec<Named>,
    /// Modules that exist for tests alone (`#[cfg(test)] mod x;`), as absolute paths.
    pub(crate) test_modules: Vec<Vec<String>>,
    /// Lines of inline items under `#[cfg(test)]`.
    pub(crate) test_lines: usize,
    /// Items that are neither `mod x;` nor `use …;`, with their lines.
    pub(crate) logic: Vec<(usize, String)>,
}

/// Reads a file whose path, from `src/` on, is `path`.
pub(crate) fn scan(path: &str, text: &str) -> Scan {
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{path} is no Rust: {error}"));
    let mut scan = Scan::default();
    let module = module_of(path);
    scan.items(&tokens, &module);
    scan.walk(tokens, &module);
    scan
}

/// `report/terminal/page.rs` is `report::terminal::page`; `oci/mod.rs` is `oci`; `lib.rs` is the root.
pub(crate) fn module_of(path: &str) -> Vec<String> {
    let mut module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod") || matches!(path, "lib.rs" | "main.rs") {
        module.pop();
    }
    module
}

impl Scan {
    /// The items of a file: which are tests, which are logic.
    fn items(&mut self, tokens: &TokenStream, module: &[String]) {
        let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            if is_punct(&tokens[at], ';') {
                at += 1;
                continue;
            }
            let start = at;
            let mut test = false;
            while let Some((group, after)) = attribute(&tokens, at) {
                test |= group.stream().to_string().replace(' ', "") == "cfg(test)";
                at = after;
            }
            let Some(token) = tokens.get(at) else { break };
            let line = token.span().start().line;
            let end = at + tokens[at..].iter().position(ends_item).unwrap_or(tokens.len() - at - 1);
            let words: Vec<String> = tokens[at..end].iter().filter_map(ident).filter(|word| word != "pub").take(2).collect();
            let inline = matches!(&tokens[end], TokenTree::Group(_));
            match words.first().map(String::as_str) {
                Some("use") => {}
                Some("mod") if !inline && test => self.test_modules.push([module, &words[1..]].concat()),
                Some("mod") if !inline => {}
                _ if test => self.test_lines += tokens[end].span().end().line + 1 - tokens[start].span().start().line,
                _ => self.logic.push((line, words.join(" "))),
            }
            at = end + 1;
        }
    }

    /// All paths below `tokens`, which stand in `module`.
    fn walk(&mut self, tokens: TokenStream, module: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Ident(word) if word == "mod" => {
                    let name = tokens.get(at + 1).and_then(ident);
                    if let (Some(name), Some(TokenTree::Group(body))) = (name, tokens.get(at + 2)) {
                        self.walk(body.stream(), &[module, &[name]].concat());
                        at += 2;
                    }
                }
                // `pub(crate)`, `pub(super)`: a visibility, no use.
                TokenTree::Ident(word) if word == "pub" && tokens.get(at + 1).is_some_and(is_parenthesis) => at += 1,
                TokenTree::Ident(_) if is_member(&tokens, at) => {}
                TokenTree::Ident(_) => at = self.path(&tokens, at, &[], module),
                TokenTree::Group(group) => self.walk(group.stream(), module),
                _ => {}
            }
            at += 1;
        }
    }

    /// The path that begins at `at`, with `prefix` before it; gives the index of its last token.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize, prefix: &[String], module: &[String]) -> usize {
        let line = tokens[at].span().start().line;
        let mut path = prefix.to_vec();
        path.extend(ident(&tokens[at]));
        while is_colons(tokens, at + 1) {
            match tokens.get(at + 3) {
                Some(TokenTree::Ident(word)) => path.push(word.to_string()),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    self.group(group, &path, module);
                    return at + 3;
                }
                Some(token) if is_punct(token, '*') => path.push("*".into()),
                _ => break,
            }
            at += 3;
        }
        if tokens.get(at + 1).is_some_and(|token| is_punct(token, '!')) {
            path.push("!".into());
        }
        self.name(line, path, module);
        at
    }

    /// The entries of `use a::{b, c::{d, e}};`.
    fn group(&mut self, group: &Group, prefix: &[String], module: &[String]) {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        for entry in tokens.split(|token| is_punct(token, ',')).filter(|entry| !entry.is_empty()) {
            self.path(entry, 0, prefix, module);
        }
    }

    fn name(&mut self, line: usize, path: Vec<String>, module: &[String]) {
        let below = match path.first().map(String::as_str) {
            Some("crate") => 0,
            Some("self") => module.len(),
            Some("super") => module.len().saturating_sub(path.iter().take_while(|part| *part == "super").count()),
            _ => return self.named.push(Named { line, path, in_crate: false }),
        };
        let rest = path.into_iter().skip_while(|part| matches!(part.as_str(), "crate" | "self" | "super"));
        let path = module[..below].iter().cloned().chain(rest).collect();
        self.named.push(Named { line, path, in_crate: true });
    }
}

/// The `[…]` of an attribute at `at`, and the index after it.
fn attribute(tokens: &[TokenTree], at: usize) -> Option<(&Group, usize)> {
    let inner = usize::from(tokens.get(at + 1).is_some_and(|token| is_punct(token, '!')));
    match (tokens.get(at)?, tokens.get(at + 1 + inner)?) {
        (hash, TokenTree::Group(group)) if is_punct(hash, '#') && group.delimiter() == Delimiter::Bracket => Some((group, at + 2 + inner)),
        _ => None,
    }
}

/// Whether an item ends with this token. The braces of a `use` come before its `;` but hold no item, so they end it as well.
fn ends_item(token: &TokenTree) -> bool {
    is_punct(token, ';') || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Whether the word at `at` is a field or a method: after one dot, not after the two of a range.
fn is_member(tokens: &[TokenTree], at: usize) -> bool {
    let dot = |before: usize| at.checked_sub(before).is_some_and(|at| is_punct(&tokens[at], '.'));
    dot(1) && !dot(2)
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    [at, at + 1].iter().all(|at| tokens.get(*at).is_some_and(|token| is_punct(token, ':')))
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

fn is_parenthesis(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

fn ident(token: &TokenTree) -> Option<String> {
    if let TokenTree::Ident(word) = token { Some(word.to_string()) } else { None }
}
