//! The publishes of one connection that are not answered yet.
//!
//! They are handed to the server in the order in which they came, run side by side, and are
//! acknowledged in that order again [MQTT-4.6.0-2]. It reads and writes nothing.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, ready};

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesOrdered, Stream};
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;
use waypost_protocol::{Downlink, ProblemCode, Uplink};

use crate::Identity;
use crate::shared::Shared;

/// What is to be done for one PUBLISH.
pub(crate) struct Work {
    /// The packet id to acknowledge; absent with QoS 0.
    pub(crate) packet: Option<u16>,
    /// What it carries, or why it is refused.
    pub(crate) uplink: Result<Uplink, ProblemCode>,
}

/// The packet id of what is answered.
type Answered = Option<u16>;

pub(crate) struct HeldPublishes {
    shared: Arc<Shared>,
    identity: Identity,
    waiting: VecDeque<Work>,
    running: FuturesOrdered<BoxFuture<'static, Answered>>,
    /// Our place in the queue for one of the places that all connections share.
    place: Option<BoxFuture<'static, OwnedSemaphorePermit>>,
}

impl HeldPublishes {
    pub(crate) fn new(shared: Arc<Shared>, identity: Identity) -> Self {
        Self {
            shared,
            identity,
            waiting: VecDeque::new(),
            running: FuturesOrdered::new(),
            place: None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len() + self.running.len()
    }

    pub(crate) fn hold(&mut self, work: Work) {
        self.waiting.push_back(work);
    }

    /// The next publish that is answered, in their order; never, while nothing is held.
    pub(crate) async fn answered(&mut self) -> Answered {
        std::future::poll_fn(|context| self.poll_answered(context)).await
    }

    /// Runs what is held to its end although nobody waits for the acknowledgements any more.
    pub(crate) async fn finish(mut self) {
        while self.len() > 0 {
            self.answered().await;
        }
    }

    fn poll_answered(&mut self, context: &mut Context<'_>) -> Poll<Answered> {
        while let Poll::Ready(Some(())) = self.poll_start(context) {}
        match ready!(Pin::new(&mut self.running).poll_next(context)) {
            Some(answered) => Poll::Ready(answered),
            None => Poll::Pending,
        }
    }

    /// Starts the first that waits. `None` if nothing waits.
    fn poll_start(&mut self, context: &mut Context<'_>) -> Poll<Option<()>> {
        let Some(first) = self.waiting.front() else {
            return Poll::Ready(None);
        };
        let place = match first.uplink {
            Ok(_) => Some(ready!(self.poll_place(context))),
            Err(_) => None,
        };
        if let Some(work) = self.waiting.pop_front() {
            let run = self.run(work, place);
            self.running.push_back(run);
        }
        Poll::Ready(Some(()))
    }

    fn poll_place(&mut self, context: &mut Context<'_>) -> Poll<OwnedSemaphorePermit> {
        let place = self.place.get_or_insert_with(|| Box::pin(self.shared.uplink_place()));
        let taken = ready!(place.as_mut().poll(context));
        self.place = None;
        Poll::Ready(taken)
    }

    /// Calls the server now, and gives back what waits for it.
    fn run(&self, work: Work, place: Option<OwnedSemaphorePermit>) -> BoxFuture<'static, Answered> {
        let shared = Arc::clone(&self.shared);
        let enrolment = self.identity.enrolment;
        match work.uplink {
            Ok(uplink) => {
                shared.tally.uplinks.fetch_add(1, Relaxed);
                let span = tracing::info_span!("uplink", %enrolment);
                let answers = span.in_scope(|| (shared.handlers.uplink)(self.identity, uplink));
                let answer = async move {
                    for answer in answers.await {
                        shared.publish(enrolment, &answer);
                    }
                    drop(place);
                    work.packet
                };
                Box::pin(answer.instrument(span))
            }
            Err(code) => {
                shared.tally.uplinks_refused.fetch_add(1, Relaxed);
                shared.publish(enrolment, &Downlink::Refused { code, retry_after_ms: None });
                Box::pin(std::future::ready(work.packet))
            }
        }
    }
}
