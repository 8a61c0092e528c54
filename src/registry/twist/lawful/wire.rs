//! Freedoms of HTTP itself: how a reply may be written and when a connection may end.

use http::request::Parts;

use super::super::change::{ALWAYS, Made, OCI, Variant, variant};
use super::super::hooks::{Kind, after, content, header, is, kind, reply, say, text_of, written};
use crate::registry::reply::Reply;

/// Has each reply but those about tokens written by `write`, which gets its head and its body; then the connection ends.
fn rewritten(write: fn(&[u8], &[u8]) -> Vec<u8>) -> Made {
    after(move |request: &Parts, reply: &mut Reply| {
        if kind(request) != Kind::Token {
            header(reply, "connection", "close");
            let bytes = write(&written(reply, b""), &reply.body().bytes());
            say(reply, bytes);
        }
    })
}

fn upper_case(head: &[u8], body: &[u8]) -> Vec<u8> {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.trim_end().split("\r\n");
    let mut out = lines.next().unwrap_or_default().to_owned() + "\r\n";
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        out.extend([&name.to_ascii_uppercase(), ":", value, " \t\r\n"]);
    }
    [out.as_bytes(), b"\r\n", body].concat()
}

pub(in super::super) const VARIANTS: &[Variant] = &[
    variant(25, "http/one-answer-each", "The connection is closed after every answer.", ALWAYS, || {
        after(|_, reply| header(reply, "connection", "close"))
    }),
    // RFC 9110, section 2.5: a server may answer with the version of a lower minor number.
    variant(25, "http/old-version", "Answers are those of HTTP/1.0, each the last of its connection.", ALWAYS, || {
        rewritten(|head, body| [b"HTTP/1.0", head.get(8..).unwrap_or_default(), body].concat())
    }),
    // RFC 9110, section 15.2: a client parses interim answers even where it expects none.
    variant(25, "http/early-hints", "Every answer comes after a 103 with a Link of its own.", ALWAYS, || {
        rewritten(|head, body| [b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n", head, body].concat())
    }),
    // RFC 9112, section 5: names are case-insensitive, white space around a value is none of it.
    variant(25, "http/upper-case-names", "Header names are in upper case, with odd white space around their values.", ALWAYS, || {
        rewritten(upper_case)
    }),
    // RFC 9110, section 10.2.2: a Location is a URI reference, relative to the request's.
    variant(26, "upload/location-last-segment", "The Location of a new session is its last segment alone.", ALWAYS, || {
        reply("POST", Kind::Uploads, 202, |request, reply| {
            let location = text_of(reply, "location");
            if let Some((_, last)) = location.rsplit_once("/uploads/").filter(|_| request.uri.path().ends_with('/')) {
                header(reply, "location", &format!("./{last}"));
            }
        })
    }),
    variant(
        26,
        "upload/location-dots",
        "The Location of a new session goes up and down again, and has a query that is to be kept.",
        ALWAYS,
        || {
            reply("POST", Kind::Uploads, 202, |request, reply| {
                let location = text_of(reply, "location");
                if let Some((_, last)) = location.rsplit_once("/uploads/").filter(|_| request.uri.path().ends_with('/')) {
                    let mark = if last.contains('?') { '&' } else { '?' };
                    header(reply, "location", &format!("../uploads/{last}{mark}empty=&flag&state=a%2Bb%3D"));
                }
            })
        },
    ),
    variant(19, "http/words-after-work", "A finished push or delete says so in a body.", OCI, || {
        after(|request, reply| {
            let done = matches!(reply.status().as_u16(), 201 | 202) && !is(request, "GET HEAD", Kind::Any);
            if done {
                header(reply, "content-type", "application/json");
                content(request, reply, "{\"done\":true,\"errors\":[]}");
            }
        })
    }),
    // RFC 8288, section 3: names of parameters and relations are case-insensitive, a relation may be one of several, other parameters are ignored.
    variant(42, "tags/link-parameters", "A Link has other parameters, quoted marks and white space in it.", ALWAYS, || {
        reply("GET", Kind::Any, 200, |_, reply| {
            let link = text_of(reply, "link").replace("rel=\"next\"", "title=\"a; b, <c> \\\"d\\\"\" ;\tREL = \"Next last\" ; n=3  ");
            header(reply, "link", &link);
        })
    }),
];
