//! The two ways to the server: MQTT and HTTPS. Each link is a task that carries frames. Files go beside them (`tus`,
//! `fetch`).
//!
//! It decides nothing: no retry, no back-off, no choice. A link reports that it is up, the frames
//! that it hears, and once that it is down; then its task has ended.

pub(crate) mod fetch;
pub(crate) mod https;
mod mqtt;
pub(crate) mod tls;
pub(crate) mod tus;

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use waypost_engine::{Down, LinkPath};
use waypost_protocol::{Downlink, EnrolmentId, PUBLISHES_IN_FLIGHT_MAX, Uplink};

/// Most frames that wait to be sent on one link. The engine's window is far smaller.
const UPLINKS_MAX: usize = 2 * PUBLISHES_IN_FLIGHT_MAX as usize;

/// Where the server is, and how this device proves itself there.
pub(crate) struct Peer {
    pub(crate) host: String,
    pub(crate) https_port: u16,
    pub(crate) mqtt_port: u16,
    pub(crate) enrolment: EnrolmentId,
    pub(crate) credential: String,
    /// Trusts the pinned CA alone.
    pub(crate) tls: Arc<rustls::ClientConfig>,
}

/// What a link reports. `number` tells apart the links that were made one after another.
pub(crate) struct Report {
    pub(crate) path: LinkPath,
    pub(crate) number: u64,
    pub(crate) what: What,
}

/// What happened to a link.
pub(crate) enum What {
    Up,
    Heard(Downlink),
    Down(Down),
}

/// One link or try. Dropping it ends it without a report.
pub(crate) struct Link {
    pub(crate) number: u64,
    uplinks: mpsc::Sender<Uplink>,
    task: AbortHandle,
}

impl Link {
    /// Starts a try.
    pub(crate) fn connect(
        path: LinkPath,
        number: u64,
        peer: Arc<Peer>,
        reports: mpsc::Sender<Report>,
    ) -> Self {
        let (uplinks, receiver) = mpsc::channel(UPLINKS_MAX);
        let reporter = Reporter { path, number, reports };
        let task = tokio::spawn(async move {
            let why = match path {
                LinkPath::Mqtt => mqtt::run(&peer, receiver, &reporter).await,
                LinkPath::Https => https::run(&peer, receiver, &reporter).await,
            };
            reporter.report(What::Down(why)).await;
        });
        Self { number, uplinks, task: task.abort_handle() }
    }

    /// Sends a frame, or loses it where the link is stuck: the engine asks again.
    pub(crate) fn send(&self, frame: Uplink) {
        if self.uplinks.try_send(frame).is_err() {
            tracing::debug!("a frame was not taken by its link");
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Reporter {
    path: LinkPath,
    number: u64,
    reports: mpsc::Sender<Report>,
}

impl Reporter {
    /// Waits while the client is busy, so that a flood of frames slows the link, not the client.
    async fn report(&self, what: What) {
        let report = Report { path: self.path, number: self.number, what };
        // Nobody listens any more only when the client is gone, and this task with it.
        let _ = self.reports.send(report).await;
    }
}
