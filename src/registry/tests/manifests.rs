//! Manifests: what is taken, what is refused, what hangs on what.

use serde_json::{Value, json};

use super::support::{INDEX, MANIFEST, Served, descriptor, image, index, refused, sha256, sha512};
use crate::oci::Digest;
use crate::registry::Limits;

const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

#[tokio::test]
async fn a_manifest_is_pulled_byte_for_byte_by_tag_and_by_digest() {
    let served = Served::open().await;
    served.blob("a", b"{}").await;
    let image = image("x", None).replace("\":", "\" :  ");
    let answer = served.put_manifest("a", "v1", &format!("{MANIFEST}; charset=utf-8"), &image).await;
    let digest = sha256(&image);
    assert_eq!((answer.status, answer.header("location")), (201, format!("/v2/a/manifests/{digest}").as_str()));
    assert_eq!(answer.header("docker-content-digest"), digest.to_string());
    for reference in ["v1".to_owned(), digest.to_string(), digest.to_string().replace(':', "%3A")] {
        let pulled = served.ask(&format!("GET /v2/a/manifests/{reference}"), &[("accept", "text/plain")], "").await;
        assert_eq!((pulled.status, pulled.header("content-type"), &pulled.body[..]), (200, MANIFEST, image.as_bytes()), "{reference}");
        assert_eq!(pulled.header("docker-content-digest"), digest.to_string());
    }
}

#[tokio::test]
async fn a_manifest_that_is_pushed_by_a_wrong_digest_is_refused() {
    let served = Served::open().await;
    served.blob("a", b"{}").await;
    let image = image("x", None);
    for digest in [sha256("other"), sha512(b"other")] {
        let answer = served.put_manifest("a", &digest.to_string(), MANIFEST, &image).await;
        assert_eq!(answer.refusal(), refused(400, "DIGEST_INVALID"));
    }
    assert_eq!(served.status(&format!("GET /v2/a/manifests/{}", sha256(&image))).await, 404);
}

#[tokio::test]
async fn a_manifest_by_sha512_is_found_by_it() {
    let served = Served::open().await;
    served.blob("a", b"{}").await;
    let (image, digest) = (image("x", None), sha512(image("x", None).as_bytes()));
    let answer = served.put_manifest("a", &format!("{digest}?tag=v1"), MANIFEST, &image).await;
    assert_eq!((answer.status, answer.header("docker-content-digest")), (201, digest.to_string().as_str()));
    let pulled = served.just("GET /v2/a/manifests/v1").await;
    assert_eq!((pulled.header("docker-content-digest"), &pulled.body[..]), (digest.to_string().as_str(), image.as_bytes()));
}

#[tokio::test]
async fn tags_in_the_query_are_made_and_named_only_for_a_push_by_digest() {
    let served = Served::open().await;
    served.blob("a", b"{}").await;
    let (image, other) = (image("x", None), image("y", None));
    let answer = served.put_manifest("a", &format!("{}?tag=v1&tag=v1.2&tag=latest", sha256(&image)), MANIFEST, &image).await;
    let named: Vec<_> = answer.headers.get_all("oci-tag").iter().collect();
    assert_eq!(named, ["v1", "v1.2", "latest"]);
    assert_eq!(served.just("GET /v2/a/manifests/v1.2").await.body, image);
    let by_tag = served.put_manifest("a", "v2?tag=v1", MANIFEST, &other).await;
    assert_eq!((by_tag.status, by_tag.header("oci-tag")), (201, ""));
    assert_eq!(served.just("GET /v2/a/manifests/v1").await.body, image);
    let bad = served.put_manifest("a", &format!("{}?tag=fine&tag=-bad", sha256(&image)), MANIFEST, &image).await;
    assert_eq!(bad.refusal(), refused(400, "MANIFEST_INVALID"));
    assert_eq!(served.status("GET /v2/a/manifests/fine").await, 404);
    let many = "&tag=t".repeat(65);
    assert_eq!(served.put_manifest("a", &format!("{}?{many}", sha256(&image)), MANIFEST, &image).await.status, 414);
}

