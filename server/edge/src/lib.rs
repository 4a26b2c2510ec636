//! The MQTT front door: TLS, sessions, policy and the in-process broker.
//!
//! Devices speak MQTT 3.1.1 to [`Edge`], which proves who they are, hands their uplinks to the
//! server and sends it their downlinks. It reads no fact, stores nothing, and keeps no session
//! beyond its connection: a client that comes back resumes by its cursor. What each unusual
//! request gets is in `docs/edge.md`.

mod accept;
mod admission;
mod config;
mod counters;
mod deadlines;
mod frame;
#[cfg(test)]
mod frame_test;
mod handlers;
mod held;
mod mailbox;
mod online;
mod policy;
mod router;
mod session;
mod shared;
mod socket;
mod strict;

// The tests that need to look inside stand in the same house as those from outside.
#[cfg(test)]
#[allow(dead_code, clippy::unwrap_used)]
#[path = "../tests/edge/bytes_of.rs"]
mod bytes_of;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod mutation_test;
#[cfg(test)]
mod router_death_test;
#[cfg(test)]
#[allow(dead_code, clippy::unwrap_used)]
#[path = "../tests/edge/support.rs"]
mod support;
#[cfg(test)]
extern crate self as waypost_edge;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::rustls::ServerConfig;
use waypost_protocol::{Downlink, EnrolmentId};

use crate::shared::Shared;

pub use config::EdgeConfig;
pub use counters::{Closing, Counters, Refusal};
pub use handlers::{Authenticate, HandleUplink, Handlers, Identity, Notice, Unavailable};

/// A log directive that keeps the in-process router from telling of each of its own steps.
pub const QUIET_LOG: &str = "rumqttd=warn";

/// The running front door. Dropping it ends every connection at once; see [`Edge::stop`].
pub struct Edge {
    shared: Arc<Shared>,
    local_addr: SocketAddr,
    stopping: watch::Sender<bool>,
    acceptor: Mutex<JoinSet<()>>,
}

impl Edge {
    /// Listens and lets devices in. Fails if the address cannot be taken.
    pub async fn start(
        config: EdgeConfig,
        tls: Arc<ServerConfig>,
        handlers: Handlers,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let local_addr = listener.local_addr()?;
        let shared = Shared::start(config, tls, handlers).await?;
        let (stopping, stop) = watch::channel(false);
        let mut acceptor = JoinSet::new();
        acceptor.spawn(accept::accept(Arc::clone(&shared), listener, stop));
        Ok(Self { shared, local_addr, stopping, acceptor: Mutex::new(acceptor) })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Serves one connection to its end over a stream that is private already, as if it had come
    /// through the door and its handshake were over. For who brings streams of their own: it
    /// counts as a connection, but [`Edge::stop`] does not wait for it.
    pub async fn attend<S: AsyncRead + AsyncWrite>(&self, stream: S, peer: SocketAddr) {
        let shared = &self.shared;
        let Ok(place) = Arc::clone(&shared.places).try_acquire_owned() else {
            return shared.tally.refused(Refusal::Full, peer);
        };
        let admitted = admission::admit_private(shared, stream).await;
        accept::attend(Arc::clone(shared), admitted, peer, place).await;
    }

    /// Uses this certificate for every handshake from now on; connections go on.
    pub fn renew_certificate(&self, tls: Arc<ServerConfig>) {
        self.shared.set_tls(tls);
    }

    /// Sends a frame to the enrolment if it is online and subscribed. Never blocks; what cannot be
    /// sent is dropped and counted.
    pub fn publish(&self, enrolment: EnrolmentId, frame: &Downlink) {
        self.shared.publish(enrolment, frame);
    }

    /// Ends the enrolment's connection at once, after its credential was ended. Publishes that
    /// were already handed to the server are still run to their end.
    pub fn disconnect(&self, enrolment: EnrolmentId) {
        self.shared.online.cut(enrolment);
    }

    /// Who is connected, in no order.
    pub fn online(&self) -> Vec<Identity> {
        self.shared.online.identities()
    }

    /// What happened since the start.
    pub fn counters(&self) -> Counters {
        let free = self.shared.places.available_permits();
        let connections = self.shared.config.connections_max.saturating_sub(free);
        Counters {
            connections: connections as u64,
            online: self.shared.online.len() as u64,
            ..self.shared.tally.snapshot()
        }
    }

    /// Takes no more connections, reads no more packets, lets what is in flight finish and be
    /// answered for at most [`EdgeConfig::stop_timeout`], and closes. A second call does nothing.
    pub async fn stop(&self) {
        let mut acceptor =
            std::mem::take(&mut *self.acceptor.lock().unwrap_or_else(PoisonError::into_inner));
        self.stopping.send_replace(true);
        self.shared.online.drain_all();
        let ended = async { while acceptor.join_next().await.is_some() {} };
        if timeout(self.shared.config.stop_timeout, ended).await.is_err() {
            tracing::warn!("connections were cut with uplinks in flight");
            acceptor.shutdown().await;
        }
        self.leave_router();
    }

    fn leave_router(&self) {
        if let Some(router) = self.shared.router() {
            router.leave();
        }
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        self.leave_router();
    }
}
