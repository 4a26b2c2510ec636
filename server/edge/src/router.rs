//! The in-process rumqttd router through which every downlink travels, and its supervision.
//!
//! It refuses everything that a client chose: only topics built by [`waypost_protocol::topic`] and
//! our own two link names reach it, because others can make it panic. All connections share one
//! publisher and one subscriber link.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use rumqttd::local::{LinkBuilder, LinkError, LinkRx, LinkTx};
use rumqttd::protocol::{Disconnect, DisconnectReasonCode, Packet};
use rumqttd::{Notification, RouterConfig};
use tokio::sync::Notify;
use waypost_protocol::{EnrolmentId, topic};

/// Most bytes that may be on their way through the router. It is less than the router keeps
/// ([`SEGMENT_BYTES`] × ([`SEGMENTS`] − 1)): a reader that falls behind that would skip ahead in
/// silence.
const IN_TRANSIT_BYTES_MAX: usize = 4 * 1024 * 1024;
const SEGMENT_BYTES: usize = 1024 * 1024;
const SEGMENTS: usize = 6;

/// Most downlinks that the router hands over at a time.
const HANDED_OVER_MAX: u64 = 100;

/// What the router itself counts for a message beside topic and payload.
const MESSAGE_OVERHEAD_BYTES: usize = 4;

/// A router that cannot be started is tried again after this.
const RESTART_PAUSE: Duration = Duration::from_millis(50);

/// The way to the router, while there is one.
pub(crate) struct Router {
    links: Mutex<Option<Links>>,
    emptied: Notify,
}

struct Links {
    publisher: LinkTx,
    subscriber: LinkTx,
    in_transit_bytes: usize,
}

/// Why a downlink did not get into the router.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum NotPublished {
    /// Too much is on its way already.
    Full,
    /// There is no router at the moment; every connection is about to end.
    Down,
}

/// What the supervision does with what comes out.
pub(crate) trait Outlet: Send + Sync + 'static {
    /// A downlink for this enrolment.
    fn deliver(&self, enrolment: EnrolmentId, frame: bytes::Bytes);
    /// The router died. What was on its way is lost.
    fn died(&self);
}

impl Router {
    /// Starts a router and the task that empties and supervises it.
    pub(crate) async fn start(outlet: Arc<dyn Outlet>) -> std::io::Result<Arc<Self>> {
        let (links, receiver) = open().await?;
        let router = Arc::new(Self { links: Mutex::new(Some(links)), emptied: Notify::new() });
        tokio::spawn(Arc::clone(&router).supervise(receiver, outlet));
        Ok(router)
    }

    /// Sends a frame to whoever is subscribed to the enrolment's `down` topic. Never blocks.
    pub(crate) fn publish(
        &self,
        enrolment: EnrolmentId,
        frame: Vec<u8>,
    ) -> Result<(), NotPublished> {
        let mut slot = self.lock();
        let links = slot.as_mut().ok_or(NotPublished::Down)?;
        let topic = topic::down(enrolment);
        let size = size_in_transit(&topic, frame.len());
        if links.in_transit_bytes + size > IN_TRANSIT_BYTES_MAX {
            return Err(NotPublished::Full);
        }
        match links.publisher.try_publish(topic, frame) {
            // A full event queue is no loss: the packet is in the link's buffer, and an event
            // that says so is still ahead in the queue.
            Ok(_) | Err(LinkError::TrySend(flume::TrySendError::Full(_))) => {
                links.in_transit_bytes += size;
                Ok(())
            }
            Err(_) => Err(NotPublished::Down),
        }
    }

