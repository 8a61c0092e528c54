//! The pages of packages.

use serde_json::json;

use super::support::{Served, sha256};
use crate::registry::{Auth, Rules, User};

async fn github() -> Served {
    Served::with(|config| config.rules = Rules::GithubPackages).await
}

async fn page(served: &Served, path: &str) -> String {
    let answer = served.just(&format!("GET {path}")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"), "{path}");
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// The downloads of o/r/i, as a query tells them.
async fn downloads(served: &Served) -> u64 {
    let query = "{ repository(owner: \"o\", name: \"r\") { packages(names: [\"i\"]) { nodes { statistics { downloadsTotalCount } } } } }";
    let answer = served.ask("POST /graphql", &[], json!({ "query": query }).to_string()).await;
    answer.json()["data"]["repository"]["packages"]["nodes"][0]["statistics"]["downloadsTotalCount"].as_u64().unwrap()
}

#[tokio::test]
async fn a_page_tells_how_an_image_is_pulled_and_what_was_pushed() {
    let served = github().await;
    let (first, second) = (served.image("o/r/i", "v1", "x").await, served.image("o/r/i", "v2", "y").await);
    served.image("o/r/other", "v1", "z").await;
    let told = page(&served, "/o/r/packages/i").await;
    let address = served.running.addr();
    for text in [
        format!("docker pull {address}/o/r/i:v2"),
        format!("FROM {address}/o/r/i:v2"),
        sha256(&first).to_string(),
        sha256(&second).to_string(),
    ] {
        assert!(told.contains(&text), "{text}\n{told}");
    }
    let list = page(&served, "/o/r/packages").await;
    assert!(list.contains("/o/r/packages/i\"") && list.contains("/o/r/packages/other\""), "{list}");
    assert_eq!(served.status("GET /o/r/packages/none").await, 404);
    assert_eq!(served.status("GET /o/none/packages").await, 404);
    assert_eq!(served.status("DELETE /o/r/packages/i").await, 405);
}

#[tokio::test]
async fn a_get_of_a_manifest_counts_and_nothing_else_does() {
    let served = github().await;
    let image = served.image("o/r/i", "v1", "x").await;
    let digest = sha256(&image);
    for (line, count) in [
        ("HEAD /v2/o/r/i/manifests/v1".to_owned(), 0),
        ("GET /v2/o/r/i/manifests/none".to_owned(), 0),
        ("GET /v2/o/r/i/manifests/v1".to_owned(), 1),
        (format!("GET /v2/o/r/i/manifests/{digest}"), 2),
        (format!("GET /v2/o/r/i/blobs/{}", sha256("{}")), 2),
    ] {
        served.just(&line).await;
        assert_eq!(downloads(&served).await, count, "{line}");
    }
}

#[tokio::test]
async fn pages_are_for_those_who_log_in_and_for_these_rules_alone() {
    let users = vec![User::new("u", "p")];
    let closed = Served::with(|config| {
        config.rules = Rules::GithubPackages;
        config.auth = Auth::Basic { users };
    })
    .await;
    assert_eq!(closed.status("GET /o/r/packages").await, 401);
    assert_eq!(closed.status("POST /graphql").await, 401);
    let standard = Served::open().await;
    standard.image("o/r/i", "v1", "x").await;
    assert_eq!(standard.status("GET /o/r/packages/i").await, 404);
}

#[tokio::test]
async fn a_query_that_can_not_be_read_is_told_so() {
    let served = github().await;
    for body in ["", "{}", "[1]", "{\"query\": 1}", "{\"query\": \"{\"}", "{\"query\": \"{ viewer { login } }\"}"] {
        let answer = served.ask("POST /graphql", &[], body).await;
        assert_eq!(answer.status, 200, "{body}");
        assert!(answer.json()["errors"][0]["message"].is_string(), "{body}");
    }
    assert_eq!(served.ask("POST /graphql", &[], vec![b' '; 70 << 10]).await.status, 413);
}
