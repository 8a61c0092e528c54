//! A command line that sends a request again.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, header};
use sha2::{Digest, Sha256};

use super::evidence::{is_text, printable};
use super::{Request, Secrets};

/// Bodies of text up to here stand in the line itself.
const INLINE: usize = 4096;
/// Bodies up to here are kept as files for the lines that name them.
const LARGEST_FILE: usize = 4 << 20;
/// The folder of those files, beside the record.
pub const BODIES: &str = "bodies";

/// A `curl` line for a POSIX shell that sends `request` again. The credentials in use stand in it as
/// `"$PLIMSOLL_USER:$PLIMSOLL_PASSWORD"`, a token as `$TOKEN`; a made-up login (a wrong password on purpose) stands as it is. A body that is long or no text stands as the file that [`body_file`] gives, with its length and
/// digest in a comment. A line that goes to an upload session says that the session may be over.
#[must_use]
pub fn curl_line(request: &Request, secrets: &Secrets) -> String {
    let mut words = vec!["curl".to_owned()];
    words.extend(switches(request));
    words.extend(header_words(request, secrets));
    let body = Body::of(request, secrets);
    words.extend(body.words);
    words.push(quoted(&secrets.redact(&printable(request.url.to_string().as_bytes()))));
    let mut comments = body.comments;
    comments.extend(
        to_session(request).then(|| "an upload session ends: where this one has, open another with POST and use its Location".to_owned()),
    );
    let after = if comments.is_empty() { String::new() } else { format!("  # {}", comments.join("; ")) };
    format!("{}{}{after}", body.before, words.join(" "))
}

/// The file that [`curl_line`] names for a body, relative to the record, and what is in it: none where the body stands in the line itself,
/// where it is longer than 4 MiB, and where it holds a secret.
#[must_use]
pub fn body_file(request: &Request, secrets: &Secrets) -> Option<(String, Bytes)> {
    let bytes = &request.body.bytes;
    if bytes.is_empty() || stands_in_line(bytes) || bytes.len() > LARGEST_FILE {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    (secrets.redact(&text) == text).then(|| (file_name(bytes), bytes.clone()))
}

/// By its digest, so that equal bodies are one file.
fn file_name(bytes: &[u8]) -> String {
    format!("{BODIES}/{}.bin", &hex(&Sha256::digest(bytes))[..16])
}

fn stands_in_line(bytes: &[u8]) -> bool {
    bytes.len() <= INLINE && is_text(bytes, true)
}

/// Whether a request goes to an upload session, as far as its path tells.
fn to_session(request: &Request) -> bool {
    request.url.path().rsplit_once("/blobs/uploads/").is_some_and(|(_, session)| !session.is_empty())
}

fn switches(request: &Request) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let has_body = !request.body.bytes.is_empty() || request.body.chunked;
    if request.method == Method::HEAD && !has_body {
        words.push("--head".into());
    } else {
        words.push("-i".into());
        if request.method != Method::GET || has_body {
            words.extend(["-X".into(), quoted(request.method.as_str())]);
        }
    }
    if request.url.path().split('/').any(|segment| matches!(segment, "." | "..")) {
        words.push("--path-as-is".into());
    }
    if request.url.to_string().contains(['[', ']', '{', '}']) {
        words.push("--globoff".into());
    }
    words
}

fn header_words(request: &Request, secrets: &Secrets) -> Vec<String> {
    let mut words = Vec::new();
    for (name, value) in &request.headers {
        if *name == header::AUTHORIZATION {
            words.extend(credentials(value.as_bytes(), secrets));
        } else if !curl_sends_itself(request, name, value.as_bytes()) {
            let value = secrets.header(name.as_str(), value.as_bytes());
            // `Name;` is how curl is told to send an empty value.
            let line = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
            words.extend(["-H".into(), quoted(&line)]);
        }
    }
    if !request.body.bytes.is_empty() && !request.headers.contains_key(header::CONTENT_TYPE) {
        words.extend(["-H".into(), quoted("Content-Type:")]);
    }
    words
}

/// Host, Content-Length and our User-Agent as curl would send them anyway.
fn curl_sends_itself(request: &Request, name: &header::HeaderName, value: &[u8]) -> bool {
    let len = request.body.bytes.len();
    match *name {
        header::HOST => request.url.authority().is_some_and(|authority| authority.as_str().as_bytes() == value),
        header::CONTENT_LENGTH => len > 0 && value == len.to_string().as_bytes() && !is_cut(request),
        header::USER_AGENT => value.starts_with(b"plimsoll/"),
        _ => false,
    }
}