#[tokio::test]
async fn what_is_no_manifest_is_refused() {
    let served = Served::open().await;
    served.blob("a", b"{}").await;
    let good: Value = serde_json::from_str(&image("x", None)).unwrap();
    let with = |key: &str, value: Value| {
        let mut changed = good.clone();
        changed[key] = value;
        changed.to_string()
    };
    let nested = "[".repeat(100_000);
    let cases = [
        (MANIFEST, String::new(), 400),
        (MANIFEST, "null".into(), 400),
        (MANIFEST, "{".into(), 400),
        (MANIFEST, nested, 400),
        (MANIFEST, format!("{good}x"), 400),
        (MANIFEST, with("schemaVersion", json!(1)), 400),
        (MANIFEST, with("mediaType", json!(DOCKER_MANIFEST)), 400),
        (MANIFEST, with("manifests", json!([])), 400),
        (MANIFEST, with("layers", json!([{ "mediaType": "x/y", "digest": "sha256:0", "size": 1 }])), 400),
        (MANIFEST, with("layers", json!([{ "mediaType": "x/y", "digest": sha256("x").to_string(), "size": -1 }])), 400),
        (MANIFEST, with("config", json!(null)), 400),
        (INDEX, good.to_string(), 400),
        ("application/json", good.to_string(), 415),
        ("text/plain", good.to_string(), 415),
        ("", good.to_string(), 415),
        ("\u{ff}", good.to_string(), 415),
        ("application/vnd.docker.distribution.manifest.v1+prettyjws", good.to_string(), 415),
    ];
    for (media_type, body, status) in cases {
        let answer = served.put_manifest("a", "v1", media_type, &body).await;
        assert_eq!(answer.refusal(), refused(status, "MANIFEST_INVALID"), "{media_type}: {}", &body[..body.len().min(200)]);
    }
    assert_eq!(served.status("GET /v2/a/manifests/v1").await, 404);
}

#[tokio::test]
async fn without_a_content_type_the_document_tells_its_own() {
    let served = Served::open().await;
    served.blob("a", b"{}").await;
    let image = image("x", None);
    assert_eq!(served.ask("PUT /v2/a/manifests/v1", &[], image.clone()).await.status, 201);
    assert_eq!(served.just("GET /v2/a/manifests/v1").await.header("content-type"), MANIFEST);
    for body in ["{}", "", r#"{"mediaType":7}"#] {
        assert_eq!(served.ask("PUT /v2/a/manifests/v2", &[], body).await.refusal(), refused(400, "MANIFEST_INVALID"), "{body}");
    }
}

#[tokio::test]
async fn a_manifest_needs_its_blobs_and_an_index_its_children() {
    let served = Served::open().await;
    let child = image("x", None);
    let missing = served.put_manifest("a", "v1", MANIFEST, &child).await;
    assert_eq!(missing.refusal(), refused(404, "MANIFEST_BLOB_UNKNOWN"));
    assert_eq!(missing.json()["errors"][0]["detail"]["digest"], sha256("{}").to_string());
    assert_eq!(served.just("GET /v2/a/tags/list").await.refusal(), refused(404, "NAME_UNKNOWN"));
    served.image("b", "child", "x").await;
    assert_eq!(served.put_manifest("a", "list", INDEX, &index(&[&child])).await.status, 404);
    assert_eq!(served.put_manifest("b", "list", INDEX, &index(&[&child])).await.status, 201);
    let nested = index(&[&index(&[&child])]);
    assert_eq!(served.put_manifest("b", "nested", INDEX, &nested).await.status, 201);
    assert_eq!(served.just("GET /v2/b/manifests/nested").await.body, nested);
}

