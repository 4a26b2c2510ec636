//! What waits for one connection: downlinks from the router, and the order to end. It is bounded
//! and never blocks who puts something in; it sends nothing itself.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;

use crate::{Closing, EdgeConfig};

/// The mailbox of one connection. Empty, it holds no memory of its own.
pub(crate) struct Mailbox {
    frames_max: usize,
    bytes_max: usize,
    inside: Mutex<Inside>,
    changed: Notify,
}

/// What a connection is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    /// Go on.
    Serve,
    /// Read nothing more, answer what is held, then end.
    Drain,
    /// End now.
    Close(Closing),
}

struct Inside {
    frames: VecDeque<Bytes>,
    bytes: usize,
    subscribed: bool,
    order: Order,
}

impl Mailbox {
    pub(crate) fn new(config: &EdgeConfig) -> Self {
        let inside =
            Inside { frames: VecDeque::new(), bytes: 0, subscribed: false, order: Order::Serve };
        Self {
            frames_max: config.mailbox_frames_max,
            bytes_max: config.mailbox_bytes_max,
            inside: Mutex::new(inside),
            changed: Notify::new(),
        }
    }

    /// Whether the client takes downlinks.
    pub(crate) fn is_subscribed(&self) -> bool {
        self.lock().subscribed
    }

    pub(crate) fn subscribe(&self, subscribed: bool) {
        self.lock().subscribed = subscribed;
    }

    /// Puts a downlink in. `false` if the client takes none. If there is no room the connection is
    /// ordered to close: a client that missed something must resume by its cursor.
    pub(crate) fn put(&self, frame: Bytes) -> bool {
        let mut inside = self.lock();
        if !inside.subscribed {
            return false;
        }
        let bytes = inside.bytes + frame.len();
        if inside.frames.len() >= self.frames_max || bytes > self.bytes_max {
            drop(inside);
            self.close(Closing::Overflow);
            return false;
        }
        inside.bytes = bytes;
        inside.frames.push_back(frame);
        drop(inside);
        self.changed.notify_one();
        true
    }

    /// Takes the oldest downlink out.
    pub(crate) fn take(&self) -> Option<Bytes> {
        let mut inside = self.lock();
        let frame = inside.frames.pop_front();
        inside.bytes -= frame.as_ref().map_or(0, Bytes::len);
        if inside.frames.is_empty() {
            inside.frames = VecDeque::new();
        }
        frame
    }

    pub(crate) fn order(&self) -> Order {
        self.lock().order
    }

    /// Orders the connection to finish what it holds and end.
    pub(crate) fn drain(&self) {
        let mut inside = self.lock();
        if inside.order == Order::Serve {
            inside.order = Order::Drain;
        }
        drop(inside);
        self.changed.notify_one();
    }

    /// Orders the connection to end. The first reason stands.
    pub(crate) fn close(&self, reason: Closing) {
        let mut inside = self.lock();
        if !matches!(inside.order, Order::Close(_)) {
            inside.order = Order::Close(reason);
        }
        drop(inside);
        self.changed.notify_one();
    }

    /// Waits for a downlink or an order. It may return early.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        // Nothing that holds this lock can panic half-way.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
