//! What journeys may say.

use super::read_journey;
use crate::clause::Catalogue;
use crate::text::{Files, SourceFile};

fn told(text: &str) -> String {
    let catalogue = Catalogue::read(&Files::shipped().unwrap()).unwrap();
    match read_journey(&SourceFile::new("journeys/x.yaml", text), "x", &catalogue) {
        Ok(journey) => format!("{} operations: {}", journey.all_steps().len(), journey.operations().join(" ")),
        Err(mistakes) => mistakes.render(false),
    }
}

#[test]
fn a_journey_is_read_with_its_loops_and_operations() {
    let text = "title: a pull\nclient: docker\ntakes: image\nsteps:\n- request: GET /v2/<repo>/manifests/<image.tag>\n  operation: manifest\n  expect: { pull/manifest-status: { status: 200 }, pull/manifest-body: { body: image } }\n- for: layers\n  at_once: 3\n  unless: held\n  steps:\n  - request: GET /v2/<repo>/blobs/<layer.digest>\n    operation: blob\n    expect: { pull/blob-body: { body: layer } }\n";
    assert_eq!(told(text), "3 operations: manifest blob");
}

#[test]
fn mistakes_of_a_journey_are_told_where_they_are() {
    for (text, words) in [
        ("title: x\nsteps:\n- request: GET /v2/\n", "no `operation`"),
        ("title: x\nsteps:\n- request: GET /v2/<repo>/blobs/<layer.digest>\n  operation: blob\n", "`<layer.digest>` has no value here"),
        (
            "title: x\ntakes: image\nsteps:\n- request: GET /v2/<repo>/manifests/<image.dgest>\n  operation: blob\n",
            "did you mean `<image.digest>`",
        ),
        ("title: x\nsteps:\n- for: layers\n  steps: [{ request: GET /v2/, operation: ping }]\n", "takes nothing that has these"),
        ("title: x\nsteps:\n- request: FETCH /v2/\n  operation: ping\n", "no request line"),
        ("title: x\nsteps:\n- request: GET /v2/\n  operation: ping\n  when: gone\n", "no outcome `gone`"),
        ("title: x\nsteps:\n- request: GET /v2/\n  operation: Ping\n  expect: { auth/ping-let-in: { status: 200 } }\n", "is no operation"),
        ("title: x\nsteps:\n- request: GET /v2/\n  operation: ping\n  expect: { auth/pong: { status: 200 } }\n", "no clause `auth/pong`"),
        ("title: x\nsteps:\n- request: PUT /v2/\n  operation: ping\n  body: image\n", "there is no `image` here"),
        ("title: x\nsteps: []\n", "no step"),
        ("title: x\nsteps:\n- request: GET /v2/\n  operation: ping\n", "expects nothing"),
    ] {
        let told = told(text);
        assert!(told.contains(words), "{text}\n{told}");
    }
}
