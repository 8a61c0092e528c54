//! Paths and methods, as they come over the wire.

use super::support::{Served, refused, sha256};

#[tokio::test]
async fn the_base_says_which_api_this_is() {
    let served = Served::open().await;
    for path in ["/v2/", "/v2"] {
        let answer = served.just(&format!("GET {path}")).await;
        assert_eq!((answer.status, answer.header("docker-distribution-api-version")), (200, "registry/2.0"));
        assert_eq!(answer.json(), serde_json::json!({}));
    }
}

#[tokio::test]
async fn a_resource_names_the_methods_that_it_takes() {
    let served = Served::open().await;
    let digest = sha256("x");
    let cases = [
        ("/v2/".to_owned(), "GET, HEAD"),
        ("/v2/_catalog".into(), "GET, HEAD"),
        ("/v2/a/tags/list".into(), "GET, HEAD"),
        (format!("/v2/a/referrers/{digest}"), "GET, HEAD"),
        (format!("/v2/a/blobs/{digest}"), "GET, HEAD, DELETE"),
        ("/v2/a/manifests/v1".into(), "GET, HEAD, PUT, DELETE"),
        ("/v2/a/blobs/uploads/".into(), "POST"),
        ("/v2/a/blobs/uploads/x".into(), "GET, PATCH, PUT, DELETE"),
    ];
    for (path, allowed) in cases {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"] {
            let answer = served.just(&format!("{method} {path}")).await;
            if allowed.split(", ").any(|one| one == method) {
                assert_ne!(answer.status, 405, "{method} {path}");
            } else {
                assert_eq!(answer.refusal(), refused(405, "UNSUPPORTED"), "{method} {path}");
                assert_eq!(answer.header("allow"), allowed, "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn a_path_that_is_wrong_is_refused_for_what_is_wrong_with_it() {
    let served = Served::open().await;
    let (digest, long) = (sha256("x"), "a".repeat(256));
    let cases = [
        ("GET /".to_owned(), 404, "UNSUPPORTED"),
        ("GET /v1/a/tags/list".into(), 404, "UNSUPPORTED"),
        ("GET /v2/a".into(), 404, "UNSUPPORTED"),
        ("GET /v2/a/tags".into(), 404, "UNSUPPORTED"),
        ("GET /v2/a/tags/list/".into(), 404, "UNSUPPORTED"),
        ("GET /v2/_catalog/".into(), 404, "UNSUPPORTED"),
        ("GET /v2/tags/list".into(), 400, "NAME_INVALID"),
        ("GET /v2//tags/list".into(), 400, "NAME_INVALID"),
        ("GET /v2/a//b/tags/list".into(), 400, "NAME_INVALID"),
        ("GET /v2/A/tags/list".into(), 400, "NAME_INVALID"),
        ("GET /v2/a_-b/manifests/v1".into(), 400, "NAME_INVALID"),
        ("GET /v2/a%2Fb/tags/list".into(), 400, "NAME_INVALID"),
        ("GET /v2/a%00/tags/list".into(), 400, "NAME_INVALID"),
        ("GET /v2/%ff/tags/list".into(), 400, "NAME_INVALID"),
        ("GET /v2/a%/tags/list".into(), 400, "NAME_INVALID"),
        (format!("GET /v2/{long}/tags/list"), 400, "NAME_INVALID"),
        ("GET /v2/a/blobs/latest".into(), 400, "DIGEST_INVALID"),
        ("GET /v2/a/blobs/".into(), 400, "DIGEST_INVALID"),
        (format!("GET /v2/a/blobs/{}", digest.to_string().to_uppercase()), 400, "DIGEST_INVALID"),
        (format!("GET /v2/a/blobs/{digest}0"), 400, "DIGEST_INVALID"),
        ("GET /v2/a/manifests/sha256:x".into(), 400, "DIGEST_INVALID"),
        ("PUT /v2/a/manifests/sha256:x".into(), 400, "DIGEST_INVALID"),
        ("GET /v2/a/manifests/.hidden".into(), 404, "MANIFEST_UNKNOWN"),
        ("DELETE /v2/a/manifests/-x".into(), 404, "MANIFEST_UNKNOWN"),
        ("PUT /v2/a/manifests/-x".into(), 400, "MANIFEST_INVALID"),
        (format!("PUT /v2/a/manifests/{}", "t".repeat(129)), 400, "MANIFEST_INVALID"),
        (format!("GET /v2/a/manifests/{digest}"), 404, "MANIFEST_UNKNOWN"),
        ("GET /v2/a/blobs/uploads/%ff".into(), 404, "UNSUPPORTED"),
        ("GET /v2/a/blobs/uploads/x%2Fy".into(), 404, "BLOB_UPLOAD_UNKNOWN"),
    ];
    for (line, status, code) in cases {
        assert_eq!(served.just(&line).await.refusal(), refused(status, code), "{line}");
    }
}

#[tokio::test]
async fn a_name_may_have_the_words_of_the_api_in_it() {
    let served = Served::open().await;
    for name in ["tags/list", "blobs/uploads", "manifests", "a/referrers", "v2", "blobs/uploads/blobs/uploads"] {
        let digest = served.blob(name, b"{}").await;
        assert_eq!(served.status(&format!("GET /v2/{name}/blobs/{digest}")).await, 200, "{name}");
        served.image(name, "v1", "x").await;
        assert_eq!(served.just(&format!("GET /v2/{name}/tags/list")).await.strings("/tags"), ["v1"], "{name}");
    }
}

#[tokio::test]
async fn the_longest_name_is_taken() {
    let served = Served::open().await;
    let name = ["a".repeat(127), "b".repeat(127)].join("/");
    served.image(&name, &"t".repeat(128), "x").await;
    assert_eq!(served.just(&format!("GET /v2/{name}/tags/list")).await.strings("/tags").len(), 1);
}
