//! GitHub Package Registry's manners.

use super::support::{INDEX, MANIFEST, Served, image, index, refused, sha256};
use crate::registry::Rules;

async fn github() -> Served {
    Served::with(|config| config.rules = Rules::GithubPackages).await
}

#[tokio::test]
async fn only_names_of_three_components_are_taken() {
    let served = github().await;
    served.image("owner/repository/image", "v1", "x").await;
    for name in ["image", "owner/image", "owner/repository/image/more"] {
        let lines = [
            format!("POST /v2/{name}/blobs/uploads/"),
            format!("POST /v2/{name}/blobs/uploads/?mount={}&from=owner/repository/image", sha256("{}")),
            format!("GET /v2/{name}/manifests/v1"),
            format!("PUT /v2/{name}/manifests/v1"),
            format!("GET /v2/{name}/blobs/{}", sha256("{}")),
            format!("GET /v2/{name}/tags/list"),
            format!("GET /v2/{name}/referrers/{}", sha256("{}")),
        ];
        for line in lines {
            let answer = served.ask(&line, &[("content-type", MANIFEST)], if line.starts_with("PUT") { "{}" } else { "" }).await;
            assert_eq!(answer.refusal(), refused(400, "NAME_INVALID"), "{line}");
        }
    }
}

#[tokio::test]
async fn a_manifest_list_is_declined_without_a_trace() {
    let served = github().await;
    let child = served.image("o/r/i", "v1", "x").await;
    let list = index(&[&child]);
    assert_eq!(served.put_manifest("o/r/i", "list", INDEX, &list).await.refusal(), refused(415, "MANIFEST_INVALID"));
    let docker = "application/vnd.docker.distribution.manifest.list.v2+json";
    assert_eq!(served.put_manifest("o/r/i", "list", docker, &list).await.refusal(), refused(415, "MANIFEST_INVALID"));
    assert_eq!(served.status("GET /v2/o/r/i/manifests/list").await, 404);
    assert_eq!(served.status(&format!("GET /v2/o/r/i/manifests/{}", sha256(&list))).await, 404);
}

#[tokio::test]
async fn nothing_is_deleted_and_the_answer_says_what_may_be_done_instead() {
    let served = github().await;
    let image = served.image("o/r/i", "v1", "x").await;
    for (path, allowed) in [
        ("manifests/v1".to_owned(), "GET, HEAD, PUT"),
        (format!("manifests/{}", sha256(&image)), "GET, HEAD, PUT"),
        (format!("blobs/{}", sha256("{}")), "GET, HEAD"),
    ] {
        let answer = served.just(&format!("DELETE /v2/o/r/i/{path}")).await;
        assert_eq!(answer.refusal(), refused(405, "UNSUPPORTED"), "{path}");
        assert_eq!(answer.header("allow"), allowed, "{path}");
        assert_eq!(served.status(&format!("GET /v2/o/r/i/{path}")).await, 200, "{path}");
    }
}

#[tokio::test]
async fn images_are_pushed_in_chunks_mounted_and_listed_as_anywhere() {
    let served = github().await;
    let session = served.session("o/r/i").await;
    assert_eq!(served.ask(&format!("PATCH {session}"), &[], "{").await.status, 202);
    assert_eq!(served.status(&format!("GET {session}")).await, 204);
    assert_eq!(served.ask(&format!("PUT {session}?digest={}", sha256("{}")), &[], "}").await.status, 201);
    let cancelled = served.session("o/r/i").await;
    assert_eq!(served.status(&format!("DELETE {cancelled}")).await, 204);
    assert_eq!(served.status(&format!("POST /v2/o/r/other/blobs/uploads/?mount={}", sha256("{}"))).await, 201);
    let image = image("x", Some(sha256("subject")));
    assert_eq!(served.put_manifest("o/r/other", "v1", MANIFEST, &image).await.status, 201);
    assert_eq!(served.just("GET /v2/o/r/other/tags/list").await.strings("/tags"), ["v1"]);
    assert_eq!(served.just("GET /v2/_catalog").await.strings("/repositories"), ["o/r/i", "o/r/other"]);
}