    /// Waits until all that was published has come out (or was lost with its router).
    pub(crate) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.lock().as_ref().is_none_or(|links| links.in_transit_bytes == 0) {
                return;
            }
            emptied.await;
        }
    }

    /// Leaves for good. The router's thread stays parked until the process ends: rumqttd has no
    /// way to end it.
    pub(crate) fn leave(&self) {
        let links = self.lock().take();
        let Some(mut links) = links else { return };
        for link in [&mut links.publisher, &mut links.subscriber] {
            // It only looks asynchronous. An error says that the router is gone: what we want.
            let _ = link.send(goodbye()).now_or_never();
        }
        self.emptied.notify_waiters();
    }

    async fn supervise(self: Arc<Self>, mut receiver: LinkRx, outlet: Arc<dyn Outlet>) {
        loop {
            self.relay(&mut receiver, outlet.as_ref()).await;
            if self.lock().take().is_none() {
                return; // We left.
            }
            tracing::error!("the router died; connections are closed and a new one is started");
            self.emptied.notify_waiters();
            outlet.died();
            receiver = self.reopen().await;
        }
    }

    /// Hands over what comes out until the router is gone.
    async fn relay(&self, receiver: &mut LinkRx, outlet: &dyn Outlet) {
        while let Ok(notification) = receiver.next().await {
            match notification {
                Some(Notification::Forward(forward)) => {
                    let topic = std::str::from_utf8(&forward.publish.topic).unwrap_or_default();
                    if let Some(enrolment) = topic::of_down(topic) {
                        outlet.deliver(enrolment, forward.publish.payload.clone());
                    }
                    self.came_out(size_in_transit(topic, forward.publish.payload.len()));
                }
                // The router pauses a reader after each batch until it says that it is ready.
                Some(Notification::Unschedule) if receiver.wake().await.is_err() => return,
                _ => {}
            }
        }
    }

    fn came_out(&self, size: usize) {
        if let Some(links) = self.lock().as_mut() {
            links.in_transit_bytes = links.in_transit_bytes.saturating_sub(size);
            if links.in_transit_bytes == 0 {
                self.emptied.notify_waiters();
            }
        }
    }

    async fn reopen(&self) -> LinkRx {
        loop {
            match open().await {
                Ok((links, receiver)) => {
                    *self.lock() = Some(links);
                    return receiver;
                }
                Err(error) => tracing::error!(%error, "no new router could be started"),
            }
            tokio::time::sleep(RESTART_PAUSE).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Links>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the router panic, as a foreign topic would.
    #[cfg(test)]
    pub(crate) fn kill(&self) {
        if let Some(links) = self.lock().as_mut() {
            links.publisher.publish("é", "").expect("the router was alive");
        }
    }
}

async fn open() -> std::io::Result<(Links, LinkRx)> {
    // Building a link waits for the router's thread.
    tokio::task::spawn_blocking(|| open_blocking().map_err(std::io::Error::other))
        .await
        .map_err(std::io::Error::other)?
}

// The error is theirs, and rare.
#[allow(clippy::result_large_err)]
fn open_blocking() -> Result<(Links, LinkRx), LinkError> {
    let config = RouterConfig {
        max_connections: 2,
        max_outgoing_packet_count: HANDED_OVER_MAX,
        max_segment_size: SEGMENT_BYTES,
        max_segment_count: SEGMENTS,
        ..RouterConfig::default()
    };
    let events = rumqttd::Router::new(0, config).spawn();
    let (mut subscriber, mut receiver, _) =
        LinkBuilder::new("waypost-subscriber", events.clone()).build()?;
    subscriber.subscribe(topic::ALL_DOWN)?;
    // Until this answer comes there is no subscription that could take a downlink.
    while !matches!(receiver.recv()?, Some(Notification::DeviceAck(_))) {}
    let (publisher, _, _) = LinkBuilder::new("waypost-publisher", events).build()?;
    Ok((Links { publisher, subscriber, in_transit_bytes: 0 }, receiver))
}

fn size_in_transit(topic: &str, payload: usize) -> usize {
    MESSAGE_OVERHEAD_BYTES + topic.len() + payload
}

fn goodbye() -> Packet {
    let reason_code = DisconnectReasonCode::NormalDisconnection;
    Packet::Disconnect(Disconnect { reason_code }, None)
}
