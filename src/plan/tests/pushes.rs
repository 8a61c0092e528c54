//! What `push` stands for.

use super::support::{item, titles};
use crate::plan::{Act, Body, Request, Step};

const DATA: &str = "data:
  list: { index: { manifests: [img, m] } }
  m: { manifest: { layers: [img.layer1, blob] } }
  img: { image: { layers: 2 } }
  blob: { blob: 1B }
";

fn steps(push: &str) -> Vec<Step> {
    let text =
        format!("title: t\n{DATA}steps:\n  - {push}\n  - {{ request: GET /v2/<list.digest>, expect: {{ a/one: {{ status: 200 }} }} }}\n");
    item(&text).steps
}

fn request(step: &Step) -> &Request {
    match &step.act {
        Act::Request(request) => request,
        other => panic!("{other:?}"),
    }
}

/// Method, target, and the datum that is sent.
fn line(step: &Step) -> String {
    let request = request(step);
    let body = match &request.body {
        Body::Datum(name) => format!(" {name}"),
        _ => String::new(),
    };
    format!("{} {}{body}", request.method, request.target.source())
}

#[test]
fn a_push_sends_each_blob_once_children_before_what_lists_them_and_the_tag_last() {
    let steps = steps("{ push: list, tag: v1 }");
    let puts: Vec<String> = steps.iter().map(line).filter(|line| line.starts_with("PUT") && line.contains("/manifests/")).collect();
    assert_eq!(
        puts,
        ["PUT /v2/<repo>/manifests/<img.digest> img", "PUT /v2/<repo>/manifests/<m.digest> m", "PUT /v2/<repo>/manifests/v1 list"]
    );
    let blobs: Vec<&str> = steps
        .iter()
        .filter(|step| request(step).method == "PUT")
        .filter_map(|step| match &request(step).body {
            Body::Datum(name) if !request(step).query.is_empty() => Some(name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(blobs, ["img.config", "img.layer1", "img.layer2", "m.config", "blob"]);
    let at = |wanted: &str| steps.iter().position(|step| line(step).ends_with(&format!(" {wanted}"))).unwrap();
    assert!(at("img.layer2") < at("img") && at("blob") < at("m") && at("m") < at("list"));
}

#[test]
fn each_blob_goes_by_post_and_put_to_the_session_that_was_opened() {
    let steps = steps("{ push: blob }");
    assert_eq!(titles(&steps)[..2], ["push blob: open an upload for blob", "push blob: upload blob"]);
    assert_eq!(line(&steps[0]), "POST /v2/<repo>/blobs/uploads/");
    assert_eq!(format!("<{}>", steps[0].save[0].0), request(&steps[1]).target.source());
    let (name, value) = &request(&steps[1]).query[0];
    assert_eq!((name.as_str(), value.source()), ("digest", "<blob.digest>"));
    assert!(steps[..2].iter().all(|step| step.preparation && step.expect.is_empty()));
}

#[test]
fn a_part_of_an_image_is_pushed_as_the_blob_that_it_is() {
    let steps = steps("{ push: img.layer2 }");
    assert_eq!(steps.len(), 3);
    assert_eq!(line(&steps[1]).rsplit(' ').next(), Some("img.layer2"));
}

#[test]
fn a_push_goes_where_it_is_told_and_all_later_steps_depend_on_all_of_it() {
    let text = format!(
        "title: t\nrepos: [repo, other]\n{DATA}steps:\n  - {{ request: GET /v2/<repo>/, name: first, expect: {{ a/two: {{ status: 200 }} }} }}\n  - {{ push: m, to: <other>, after: first }}\n  - {{ request: GET /v2/<list.digest>, expect: {{ a/one: {{ status: 200 }} }} }}\n"
    );
    let steps = item(&text).steps;
    let (first, pushes, last) = (&steps[0], &steps[1..steps.len() - 1], steps.last().unwrap());
    assert_eq!(line(pushes.last().unwrap()), "PUT /v2/<other>/manifests/<m.digest> m");
    for (n, step) in pushes.iter().enumerate() {
        let earlier: Vec<usize> = std::iter::once(first.number).chain(pushes[..n].iter().map(|step| step.number)).collect();
        assert_eq!(step.depends, earlier, "{}", step.title);
    }
    assert_eq!(last.depends, [pushes.last().unwrap().number]);
}

#[test]
fn a_subject_is_not_pushed_with_what_refers_to_it() {
    let text = "title: t\ndata:\n  base: { manifest: {} }\n  sig: { manifest: { subject: base } }\nsteps:\n  - push: sig\n  - { request: GET /v2/<base.digest>, expect: { a/one: { status: 200 } } }\n";
    let steps = item(text).steps;
    assert!(!steps.iter().any(|step| line(step).contains("base") && step.preparation));
    assert_eq!(steps.len(), 4);
}
