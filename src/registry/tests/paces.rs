//! Paces on the wire.

use std::time::Duration;

use super::support::{Served, refused, sha256};
use crate::clock::instant;

async fn paced(rules: &[&str]) -> Served {
    Served::with(|config| config.pace = rules.iter().map(|rule| rule.parse().unwrap()).collect()).await
}

#[tokio::test]
async fn requests_of_a_class_wait_for_its_servers_and_others_do_not() {
    let served = paced(&["blob: 20ms × 2"]).await;
    let digest = served.blob("a/b", b"content").await;
    let line = format!("GET /v2/a/b/blobs/{digest}");
    let begun = instant();
    let answers = futures_util::future::join_all((0..8).map(|_| served.just(&line))).await;
    assert!(begun.elapsed() >= Duration::from_millis(80), "8 requests of 20 ms at 2 servers");
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.body == "content"));
}

#[tokio::test]
async fn refusals_come_in_their_number_as_errors_of_the_specification() {
    let served = paced(&["errors: 25% 503 of list", "errors: 100% 429 of push"]).await;
    let mut refusals = 0;
    for _ in 0..8 {
        let answer = served.just("GET /v2/_catalog").await;
        if answer.status != 200 {
            assert_eq!(answer.refusal(), refused(503, "UNAVAILABLE"));
            refusals += 1;
        }
    }
    assert_eq!(refusals, 2);
    let pushed = served.ask("POST /v2/a/b/blobs/uploads/", &[], "").await;
    assert_eq!(pushed.refusal(), refused(429, "TOOMANYREQUESTS"));
    assert_eq!(served.status(&format!("GET /v2/a/b/blobs/{}", sha256("x"))).await, 404);
}
