//! Steps made ready to run.

use std::time::Duration;

use super::support::{item, titles};
use crate::plan::{Act, Item, Request, Step};

fn request(step: &Step) -> &Request {
    match &step.act {
        Act::Request(request) => request,
        other => panic!("{other:?}"),
    }
}

fn all(item: &Item) -> Vec<&Step> {
    item.steps.iter().flat_map(Step::with_inner).collect()
}

const OK: &str = "expect: { a/one: { status: 200 } }";

#[test]
fn when_and_depends_name_the_steps_of_the_plan_whatever_pushes_stand_between() {
    let item = item(
        "title: t
data: { b: { blob: 1B } }
steps:
  - push: b
  - title: decide
    request: GET /1
    outcomes: { yes: { a/one: { status: 200 } }, no: { a/two: { status: 404 } } }
    save: { url: location }
  - { push: b, when: yes }
  - { title: then, request: GET <url>, when: yes, expect: { a/three: { status: 200 } } }
",
    );
    let find = |title: &str| all(&item).into_iter().find(|step| step.title == title).unwrap();
    let (decide, then) = (find("decide"), find("then"));
    let when = then.when.as_ref().unwrap();
    assert_eq!((when.step, when.outcome.as_str()), (decide.number, "yes"));
    assert_eq!(titles(&item.steps)[..2], ["push b: open an upload for b", "push b: upload b"]);
    let uploads: Vec<&Step> = item.steps.iter().filter(|step| step.title.ends_with("upload b")).collect();
    assert_eq!(then.depends, [uploads[0].number, decide.number, uploads[1].number]);
    assert_eq!(decide.depends, [uploads[0].number]);
    assert!(item.steps[3..5].iter().all(|step| step.when.as_ref() == Some(when) && step.preparation));
}

#[test]
fn steps_and_expectations_have_numbers_of_their_own_those_side_by_side_too() {
    let item = item(&format!(
        "title: t
steps:
  - together:
      - [ {{ request: GET /1, {OK}, save: {{ x: body }} }} ]
      - [ {{ request: GET /2, {OK} }}, {{ request: GET /3, {OK} }} ]
  - {{ request: GET /<x>, expect: {{ a/one: {{ status: 200 }}, a/two: {{ status: 200 }} }} }}
"
    ));
    let mut numbers: Vec<usize> = all(&item).iter().map(|step| step.number).collect();
    assert_eq!(numbers.len(), 5);
    let inner = all(&item)[1].number;
    assert_eq!(item.steps[1].depends, [inner]);
    numbers.extend(item.expectations().iter().map(|expected| expected.number));
    let len = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((numbers.len(), len), (10, 10));
}

#[test]
fn a_manifest_is_asked_for_in_all_types_unless_the_step_says_otherwise() {
    let accept = |step: &str| -> Vec<String> {
        let item = item(&format!("title: t\nsteps:\n  - {{ {step}, {OK} }}\n"));
        let headers = &request(&item.steps[0]).headers;
        let lines = headers.iter().filter(|(name, _)| name == "Accept");
        lines.map(|(_, value)| value.as_ref().map_or("none", |value| value.source()).to_owned()).collect()
    };
    for method in ["GET", "HEAD"] {
        let lines = accept(&format!("request: {method} /v2/<repo>/manifests/v1"));
        assert_eq!(lines.len(), 1);
        for kind in ["oci.image.index", "oci.image.manifest", "distribution.manifest.list", "distribution.manifest.v2"] {
            assert!(lines[0].contains(kind), "{kind} in {lines:?}");
        }
    }
    assert_eq!(accept("request: GET /v2/<repo>/blobs/x"), Vec::<String>::new());
    assert_eq!(accept("request: DELETE /v2/<repo>/manifests/v1"), Vec::<String>::new());
    assert_eq!(accept("request: GET /v2/<repo>/manifests/v1, headers: { Accept: [a/b, c/d] }"), ["a/b", "c/d"]);
    assert_eq!(accept("request: GET /v2/<repo>/manifests/v1, headers: { Accept: null }"), ["none"]);
    assert_eq!(accept("request: GET /v2/<repo>/manifests/v1, client: docker").len(), 6);
    assert_eq!(accept("request: GET /v2/<repo>/manifests/v1, client: containerd").len(), 1);
    assert_eq!(accept("request: GET /v2/<repo>/blobs/x, client: docker"), Vec::<String>::new());
}