#[tokio::test]
async fn a_manifest_that_lacks_a_thousand_blobs_is_refused_in_a_hundred_errors() {
    let served = Served::open().await;
    let layers: Vec<Value> = (0..1000).map(|n| descriptor("x/y", sha256(&n.to_string()), 1)).collect();
    let image = json!({ "schemaVersion": 2, "config": descriptor("x/y", sha256("c"), 1), "layers": layers }).to_string();
    let answer = served.put_manifest("a", "v1", MANIFEST, &image).await;
    assert_eq!(answer.refusal(), refused(404, "MANIFEST_BLOB_UNKNOWN"));
    assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn layers_that_are_elsewhere_need_not_be_here() {
    let served = Served::open().await;
    served.blob("a", b"{}").await;
    let foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    let mut linked = descriptor("application/vnd.oci.image.layer.v1.tar", sha256("linked"), 6);
    linked["urls"] = json!(["http://127.0.0.1/layer"]);
    let mut image: Value = serde_json::from_str(&image("x", None)).unwrap();
    image["layers"] = json!([descriptor(foreign, sha256("foreign"), 7), linked]);
    assert_eq!(served.put_manifest("a", "v1", MANIFEST, &image.to_string()).await.status, 201);
}

#[tokio::test]
async fn dockers_types_are_served_as_they_came() {
    let served = Served::open().await;
    served.blob("a", b"{}").await;
    let image = image("x", None).replace(MANIFEST, DOCKER_MANIFEST);
    assert_eq!(served.put_manifest("a", "image", DOCKER_MANIFEST, &image).await.status, 201);
    let list = index(&[&image]).replace(INDEX, DOCKER_LIST);
    assert_eq!(served.put_manifest("a", "list", DOCKER_LIST, &list).await.status, 201);
    for (tag, media_type, body) in [("image", DOCKER_MANIFEST, image), ("list", DOCKER_LIST, list)] {
        let pulled = served.just(&format!("GET /v2/a/manifests/{tag}")).await;
        assert_eq!((pulled.header("content-type"), &pulled.body[..]), (media_type, body.as_bytes()));
    }
}

#[tokio::test]
async fn a_tag_moves_and_what_it_left_stays_by_digest() {
    let served = Served::open().await;
    let old = served.image("a", "v1", "old").await;
    let new = served.image("a", "v1", "new").await;
    assert_eq!(served.just("GET /v2/a/manifests/v1").await.body, new);
    assert_eq!(served.just(&format!("GET /v2/a/manifests/{}", sha256(&old))).await.body, old);
}

#[tokio::test]
async fn a_deleted_tag_leaves_the_manifest_and_a_deleted_manifest_takes_its_tags() {
    let served = Served::open().await;
    let image = served.image("a", "v1", "x").await;
    served.image("a", "v2", "x").await;
    served.image("a", "other", "y").await;
    let digest = sha256(&image);
    assert_eq!(served.status("DELETE /v2/a/manifests/v1").await, 202);
    assert_eq!(served.just("DELETE /v2/a/manifests/v1").await.refusal(), refused(404, "MANIFEST_UNKNOWN"));
    assert_eq!(served.status("GET /v2/a/manifests/v1").await, 404);
    assert_eq!(served.status(&format!("GET /v2/a/manifests/{digest}")).await, 200);
    assert_eq!(served.status(&format!("DELETE /v2/a/manifests/{digest}")).await, 202);
    for reference in ["v2".to_owned(), digest.to_string()] {
        assert_eq!(served.just(&format!("GET /v2/a/manifests/{reference}")).await.refusal(), refused(404, "MANIFEST_UNKNOWN"));
    }
    assert_eq!(served.just("GET /v2/a/tags/list").await.strings("/tags"), ["other"]);
    assert_eq!(served.just("DELETE /v2/nowhere/manifests/v1").await.refusal(), refused(404, "NAME_UNKNOWN"));
}

#[tokio::test]
async fn a_repository_without_content_is_none() {
    let served = Served::open().await;
    let image = served.image("a", "v1", "x").await;
    served.session("b").await;
    assert_eq!(served.just("GET /v2/_catalog").await.strings("/repositories"), ["a"]);
    served.just(&format!("DELETE /v2/a/manifests/{}", sha256(&image))).await;
    assert!(served.just("GET /v2/a/tags/list").await.strings("/tags").is_empty());
    served.just(&format!("DELETE /v2/a/blobs/{}", sha256("{}"))).await;
    assert_eq!(served.just("GET /v2/a/tags/list").await.refusal(), refused(404, "NAME_UNKNOWN"));
    assert!(served.just("GET /v2/_catalog").await.strings("/repositories").is_empty());
}

#[tokio::test]
async fn a_manifest_that_is_too_large_is_refused_whether_or_not_its_length_is_told() {
    let limits = Limits { manifest: 1000, ..Limits::default() };
    let served = Served::with(|config| config.limits = limits).await;
    let body = " ".repeat(1001);
    assert_eq!(served.put_manifest("a", "v1", MANIFEST, &body).await.refusal(), refused(413, "MANIFEST_INVALID"));
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(body)]));
    let answer = served.ask("PUT /v2/a/manifests/v1", &[("content-type", MANIFEST)], stream).await;
    assert_eq!(answer.refusal(), refused(413, "MANIFEST_INVALID"));
}

