//! Repositories whose names a target does not take.

use super::support::{answer, script};

const POST: &str = "  - { request: POST /v2/<repo>/blobs/uploads/, expect: { a/one: { status: 202 } } }\n";

fn denied() -> String {
    answer(403, "", r#"{"errors":[{"code":"DENIED"}]}"#)
}

#[tokio::test]
async fn an_upload_refused_in_a_repository_that_took_nothing_is_inconclusive() {
    let mount = "  - { request: POST /v2/<repo>/blobs/uploads/, query: { mount: x }, expect: { a/one: { status: [201, 202] } } }\n";
    let manifest = "  - { request: PUT /v2/<repo>/manifests/v1, body: { text: x }, expect: { a/one: { status: 201 } } }\n";
    for step in [POST, mount, manifest] {
        let (told, server) = script(step, |_, _| denied()).await;
        assert!(told[0].starts_with("a/one inconclusive: the registry did not take this repository name"), "{told:?}");
        assert_eq!(server.lines().len(), 2);
    }
}

#[tokio::test]
async fn a_refusal_where_a_session_opens_all_the_same_or_opened_before_is_a_failure() {
    let (told, _) = script(POST, |_, before| if before == 0 { denied() } else { answer(202, "", "") }).await;
    assert!(told[0].starts_with("a/one fail"), "{told:?}");
    let (told, _) = script(&POST.repeat(2), |_, before| if before == 0 { answer(202, "", "") } else { denied() }).await;
    assert!(told[0] == "a/one pass" && told[1].starts_with("a/one fail"), "{told:?}");
}

#[tokio::test]
async fn a_refusal_that_is_no_word_about_the_repository_is_a_failure() {
    for refused in [answer(405, "", ""), answer(400, "", ""), answer(500, "", "")] {
        let (told, _) = script(POST, move |_, _| refused.clone()).await;
        assert!(told.iter().any(|line| line.starts_with("a/one fail")), "{told:?}");
    }
}
