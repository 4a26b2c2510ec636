//! What all connections share. It holds no connection itself.

use std::future::Future;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::rustls::ServerConfig;
use waypost_protocol::{Downlink, EnrolmentId, FRAME_BYTES_MAX};

use crate::counters::Tally;
use crate::online::Online;
use crate::router::{NotPublished, Outlet, Router};
use crate::{Closing, EdgeConfig, Handlers};

pub(crate) struct Shared {
    pub(crate) config: EdgeConfig,
    pub(crate) handlers: Handlers,
    pub(crate) online: Arc<Online>,
    pub(crate) tally: Tally,
    pub(crate) places: Arc<Semaphore>,
    uplink_places: Arc<Semaphore>,
    tls: Mutex<Arc<ServerConfig>>,
    router: OnceLock<Arc<Router>>,
}

impl Shared {
    /// Everything, with a router that runs.
    pub(crate) async fn start(
        config: EdgeConfig,
        tls: Arc<ServerConfig>,
        handlers: Handlers,
    ) -> std::io::Result<Arc<Self>> {
        let shared = Arc::new(Self {
            online: Arc::new(Online::new(&handlers)),
            tally: Tally::new(),
            places: Arc::new(Semaphore::new(config.connections_max)),
            uplink_places: Arc::new(Semaphore::new(config.uplinks_in_flight_max)),
            tls: Mutex::new(tls),
            router: OnceLock::new(),
            config,
            handlers,
        });
        let router = Router::start(Arc::clone(&shared) as Arc<dyn Outlet>).await?;
        // It is empty: this is the only place that fills it.
        let _ = shared.router.set(router);
        Ok(shared)
    }

    pub(crate) fn tls(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.tls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_tls(&self, tls: Arc<ServerConfig>) {
        *self.tls.lock().unwrap_or_else(PoisonError::into_inner) = tls;
    }

    pub(crate) fn router(&self) -> Option<&Arc<Router>> {
        self.router.get()
    }

    /// Waits for a place among the uplinks in flight.
    pub(crate) fn uplink_place(
        &self,
    ) -> impl Future<Output = OwnedSemaphorePermit> + Send + 'static {
        let places = Arc::clone(&self.uplink_places);
        async move {
            match places.acquire_owned().await {
                Ok(place) => place,
                // Nobody closes this semaphore.
                Err(_) => std::future::pending().await,
            }
        }
    }

    /// Sends a downlink on its way through the router, if someone is there to take it.
    pub(crate) fn publish(&self, enrolment: EnrolmentId, frame: &Downlink) {
        if !self.try_publish(enrolment, frame) {
            self.tally.dropped.fetch_add(1, Relaxed);
        }
    }

    fn try_publish(&self, enrolment: EnrolmentId, frame: &Downlink) -> bool {
        let Some(mailbox) = self.online.mailbox(enrolment) else {
            return false;
        };
        if !mailbox.is_subscribed() {
            return false;
        }
        let frame = frame.to_bytes();
        if frame.len() > FRAME_BYTES_MAX {
            tracing::error!(%enrolment, bytes = frame.len(), "a downlink exceeds the contract");
            return false;
        }
        match self.router.get().map(|router| router.publish(enrolment, frame)) {
            Some(Ok(())) => {
                self.tally.published.fetch_add(1, Relaxed);
                true
            }
            Some(Err(NotPublished::Full)) => {
                mailbox.close(Closing::Overflow);
                false
            }
            Some(Err(NotPublished::Down)) | None => false,
        }
    }
}

impl Outlet for Shared {
    fn deliver(&self, enrolment: EnrolmentId, frame: Bytes) {
        let mailbox = self.online.mailbox(enrolment);
        let taken = mailbox.is_some_and(|mailbox| mailbox.put(frame));
        let count = if taken { &self.tally.delivered } else { &self.tally.dropped };
        count.fetch_add(1, Relaxed);
    }

    fn died(&self) {
        self.tally.router_restarts.fetch_add(1, Relaxed);
        self.online.close_all(Closing::RouterDied);
    }
}