#[tokio::test]
async fn referrers_are_listed_before_and_after_their_subject_is_there_until_they_are_deleted() {
    let served = Served::open().await;
    let subject = image("subject", None);
    let signature = image("signature", Some(sha256(&subject)));
    served.blob("a", b"{}").await;
    let pushed = served.put_manifest("a", &sha256(&signature).to_string(), MANIFEST, &signature).await;
    assert_eq!((pushed.status, pushed.header("oci-subject")), (201, sha256(&subject).to_string().as_str()));
    let listed = || async { served.just(&format!("GET /v2/a/referrers/{}", sha256(&subject))).await };
    let expected = json!([{
        "mediaType": MANIFEST, "digest": sha256(&signature).to_string(), "size": signature.len(),
        "annotations": { "mark": "signature" }, "artifactType": "application/vnd.oci.empty.v1+json",
    }]);
    assert_eq!(listed().await.json()["manifests"], expected);
    assert_eq!(listed().await.header("content-type"), INDEX);
    let subject_pushed = served.put_manifest("a", "v1", MANIFEST, &subject).await;
    assert_eq!((subject_pushed.status, subject_pushed.header("oci-subject")), (201, ""));
    assert_eq!(served.status("DELETE /v2/a/manifests/v1").await, 202);
    assert_eq!(served.status(&format!("DELETE /v2/a/manifests/{}", sha256(&subject))).await, 202);
    assert_eq!(listed().await.json()["manifests"], expected);
    assert_eq!(served.status(&format!("DELETE /v2/a/manifests/{}", sha256(&signature))).await, 202);
    assert_eq!(listed().await.json()["manifests"], json!([]));
}

#[tokio::test]
async fn an_index_without_an_artifact_type_is_listed_without_one() {
    let served = Served::open().await;
    let (subject, elsewhere) = (sha256("subject"), Digest::sha256(b"elsewhere"));
    let plain = json!({ "schemaVersion": 2, "manifests": null, "subject": descriptor(MANIFEST, subject, 1) }).to_string();
    assert_eq!(served.put_manifest("a", "plain", INDEX, &plain).await.status, 201);
    let listed = served.just(&format!("GET /v2/a/referrers/{subject}")).await.json();
    let expected = json!([{ "mediaType": INDEX, "digest": sha256(&plain).to_string(), "size": plain.len() }]);
    assert_eq!(listed["manifests"], expected);
    assert_eq!(served.just(&format!("GET /v2/a/referrers/{elsewhere}")).await.json()["manifests"], json!([]));
}
