//! Who is connected: one seat for each enrolment. It tells the server who came and who went, and
//! knows nothing of packets.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use waypost_protocol::EnrolmentId;

use crate::mailbox::Mailbox;
use crate::{Closing, Handlers, Identity, Notice};

/// The seats.
pub(crate) struct Online {
    seats: Mutex<Seats>,
    /// Held while someone comes or goes, so that the last notice of an enrolment is true. It is not the
    /// lock of the seats: a notice may look at who is online.
    coming_and_going: Mutex<()>,
    cuts: AtomicU64,
    connected: Notice,
    disconnected: Notice,
}

struct Seats {
    taken: HashMap<EnrolmentId, (Identity, Arc<Mailbox>)>,
    stopping: bool,
}

/// A seat that is taken; dropping it gives it back.
pub(crate) struct Seat {
    online: Arc<Online>,
    pub(crate) identity: Identity,
    pub(crate) mailbox: Arc<Mailbox>,
}

impl Online {
    pub(crate) fn new(handlers: &Handlers) -> Self {
        Self {
            seats: Mutex::new(Seats { taken: HashMap::new(), stopping: false }),
            coming_and_going: Mutex::new(()),
            cuts: AtomicU64::new(0),
            connected: Arc::clone(&handlers.connected),
            disconnected: Arc::clone(&handlers.disconnected),
        }
    }

    /// Takes the seat of this enrolment; whoever sat there is closed. `None` once stopping.
    pub(crate) fn enter(
        self: &Arc<Self>,
        identity: Identity,
        mailbox: Arc<Mailbox>,
    ) -> Option<Seat> {
        let _turn = self.turn();
        let older = {
            let mut seats = self.seats();
            if seats.stopping {
                return None;
            }
            seats.taken.insert(identity.enrolment, (identity, Arc::clone(&mailbox)))
        };
        if let Some((_, older)) = older {
            older.close(Closing::TakenOver);
        }
        // Also of who was here: whatever the older connection was told, the newer one was not.
        (self.connected)(identity);
        Some(Seat { online: Arc::clone(self), identity, mailbox })
    }

    pub(crate) fn mailbox(&self, enrolment: EnrolmentId) -> Option<Arc<Mailbox>> {
        self.seats().taken.get(&enrolment).map(|(_, mailbox)| Arc::clone(mailbox))
    }

    pub(crate) fn identities(&self) -> Vec<Identity> {
        self.seats().taken.values().map(|(identity, _)| *identity).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.seats().taken.len()
    }

    /// Closes the connection of one enrolment.
    pub(crate) fn cut(&self, enrolment: EnrolmentId) {
        // Counted first: whoever was proved before this and sits down after it looks again.
        self.cuts.fetch_add(1, Ordering::SeqCst);
        if let Some(mailbox) = self.mailbox(enrolment) {
            mailbox.close(Closing::Revoked);
        }
    }

    /// How often someone was cut.
    pub(crate) fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::SeqCst)
    }

    pub(crate) fn close_all(&self, reason: Closing) {
        for (_, mailbox) in self.seats().taken.values() {
            mailbox.close(reason);
        }
    }

    /// Lets nobody in any more and has everyone finish.
    pub(crate) fn drain_all(&self) {
        let mut seats = self.seats();
        seats.stopping = true;
        for (_, mailbox) in seats.taken.values() {
            mailbox.drain();
        }
    }

    fn leave(&self, identity: Identity, mailbox: &Arc<Mailbox>) {
        let _turn = self.turn();
        let mut seats = self.seats();
        let mine = seats
            .taken
            .get(&identity.enrolment)
            .is_some_and(|(_, seated)| Arc::ptr_eq(seated, mailbox));
        if mine {
            seats.taken.remove(&identity.enrolment);
            drop(seats);
            (self.disconnected)(identity);
        }
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.coming_and_going.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.online.leave(self.identity, &self.mailbox);
    }
}
