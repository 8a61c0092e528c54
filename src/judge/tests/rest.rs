use serde_json::json;

use super::super::Condition;
use super::*;

#[test]
fn parts_equal_those_of_an_earlier_step() {
    let get = exchange(200, &[("Content-Type", b"a/b"), ("Content-Length", b"16")], LAYER);
    let after = |now: Exchange, yaml: &str| {
        let steps = HashMap::from([("get".to_owned(), get.clone()), ("broken".to_owned(), closed())]);
        told(&Scene { steps, ..scene() }, yaml, &now)
    };
    let all = "same_as: { step: get, parts: [status, body, Content-Type, X-None] }";
    let headers: &[(&str, &[u8])] = &[("content-type", b"a/b"), ("X-None", b"y")];
    assert_eq!(after(exchange(200, headers, LAYER), all), "ok");
    assert_eq!(after(truncated(exchange(200, headers, LAYER), 2), all), "ok");
    assert_eq!(after(exchange(203, headers, LAYER), all), "expected status 200, as in `get`, came status 203");
    assert_eq!(after(exchange(200, headers, b"01"), all), "expected the body of `get` (16 bytes), came only the first 2 of 16 bytes");
    assert_eq!(after(exchange(200, &[], LAYER), all), "expected Content-Type `a/b`, as in `get`, came Content-Type absent");
    let length = "same_as: { step: get, parts: [Content-Length] }";
    assert_eq!(
        after(exchange(200, &[("Content-Length", b"17")], b""), length),
        "expected Content-Length `16`, as in `get`, came Content-Length `17`"
    );
    assert_eq!(
        after(closed(), length),
        "expected the same Content-Length as in `get`, came the connection was closed before an answer came: reset"
    );
    assert_eq!(after(exchange(200, &[], b""), "same_as: { step: nobody, parts: [status] }"), "error no step `nobody` was taken");
    assert_eq!(
        after(exchange(200, &[], b""), "same_as: { step: broken, parts: [status] }"),
        "inconclusive `broken` had no answer to compare with"
    );
}

#[test]
fn an_answer_is_the_registrys_own_or_another_hosts() {
    let at = |url: &str, yaml: &str| {
        let mut exchange = exchange(200, &[], LAYER);
        exchange.request.url = url.parse().unwrap();
        told(&scene(), yaml, &exchange)
    };
    assert_eq!(at("http://store:80/x", "elsewhere: true"), "ok");
    assert_eq!(at("http://H:5000/v2/x", "elsewhere: false"), "ok");
    assert_eq!(at("http://h:5000/v2/x", "elsewhere: true"), "expected an answer of another host, came an answer of h:5000");
    assert_eq!(at("http://h:5001/v2/x", "elsewhere: false"), "expected an answer of the registry itself, came an answer of h:5001");
    assert!(told(&scene(), "elsewhere: true", &closed()).starts_with("expected an answer of another host, came the connection"));
}

fn walked(entries: &serde_json::Value, pages: &[usize]) -> Walked {
    Walked { entries: entries.as_array().unwrap().clone(), pages: pages.to_vec(), ..Walked::default() }
}

#[test]
fn a_walk_finds_entries_in_order_over_pages() {
    let walk = |yaml: &str, walked: Walked| told(&Scene { walked: Some(walked), ..scene() }, yaml, &exchange(200, &[], b"{}"));
    let tags = || walked(&json!(["t1", "t2", "t3"]), &[2, 1]);
    assert_eq!(walk("walk: { exactly: tags, sorted: true, no_repeats: true, least_pages: 2, page_most: 2 }", tags()), "ok");
    assert_eq!(walk("walk: { contains: [t1] }", tags()), "ok");
    assert_eq!(walk("walk: { contains: [t4] }", tags()), "expected at least t4, came without t4");
    assert_eq!(walk("walk: { exactly: [t1, t2] }", tags()), "expected exactly t1, t2, came and besides t3");
    assert_eq!(walk("walk: { least_pages: 3 }", tags()), "expected 3 pages or more, came 2 pages");
    assert_eq!(walk("walk: { page_most: 1 }", tags()), "expected at most 1 entry a page, came 2 entries on page 1");
    let twice = || walked(&json!(["b", "a", "a"]), &[3]);
    assert_eq!(walk("walk: { no_repeats: true }", twice()), "expected no entry twice, came `a` twice");
    assert_eq!(walk("walk: { sorted: true }", twice()), "expected lexical order over all pages, came `b` before `a`");
    let descriptors = walked(&json!([{"digest": "d1"}, {"digest": "d2"}]), &[2]);
    assert_eq!(walk("walk: { exactly: [d2, d1], no_repeats: true }", descriptors), "ok");
    assert_eq!(
        walk("walk: { sorted: true }", walked(&json!([1]), &[1])),
        "expected over all pages lexical order, came entries that are neither texts nor descriptors"
    );
    let more = || Walked { more: true, ..tags() };
    assert_eq!(walk("walk: { exactly: tags, sorted: true }", more()), "inconclusive there were more than 2 pages");
    assert_eq!(walk("walk: { contains: [t4] }", more()), "inconclusive there were more than 2 pages");
    assert_eq!(walk("walk: { page_most: 1 }", more()), "expected at most 1 entry a page, came 2 entries on page 1");
    assert_eq!(walk("walk: { least_pages: 2 }", more()), "ok");
    let unread = Walked { unread: Some("page 1 was not read".into()), ..Walked::default() };
    assert_eq!(walk("walk: { exactly: tags }", unread), "inconclusive page 1 was not read");
    let astray = || Walked { astray: Some("the Link leads nowhere".into()), ..tags() };
    assert_eq!(walk("walk: { leads_on: true }", astray()), "expected Links that lead from page to page, came the Link leads nowhere");
    assert_eq!(walk("walk: { leads_on: true }", tags()), "ok");
    assert_eq!(walk("walk: { sorted: true }", astray()), "inconclusive the Link leads nowhere");
    assert_eq!(walk("walk: { least_pages: 3 }", astray()), "inconclusive the Link leads nowhere");
    assert_eq!(walk("walk: { contains: [t4] }", astray()), "inconclusive the Link leads nowhere");
    assert_eq!(walk("walk: { contains: [t1] }", astray()), "ok");
    let problem = Walked { problem: Some("page 3 is no JSON".into()), ..Walked::default() };
    assert_eq!(
        walk("walk: { sorted: true }", problem),
        "expected pages that can be walked, with over all pages lexical order, came page 3 is no JSON"
    );
    assert_eq!(told(&scene(), "walk: { sorted: true }", &exchange(200, &[], b"{}")), "error the step walked no pages");
}

