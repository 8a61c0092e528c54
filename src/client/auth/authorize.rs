//! A login for a request that is sent over a [`Line`](crate::client::line::Line).

use http::{HeaderMap, HeaderValue, Method, Uri};

use super::ask::Request;
use super::scope::{Access, Resource};
use crate::client::send::Client;
use crate::client::wire::Origin;
use crate::exchange::{BodySent, Exchange, Received, Request as Sent, Response, Timings};

/// The request that is to be let in.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// GET, PUT, …
    pub method: &'a Method,
    /// Absolute.
    pub url: &'a Uri,
    /// The repository that it is about, where its path does not tell.
    pub repository: Option<&'a str>,
}

/// What a request may carry, and the token fetches that it took.
#[derive(Clone, Debug)]
pub struct Login {
    /// The value of `Authorization`; none where nothing is known to be needed, or nothing helps.
    pub header: Result<Option<HeaderValue>, String>,
    /// Token fetches.
    pub before: Vec<Exchange>,
}

impl Client {
    /// The login that such a request was last seen to need, fetched anew where it has expired.
    pub async fn login(&self, wanted: Wanted<'_>) -> Login {
        let mut before = Vec::new();
        let header = match request(wanted) {
            Some(request) => self.known_login(&request, &mut before).await,
            None => Ok(None),
        };
        Login { header, before }
    }

    /// The login that answers a 401 with these headers; `rejected` is what had been sent. None where no login helps.
    pub async fn answer_challenge(&self, wanted: Wanted<'_>, headers: &HeaderMap, rejected: Option<&HeaderValue>) -> Login {
        let mut before = Vec::new();
        let Some(request) = request(wanted) else { return Login { header: Ok(None), before } };
        let challenged = challenged(wanted, headers);
        let header = self.answer(&request, &challenged, rejected, &mut before).await.transpose();
        Login { header, before }
    }
}

fn request(wanted: Wanted<'_>) -> Option<Request> {
    let origin = Origin::of(wanted.url).ok()?;
    Some(Request { origin, resource: Resource::of(wanted.url, wanted.repository), access: Access::of(wanted.method) })
}

fn challenged(wanted: Wanted<'_>, headers: &HeaderMap) -> Exchange {
    let request = Sent { method: wanted.method.clone(), url: wanted.url.clone(), headers: HeaderMap::new(), body: BodySent::default() };
    let response = Response { status: 401, headers: headers.clone(), body: Received::default() };
    Exchange { request, answer: Ok(response), timings: Timings::default() }
}
