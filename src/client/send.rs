//! The client, and one hop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::auth::Logins;
use super::call::{Call, Outbound, Prepared};
use super::dialer::Dialer;
use super::options::{ClientError, Options};
use super::traffic::Traffic;
use super::wire::{Connection, Limits, Opened, Origin, Outcome, Pool, Tls, open};
use crate::exchange::{Exchange, Failure, Request, Secrets, Timings};

/// Sends requests. Clones share connections, logins, secrets and the count of exchanges. A client belongs to the Tokio runtime in which
/// it is first used; another runtime takes another client.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    limits: Limits,
    tls: Arc<Tls>,
    dialer: Option<Dialer>,
    pool: Pool,
    exchanges: AtomicU64,
    logins: Logins,
    secrets: Secrets,
    /// Shared by clients that were made afresh from one another.
    traffic: Arc<Traffic>,
}

impl Client {
    /// A client without any connection yet.
    ///
    /// # Errors
    /// A CA certificate that can't be used; credentials without a target.
    pub fn new(options: Options) -> Result<Self, ClientError> {
        let limits = Limits {
            connect: options.connect_timeout,
            request: options.request_timeout,
            body_limit: options.body_limit,
            body_cap: options.body_cap,
            deadline: options.deadline,
        };
        let (tls, secrets) = (Arc::new(Tls::new(&options.ca_certs)?), options.secrets.clone());
        let dialer = options.dialer.clone();
        let logins = Logins::new(options)?;
        let exchanges = AtomicU64::new(0);
        let inner = Inner { limits, tls, dialer, pool: Pool::default(), exchanges, logins, secrets, traffic: Arc::default() };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Another client with the same credentials, limits and trust, which has learnt nothing yet and has connections of its own.
    #[must_use]
    pub fn afresh(&self) -> Self {
        self.made_afresh(self.inner.limits, Arc::clone(&self.inner.traffic))
    }

    /// [`Client::afresh`], for work after the end of this one: not held with it, without its deadline, and no request takes longer than
    /// `longest`.
    #[must_use]
    pub fn afterwards(&self, longest: std::time::Duration) -> Self {
        let Limits { connect, request, .. } = self.inner.limits;
        let limits = Limits { connect: connect.min(longest), request: request.min(longest), deadline: None, ..self.inner.limits };
        self.made_afresh(limits, Arc::default())
    }

    /// From now on no request goes out: who sends one waits for ever. What is under way goes on.
    pub fn hold(&self) {
        self.inner.traffic.hold();
    }

    /// Ends once no request is under way.
    pub async fn quiet(&self) {
        self.inner.traffic.quiet().await;
    }

    /// The longest that one request may take.
    #[must_use]
    pub fn request_timeout(&self) -> std::time::Duration {
        self.inner.limits.request
    }

    /// Requests that may change something and were dropped while they were under way: nobody knows what came of them.
    #[must_use]
    pub fn abandoned(&self) -> Vec<Request> {
        self.inner.traffic.abandoned()
    }

    fn made_afresh(&self, limits: Limits, traffic: Arc<Traffic>) -> Self {
        let Inner { tls, dialer, logins, secrets, .. } = &*self.inner;
        let inner = Inner {
            limits,
            tls: Arc::clone(tls),
            dialer: dialer.clone(),
            pool: Pool::default(),
            exchanges: AtomicU64::new(0),
            logins: logins.afresh(),
            secrets: secrets.clone(),
            traffic,
        };
        Self { inner: Arc::new(inner) }
    }

    /// One request and what came of it: no login, no redirect. It ends within the time-outs, whatever the peer does. A reused connection that
    /// turns out to be dead before any byte of an answer is replaced by a new one, once.
    pub async fn send(&self, call: Call) -> Exchange {
        self.send_keeping(call, self.inner.limits.body_limit).await
    }

    /// How many exchanges there were, of logins and redirects too; one that was tried again on a new connection counts once.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.inner.exchanges.load(Ordering::Relaxed)
    }

    /// The secrets that this client knows; it adds those that it learns.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.inner.secrets
    }

    /// What is left until the deadline.
    pub(super) fn time_left(&self) -> std::time::Duration {
        self.inner.limits.left(std::time::Duration::MAX)
    }

    pub(super) fn limits(&self) -> Limits {
        self.inner.limits
    }

    pub(super) fn logins(&self) -> &Logins {
        &self.inner.logins
    }

    /// [`Client::send`], with another limit on what is kept of the body.
    pub(super) async fn send_keeping(&self, call: Call, body_limit: usize) -> Exchange {
        // What began after the deadline would fail by our clock, and tell nothing of the target: it waits for the end, which is due.
        if self.time_left().is_zero() {
            self.hold();
        }
        self.inner.traffic.admitted().await;
        self.inner.exchanges.fetch_add(1, Ordering::Relaxed);
        let Prepared { mut request, sending, route } = Prepared::of(call);
        let route = match route {
            Ok(route) => route,
            Err(failure) => return failed(request, failure),
        };
        let limits = Limits { body_limit, ..self.inner.limits };
        let under_way = self.inner.traffic.begin(&request);
        let outcome = self.exchange(&Outbound { request: &request, sending: &sending, route: &route }, &limits).await;
        under_way.end();
        match outcome {
            Ok(outcome) => {
                if let Some(connection) = outcome.connection {
                    self.inner.pool.put(&route.origin, connection);
                }
                request.body.sent = outcome.sent;
                Exchange { request, answer: outcome.answer, timings: outcome.timings }
            }
            Err(failure) => failed(request, failure),
        }
    }

    /// A new connection.
    pub(super) async fn open(&self, origin: &Origin, limits: &Limits) -> Result<Opened, Failure> {
        match &self.inner.dialer {
            Some(dialer) => Opened::without_network(origin, dialer.dial(origin)),
            None => open(origin, &self.inner.tls, limits).await,
        }
    }

    async fn exchange(&self, call: &Outbound<'_>, limits: &Limits) -> Result<Outcome, Failure> {
        let origin = &call.route.origin;
        // A body cut on purpose ends as a dead connection does, so there it must be certain that the connection was alive.
        let idle = if call.sending.cut { None } else { self.inner.pool.take(origin).await };
        if let Some(connection) = idle {
            let outcome = connection.exchange(call, limits).await;
            if !outcome.stale {
                return Ok(outcome);
            }
        }
        let opened = self.open(origin, limits).await?;
        Ok(Connection::new(opened, origin.clone()).await?.exchange(call, limits).await)
    }
}

/// An exchange that never came to a connection.
pub(super) fn failed(request: Request, failure: Failure) -> Exchange {
    Exchange { request, answer: Err(failure), timings: Timings::default() }
}