#[test]
fn a_client_is_told_by_its_user_agent_unless_the_step_has_one() {
    let agent = |step: &str| {
        let item = item(&format!("title: t\nsteps:\n  - {{ request: GET /v2/, {step}, {OK} }}\n"));
        let agents: Vec<String> = request(&item.steps[0])
            .headers
            .iter()
            .filter(|(name, _)| name == "User-Agent")
            .filter_map(|(_, value)| Some(value.as_ref()?.source().to_owned()))
            .collect();
        agents.join("|")
    };
    for (client, begins) in [("docker", "docker/"), ("containerd", "containerd/"), ("skopeo", "skopeo/"), ("crane", "crane/")] {
        assert!(agent(&format!("client: {client}")).starts_with(begins), "{client}");
    }
    assert_eq!(agent("client: docker, headers: { User-Agent: me }"), "me");
}

#[test]
fn an_outcome_is_told_by_the_first_status_among_its_expectations() {
    let item = item(
        "title: t\nsteps:\n  - request: GET /v2/\n    outcomes:\n      yes: { a/one: { header: { X: present } }, a/two: { status: 2xx } }\n      no: { a/three: { status: [404, 405] } }\n",
    );
    let step = &item.steps[0];
    let came = |status: u16| step.outcomes.iter().find(|outcome| outcome.status.contains(status)).map(|outcome| outcome.name.as_str());
    assert_eq!([200, 204, 404, 405, 500].map(came), [Some("yes"), Some("yes"), Some("no"), Some("no"), None]);
    assert_eq!(step.deciding().map(|expected| expected.clause.as_str()), Some("a/one"));
    let outcomes: Vec<Option<&str>> = item.expectations().iter().map(|expected| expected.outcome.as_deref()).collect();
    assert_eq!(outcomes, [Some("yes"), Some("yes"), Some("no")]);
}

#[test]
fn each_walk_until_and_requires_are_taken_over() {
    let item = item(&format!(
        "title: t
lists: {{ tags: {{ range: [1, 2] }} }}
steps:
  - {{ request: GET /<v.a>, each: {{ v: [{{ a: p }}, {{ a: q }}] }}, {OK} }}
  - {{ request: GET /<v>, each: {{ v: tags }}, {OK} }}
  - {{ request: GET /l, walk: {{ list: /tags, item: /n, pages: 7 }}, until: {{ within: 3s }}, expect: {{ a/needs-one: {{ walk: {{ sorted: true }} }} }} }}
"
    ));
    let each = |n: usize| item.steps[n].each.clone().unwrap();
    let pair = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    assert_eq!(each(0), [pair("v.a", "p"), pair("v.a", "q")]);
    assert_eq!(each(1), [pair("v", "1"), pair("v", "2")]);
    let walk = request(&item.steps[2]).walk.as_ref().unwrap();
    assert_eq!((walk.pointer.as_str(), walk.item.as_deref(), walk.pages), ("/tags", Some("/n"), 7));
    assert_eq!(item.steps[2].until, Some(Duration::from_secs(3)));
    assert_eq!(item.steps[2].expect[0].requires.iter().map(crate::clause::ClauseId::as_str).collect::<Vec<_>>(), ["a/one"]);
}

#[test]
fn an_expectation_knows_where_it_stands() {
    let item = item("title: t\nsteps:\n  - request: GET /v2/\n    expect:\n      a/one: { status: 200 }\n");
    assert_eq!(item.expectations()[0].position, "scenarios/a/x.yaml:5:7");
}
