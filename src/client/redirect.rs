//! Redirects.

use http::header::{AUTHORIZATION, COOKIE, HOST, LOCATION, PROXY_AUTHORIZATION};
use http::{Method, Uri};

use super::call::Call;
use super::send::Client;
use super::wire::Origin;
use crate::exchange::{Exchange, resolve};

impl Client {
    /// A request and up to `max` redirects (301, 302, 303, 307, 308) after it, for GET and HEAD alone; the last exchange is the answer. A
    /// redirect that can't be followed (no or a bad `Location`, neither http nor https, a loop, one too many) is the answer itself.
    /// Credentials and a `Host` of the caller's go to the first origin only.
    pub async fn follow(&self, call: Call, max: usize) -> Vec<Exchange> {
        let mut hops = vec![self.send(call.clone()).await];
        self.follow_on(call, &mut hops, max).await;
        hops
    }

    /// Follows the redirect that the last of `hops`, the exchange of `call`, may be.
    pub(super) async fn follow_on(&self, mut call: Call, hops: &mut Vec<Exchange>, max: usize) {
        let mut seen = vec![call.url.clone()];
        while let Some(next) = hops.last().and_then(target).filter(|next| hops.len() <= max && !seen.contains(next)) {
            if Origin::of(&next) != Origin::of(&call.url) {
                call.headers.retain(|(name, _)| ![AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, HOST].contains(name));
            }
            seen.push(next.clone());
            call.url = next;
            hops.push(self.send(call.clone()).await);
        }
    }
}

/// Where an exchange redirects to.
fn target(exchange: &Exchange) -> Option<Uri> {
    let request = &exchange.request;
    let response = exchange.response()?;
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) || ![Method::GET, Method::HEAD].contains(&request.method) {
        return None;
    }
    let location = std::str::from_utf8(response.headers.get(LOCATION)?.as_bytes()).ok()?;
    resolve(&request.url, location).ok().filter(|url| Origin::of(url).is_ok())
}
