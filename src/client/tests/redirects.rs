use http::Method;

use super::server::{Server, answer};
use super::*;

fn to(location: &str, status: u16) -> String {
    answer(status, &format!("Location: {location}\r\n"), "")
}

fn statuses(hops: &[Exchange]) -> Vec<Option<u16>> {
    hops.iter().map(Exchange::status).collect()
}

#[tokio::test]
async fn redirects_are_followed_for_get_and_head_alone() {
    let server = Server::web(|heard| match heard.line().split(' ').nth(1) {
        Some("/end") => answer(200, "", ""),
        Some(status) => to("end", status[1..].parse().unwrap()),
        None => String::new(),
    })
    .await;
    for status in [301, 302, 303, 307, 308] {
        let url = format!("{}/{status}", server.url);
        for method in [Method::GET, Method::HEAD] {
            let hops = client().follow(call(method.clone(), &url), 5).await;
            assert_eq!(statuses(&hops), [Some(status), Some(200)]);
            assert_eq!(hops[1].request.method, method);
        }
        assert_eq!(statuses(&client().follow(call(Method::PUT, &url), 5).await), [Some(status)]);
    }
    assert_eq!(statuses(&client().follow(get(&format!("{}/304", server.url)), 5).await), [Some(304)]);
}

#[tokio::test]
async fn credentials_stay_with_the_first_origin() {
    let other = Server::web(|_| answer(200, "", "")).await;
    let away = format!("{}/x", other.url);
    let server = Server::web(move |heard| if heard.line().ends_with("/near") { to(&away, 307) } else { to("/near", 307) }).await;
    let sent = with_header(get(&server.url), "authorization", "Bearer secret-token");
    let hops = client().follow(with_header(sent, "accept", "a/b"), 5).await;
    assert_eq!(statuses(&hops), [Some(307), Some(307), Some(200)]);
    assert!(server.requests().iter().all(|heard| heard.header("authorization").is_some()));
    let away = &other.requests()[0];
    assert_eq!((away.header("authorization"), away.header("accept"), away.header("host")), (None, Some("a/b"), Some(other.host())));
}

#[tokio::test]
async fn a_redirect_that_cannot_be_followed_is_the_answer() {
    for location in ["file:///etc/passwd", "ftp://h/x", "http://", "http://u:p@127.0.0.1/", "//:x", "http://h:99999/"] {
        let server = Server::web(move |_| to(location, 302)).await;
        assert_eq!(statuses(&client().follow(get(&server.url), 5).await), [Some(302)], "{location}");
    }
    let server = Server::web(|_| answer(302, "", "")).await;
    assert_eq!(statuses(&client().follow(get(&server.url), 5).await), [Some(302)]);
    let gone = super::server::nobody().await;
    let server = Server::web(move |_| to(&gone, 302)).await;
    let hops = client().follow(get(&server.url), 5).await;
    assert!(matches!(failure(&hops[1]), Failure::Connect { .. }));
}

#[tokio::test]
async fn loops_and_endless_chains_end() {
    let server = Server::web(|_| to("/loop", 307)).await;
    assert_eq!(client().follow(get(&format!("{}/loop", server.url)), 5).await.len(), 1);
    assert_eq!(client().follow(get(&format!("{}/in", server.url)), 5).await.len(), 2);
    let server = Server::web(|heard| to(&format!("{}x", heard.line().split(' ').nth(1).unwrap()), 307)).await;
    let hops = client().follow(get(&server.url), 5).await;
    assert_eq!((hops.len(), hops[5].status()), (6, Some(307)));
    assert_eq!(client().follow(get(&server.url), 0).await.len(), 1);
}