fn is_cut(request: &Request) -> bool {
    request.body.cut.is_some()
}

fn credentials(value: &[u8], secrets: &Secrets) -> [String; 2] {
    let text = String::from_utf8_lossy(value);
    let (scheme, rest) = text.split_once(' ').unwrap_or((&text, ""));
    if scheme.eq_ignore_ascii_case("basic") {
        ["-u".into(), made_up(rest, secrets).map_or_else(|| "\"$PLIMSOLL_USER:$PLIMSOLL_PASSWORD\"".into(), |pair| quoted(&pair))]
    } else if scheme.eq_ignore_ascii_case("bearer") {
        ["-H".into(), "\"Authorization: Bearer $TOKEN\"".into()]
    } else {
        ["-H".into(), "\"Authorization: $AUTHORIZATION\"".into()]
    }
}

/// `user:password` of a Basic login that is not the one in use.
fn made_up(pair: &str, secrets: &Secrets) -> Option<String> {
    if secrets.is_login(pair) {
        return None;
    }
    let pair = STANDARD.decode(pair).ok().filter(|pair| pair.contains(&b':'))?;
    Some(secrets.redact(&printable(&pair)))
}

/// What the body adds: a `printf … |` before the line, words in it, comments after it.
#[derive(Default)]
struct Body {
    before: String,
    words: Vec<String>,
    comments: Vec<String>,
}