#[test]
fn a_condition_speaks_of_methods_and_answers() {
    let condition = |yaml: &str| -> Condition { read(&SourceFile::new("x.yaml", yaml)).unwrap_or_else(|wrong| panic!("{wrong}")) };
    let scene = scene();
    let holds = |yaml: &str, exchange: &Exchange| condition(yaml).holds(&View::of(exchange, &scene));
    let gone = exchange(404, &[("Content-Type", b"application/json; x=y")], b"{}");
    assert!(holds("{ status: 4xx, method: [GET, HEAD], header: { Content-Type: { media_type: application/json } } }", &gone));
    assert!(holds("method: [GET]", &gone) && holds("status: 404", &gone));
    assert!(!holds("{ method: [PUT], status: 404 }", &gone) && !holds("status: 2xx", &gone));
    assert!(!holds("method: [GET]", &closed()));
    assert_eq!(condition("{ method: [GET, HEAD], status: 4xx }").wording(), "GET or HEAD, status 4xx");
}

#[test]
fn one_of_several_expectations_is_enough() {
    let part = "{ status: 206, body: { slice: [layer, 0, 2] } }";
    let any = format!("any: [{part}, {{ status: 200, body: layer }}, {{ status: 416 }}]");
    let wide = "any: [{ header: { Location: present } }, { json: { /a: 1 } }]";
    hold(&[
        (&any, &exchange(206, &[], b"01"), "ok"),
        (&any, &exchange(200, &[], LAYER), "ok"),
        (&any, &exchange(416, &[], b""), "ok"),
        (
            &any,
            &exchange(404, &[], b""),
            "expected either status 206, the bytes of `layer` from 0 to 2, that one excluded; or status 200, the bytes of `layer`; \
             or status 416, came status 404",
        ),
        (wide, &exchange(200, &[], br#"{"a":1}"#), "ok"),
        (wide, &exchange(200, &[], b""), "expected either Location present; or /a 1, came Location absent; an empty body"),
        (
            wide,
            &exchange(500, &[], b""),
            "expected either Location present; or /a 1, came status 500, Location absent; status 500, an empty body",
        ),
        (wide, &truncated(exchange(200, &[], b"{}"), 1), "inconclusive Location absent; 2 bytes, too many to keep"),
        (wide, &closed(), "expected either Location present; or /a 1, came the connection was closed before an answer came: reset"),
        (&format!("{{ status: 2xx, {wide} }}"), &exchange(404, &[], b""), "expected status 2xx, came status 404"),
    ]);
    let statuses = expectation(&any).status().cloned().unwrap();
    assert!(statuses.contains(206) && statuses.contains(416) && !statuses.contains(404));
    assert!(expectation(wide).status().is_none());
    assert!(expectation(&format!("{{ status: 404, {any} }}")).status().unwrap().contains(404));
}

#[test]
fn what_alternatives_pull_is_handed_to_the_one_that_asked() {
    let yaml = "{ header: { Location: { pullable: layer } }, any: [{ header: { A: { pullable: layer } } }, { header: { B: { pullable: layer } } }] }";
    let exchange = exchange(201, &[("Location", b"/l"), ("A", b"/a"), ("B", b"/b")], b"");
    let paths: Vec<String> = expectation(yaml).pulls(&exchange).iter().map(|pull| pull.url.path().to_owned()).collect();
    assert_eq!(paths, ["/l", "/a", "/b"]);
    let after = |statuses: [u16; 3]| {
        let pulled = statuses.map(|status| super::exchange(status, &[], LAYER)).to_vec();
        told(&Scene { pulled, ..scene() }, yaml, &exchange)
    };
    assert_eq!(after([200, 200, 404]), "ok");
    assert_eq!(after([200, 404, 200]), "ok");
    assert!(after([404, 200, 200]).starts_with("expected Location"));
    assert!(after([200, 404, 404]).starts_with("expected either A a URL"));
}

#[test]
fn json_that_is_too_long_to_be_read_in_time_is_not_judged() {
    let long = [b"{\"a\":1".as_slice(), &vec![b' '; 4 << 20], b"}"].concat();
    for yaml in ["json: { /a: present }", "json: { /b: present }", "error: NAME_UNKNOWN"] {
        let said = told(&scene(), yaml, &exchange(200, &[], &long));
        assert!(said.starts_with("inconclusive ") && said.ends_with("too long to be judged"), "{yaml}: {said}");
    }
}
