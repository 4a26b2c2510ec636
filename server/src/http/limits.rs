//! How many requests each caller may make: an enrolment or a token so many a minute, whoever cannot prove one, by
//! address. What a caller has left stands in the headers of every answer (RateLimit header fields for HTTP, an
//! Internet-Draft of the IETF's HTTPAPI group).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};

use axum::extract::{ConnectInfo, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Response};
use axum::middleware::Next;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use waypost_protocol::{EnrolmentId, ProblemCode};

use super::problem::Problem;

/// Requests a minute from one address that prove nothing.
const STRANGERS_EACH_MINUTE: NonZeroU32 = NonZeroU32::new(300).expect("it is not 0");

type Limiter<K> =
    RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// Who has asked how often.
pub struct Limits {
    each_minute: NonZeroU32,
    askers: Limiter<Asker>,
    strangers: Limiter<IpAddr>,
}

/// Who asks: an enrolment, or one of its tokens, which takes nothing from the device beside it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asker {
    /// By its credential.
    Enrolment(EnrolmentId),
    /// By the hash of the token.
    Token([u8; 32]),
}

/// What is left to a caller; known once they are.
#[derive(Clone, Default)]
struct Left(Arc<OnceLock<u32>>);

impl Limits {
    /// So many requests a minute for each enrolment and token, all of them at once if it likes.
    pub fn of(each_minute: NonZeroU32) -> Self {
        let keyed = Quota::per_minute(each_minute);
        let strangers = Quota::per_minute(STRANGERS_EACH_MINUTE);
        Self {
            each_minute,
            askers: RateLimiter::dashmap(keyed).with_middleware::<StateInformationMiddleware>(),
            strangers: RateLimiter::dashmap(strangers)
                .with_middleware::<StateInformationMiddleware>(),
        }
    }

    /// Counts a request.
    pub fn take(&self, asker: Asker, parts: &Parts) -> Result<(), Problem> {
        let taken = take(&self.askers, &asker)?;
        if let Some(left) = parts.extensions.get::<Left>() {
            let _first = left.0.set(taken);
        }
        Ok(())
    }

    /// Counts a request that proves nothing.
    pub fn take_stranger(&self, parts: &Parts) -> Result<(), Problem> {
        match parts.extensions.get::<ConnectInfo<SocketAddr>>() {
            Some(ConnectInfo(peer)) => take(&self.strangers, &network_of(peer.ip())).map(drop),
            None => Ok(()), // The control socket: the operator.
        }
    }

    /// Forgets those who have all they may have.
    pub fn forget_idle(&self) {
        self.askers.retain_recent();
        self.strangers.retain_recent();
    }
}

/// Says in each answer how many requests a caller has left.
pub async fn tell(
    limits: Arc<Limits>,
    mut request: Request,
    next: Next,
) -> Response<axum::body::Body> {
    let left = Left::default();
    request.extensions_mut().insert(left.clone());
    let mut answer = next.run(request).await;
    if let Some(left) = left.0.get() {
        let all = limits.each_minute;
        let fields = [
            ("ratelimit-policy", format!("\"enrolment\";q={all};w=60")),
            ("ratelimit", format!("\"enrolment\";r={left};t=60")),
        ];
        for (name, value) in fields {
            if let Ok(value) = HeaderValue::from_str(&value) {
                answer.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
    }
    answer
}

fn take<K: std::hash::Hash + Eq + Clone>(limiter: &Limiter<K>, who: &K) -> Result<u32, Problem> {
    match limiter.check_key(who) {
        Ok(state) => Ok(state.remaining_burst_capacity()),
        Err(not_yet) => {
            let wait = not_yet.wait_time_from(DefaultClock::default().now());
            Err(Problem::later(ProblemCode::RateLimited, wait))
        }
    }
}

/// An address, or the network that one household has of the newer sort.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}