impl Body {
    fn of(request: &Request, secrets: &Secrets) -> Self {
        let bytes = &request.body.bytes;
        if bytes.is_empty() {
            return Self::default();
        }
        let mut body = Self { words: vec!["--data-binary".into()], ..Self::default() };
        if stands_in_line(bytes) {
            let text = secrets.redact(&String::from_utf8_lossy(bytes));
            if text.starts_with('@') || printable(text.as_bytes()) != text || !text.is_ascii() {
                body.words.push("@-".into());
                body.before = format!("printf {} | ", quoted(&printf_format(text.as_bytes())));
            } else {
                body.words.push(quoted(&text));
            }
        } else {
            let file = file_name(bytes);
            body.words.push(format!("@{file}"));
            let kept = if bytes.len() > LARGEST_FILE { ", too long to be kept" } else { "" };
            body.comments.push(format!("{file}: {} bytes, sha256:{}{kept}", bytes.len(), hex(&Sha256::digest(bytes))));
        }
        if let Some(at) = request.body.cut {
            body.comments.push(format!("plimsoll sent {at} bytes of the body and closed the connection"));
        }
        body
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// `bytes` as the format of a POSIX printf.
fn printf_format(bytes: &[u8]) -> String {
    let mut out = String::new();
    for &byte in bytes {
        let _ = match byte {
            b'%' => write!(out, "%%"),
            b'\\' => write!(out, "\\\\"),
            b'\n' => write!(out, "\\n"),
            b'\t' => write!(out, "\\t"),
            b' '..=b'~' => write!(out, "{}", char::from(byte)),
            _ => write!(out, "\\{byte:03o}"),
        };
    }
    // An option to printf, else.
    match out.strip_prefix('-') {
        Some(rest) => format!("\\055{rest}"),
        None => out,
    }
}

/// `text` as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._/:@%+=,".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;
    use crate::exchange::BodySent;

    fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Request {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        let body = BodySent { bytes: Bytes::copy_from_slice(body), ..BodySent::default() };
        Request { method: method.parse().unwrap(), url: url.parse().unwrap(), headers: map, body }
    }

    fn line(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> String {
        curl_line(&request(method, url, headers, body), &Secrets::new())
    }

    #[test]
    fn a_get_is_a_short_line() {
        let headers = [("host", "h:5000"), ("user-agent", "plimsoll/0.1.0"), ("accept", "*/*")];
        assert_eq!(line("GET", "http://h:5000/v2/", &headers, b""), "curl -i -H 'accept: */*' http://h:5000/v2/");
        assert_eq!(line("HEAD", "http://h/v2/", &[], b""), "curl --head http://h/v2/");
    }

    #[test]
    fn paths_and_queries_reach_the_registry_as_they_were_sent() {
        assert_eq!(line("GET", "http://h/v2/../x?n=1&last=a", &[], b""), "curl -i --path-as-is 'http://h/v2/../x?n=1&last=a'");
        assert_eq!(line("GET", "http://[::1]:5/a%2Fb", &[], b""), "curl -i --globoff 'http://[::1]:5/a%2Fb'");
    }

    #[test]
    fn credentials_are_variables() {
        let secrets = Secrets::new();
        secrets.add_login("a", "b");
        let own = curl_line(&request("GET", "http://h/", &[("authorization", "Basic YTpi")], b""), &secrets);
        assert_eq!(own, "curl -i -u \"$PLIMSOLL_USER:$PLIMSOLL_PASSWORD\" http://h/");
        assert_eq!(line("GET", "http://h/", &[("authorization", "Basic YTpi")], b""), "curl -i -u a:b http://h/");
        let bearer = line("GET", "http://h/", &[("authorization", "bearer abc")], b"");
        assert_eq!(bearer, "curl -i -H \"Authorization: Bearer $TOKEN\" http://h/");
        assert!(!line("GET", "http://h/", &[("cookie", "a=b")], b"").contains("a=b"));
    }

    #[test]
    fn bodies_stand_in_the_line_where_they_can() {
        let length = [("content-length", "7"), ("content-type", "application/json")];
        let put = line("PUT", "http://h/", &length, br#"{"a":1}"#);
        assert_eq!(put, r#"curl -i -X PUT -H 'content-type: application/json' --data-binary '{"a":1}' http://h/"#);
        let lines = line("PATCH", "http://h/", &[], b"100%\n'\\\xc3\xa9");
        assert_eq!(lines, r"printf '100%%\n'\''\\\303\251' | curl -i -X PATCH -H Content-Type: --data-binary @- http://h/");
        let binary = line("PUT", "http://h/", &[], b"\0\x01");
        let file = "bodies/b413f47d13ee2fe6.bin";
        assert!(binary.contains(&format!("--data-binary @{file} http://h/  # {file}: 2 bytes, sha256:b413f47d")), "{binary}");
        assert_eq!(line("POST", "http://h/", &[("content-length", "0")], b""), "curl -i -X POST -H 'content-length: 0' http://h/");
    }

    #[test]
    fn a_body_that_stands_in_no_line_is_a_file_unless_it_is_long_or_secret() {
        let file = |body: &[u8], secrets: &Secrets| body_file(&request("PUT", "http://h/", &[], body), secrets);
        let none = Secrets::new();
        let (name, bytes) = file(b"\0\x01", &none).unwrap();
        assert_eq!((name.as_str(), bytes.as_ref()), ("bodies/b413f47d13ee2fe6.bin", &b"\0\x01"[..]));
        assert_eq!(file(b"short text", &none), None);
        assert_eq!(file(b"", &none), None);
        assert_eq!(file(&vec![0; LARGEST_FILE + 1], &none), None);
        let secrets = Secrets::new();
        secrets.add("verysecret");
        assert_eq!(file(b"\0verysecret", &secrets), None);
    }

    #[test]
    fn a_line_to_an_upload_session_says_that_sessions_end() {
        let told = |url| line("PATCH", url, &[], b"a").contains("open another with POST");
        assert!(told("http://h/v2/a/blobs/uploads/17?state=x"));
        assert!(!told("http://h/v2/a/blobs/uploads/") && !told("http://h/v2/a/manifests/v1"));
    }

    #[test]
    fn a_body_that_was_cut_says_so() {
        let mut cut = request("PATCH", "http://h/", &[("content-length", "4")], b"abcd");
        cut.body.cut = Some(2);
        let line = curl_line(&cut, &Secrets::new());
        assert!(
            line.contains("-H 'content-length: 4'") && line.ends_with("# plimsoll sent 2 bytes of the body and closed the connection"),
            "{line}"
        );
    }

    #[test]
    fn known_secrets_stand_in_no_part_of_the_line() {
        let secrets = Secrets::new();
        secrets.add("hunter2'x");
        let sent = request("POST", "http://h/t?password=hunter2%27x", &[("x", "hunter2'x")], b"username=u&password=hunter2%27x");
        assert!(!curl_line(&sent, &secrets).contains("hunter2"));
    }

    proptest! {
        #[test]
        fn quoting_is_undone_by_a_shell(text in "[ -~]{0,30}") {
            let out = std::process::Command::new("sh").arg("-c").arg(format!("printf %s {}", quoted(&text))).output().unwrap();
            prop_assert_eq!(String::from_utf8(out.stdout).unwrap(), text);
        }

        #[test]
        fn a_printf_format_gives_the_bytes_back(bytes in proptest::collection::vec(1_u8.., 0..40)) {
            let format = printf_format(&bytes);
            let out = std::process::Command::new("sh").arg("-c").arg(format!("printf {}", quoted(&format))).output().unwrap();
            prop_assert_eq!(out.stdout, bytes);
        }
    }
}
