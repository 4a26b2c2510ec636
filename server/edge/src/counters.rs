//! Counts what happens at the door and logs what is unusual, at most one line for each reason in
//! [`LOG_INTERVAL`]. It logs no content, no credential and no name of a person.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use waypost_protocol::EnrolmentId;

/// A reason that was logged is counted in silence for this long.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident { $($(#[$what:meta])* $variant:ident $slug:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$what])* $variant,)* }

        impl $name {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name, as in logs, metrics and `docs/edge.md`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $slug,)* }
            }
        }
    };
}

reasons! {
    /// Why someone was not let in.
    Refusal {
        /// All connections are taken.
        Full "full",
        /// The TLS handshake failed, or the peer gave up.
        Handshake "handshake",
        /// The TLS handshake took too long.
        HandshakeTimeout "handshake-timeout",
        /// The peer left before it sent a whole CONNECT.
        Gone "gone",
        /// No whole CONNECT came in time, or it could not be checked in time.
        ConnectTimeout "connect-timeout",
        /// What came first was no well-formed CONNECT.
        Malformed "malformed",
        /// Not MQTT 3.1.1.
        ProtocolLevel "protocol-level",
        /// A will was asked for.
        Will "will",
        /// The client id is none of ours, or not that of the credential.
        ClientId "client-id",
        /// The credential is unknown, expired or revoked.
        Credential "credential",
        /// Nobody could look whose credential it is.
        Unavailable "unavailable",
        /// The server is stopping.
        Stopping "stopping",
    }
}

reasons! {
    /// Why a connection ended.
    Closing {
        /// The client said goodbye.
        Left "left",
        /// The network or the client went away.
        Gone "gone",
        /// Nothing came for one and a half times the keep-alive.
        Silent "silent",
        /// The client took nothing of what waited for it.
        WriteTimeout "write-timeout",
        /// More waited for the client than is held for a slow reader.
        Overflow "overflow",
        /// The same enrolment connected again.
        TakenOver "taken-over",
        /// The server ended the enrolment.
        Revoked "revoked",
        /// Something that is not well-formed MQTT 3.1.1.
        Malformed "malformed",
        /// A packet larger than the bound.
        Oversized "oversized",
        /// QoS 2 was used.
        Qos2 "qos-2",
        /// The router died under the connection.
        RouterDied "router-died",
        /// The server is stopping.
        Stopping "stopping",
    }
}

impl Closing {
    fn is_unusual(self) -> bool {
        match self {
            Self::Silent
            | Self::WriteTimeout
            | Self::Overflow
            | Self::Malformed
            | Self::Oversized
            | Self::Qos2 => true,
            Self::Left
            | Self::Gone
            | Self::TakenOver
            | Self::Revoked
            | Self::RouterDied
            | Self::Stopping => false,
        }
    }
}

/// What happened since the start, for metrics.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// TCP connections now.
    pub connections: u64,
    /// Enrolments online now.
    pub online: u64,
    /// Connections that were let in.
    pub accepted: u64,
    /// Connections that were not, by reason.
    pub refused: BTreeMap<Refusal, u64>,
    /// Connections that were let in and ended, by reason.
    pub closed: BTreeMap<Closing, u64>,
    /// Uplinks handed to the server.
    pub uplinks: u64,
    /// Publishes that were answered with `Refused` by the edge itself.
    pub uplinks_refused: u64,
    /// Downlinks given to the router.
    pub published: u64,
    /// Downlinks that came out of it for a connection that takes them.
    pub delivered: u64,
    /// Downlinks that nobody was subscribed to, or that found no room, before the router or after.
    pub dropped: u64,
    /// How often the router died and was started again.
    pub router_restarts: u64,
}

/// The running counts.
pub(crate) struct Tally {
    pub(crate) accepted: AtomicU64,
    pub(crate) uplinks: AtomicU64,
    pub(crate) uplinks_refused: AtomicU64,
    pub(crate) published: AtomicU64,
    pub(crate) delivered: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) router_restarts: AtomicU64,
    refused: [Count; Refusal::ALL.len()],
    closed: [Count; Closing::ALL.len()],
    began: Instant,
}

#[derive(Default)]
struct Count {
    total: AtomicU64,
    /// Milliseconds after `began` until which nothing is logged.
    quiet_until_ms: AtomicU64,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self {
            accepted: AtomicU64::new(0),
            uplinks: AtomicU64::new(0),
            uplinks_refused: AtomicU64::new(0),
            published: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            router_restarts: AtomicU64::new(0),
            refused: Default::default(),
            closed: Default::default(),
            began: Instant::now(),
        }
    }

    pub(crate) fn refused(&self, reason: Refusal, peer: SocketAddr) {
        let count = &self.refused[reason as usize];
        let total = count.total.fetch_add(1, Relaxed) + 1;
        if self.may_log(count) {
            tracing::warn!(reason = reason.name(), total, %peer, "a connection was refused");
        }
    }

    pub(crate) fn closed(&self, reason: Closing, enrolment: EnrolmentId) {
        let count = &self.closed[reason as usize];
        let total = count.total.fetch_add(1, Relaxed) + 1;
        if !reason.is_unusual() {
            tracing::debug!(reason = reason.name(), %enrolment, "a connection ended");
        } else if self.may_log(count) {
            tracing::warn!(reason = reason.name(), total, %enrolment, "a connection was closed");
        }
    }

    /// Everything but the two numbers that the tally does not know.
    pub(crate) fn snapshot(&self) -> Counters {
        Counters {
            connections: 0,
            online: 0,
            accepted: self.accepted.load(Relaxed),
            refused: totals(Refusal::ALL, &self.refused),
            closed: totals(Closing::ALL, &self.closed),
            uplinks: self.uplinks.load(Relaxed),
            uplinks_refused: self.uplinks_refused.load(Relaxed),
            published: self.published.load(Relaxed),
            delivered: self.delivered.load(Relaxed),
            dropped: self.dropped.load(Relaxed),
            router_restarts: self.router_restarts.load(Relaxed),
        }
    }

    fn may_log(&self, count: &Count) -> bool {
        let now = self.began.elapsed();
        let now_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let until_ms = u64::try_from((now + LOG_INTERVAL).as_millis()).unwrap_or(u64::MAX);
        let quiet_until_ms = count.quiet_until_ms.load(Relaxed);
        // Of several that come at once, the one that moves the mark logs.
        now_ms >= quiet_until_ms
            && count
                .quiet_until_ms
                .compare_exchange(quiet_until_ms, until_ms, Relaxed, Relaxed)
                .is_ok()
    }
}

fn totals<R: Copy + Ord>(reasons: &[R], counts: &[Count]) -> BTreeMap<R, u64> {
    reasons.iter().zip(counts).map(|(reason, count)| (*reason, count.total.load(Relaxed))).collect()
}
